//! The header of an access token: exactly three fields.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::judge::TYPE;

/// The header that tokens get here. What others may send is judged by
/// [`StrictHeader`](super::judge::StrictHeader).
#[derive(Serialize)]
pub(super) struct Header<'a> {
    typ: &'static str,
    alg: &'static str,
    kid: &'a str,
}

impl<'a> Header<'a> {
    pub(super) const fn of_ours(alg: &'static str, kid: &'a str) -> Self {
        Self { typ: TYPE, alg, kid }
    }

    pub(super) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("three texts are JSON"))
    }
}
