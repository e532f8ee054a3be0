//! The one form of an email address that is stored, looked up and compared.

use std::fmt;

/// An email address, normalised: trimmed, in ASCII lower case, matching the grammar of the HTML
/// living standard's [`input type=email`], at most 254 bytes.
///
/// ```
/// use auth_core::Email;
///
/// let email = Email::parse("  Admin@Example.com ")?;
/// assert_eq!(email.as_str(), "admin@example.com");
/// # Ok::<(), auth_core::EmailFlaw>(())
/// ```
///
/// [`input type=email`]: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

/// What is wrong with an email address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmailFlaw {
    /// Nothing is left after trimming.
    #[error("email must not be empty")]
    Empty,
    /// More than [`Email::MAX_BYTES`].
    #[error("email must be at most 254 bytes")]
    TooLong,
    /// Not of the form that a browser's email field accepts.
    #[error("email must be an address such as name@example.com")]
    Malformed,
}

impl Email {
    /// The longest address that fits an SMTP path (RFC 5321 §4.5.3.1.3).
    pub const MAX_BYTES: usize = 254;

    /// Normalises and checks `text`.
    ///
    /// Surrounding ASCII white space goes, as it does in a browser's email field.
    ///
    /// # Errors
    ///
    /// [`EmailFlaw`] names what is wrong; nothing is repaired beyond trimming and lower-casing.
    pub fn parse(text: &str) -> Result<Self, EmailFlaw> {
        let trimmed = text.trim_matches(|c: char| c.is_ascii_whitespace());
        if trimmed.is_empty() {
            return Err(EmailFlaw::Empty);
        }
        if trimmed.len() > Self::MAX_BYTES {
            return Err(EmailFlaw::TooLong);
        }
        if !matches_html_grammar(trimmed) {
            return Err(EmailFlaw::Malformed);
        }
        Ok(Self(trimmed.to_ascii_lowercase()))
    }

    /// The normalised address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The regular expression of the HTML living standard, by hand:
/// one or more atom characters or dots, `@`, then labels of 1 to 63 characters between dots.
fn matches_html_grammar(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    !local.is_empty() && local.bytes().all(is_atom_or_dot) && domain.split('.').all(is_label)
}

fn is_atom_or_dot(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    let ends_well = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric());
    label.len() <= 63
        && ends_well(label.bytes().next())
        && ends_well(label.bytes().last())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_browser_accepts_is_accepted() {
        for good in ["a@b", "a.b+c@d-e.f", "!#$%&'*+/=?^_`{|}~-@x", ".a..b.@x.y", "1@2"] {
            assert_eq!(Email::parse(good).map(|e| e.0), Ok(good.to_owned()));
        }
    }

    #[test]
    fn what_a_browser_refuses_is_refused() {
        for bad in [
            "a", "@b", "a@", "a@@b", "a@b@c", "a@-b", "a@b-", "a@b..c", "a@.b", "a b@c", "ä@b", "a@ü",
            "\"a\"@b",
        ] {
            assert_eq!(Email::parse(bad), Err(EmailFlaw::Malformed), "{bad}");
        }
        let label = format!("a@{}", "x".repeat(64));
        assert_eq!(Email::parse(&label), Err(EmailFlaw::Malformed));
        assert_eq!(Email::parse(" \t\n"), Err(EmailFlaw::Empty));
    }

    #[test]
    fn the_length_is_counted_after_trimming() {
        let longest = format!("{}@x", "a".repeat(252));
        assert!(Email::parse(&format!("  {longest}  ")).is_ok());
        assert_eq!(Email::parse(&format!("a{longest}")), Err(EmailFlaw::TooLong));
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_idempotent(text in any::<String>()) {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }

        #[test]
        fn case_and_padding_do_not_make_a_second_account(local in "[a-zA-Z0-9.]{1,20}", domain in "[a-zA-Z]{1,20}") {
            let plain = format!("{local}@{domain}");
            let shouted = format!(" {} ", plain.to_ascii_uppercase());
            prop_assert_eq!(Email::parse(&plain), Email::parse(&shouted));
        }
    }
}
