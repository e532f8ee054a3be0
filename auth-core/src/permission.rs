//! What a role may do, by name.

use std::borrow::Cow;
use std::fmt;

/// A permission, such as `orders:read`.
///
/// Its name is one or more parts joined by colons, each of lower-case ASCII letters, digits, `_`,
/// `-` and `.`; it starts with a letter and has at most 64 bytes. The parts mean nothing here:
/// `orders:read` is not a part of `orders`, and no name stands for several.
///
/// ```
/// use auth_core::Permission;
///
/// const READ_ORDERS: Permission = Permission::from_static("orders:read"); // checked by the compiler
/// assert_eq!(Permission::parse("orders:read")?, READ_ORDERS);
/// assert!(Permission::parse("orders:*").is_err());
/// # Ok::<(), auth_core::InvalidPermission>(())
/// ```
///
/// [`permissions!`](crate::permissions) names all those of an application in one place.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(Cow<'static, str>);

/// The text is not a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a permission is 1 to 64 lower-case letters, digits, _, - or ., in parts joined by :, starting with a letter"
)]
pub struct InvalidPermission;

/// A permission as a type, so that an extractor can ask for it; made by
/// [`permissions!`](crate::permissions).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a permission",
    note = "name it in `auth_core::permissions!`"
)]
pub trait NamedPermission {
    /// The permission.
    const PERMISSION: Permission;
}

impl Permission {
    /// Checks `text`; nothing is trimmed or lower-cased.
    ///
    /// # Errors
    ///
    /// [`InvalidPermission`] where it has another form.
    pub fn parse(text: &str) -> Result<Self, InvalidPermission> {
        if is_permission(text) { Ok(Self(Cow::Owned(text.to_owned()))) } else { Err(InvalidPermission) }
    }

    /// A permission that stands in the code. In a `const`, a name of another form does not compile:
    ///
    /// ```compile_fail,E0080
    /// const READ_ORDERS: auth_core::Permission = auth_core::Permission::from_static("Orders:Read");
    /// ```
    ///
    /// # Panics
    ///
    /// Outside of a `const`, where the name has another form; [`parse`](Self::parse) is for names
    /// that come from elsewhere.
    pub const fn from_static(name: &'static str) -> Self {
        assert!(
            is_permission(name),
            "a permission is 1 to 64 lower-case letters, digits, _, - or ., in parts joined by :, starting with a letter"
        );
        Self(Cow::Borrowed(name))
    }

    /// The permission's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn is_permission(name: &str) -> bool {
    let [first, rest @ ..] = name.as_bytes() else { return false };
    let mut good = first.is_ascii_lowercase() && name.len() <= 64;
    let mut after_colon = false;
    let mut at = 0;
    while at < rest.len() {
        let is_colon = rest[at] == b':';
        good &= if is_colon { !after_colon } else { is_word(rest[at]) };
        after_colon = is_colon;
        at += 1;
    }
    good && !after_colon
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.')
}

impl From<&Self> for Permission {
    fn from(permission: &Self) -> Self {
        permission.clone()
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_lower_case_names_in_parts_are_permissions() {
        let longest = format!("a:{}", "b".repeat(62));
        for good in ["orders:read", "a", "a:1:_:-:.", "orders.v2:read-all", "write_orders", &longest] {
            let parsed = Permission::parse(good).expect(good);
            assert_eq!((parsed.as_str(), parsed.to_string()), (good, good.to_owned()));
        }
        let longer = format!("{longest}b");
        for bad in [
            "",
            ":",
            "orders:",
            ":read",
            "orders::read",
            "Orders:read",
            "orders:READ",
            "orders:*",
            "*",
            "orders read",
            " orders",
            "orders\n",
            "1orders",
            "_orders",
            "-",
            "orders/read",
            "b\u{fc}cher:lesen",
            &longer,
        ] {
            assert_eq!(Permission::parse(bad), Err(InvalidPermission), "{bad:?}");
        }
    }

    #[test]
    fn the_compiler_and_the_parser_agree() {
        const READ: Permission = Permission::from_static("orders:read");
        assert_eq!(Permission::parse("orders:read"), Ok(READ));
        assert_eq!(Permission::from(&READ), READ);
    }

    proptest! {
        #[test]
        fn what_is_a_permission_is_said_in_one_pattern(text in "[a-zA-Z0-9_.:* -]{0,12}|\\PC{0,70}|[a-z:]{60,68}") {
            let parts: Vec<_> = text.split(':').collect();
            let word = |part: &&str| !part.is_empty() && part.bytes().all(is_word);
            let expected = parts.iter().all(word) && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.len() <= 64;
            prop_assert_eq!(Permission::parse(&text).is_ok(), expected);
        }
    }
}
