//! Accounts that come from another system: read from a file, judged row by row, imported in
//! batches.
//!
//! In reading order: [`Format`] is what a file looks like, and [`Rows`] reads it as a stream;
//! [`Columns`] says what its columns mean; [`Rules`] makes an account of a row, or says why not;
//! [`run`] puts them together, and its [`Report`] tells what came of it.
//!
//! Everything but `run` is pure or reads only. No value of a row is quoted that might be a
//! password hash, wherever it stands.

mod bytes;
mod cell;
mod columns;
mod csv;
mod format;
mod json;
mod reason;
mod rehearsal;
mod report;
mod rows;
mod rules;
mod run;
mod time;

pub use columns::{Columns, Mapping, Meaning};
pub use format::Format;
pub use reason::Reason;
pub use report::{Refused, Report};
pub use rows::{Rows, Unreadable};
pub use rules::{ForeignId, NoName, Rules};
pub use run::{Progress, Stopped, Writing, run};
