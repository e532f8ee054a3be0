//~ `&str` cannot say whom an access token is for
//~ give the guard an `auth_core::Auth` or an `auth_core::Verifier`

pub fn guard() {
    let _ = auth_tower::RequireAuth::new("a secret");
}
