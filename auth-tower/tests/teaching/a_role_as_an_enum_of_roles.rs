//~ `Role` is not an enum of roles
//~ declare it with `auth_core::roles!`: `roles! { pub enum AppRole { Admin = "ADMIN" } }`

pub async fn serve(_: auth_tower::InRole<auth_core::Role>) {}
