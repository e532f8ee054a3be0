//~ `String` is not a permission
//~ name it in `auth_core::permissions!`

pub async fn read(_: auth_tower::Permitted<String>) {}
