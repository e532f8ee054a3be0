//! Passwords: what one is, and what a new one must be.

mod rules;

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A password as someone typed it: at most 512 bytes, NFC-normalised, otherwise untouched.
///
/// Not trimmed, not truncated, no case folding (NIST SP 800-63B-4 §3.1.1.2).
///
/// Where NFC changes what was typed, that is kept as well: another system may have hashed it so.
///
/// ```
/// use auth_core::Password;
///
/// let password = Password::parse("StrongPassword123!")?;
/// assert_eq!(format!("{password:?}"), "Password([redacted])");
/// # Ok::<(), auth_core::PasswordFlaw>(())
/// ```
#[derive(Clone)]
pub struct Password {
    normalised: Zeroizing<String>,
    /// What was typed, where it differs.
    typed: Option<Zeroizing<String>>,
}

/// What is wrong with a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFlaw {
    /// There is nothing in it.
    #[error("password must not be empty")]
    Empty,
    /// More than [`Password::MAX_BYTES`].
    #[error("password must be at most 512 bytes")]
    TooLong,
    /// A NUL character, which other systems take for the end.
    #[error("password must not contain a NUL character")]
    Nul,
    /// A new one with fewer code points than the policy asks.
    #[error("password must be at least {min} characters")]
    TooShort {
        /// How many the policy asks.
        min: usize,
    },
    /// A new one that stands on the list of common passwords.
    #[error("password is too common, choose another")]
    Common,
    /// A new one that is the account's own email address or name.
    #[error("password must not be the email or the name")]
    Personal,
}

impl PasswordFlaw {
    /// The sentence without its subject, for fields that are not called `password`.
    pub(crate) fn rule(self) -> String {
        let sentence = self.to_string();
        sentence.strip_prefix("password ").map(str::to_owned).unwrap_or(sentence)
    }
}

impl Password {
    /// The most bytes a password may have, as received.
    pub const MAX_BYTES: usize = 512;

    /// Checks what applies to every password, and normalises it.
    ///
    /// # Errors
    ///
    /// [`PasswordFlaw`] names what is wrong; whether a *new* password is good enough is judged by
    /// the verb that sets it.
    pub fn parse(text: &str) -> Result<Self, PasswordFlaw> {
        if text.is_empty() {
            return Err(PasswordFlaw::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(PasswordFlaw::TooLong);
        }
        if text.contains('\0') {
            return Err(PasswordFlaw::Nul);
        }
        // Normalising adds at most two thirds of UTF-8 bytes (UAX #15); with room for all of
        // them the text is never moved, so no copy stays behind.
        let mut normalised = Zeroizing::new(String::with_capacity(3 * text.len()));
        normalised.extend(text.nfc());
        let typed = (*normalised != text).then(|| Zeroizing::new(text.to_owned()));
        Ok(Self { normalised, typed })
    }

    fn as_str(&self) -> &str {
        &self.normalised
    }

    /// The NFC form, which is what is hashed.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.normalised.as_bytes()
    }

    /// The text as it was typed, where that is not the NFC form.
    pub(crate) fn as_typed(&self) -> Option<&[u8]> {
        self.typed.as_ref().map(|typed| typed.as_bytes())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_spellings_of_one_text_are_one_password() {
        let composed = Password::parse("Zo\u{eb}-password").expect("it is fine");
        let decomposed = Password::parse("Zoe\u{308}-password").expect("it is fine");
        assert_eq!(composed.as_bytes(), decomposed.as_bytes());
        assert_eq!(composed.as_typed(), None);
        assert_eq!(decomposed.as_typed(), Some("Zoe\u{308}-password".as_bytes()));
    }

    #[test]
    fn nothing_is_trimmed_folded_or_cut() {
        for text in ["  spaces  ", "CaSe", &"x".repeat(512)] {
            assert_eq!(Password::parse(text).map(|p| p.as_str().to_owned()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_password_is_refused() {
        assert_eq!(Password::parse("").err(), Some(PasswordFlaw::Empty));
        assert_eq!(Password::parse(&"x".repeat(513)).err(), Some(PasswordFlaw::TooLong));
        assert_eq!(Password::parse("a\0b").err(), Some(PasswordFlaw::Nul));
    }

    proptest! {
        #[test]
        fn parsing_never_panics_nor_moves_the_text(text in any::<String>()) {
            if let Ok(password) = Password::parse(&text) {
                prop_assert!(password.as_bytes().len() <= 3 * text.len());
            }
        }
    }
}
