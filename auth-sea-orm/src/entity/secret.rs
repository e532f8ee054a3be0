//! Columns that must not show in a log.

use std::fmt;

use sea_orm::DeriveValueType;

/// A password hash as text; redacted in `Debug`.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct HashText(pub String);

/// The hash of a session's secret; redacted in `Debug`.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct HashBytes(pub Vec<u8>);

impl fmt::Debug for HashText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashText([redacted])")
    }
}

impl fmt::Debug for HashBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashBytes([redacted])")
    }
}
