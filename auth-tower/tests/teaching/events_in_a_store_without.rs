//~ `S` is not a store that events are kept in
//~ implement `auth_core::store::EventStore` for it; without it there is no `with_events`, and all else works

pub fn routes<S: auth_core::store::ManagedStore>(auth: auth_core::Auth<S>) -> auth_tower::AuthRoutes<S> {
    auth_tower::AuthRoutes::new(auth).with_events()
}
