//! What a new password must be: long enough, not common, not the account's own email or name.
//!
//! No composition rules: NIST SP 800-63B-4 §3.1.1.2 and OWASP ASVS 5 §6.2 advise against them.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::email::Email;
use crate::name::Name;

use super::{Password, PasswordFlaw};

/// Common passwords of eight characters or more, in lower case, one a line: the public list by
/// Royce Williams, drawn from the breach corpus of Have I Been Pwned, which Django ships too.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").lines().collect());

impl Password {
    /// Judges a password that someone wants to set.
    pub(crate) fn check_new(&self, min: usize, email: &Email, name: &Name) -> Result<(), PasswordFlaw> {
        if self.as_str().chars().count() < min {
            return Err(PasswordFlaw::TooShort { min });
        }
        let folded = zeroize::Zeroizing::new(self.as_str().to_lowercase());
        if COMMON.contains(folded.as_str()) {
            return Err(PasswordFlaw::Common);
        }
        if *folded == email.as_str() || *folded == name.as_str().to_lowercase() {
            return Err(PasswordFlaw::Personal);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(password: &str) -> Result<(), PasswordFlaw> {
        let email = Email::parse("someone@example.com").expect("a good address");
        let name = Name::parse("Jo Someone").expect("a good name");
        Password::parse(password)?.check_new(8, &email, &name)
    }

    #[test]
    fn the_example_password_and_plain_long_ones_are_accepted() {
        for good in ["StrongPassword123!", "qqzzvvkk", "        x", "🦊🦊🦊🦊🦊🦊🦊🦊"] {
            assert_eq!(judge(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn length_counts_code_points() {
        assert_eq!(judge("🦊🦊🦊🦊🦊🦊🦊"), Err(PasswordFlaw::TooShort { min: 8 }));
        assert_eq!(judge("short"), Err(PasswordFlaw::TooShort { min: 8 }));
    }

    #[test]
    fn common_and_personal_passwords_are_refused_in_any_case() {
        for common in ["password", "PassWord", "1234567890", "iloveyou1"] {
            assert_eq!(judge(common), Err(PasswordFlaw::Common), "{common}");
        }
        for personal in ["someone@example.com", "SOMEONE@example.com", "jo someone"] {
            assert_eq!(judge(personal), Err(PasswordFlaw::Personal), "{personal}");
        }
    }

    #[test]
    fn the_list_is_clean() {
        assert!(COMMON.len() > 8_000);
        assert!(COMMON.iter().all(|word| word.chars().count() >= 8 && *word == word.to_lowercase()));
    }
}
