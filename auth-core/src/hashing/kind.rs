//! The kinds of stored hash that can be verified, told apart by their first field.
//!
//! | stored text | made by |
//! |---|---|
//! | `$argon2id$…`, `$argon2i$…` | this crate, npm's argon2, argon2-cffi, PHP |
//! | `$2a$…`, `$2b$…`, `$2y$…` | npm's bcrypt and bcryptjs, Python's bcrypt, PHP, Rails |
//! | `$scrypt$ln=…,r=…,p=…$…$…` | passlib, RustCrypto |
//! | `$pbkdf2-sha256$i=…$…$…`, `$pbkdf2-sha256$29000$…$…` | RustCrypto, passlib; also with SHA-1 and SHA-512 |
//! | `pbkdf2_sha256$…`, `pbkdf2_sha1$…`, `scrypt$…`, `argon2$argon2id$…`, `bcrypt$$2b$…`, `bcrypt_sha256$$2b$…` | Django |

use super::argon2::{self, Argon2Cost};
use super::bcrypt::{self, Input};
use super::pbkdf2::{self, Digest};
use super::scrypt;

/// The longest text that is looked at: four times the longest of the kinds above.
pub(super) const MAX_TEXT: usize = 1024;

/// What a verification found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The password is right.
    Right,
    /// The password is right, and its hash is weaker than a new one would be.
    RightButWeak,
    /// The password is wrong.
    Wrong,
    /// There is no hash, or it is malformed, of an unknown kind, or costs more than is allowed;
    /// nothing was computed.
    Unusable,
}

/// A well-formed hash of a known kind whose cost may be paid.
pub(super) enum Kind {
    Argon2(argon2::Stored),
    /// The same behind Django's name, so it is never as good as a new one.
    DjangoArgon2(argon2::Stored),
    Bcrypt(bcrypt::Stored),
    Scrypt(scrypt::Stored),
    Pbkdf2(pbkdf2::Stored),
}

impl Kind {
    /// Reads a stored hash. `None` where it is malformed, of no kind that is known here, or costs
    /// more than is allowed; nothing is computed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        match text.strip_prefix('$') {
            Some(named) => Self::parse_modular(text, named),
            None => Self::parse_django(text),
        }
    }

    /// Verifies `password`; a right one is weak unless it is an Argon2id hash of `current` cost.
    pub(super) fn verify(&self, current: Argon2Cost, password: &[u8]) -> Verdict {
        let matches = match self {
            Self::Argon2(stored) | Self::DjangoArgon2(stored) => stored.matches(password),
            Self::Bcrypt(stored) => Some(stored.matches(password)),
            Self::Scrypt(stored) => stored.matches(password),
            Self::Pbkdf2(stored) => Some(stored.matches(password)),
        };
        match matches {
            None => Verdict::Unusable,
            Some(false) => Verdict::Wrong,
            Some(true) if self.is_as_good_as_new(current) => Verdict::Right,
            Some(true) => Verdict::RightButWeak,
        }
    }

    fn is_as_good_as_new(&self, current: Argon2Cost) -> bool {
        match self {
            Self::Argon2(stored) => !stored.is_weaker_than_new(current),
            Self::DjangoArgon2(_) | Self::Bcrypt(_) | Self::Scrypt(_) | Self::Pbkdf2(_) => false,
        }
    }

    /// `$name$…`, in the manner of crypt(3) and of PHC strings; `named` is the text behind the `$`.
    fn parse_modular(text: &str, named: &str) -> Option<Self> {
        let (name, rest) = named.split_once('$')?;
        match name {
            "argon2id" | "argon2i" => argon2::Stored::parse(text).map(Self::Argon2),
            "2a" | "2b" | "2y" => bcrypt::Stored::parse(text, Input::Password).map(Self::Bcrypt),
            "scrypt" => scrypt::Stored::parse_phc(rest).map(Self::Scrypt),
            "pbkdf2" | "pbkdf2-sha1" => pbkdf2::Stored::parse(Digest::Sha1, rest).map(Self::Pbkdf2),
            "pbkdf2-sha256" => pbkdf2::Stored::parse(Digest::Sha256, rest).map(Self::Pbkdf2),
            "pbkdf2-sha512" => pbkdf2::Stored::parse(Digest::Sha512, rest).map(Self::Pbkdf2),
            _ => None,
        }
    }

    /// `name$…`, as Django writes it.
    fn parse_django(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('$')?;
        match name {
            "argon2" => argon2::Stored::parse(&text[name.len()..]).map(Self::DjangoArgon2),
            "bcrypt" => bcrypt::Stored::parse(rest, Input::Password).map(Self::Bcrypt),
            "bcrypt_sha256" => bcrypt::Stored::parse(rest, Input::HexOfSha256).map(Self::Bcrypt),
            "scrypt" => scrypt::Stored::parse_django(rest).map(Self::Scrypt),
            "pbkdf2_sha1" => pbkdf2::Stored::parse_django(Digest::Sha1, rest).map(Self::Pbkdf2),
            "pbkdf2_sha256" => pbkdf2::Stored::parse_django(Digest::Sha256, rest).map(Self::Pbkdf2),
            _ => None,
        }
    }
}
