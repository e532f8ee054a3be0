//! What a person may do, as one upper-case word.

use std::borrow::Cow;
use std::fmt;

/// A role: an upper-case ASCII letter, then up to 31 upper-case letters, digits or underscores.
///
/// ```
/// use auth_core::Role;
///
/// assert_eq!(Role::parse("ADMIN")?, Role::ADMIN);
/// assert!(Role::parse("admin").is_err());
/// # Ok::<(), auth_core::InvalidRole>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role(Cow<'static, str>);

/// The text is not a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is 1 to 32 upper-case letters, digits or underscores, starting with a letter")]
pub struct InvalidRole;

impl Role {
    /// The role of the first user, who runs the place.
    pub const ADMIN: Self = Self(Cow::Borrowed("ADMIN"));

    /// The role of everyone else, until they are given another.
    pub const USER: Self = Self(Cow::Borrowed("USER"));

    /// Checks `text`; nothing is trimmed or upper-cased.
    ///
    /// # Errors
    ///
    /// [`InvalidRole`] where it has another form.
    pub fn parse(text: &str) -> Result<Self, InvalidRole> {
        let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        let starts_well = text.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        if starts_well && text.len() <= 32 && text.bytes().all(allowed) {
            Ok(Self(Cow::Owned(text.to_owned())))
        } else {
            Err(InvalidRole)
        }
    }

    /// The role's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_upper_case_words_are_roles() {
        for good in ["ADMIN", "A", "SUPPORT_2"] {
            assert_eq!(Role::parse(good).map(|r| r.0.into_owned()), Ok(good.to_owned()));
        }
        for bad in ["", "admin", "2ND", "_A", "A B", "A-B", "ÄRZTE", &"A".repeat(33)] {
            assert_eq!(Role::parse(bad), Err(InvalidRole), "{bad}");
        }
    }
}
