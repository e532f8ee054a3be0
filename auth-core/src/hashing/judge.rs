//! Whether a password is the one: the forms it may have been hashed in, against a hash of any kind.

use std::fmt;

use crate::password::Password;
use crate::secret::PasswordHash;

use super::argon2::Argon2Cost;
use super::kind::{Kind, MAX_TEXT, Verdict};
use super::verifier::{PasswordVerifier, Verification};

/// Verifies passwords; pure, and slow on purpose.
pub(super) struct Judge {
    current: Argon2Cost,
    /// Verified where there is no hash to verify, so that both cost the same.
    dummy: PasswordHash,
    verifiers: Vec<Box<dyn PasswordVerifier>>,
}

impl Judge {
    pub(super) fn new(
        current: Argon2Cost,
        dummy: PasswordHash,
        verifiers: Vec<Box<dyn PasswordVerifier>>,
    ) -> Self {
        Self { current, dummy, verifiers }
    }

    /// Whether `stored` could be verified, told by its text alone.
    pub(super) fn recognises(&self, stored: &PasswordHash) -> bool {
        Kind::parse(stored.expose()).is_some() || self.verifier_of(stored).is_some()
    }

    /// Verifies `password`. Without a hash, or with one that cannot be used, the dummy is verified
    /// instead, as often as a hash would have been.
    pub(super) fn judge(&self, stored: Option<&PasswordHash>, password: &Password) -> Verdict {
        let verdict = stored.map_or(Verdict::Unusable, |stored| self.judge_stored(stored, password));
        if verdict == Verdict::Unusable {
            self.judge_stored(&self.dummy, password);
        }
        verdict
    }

    /// The NFC form first. Another system may have hashed what was typed as it came: where that
    /// differs it is tried next, and is weak because NFC is what is hashed here.
    fn judge_stored(&self, stored: &PasswordHash, password: &Password) -> Verdict {
        let normalised = self.judge_bytes(stored, password.as_bytes());
        let (Verdict::Wrong, Some(typed)) = (normalised, password.as_typed()) else { return normalised };
        match self.judge_bytes(stored, typed) {
            Verdict::Right => Verdict::RightButWeak,
            other @ (Verdict::RightButWeak | Verdict::Wrong | Verdict::Unusable) => other,
        }
    }

    fn judge_bytes(&self, stored: &PasswordHash, password: &[u8]) -> Verdict {
        if let Some(kind) = Kind::parse(stored.expose()) {
            return kind.verify(self.current, password);
        }
        match self.verifier_of(stored).map(|verifier| verifier.verify(stored, password)) {
            Some(Verification::Right) => Verdict::RightButWeak,
            Some(Verification::Wrong) => Verdict::Wrong,
            Some(Verification::Unusable) | None => Verdict::Unusable,
        }
    }

    fn verifier_of(&self, stored: &PasswordHash) -> Option<&dyn PasswordVerifier> {
        if stored.expose().len() > MAX_TEXT {
            return None;
        }
        self.verifiers.iter().map(AsRef::as_ref).find(|verifier| verifier.recognises(stored))
    }
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge")
            .field("current", &self.current)
            .field("verifiers", &self.verifiers.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::argon2;
    use super::*;

    const CHEAP: Argon2Cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
    const DECOMPOSED: &str = "Zoe\u{308}";
    const COMPOSED: &str = "Zo\u{eb}";

    /// Finds every password wrong, and counts them.
    struct Count {
        takes: &'static str,
        asked: Arc<AtomicUsize>,
    }

    impl PasswordVerifier for Count {
        fn recognises(&self, stored: &PasswordHash) -> bool {
            stored.expose() == self.takes
        }

        fn verify(&self, _stored: &PasswordHash, _password: &[u8]) -> Verification {
            self.asked.fetch_add(1, Ordering::Relaxed);
            Verification::Wrong
        }
    }

    fn password(text: &str) -> Password {
        Password::parse(text).expect("a password")
    }

    #[test]
    fn the_dummy_is_verified_as_often_as_a_hash_would_have_been() {
        for (stored, text, of_stored, of_dummy) in [
            (Some("$stored$"), COMPOSED, 1, 0),
            (Some("$stored$"), DECOMPOSED, 2, 0),
            (None, COMPOSED, 0, 1),
            (None, DECOMPOSED, 0, 2),
            (Some("$unknown$"), COMPOSED, 0, 1),
            (Some("$unknown$"), DECOMPOSED, 0, 2),
        ] {
            let counts = [Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))];
            let verifiers: Vec<Box<dyn PasswordVerifier>> = vec![
                Box::new(Count { takes: "$stored$", asked: Arc::clone(&counts[0]) }),
                Box::new(Count { takes: "$dummy$", asked: Arc::clone(&counts[1]) }),
            ];
            let judge = Judge::new(CHEAP, PasswordHash::new("$dummy$"), verifiers);
            let verdict = judge.judge(stored.map(PasswordHash::new).as_ref(), &password(text));
            let expected = if of_stored > 0 { Verdict::Wrong } else { Verdict::Unusable };
            assert_eq!(verdict, expected, "{stored:?} {text}");
            let counted = counts.map(|count| count.load(Ordering::Relaxed));
            assert_eq!(counted, [of_stored, of_dummy], "{stored:?} {text}");
        }
    }

    #[test]
    fn a_hash_of_what_was_typed_is_right_but_weak() {
        let judge = Judge::new(CHEAP, PasswordHash::new("$dummy$"), Vec::new());
        let of = |text: &str| argon2::hash(CHEAP, &[1; 16], text.as_bytes()).expect("a good cost");
        for (hashed, given, verdict) in [
            (COMPOSED, COMPOSED, Verdict::Right),
            (COMPOSED, DECOMPOSED, Verdict::Right),
            (DECOMPOSED, DECOMPOSED, Verdict::RightButWeak),
            (DECOMPOSED, COMPOSED, Verdict::Wrong),
        ] {
            let stored = of(hashed);
            assert_eq!(judge.judge(Some(&stored), &password(given)), verdict, "{hashed:?} {given:?}");
        }
    }

    #[test]
    fn a_verifier_is_not_shown_a_text_beyond_the_limit() {
        let long = "$".repeat(MAX_TEXT + 1).leak();
        let asked = Arc::new(AtomicUsize::new(0));
        let verifiers: Vec<Box<dyn PasswordVerifier>> = vec![Box::new(Count { takes: long, asked })];
        let judge = Judge::new(CHEAP, PasswordHash::new("$dummy$"), verifiers);
        assert!(!judge.recognises(&PasswordHash::new(&*long)));
    }
}
