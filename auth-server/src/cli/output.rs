//! Standard output: plain text for people, or one JSON document for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::failure::{Failure, Outcome};

/// In which form a command answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// Sentences and tables.
    Text,
    /// One JSON document.
    Json,
}

impl Output {
    /// Prints one of the two: `document` as JSON, or the lines that `text` puts together.
    ///
    /// # Errors
    ///
    /// Where standard output cannot be written to.
    pub(super) fn print(self, document: &impl Serialize, text: impl FnOnce() -> String) -> Outcome {
        let mut lines = match self {
            Self::Text => text(),
            Self::Json => json(document)?,
        };
        lines.push('\n');
        write(&lines)
    }
}

/// A JSON document in one line.
pub(super) fn json(document: &impl Serialize) -> Outcome<String> {
    serde_json::to_string(document)
        .map_err(|error| Failure::Failed(format!("the answer cannot be written as JSON: {error}")))
}

/// Writes to standard output. Whoever read it and has gone has read enough.
pub(super) fn write(text: &str) -> Outcome {
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::Failed(format!("standard output cannot be written to: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
