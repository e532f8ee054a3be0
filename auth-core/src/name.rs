//! The name a person is shown by.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// A display name: 1 to 200 code points after trimming, without control characters.
///
/// ```
/// use auth_core::Name;
///
/// assert_eq!(Name::parse(" Zoë 🦊 ")?.as_str(), "Zoë 🦊");
/// # Ok::<(), auth_core::NameFlaw>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFlaw {
    /// Nothing is left after trimming.
    #[error("name must not be empty")]
    Empty,
    /// More than [`Name::MAX_CHARS`].
    #[error("name must be at most 200 characters")]
    TooLong,
    /// A control character, such as a line break or NUL.
    #[error("name must not contain control characters")]
    Control,
}

impl Name {
    /// The most code points a name may have.
    pub const MAX_CHARS: usize = 200;

    /// Trims Unicode white space from both ends and checks what is left.
    ///
    /// # Errors
    ///
    /// [`NameFlaw`] names what is wrong.
    pub fn parse(text: &str) -> Result<Self, NameFlaw> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(NameFlaw::Empty);
        }
        if trimmed.chars().count() > Self::MAX_CHARS {
            return Err(NameFlaw::TooLong);
        }
        if trimmed.chars().any(char::is_control) {
            return Err(NameFlaw::Control);
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The name in lower case: how it is searched for.
    ///
    /// ```
    /// use auth_core::Name;
    ///
    /// assert_eq!(Name::parse("Élodie")?.folded(), "élodie");
    /// # Ok::<(), auth_core::NameFlaw>(())
    /// ```
    pub fn folded(&self) -> String {
        folded(&self.0)
    }

    /// The name as it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Text in the form in which names are searched: composed (NFC) and in lower case.
pub(crate) fn folded(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase()
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_limit_counts_code_points_not_bytes() {
        let longest = "🦊".repeat(200);
        assert_eq!(Name::parse(&longest).map(|n| n.0), Ok(longest.clone()));
        assert_eq!(Name::parse(&format!("{longest}x")), Err(NameFlaw::TooLong));
    }

    #[test]
    fn control_characters_inside_are_refused() {
        for bad in ["a\0b", "a\nb", "a\u{85}b", "a\u{7f}b"] {
            assert_eq!(Name::parse(bad), Err(NameFlaw::Control));
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_idempotent(text in any::<String>()) {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name));
            }
        }
    }
}
