//! Values that must not leak: redacted in `Debug`, wiped on drop, compared in constant time.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

macro_rules! secret_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<String>);

        impl $name {
            /// Wraps `text`, which from then on is wiped when it is dropped.
            pub fn new(text: impl Into<String>) -> Self {
                Self(Zeroizing::new(text.into()))
            }

            /// The text itself: for the wire or the store, never for a log.
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// Whether both are the same text, told in time that depends on the length alone.
            pub fn same_as(&self, other: &Self) -> bool {
                self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

secret_text! {
    /// A signed access token (RFC 9068), ready for an `Authorization: Bearer` header.
    AccessToken
}

secret_text! {
    /// A refresh token, ready for its cookie; opaque to whoever holds it.
    RefreshToken
}

secret_text! {
    /// A browser's word that it has logged in to an account before, ready for its cookie; opaque to
    /// whoever holds it, and good for nothing but a count of wrong passwords of one's own.
    DeviceToken
}

secret_text! {
    /// What whoever asks for a bootstrap presents, where a token was configured: as it came, and
    /// maybe not the right one.
    BootstrapToken
}

secret_text! {
    /// A password hash as a PHC string, such as `$argon2id$v=19$m=19456,t=2,p=1$…$…`, or as another
    /// system wrote it.
    ///
    /// A store keeps it and gives it back unchanged; it never looks inside.
    PasswordHash
}

/// The SHA-256 of a session's secret: all that a store learns of a refresh token.
#[derive(Clone, Copy)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash with these bytes, as a store has kept them.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes to keep.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether both are the same, told in constant time.
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!(
            "{:?} {:?} {:?} {:?} {:?}",
            AccessToken::new("hunter2"),
            RefreshToken::new("hunter2"),
            BootstrapToken::new("hunter2"),
            PasswordHash::new("hunter2"),
            SecretHash::from_bytes([0x42; 32]),
        );
        assert!(!shown.contains("hunter2") && !shown.contains("42") && !shown.contains("66"), "{shown}");
    }
}
