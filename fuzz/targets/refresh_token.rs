//! Refresh tokens: any text, the admin's own with bytes replaced, and anything sealed with our key.

#![no_main]

use std::sync::OnceLock;

use auth_core::{Error, Refusal};
use auth_fuzz::{World, edited, sealed, wait};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    static WORLD: OnceLock<World> = OnceLock::new();
    let world = WORLD.get_or_init(World::new);
    let Some((kind, rest)) = data.split_first() else { return };
    match kind {
        b'R' => refused(world, str::from_utf8(rest).ok()),
        b'E' => refused(world, edited(world.refresh(), rest).as_deref()),
        b'S' => sealed_by_us(world, rest),
        _ => {}
    }
});

fn refused(world: &World, token: Option<&str>) {
    let Some(token) = token.filter(|token| *token != world.refresh()) else { return };
    let answer = wait(world.auth.refresh(token));
    assert!(matches!(answer, Err(Error::Refused(Refusal::InvalidRefreshToken))), "{token}: {answer:?}");
    wait(world.auth.logout(token)).expect("an unknown token is logged out of nothing");
    wait(world.auth.me(world.access())).expect("the session lives");
}

/// The admin's token with bytes of its body replaced, and sealed again: what a thief of the key could
/// make. Without the session's secret it opens nothing and ends nothing.
fn sealed_by_us(world: &World, edits: &[u8]) {
    let original = URL_SAFE_NO_PAD.decode(world.refresh()).expect("base64url");
    let original: [u8; 37] = original[..37].try_into().expect("37 bytes");
    assert_eq!(sealed(&original), world.refresh(), "the target seals as auth-core does");
    let mut body = original;
    for edit in edits.chunks_exact(2) {
        body[usize::from(edit[0]) % 37] = edit[1];
    }
    if body[..33] != original[..33] {
        refused(world, Some(&sealed(&body)));
    }
}
