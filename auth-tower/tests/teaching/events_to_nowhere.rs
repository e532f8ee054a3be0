//~ `Vec<Event>` is not a place for events to go to
//~ implement `auth_core::EventSink` for it

pub fn auth(builder: auth_core::AuthBuilder<auth_core::MemoryStore>) {
    let _ = builder.events(Vec::<auth_core::Event>::new());
}
