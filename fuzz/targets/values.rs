//! What people and programs write down for auth-core and auth-tower: addresses, names, passwords,
//! roles, permissions, ids, cursors, searches, base paths, secrets.

#![no_main]

use auth_core::{
    Cursor, Email, Name, Password, Permission, Role, Search, SessionId, SigningSecret, UserAgent, UserId,
};
use auth_tower::BasePath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _verdict = SigningSecret::parse(data);
    let Ok(text) = str::from_utf8(data) else { return };

    if let Ok(email) = Email::parse(text) {
        let email = email.as_str();
        assert!(email.is_ascii() && email.len() <= 254 && email.contains('@'), "{email:?}");
        assert!(
            !email.bytes().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_control() || byte == b' ')
        );
        assert_eq!(Email::parse(email).expect("it is its own form").as_str(), email);
    }
    if let Ok(name) = Name::parse(text) {
        assert!(
            (1..=200).contains(&name.as_str().chars().count()) && !name.as_str().contains(char::is_control)
        );
        assert_eq!(Name::parse(name.as_str()).expect("it is its own form"), name);
        let _folded = name.folded();
    }
    if Password::parse(text).is_ok() {
        assert!(text.len() <= 512 && !text.contains('\0'), "{text:?}");
    }
    if let Ok(role) = Role::parse(text) {
        assert_eq!(role.as_str(), text);
    }
    if let Ok(permission) = Permission::parse(text) {
        assert_eq!(permission.as_str(), text);
    }
    if let Ok(cursor) = text.parse::<Cursor>() {
        assert_eq!(cursor.to_string(), text);
    }
    if let Ok(id) = text.parse::<UserId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    if let Ok(id) = text.parse::<SessionId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    if let Ok(search) = Search::parse(text) {
        assert!(!search.as_str().contains(char::is_control));
    }
    if let Some(agent) = UserAgent::new(text) {
        assert!(agent.as_str().chars().count() <= UserAgent::MAX_CHARS);
        assert_eq!(UserAgent::new(agent.as_str()), Some(agent));
    }
    if let Ok(path) = BasePath::parse(text) {
        assert!(path.as_str().is_ascii() && path.as_str().starts_with('/'), "{text:?}");
    }
});
