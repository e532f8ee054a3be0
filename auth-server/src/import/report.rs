//! What came of an import.

use std::fmt;

use super::reason::{Reason, quoted};
use super::run::Writing;

/// A row that was not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The line it begins in.
    pub line: u64,
    /// Its address, where it has a good one.
    pub email: Option<String>,
    /// Why.
    pub reason: Reason,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(email) = &self.email {
            write!(f, " ({email})")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// What came of an import, or would come of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many accounts were created.
    pub created: u64,
    /// How many of those have no password.
    pub without_password: u64,
    /// How many were there already, and were left as they are.
    pub already_there: u64,
    /// What was refused, in the order of the lines.
    pub refused: Vec<Refused>,
    /// The columns that were not understood.
    pub ignored_columns: Vec<String>,
}

impl Report {
    /// How many rows were read.
    pub fn rows(&self) -> u64 {
        self.created + self.already_there + self.refused.len() as u64
    }

    /// The report as one JSON value.
    pub fn json(&self, writing: Writing) -> serde_json::Value {
        let refusals = self.refused.iter().map(|refused| {
            serde_json::json!({
                "line": refused.line,
                "email": refused.email,
                "reason": refused.reason.to_string(),
            })
        });
        serde_json::json!({
            "dryRun": writing == Writing::Rehearsed,
            "rows": self.rows(),
            "created": self.created,
            "withoutPassword": self.without_password,
            "alreadyThere": self.already_there,
            "refused": self.refused.len(),
            "refusals": refusals.collect::<Vec<_>>(),
            "ignoredColumns": self.ignored_columns,
        })
    }

    /// The report in words: each refused row on a line, then the sums.
    pub fn text(&self, writing: Writing) -> impl fmt::Display {
        Text(self.clone(), writing)
    }
}

struct Text(Report, Writing);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, writing) = self;
        for refused in &report.refused {
            writeln!(f, "{refused}")?;
        }
        if !report.ignored_columns.is_empty() {
            let names: Vec<_> = report.ignored_columns.iter().map(|name| quoted(name)).collect();
            writeln!(f, "Columns that were ignored: {}", names.join(", "))?;
        }
        let created = match writing {
            Writing::Done => "created",
            Writing::Rehearsed => "would be created",
        };
        write!(f, "{} {created}", report.created)?;
        if report.without_password > 0 {
            write!(f, " ({} without a password)", report.without_password)?;
        }
        write!(f, ", {} already there, {} refused", report.already_there, report.refused.len())?;
        match writing {
            Writing::Done => Ok(()),
            Writing::Rehearsed => f.write_str("; nothing was written"),
        }
    }
}
