//! What the head of a bootstrap says: who may have it at all.

use auth_core::{Auth, Bootstrap, BootstrapToken, Refusal};
use http::{HeaderMap, HeaderName};

use crate::status::Rejection;

pub(super) const X_BOOTSTRAP_TOKEN: HeaderName = HeaderName::from_static("x-bootstrap-token");

/// Whether whoever sent these headers may ask for a bootstrap, and the token they presented.
///
/// A refusal is kept and not told at once, because the body still has to keep to the size limit.
/// Whoever is refused learns nothing from their body.
#[derive(Debug)]
pub(super) struct Gate(pub(super) Result<Option<BootstrapToken>, Refusal>);

impl Gate {
    pub(super) fn judge<S>(auth: &Auth<S>, headers: &HeaderMap) -> Result<Self, Rejection> {
        if auth.policy().bootstrap == Bootstrap::Closed {
            return Ok(Self(Err(Refusal::BootstrapDisabled)));
        }
        let token = presented(headers)?;
        Ok(Self(auth.may_bootstrap(token.as_ref()).map(|()| token)))
    }
}

/// What stands in `X-Bootstrap-Token`. Bytes that are not UTF-8 come back as a token that nobody
/// has.
fn presented(headers: &HeaderMap) -> Result<Option<BootstrapToken>, Rejection> {
    let mut values = headers.get_all(X_BOOTSTRAP_TOKEN).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Rejection::RepeatedBootstrapToken);
    }
    Ok(first.map(|value| BootstrapToken::new(str::from_utf8(value.as_bytes()).unwrap_or_default())))
}
