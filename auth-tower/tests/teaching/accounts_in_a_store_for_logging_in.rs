//~ `S` is not a store that accounts can be managed in
//~ implement `AccountStore` and `SessionListStore` of `auth_core::store` for it, beside `UserStore` and `SessionStore`

pub fn routes<S: auth_core::store::Store>(auth: auth_core::Auth<S>) -> auth_tower::AuthRoutes<S> {
    auth_tower::AuthRoutes::new(auth).with_accounts()
}
