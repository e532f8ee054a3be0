//! Which signatures a public key has verified already.

use std::fmt;

use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

/// How many tokens of one key are remembered: about 400 KiB of them.
const MOST: usize = 4_096;

/// The signatures of one public key that have been found to hold, by the SHA-256 of their tokens.
///
/// That a signature is of a message is true for good, so nothing here is ever out of date: claims
/// are judged anew each time, a key that is retired takes its memo with it, and a token that has
/// expired makes room for those that are asked for. What does not hold is not remembered, so
/// forgers get nothing in.
pub(super) struct Memo(Cache<[u8; 32], ()>);

impl Default for Memo {
    fn default() -> Self {
        Self(Cache::new(MOST))
    }
}

impl Memo {
    /// Whether `signature` is of `message`, as `verify` says or has said.
    pub(super) fn holds(&self, message: &str, signature: &str, verify: impl FnOnce() -> bool) -> bool {
        let token = Sha256::new().chain_update(message).chain_update(".").chain_update(signature);
        let token: [u8; 32] = token.finalize().into();
        if self.0.get(&token).is_some() {
            return true;
        }
        let holds = verify();
        if holds {
            self.0.insert(token, ());
        }
        holds
    }
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo").field("tokens", &self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_held_is_not_verified_again() {
        let memo = Memo::default();
        assert!(memo.holds("header.claims", "signature", || true));
        assert!(memo.holds("header.claims", "signature", || panic!("it is known")));
        assert!(!memo.holds("header.claim", "ssignature", || false), "another token");
        assert!(!memo.holds("header.claims.signature", "", || false), "another token");
    }

    #[test]
    fn what_does_not_hold_is_asked_again_and_kept_nowhere() {
        let memo = Memo::default();
        for nth in 0..2 * MOST {
            assert!(!memo.holds("header.claims", &nth.to_string(), || false));
        }
        assert_eq!(memo.0.len(), 0);
        assert!(memo.holds("header.claims", "7", || true));
    }

    #[test]
    fn a_flood_of_good_tokens_keeps_it_within_its_bound() {
        let memo = Memo::default();
        for nth in 0..4 * MOST {
            assert!(memo.holds("header.claims", &nth.to_string(), || true));
        }
        assert!(memo.0.len() <= MOST, "{}", memo.0.len());
    }
}
