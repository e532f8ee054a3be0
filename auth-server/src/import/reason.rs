//! Why a row is refused, in a sentence that quotes no value which might be a password hash.

use std::fmt;

use auth_core::{EmailFlaw, NameFlaw};

use super::cell::Shape;
use super::columns::Meaning;

/// Why a row is not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The line, or the record, is too long.
    TooLong,
    /// It is not UTF-8.
    NotUtf8,
    /// A quote stands where none may.
    WronglyQuoted,
    /// A quote is opened, and the file ends before it is closed.
    QuoteNeverClosed,
    /// A record of CSV has another number of fields than the header.
    FieldCount {
        /// How many it has.
        found: usize,
        /// How many the header has.
        expected: usize,
    },
    /// The line is not JSON, from this column on.
    NoJson(usize),
    /// The line is JSON, but not an object.
    NoObject,
    /// A key comes twice.
    DuplicateKey(String),
    /// Two keys mean the same.
    SameMeaning(Meaning),
    /// A value that is needed is missing.
    Missing(Meaning),
    /// A value is of a kind that it cannot be.
    WrongKind(Meaning, &'static str),
    /// The id is not a UUID.
    IdNotUuid,
    /// The email address.
    Email(EmailFlaw),
    /// The name.
    Name(NameFlaw),
    /// The role is none of this system's, and no flag maps it. Named where it looks like a role.
    UnknownRole(Option<String>),
    /// The time is in no form that is understood, or may mean two things.
    Time,
    /// Neither yes nor no.
    NotTruth(Meaning),
    /// A line before has the same address.
    SameAddress(u64),
    /// Another account has the id.
    IdTaken,
    /// No login could verify the hash.
    UnusableHash,
}

impl Reason {
    /// A wrong kind of value.
    pub(super) const fn shape(meaning: Meaning, shape: Shape) -> Self {
        Self::WrongKind(meaning, shape.as_str())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("longer than 64 KiB"),
            Self::NotUtf8 => f.write_str("not UTF-8"),
            Self::WronglyQuoted => {
                f.write_str("a quote stands where none may; CSV doubles a quote inside a quoted field")
            }
            Self::QuoteNeverClosed => {
                f.write_str("a quote is opened and never closed; nothing behind it was read")
            }
            Self::FieldCount { found, expected } => {
                write!(f, "{found} fields where the header has {expected}")
            }
            Self::NoJson(column) => write!(f, "not JSON from column {column} on"),
            Self::NoObject => f.write_str("not a JSON object"),
            Self::DuplicateKey(key) => write!(f, "the key {} comes twice", quoted(key)),
            Self::SameMeaning(meaning) => write!(f, "two keys mean the {meaning}"),
            Self::Missing(Meaning::Name) => {
                f.write_str("the name is missing; --default-name email takes it from the address")
            }
            Self::Missing(Meaning::Role) => f.write_str("the role is missing; --default-role gives one"),
            Self::Missing(meaning) => write!(f, "the {meaning} is missing"),
            Self::WrongKind(meaning, kind) => write!(f, "the {meaning} is {kind}"),
            Self::IdNotUuid => f.write_str("the id is not a UUID; --new-ids gives a new one"),
            Self::Email(flaw) => write!(f, "{flaw}"),
            Self::Name(flaw) => write!(f, "{flaw}"),
            Self::UnknownRole(Some(role)) => {
                write!(f, "the role {} is unknown; --role-map \"{role}=USER\" would map it", quoted(role))
            }
            Self::UnknownRole(None) => f.write_str("the role is unknown"),
            Self::Time => f.write_str("the time of creation is in no form that is understood"),
            Self::NotTruth(meaning) => write!(f, "{meaning} says neither yes nor no"),
            Self::SameAddress(line) => write!(f, "same address as line {line}"),
            Self::IdTaken => f.write_str("another account has this id"),
            Self::UnusableHash => {
                f.write_str("no login could verify this hash: malformed, of an unknown kind, or too costly")
            }
        }
    }
}

/// A name of the file's own, fit for one line of a terminal.
pub(super) fn quoted(name: &str) -> String {
    const LONGEST: usize = 60;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", &name[..end]),
        None => format!("{name:?}"),
    }
}
