//! How accounts are listed: which ones, from where on, how many.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
use crate::email::Email;
use crate::id::UserId;
use crate::model::User;
use crate::name;
use crate::role::Role;

/// Which accounts are asked for; the newest come first.
///
/// ```
/// use auth_core::{AccountQuery, AccountState, Role, Search};
///
/// let query = AccountQuery {
///     search: Some(Search::parse("ann")?),
///     role: Some(Role::USER),
///     state: Some(AccountState::Enabled),
///     ..AccountQuery::default()
/// };
/// assert_eq!(query.limit, 50);
/// # Ok::<(), auth_core::InvalidSearch>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountQuery {
    /// Only those whose address or name begins like this.
    pub search: Option<Search>,
    /// Only those in this role.
    pub role: Option<Role>,
    /// Only those in this state.
    pub state: Option<AccountState>,
    /// Only those that come after this place: the `next` of the page before.
    pub after: Option<Cursor>,
    /// The most accounts to return: 1 to [`MAX_LIMIT`](Self::MAX_LIMIT).
    pub limit: u32,
}

impl AccountQuery {
    /// The most accounts on one page.
    pub const MAX_LIMIT: u32 = 200;
}

impl Default for AccountQuery {
    fn default() -> Self {
        Self { search: None, role: None, state: None, after: None, limit: 50 }
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPage {
    /// The accounts, the newest first.
    pub users: Vec<User>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountState {
    /// It may.
    Enabled,
    /// Nobody can log in with it.
    Disabled,
}

impl AccountState {
    /// The state of this user.
    pub const fn of(user: &User) -> Self {
        match user.disabled_at {
            None => Self::Enabled,
            Some(_) => Self::Disabled,
        }
    }
}

/// How an address or a name begins, whatever the case of its letters.
#[derive(Clone, PartialEq, Eq)]
pub struct Search(String);

/// The text cannot be searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("search must have 1 to 254 bytes and no control characters")]
pub struct InvalidSearch;

impl Search {
    /// The most bytes, the longest address.
    pub const MAX_BYTES: usize = Email::MAX_BYTES;

    /// Trims `text` and checks what is left.
    ///
    /// # Errors
    ///
    /// [`InvalidSearch`] where nothing is left, or too much, or a control character.
    pub fn parse(text: &str) -> Result<Self, InvalidSearch> {
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.len() > Self::MAX_BYTES || trimmed.chars().any(char::is_control) {
            return Err(InvalidSearch);
        }
        Ok(Self(name::folded(trimmed)))
    }

    /// The beginning to look for in addresses, and in names as [`Name::folded`](crate::Name::folded) spells them.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this user's address or name begins like this.
    pub fn matches(&self, user: &User) -> bool {
        user.email.as_str().starts_with(&self.0) || user.name.folded().starts_with(&self.0)
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A place in the list of accounts: just after one of them.
///
/// Accounts that are created or deleted meanwhile neither repeat nor hide others. As text it is
/// opaque to clients.
///
/// ```
/// use auth_core::Cursor;
///
/// assert!("not a cursor".parse::<Cursor>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    created_at: Timestamp,
    id: UserId,
}

/// The text is no cursor of this library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cursor must be the nextCursor of an earlier answer")]
pub struct InvalidCursor;

impl Cursor {
    /// The place just after this user.
    pub const fn after(user: &User) -> Self {
        Self { created_at: user.created_at, id: user.id }
    }

    /// The `created_at` of the account before this place.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// The id of the account before this place.
    pub const fn id(&self) -> UserId {
        self.id
    }

    /// Whether this user comes after this place in the list: older, or as old and of a smaller id.
    pub fn precedes(&self, user: &User) -> bool {
        (user.created_at, user.id) < (self.created_at, self.id)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.created_at.millis().to_be_bytes());
        bytes[8..].copy_from_slice(&self.id.to_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let (millis, id) = bytes.split_at_checked(8).ok_or(InvalidCursor)?;
        let millis = i64::from_be_bytes(millis.try_into().map_err(|_| InvalidCursor)?);
        let id = UserId::from_bytes(id.try_into().map_err(|_| InvalidCursor)?);
        Ok(Self { created_at: Timestamp::from_millis(millis), id })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_search_is_trimmed_and_folded() {
        assert_eq!(Search::parse(" ÉLO ").map(|search| search.0), Ok("élo".to_owned()));
        for bad in ["", "  ", "a\0", "a\nb", &"x".repeat(255)] {
            assert_eq!(Search::parse(bad), Err(InvalidSearch), "{bad:?}");
        }
    }

    #[test]
    fn rubbish_is_no_cursor() {
        for bad in [
            "",
            "AAAA",
            &"A".repeat(31),
            &"A".repeat(33),
            &"=".repeat(32),
            "höchstens so lang wie ein echter",
        ] {
            assert_eq!(bad.parse::<Cursor>(), Err(InvalidCursor), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_cursor_survives_its_text(millis in any::<i64>(), id in any::<[u8; 16]>()) {
            let cursor = Cursor { created_at: Timestamp::from_millis(millis), id: UserId::from_bytes(id) };
            prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }
}
