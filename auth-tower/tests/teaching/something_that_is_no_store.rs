//~ `Mine` is not a store for `Auth`
//~ implement `auth_core::store::UserStore` and `auth_core::store::SessionStore` for it

pub struct Mine;

fn embed<S: auth_core::store::Store>(_: auth_core::Auth<S>) {}

pub fn all(auth: auth_core::Auth<Mine>) {
    embed(auth);
}
