//~ `()` is not a store that wrong passwords are counted in
//~ `auth_core::MemoryThrottle` counts in this process, `auth_sea_orm::SeaOrmStore` over all that share a database

pub fn auth(builder: auth_core::AuthBuilder<auth_core::MemoryStore>) {
    let _ = builder.throttle(());
}
