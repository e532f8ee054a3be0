//! The rows of a file, one after the other: each with its line, and its values by what they mean.

use std::fmt;
use std::io::{self, BufRead};

use super::bytes::{Bytes, Line};
use super::cell::Cell;
use super::columns::{Columns, Ignored, Meaning, Values};
use super::format::Format;
use super::reason::{Reason, quoted};
use super::{csv, json};

/// A row, or why it cannot be understood.
pub(super) struct Row {
    /// The line it begins in.
    pub(super) line: u64,
    /// Its values.
    pub(super) values: Result<Values, Reason>,
}

/// Why nothing of a file can be imported.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is UTF-16.
    #[error("it is UTF-16; save it as UTF-8")]
    Utf16,
    /// It is one JSON array.
    #[error("it is a JSON array; write one object a line, for example with: jq -c '.[]'")]
    JsonArray,
    /// The header is no record.
    #[error("line {0}, the header, cannot be understood: {1}")]
    Header(u64, Reason),
    /// No column is the address.
    #[error(
        "no column is called email; name the one that is with --map email=COLUMN, and see that CSV begins with a header and has commas"
    )]
    NoEmail,
    /// Two columns mean the same.
    #[error("the columns {one} and {other} both mean the {meaning}; choose one with --map {meaning}=COLUMN")]
    SameMeaning {
        /// What they mean.
        meaning: Meaning,
        /// The first.
        one: String,
        /// The second.
        other: String,
    },
    /// A flag names a column that is not there.
    #[error("there is no column {column}, which --map names for the {meaning}")]
    NoColumn {
        /// What it would mean.
        meaning: Meaning,
        /// Its name.
        column: String,
    },
}

/// Reads rows as a stream: what is kept of them is one row.
pub struct Rows<R> {
    bytes: Bytes<R>,
    columns: Columns,
    ignored: Ignored,
    layout: Layout,
}

enum Layout {
    /// What each field means.
    Csv(Vec<Option<Meaning>>),
    /// A buffer for the line, and whether an object has been seen.
    Json(Vec<u8>, Seen),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    None,
    Some,
}

impl<R: BufRead> Rows<R> {
    /// Begins to read; the format is found out where it is not known.
    ///
    /// # Errors
    ///
    /// [`Unreadable`], where nothing of it can be imported.
    pub fn new(source: R, format: Option<Format>, columns: Columns) -> Result<Self, Unreadable> {
        let mut bytes = Bytes::new(source)?;
        let beginning = bytes.beginning()?;
        let mut ignored = Ignored::default();
        let layout = match Format::of(format, beginning)? {
            Format::JsonLines => Layout::Json(Vec::new(), Seen::None),
            Format::Csv => Layout::Csv(header(&mut bytes, &columns, &mut ignored)?),
        };
        Ok(Self { bytes, columns, ignored, layout })
    }

    /// The next row; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Row>, Unreadable> {
        match &mut self.layout {
            Layout::Csv(meanings) => {
                let Some((line, record)) = csv::next_record(&mut self.bytes)? else { return Ok(None) };
                Ok(Some(Row { line, values: record.and_then(|fields| of_fields(meanings, &fields)) }))
            }
            Layout::Json(buffer, seen) => loop {
                let line = self.bytes.line();
                let Some(whole) = self.bytes.next_line(buffer)? else { return Ok(None) };
                if buffer.iter().all(u8::is_ascii_whitespace) && whole == Line::Whole {
                    continue;
                }
                let pairs = match whole {
                    Line::Whole => json::object(buffer),
                    Line::TooLong => Err(Reason::TooLong),
                };
                let pairs = match pairs {
                    Ok(pairs) => pairs,
                    Err(reason) => return Ok(Some(Row { line, values: Err(reason) })),
                };
                if *seen == Seen::None {
                    // The first object stands for all: what is wrong with it is told before
                    // anything is written.
                    judge(pairs.iter().map(|(key, _)| key.as_str()), &self.columns)?;
                    *seen = Seen::Some;
                }
                let values = of_pairs(pairs, &self.columns, &mut self.ignored);
                return Ok(Some(Row { line, values }));
            },
        }
    }

    /// How many bytes have been read.
    pub fn bytes_read(&self) -> u64 {
        self.bytes.taken()
    }

    /// The columns that were met and not understood.
    pub fn ignored_columns(&self) -> impl Iterator<Item = &str> {
        self.ignored.names()
    }
}

impl<R> fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the buffer: there are hashes in it.
        f.debug_struct("Rows").field("columns", &self.columns).finish_non_exhaustive()
    }
}

fn header<R: BufRead>(
    bytes: &mut Bytes<R>,
    columns: &Columns,
    ignored: &mut Ignored,
) -> Result<Vec<Option<Meaning>>, Unreadable> {
    // An empty file has no rows, and nothing is wrong with them.
    let Some((line, record)) = csv::next_record(bytes)? else { return Ok(Vec::new()) };
    let names = record.map_err(|reason| Unreadable::Header(line, reason))?;
    let names: Vec<_> = names.iter().map(|name| name.trim()).collect();
    if let Some(missing) = columns.mapped().iter().find(|mapping| !names.contains(&mapping.column.as_str())) {
        let column = quoted(&missing.column);
        return Err(Unreadable::NoColumn { meaning: missing.meaning, column });
    }
    judge(names.iter().copied(), columns)?;
    let meanings: Vec<_> = names.iter().map(|name| columns.meaning(name)).collect();
    let unknown = names.iter().zip(&meanings).filter(|(_, meaning)| meaning.is_none());
    unknown.for_each(|(name, _)| ignored.add(name));
    Ok(meanings)
}

/// Whether the names of columns make sense together.
fn judge<'a>(names: impl Iterator<Item = &'a str>, columns: &Columns) -> Result<(), Unreadable> {
    let mut known: Vec<(Meaning, &str)> = Vec::new();
    for name in names {
        let Some(meaning) = columns.meaning(name) else { continue };
        if let Some((_, one)) = known.iter().find(|(other, _)| *other == meaning) {
            return Err(Unreadable::SameMeaning { meaning, one: quoted(one), other: quoted(name) });
        }
        known.push((meaning, name));
    }
    if known.iter().any(|(meaning, _)| *meaning == Meaning::Email) {
        Ok(())
    } else {
        Err(Unreadable::NoEmail)
    }
}

fn of_fields(meanings: &[Option<Meaning>], fields: &[String]) -> Result<Values, Reason> {
    if fields.len() != meanings.len() {
        return Err(Reason::FieldCount { found: fields.len(), expected: meanings.len() });
    }
    let mut values = Values::default();
    for (meaning, field) in meanings.iter().zip(fields) {
        if let Some(meaning) = meaning {
            values.put(*meaning, Cell::of_text(field)).map_err(Reason::SameMeaning)?;
        }
    }
    Ok(values)
}

fn of_pairs(pairs: Vec<(String, Cell)>, columns: &Columns, ignored: &mut Ignored) -> Result<Values, Reason> {
    let mut values = Values::default();
    for (key, cell) in pairs {
        match columns.meaning(&key) {
            Some(meaning) => values.put(meaning, cell).map_err(Reason::SameMeaning)?,
            None => ignored.add(&key),
        }
    }
    // Whoever says by which column accounts are disabled means it for every row.
    for meaning in [Meaning::Disabled, Meaning::Enabled] {
        if columns.mapping(meaning).is_some() && !values.has(meaning) {
            return Err(Reason::Missing(meaning));
        }
    }
    Ok(values)
}

#[cfg(test)]
#[path = "rows/tests.rs"]
mod tests;
