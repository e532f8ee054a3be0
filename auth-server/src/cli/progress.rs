//! How far a long work has come, on a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the line is written anew.
const OFTEN: Duration = Duration::from_millis(100);

/// One line on standard error, written over and over; nothing at all where it is no terminal.
#[derive(Debug)]
pub(super) struct Progress {
    seen: bool,
    written: Option<Instant>,
}

impl Progress {
    /// A line that has not been written yet.
    pub(super) fn new() -> Self {
        Self { seen: io::stderr().is_terminal(), written: None }
    }

    /// Shows this, unless the line was written a moment ago.
    pub(super) fn show(&mut self, line: impl FnOnce() -> String) {
        if self.seen && self.written.is_none_or(|at| at.elapsed() >= OFTEN) {
            self.written = Some(Instant::now());
            // A terminal that does not want to be written to is not told more.
            self.seen = write!(io::stderr(), "\r\x1b[K{}", line()).is_ok();
        }
    }
}

impl Drop for Progress {
    /// Wipes the line, so that what is said next stands alone.
    fn drop(&mut self) {
        if self.seen && self.written.is_some() {
            let _unheard = write!(io::stderr(), "\r\x1b[K");
        }
    }
}
