//! What a person may do, as one upper-case word.

use std::borrow::Cow;
use std::fmt;

/// A role: an upper-case ASCII letter, then up to 31 upper-case letters, digits or underscores.
///
/// ```
/// use auth_core::Role;
///
/// const SUPPORT: Role = Role::from_static("SUPPORT"); // checked by the compiler
/// assert_eq!(Role::parse("SUPPORT")?, SUPPORT);
/// assert!(Role::parse("support").is_err());
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
    pub const ADMIN: Self = Self::from_static("ADMIN");

    /// The role of everyone else, until they are given another.
    pub const USER: Self = Self::from_static("USER");

    /// Checks `text`; nothing is trimmed or upper-cased.
    ///
    /// # Errors
    ///
    /// [`InvalidRole`] where it has another form.
    pub fn parse(text: &str) -> Result<Self, InvalidRole> {
        match text {
            // The usual ones cost no allocation, which every token that is verified would pay.
            "ADMIN" => Ok(Self::ADMIN),
            "USER" => Ok(Self::USER),
            _ if is_role(text) => Ok(Self(Cow::Owned(text.to_owned()))),
            _ => Err(InvalidRole),
        }
    }

    /// A role that stands in the code. In a `const`, a name of another form does not compile:
    ///
    /// ```compile_fail,E0080
    /// const SUPPORT: auth_core::Role = auth_core::Role::from_static("support");
    /// ```
    ///
    /// # Panics
    ///
    /// Outside of a `const`, where the name has another form; [`parse`](Self::parse) is for names
    /// that come from elsewhere.
    pub const fn from_static(name: &'static str) -> Self {
        assert!(
            is_role(name),
            "a role is 1 to 32 upper-case letters, digits or underscores, starting with a letter"
        );
        Self(Cow::Borrowed(name))
    }

    /// The role's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn is_role(name: &str) -> bool {
    let [first, rest @ ..] = name.as_bytes() else { return false };
    let mut good = first.is_ascii_uppercase() && name.len() <= 32;
    let mut at = 0;
    while at < rest.len() {
        good &= rest[at].is_ascii_uppercase() || rest[at].is_ascii_digit() || rest[at] == b'_';
        at += 1;
    }
    good
}

impl From<&Self> for Role {
    fn from(role: &Self) -> Self {
        role.clone()
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn any_text_is_a_role_as_it_stands_or_none(text in any::<String>(), like in "[A-Z0-9_ \\-]{0,34}") {
            for text in [text, like] {
                if let Ok(role) = Role::parse(&text) {
                    prop_assert_eq!(role.as_str(), text);
                }
            }
        }
    }
}
