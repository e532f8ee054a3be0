//! Which of the two formats a file has.

use std::path::Path;

use super::bytes::Beginning;
use super::rows::Unreadable;

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated values below a line with the names of the columns.
    Csv,
}

impl Format {
    /// The format that the name of a file tells, if it tells one.
    pub fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" | "json" => Some(Self::JsonLines),
            _ => None,
        }
    }

    /// The format by how the text begins, where none is known.
    pub(super) fn of(known: Option<Self>, beginning: Beginning) -> Result<Self, Unreadable> {
        match (known, beginning) {
            (_, Beginning::Utf16) => Err(Unreadable::Utf16),
            (Some(Self::JsonLines) | None, Beginning::With(b'[')) => Err(Unreadable::JsonArray),
            (None, Beginning::With(b'{')) => Ok(Self::JsonLines),
            (Some(format), _) => Ok(format),
            (None, _) => Ok(Self::Csv),
        }
    }
}
