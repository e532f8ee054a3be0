//! Access tokens: any text, the admin's own with bytes replaced, and anything signed with our key.

#![no_main]

use std::sync::OnceLock;

use auth_core::Identity;
use auth_fuzz::{NOW, World, edited, signed};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    static WORLD: OnceLock<World> = OnceLock::new();
    let world = WORLD.get_or_init(World::new);
    let Some((kind, rest)) = data.split_first() else { return };
    match kind {
        b'R' => refused(world, str::from_utf8(rest).ok()),
        b'E' => refused(world, edited(world.access(), rest).as_deref()),
        b'S' => {
            let at = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            let (header, claims) = (&rest[..at], rest.get(at + 1..).unwrap_or_default());
            if let Ok(identity) = world.auth.authenticate(&signed(header, claims)) {
                insist_on_each_field(header, claims, &identity);
            }
        }
        _ => {}
    }
});

fn refused(world: &World, token: Option<&str>) {
    let Some(token) = token else { return };
    assert_eq!(world.auth.authenticate(token).is_ok(), token == world.access(), "{token}");
}

/// What was accepted has every field that it must have, by another reader than the one that judged.
fn insist_on_each_field(header: &[u8], claims: &[u8], identity: &Identity) {
    let read = |json: &[u8]| serde_json::from_slice::<Value>(json).expect("what was accepted is JSON");
    let (header, claims) = (read(header), read(claims));
    assert_eq!((&header["alg"], &header["typ"]), (&"HS256".into(), &"at+jwt".into()));
    assert!(
        header
            .as_object()
            .is_some_and(|fields| fields.keys().all(|key| ["alg", "typ", "kid"].contains(&key.as_str())))
    );
    assert_eq!((&claims["iss"], &claims["aud"]), (&"auth-server".into(), &"api".into()));
    assert_eq!(claims["role"], identity.role.as_str());
    let text = |claim: &str| claims[claim].as_str().expect("text").to_owned();
    assert!(text("sub").eq_ignore_ascii_case(&identity.user_id.to_string()));
    assert!(text("sid").eq_ignore_ascii_case(&identity.session_id.to_string()));
    assert!(!text("jti").is_empty());
    let number = |claim: &str| claims[claim].as_i64().expect("a whole number");
    let (iat, nbf, exp) = (number("iat"), number("nbf"), number("exp"));
    assert!(iat <= NOW + 5 && nbf <= NOW + 5 && NOW < exp && iat < exp && exp - iat <= 900, "{claims}");
}
