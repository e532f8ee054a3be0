//! The algorithms of asymmetric keys.

use std::fmt;
use std::str::FromStr;

/// With which algorithm a [`SigningKey`](crate::SigningKey) signs.
///
/// A key has one and no other. HS256 is not among them: its keys are
/// [secrets](crate::AuthBuilder::access_secret), which nobody else can be given.
///
/// ```
/// use auth_core::SigningAlgorithm;
///
/// assert_eq!("ES256".parse(), Ok(SigningAlgorithm::Es256));
/// assert_eq!(SigningAlgorithm::default().to_string(), "EdDSA");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// `EdDSA` on Ed25519 (RFC 8037): small, quick, and nothing to choose. The one to take.
    #[default]
    EdDsa,
    /// `ES256`, ECDSA on P-256 (RFC 7518 §3.4): where a verifier knows no `EdDSA`.
    Es256,
    /// `RS256`, RSASSA-PKCS1-v1_5 (RFC 7518 §3.3): where a verifier knows nothing else.
    Rs256,
}

/// A text that names none of the algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an algorithm is one of EdDSA, ES256 and RS256")]
pub struct UnknownAlgorithm;

impl SigningAlgorithm {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// The name, as the `alg` of a token has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    pub(super) const fn jose(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SigningAlgorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text).ok_or(UnknownAlgorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written_and_no_other_is() {
        for algorithm in SigningAlgorithm::ALL {
            assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
        }
        for other in ["", "eddsa", "EdDSA ", "HS256", "none", "RS384", "PS256", "Ed25519"] {
            assert_eq!(other.parse::<SigningAlgorithm>(), Err(UnknownAlgorithm), "{other}");
        }
    }
}
