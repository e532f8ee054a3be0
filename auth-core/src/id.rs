//! The ids: [`UserId`], [`SessionId`] and [`EventId`], all UUIDs.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::clock::Timestamp;

/// The text was not a UUID in its usual form of 36 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is a UUID, such as 018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with these 16 bytes, in network order.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes of the id, in network order.
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }

            /// A new id of UUID version 7 (RFC 9562): `now` in front, so that rows cluster by age.
            pub(crate) fn new(random: &[u8; 10], now: Timestamp) -> Self {
                let millis = u64::try_from(now.millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Reads the usual form with hyphens, and no other: one id has one spelling.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let id = Self(Uuid::try_parse(text).map_err(|_| InvalidId)?);
                let written = &mut Uuid::encode_buffer();
                if id.0.hyphenated().encode_lower(written) == text { Ok(id) } else { Err(InvalidId) }
            }
        }
    };
}

id! {
    /// Which person: the `sub` of an access token.
    ///
    /// ```
    /// use auth_core::UserId;
    ///
    /// let id: UserId = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f".parse()?;
    /// assert_eq!(UserId::from_bytes(id.to_bytes()), id);
    /// # Ok::<(), auth_core::InvalidId>(())
    /// ```
    UserId
}

id! {
    /// Which login: the `sid` of an access token and the key of a session's row.
    ///
    /// ```
    /// use auth_core::SessionId;
    ///
    /// assert!("not a uuid".parse::<SessionId>().is_err());
    /// ```
    SessionId
}

id! {
    /// Which event: later ones sort after earlier ones.
    ///
    /// ```
    /// use auth_core::EventId;
    ///
    /// assert!("not a uuid".parse::<EventId>().is_err());
    /// ```
    EventId
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_id_has_one_spelling() {
        let id = UserId::new(&[7; 10], Timestamp::from_millis(1_700_000_000_000));
        let text = id.to_string();
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(text.to_uppercase().parse::<UserId>(), Err(InvalidId));
        assert_eq!(text.replace('-', "").parse::<UserId>(), Err(InvalidId));
        assert_eq!(format!("{{{text}}}").parse::<UserId>(), Err(InvalidId));
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let early = SessionId::new(&[255; 10], Timestamp::from_millis(1));
        let late = SessionId::new(&[0; 10], Timestamp::from_millis(2));
        assert!(early < late);
    }

    proptest! {
        #[test]
        fn any_text_is_the_one_spelling_of_an_id_or_none(
            text in any::<String>(),
            like in "[0-9a-fA-F{}-]{30,40}",
            bytes in any::<[u8; 16]>(),
        ) {
            for text in [text, like] {
                if let Ok(id) = text.parse::<SessionId>() {
                    prop_assert_eq!(id.to_string(), text);
                }
            }
            let id = UserId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
