//! Reads, judges, and imports in batches, each of which is written whole or not at all.

use std::collections::HashMap;
use std::io::BufRead;

use auth_core::store::ManagedStore;
use auth_core::{Auth, BuildError, Email, Error, Imported, ImportedAccount};

use super::reason::Reason;
use super::rehearsal::Rehearsal;
use super::report::{Refused, Report};
use super::rows::{Row, Rows, Unreadable};
use super::rules::Rules;

/// How many rows are written in one step.
const BATCH: usize = 500;

/// Whether anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// Accounts are created.
    Done,
    /// Everything is judged, and nothing is written.
    Rehearsed,
}

/// Why an import stopped before the end of its file. What was written until then stays.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The file.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The store, or something else that broke.
    #[error(transparent)]
    Failed(#[from] Error),
    /// The rehearsal could not be set up.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// How far an import is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// How many bytes of the file have been read.
    pub bytes: u64,
    /// How many rows have been dealt with.
    pub rows: u64,
}

/// Imports the rows, or rehearses that; tells `watch` after each batch how far it is.
///
/// The report tells of all that was done, also where the import stopped early. Run again, it finds
/// what is there already, and goes on with the rest.
pub async fn run<S: ManagedStore, R: BufRead>(
    auth: &Auth<S>,
    mut rows: Rows<R>,
    rules: &Rules,
    writing: Writing,
    mut watch: impl FnMut(Progress),
) -> (Report, Result<(), Stopped>) {
    let mut import = Import { auth, rules, writing, seen: HashMap::new(), report: Report::default() };
    let ended = loop {
        match import.next_batch(&mut rows).await {
            Ok(Filled::Partly) => break Ok(()),
            Ok(Filled::Whole) => {}
            Err(stopped) => break Err(stopped),
        }
        watch(Progress { bytes: rows.bytes_read(), rows: import.report.rows() });
    };
    let mut report = import.report;
    // Those that the store refused were told later than those that were refused at sight.
    report.refused.sort_by_key(|refused| refused.line);
    report.ignored_columns = rows.ignored_columns().map(str::to_owned).collect();
    (report, ended)
}

/// A row that waits to be written.
struct Waiting {
    line: u64,
    email: Email,
    has_password: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Filled {
    Whole,
    Partly,
}

struct Import<'a, S> {
    auth: &'a Auth<S>,
    rules: &'a Rules,
    writing: Writing,
    /// Every address so far, and the line that it stood in first.
    seen: HashMap<Box<str>, u64>,
    report: Report,
}

impl<S: ManagedStore> Import<'_, S> {
    async fn next_batch<R: BufRead>(&mut self, rows: &mut Rows<R>) -> Result<Filled, Stopped> {
        let mut waiting = Vec::with_capacity(BATCH);
        let mut batch = Vec::with_capacity(BATCH);
        // Refused rows count as well, so that a file of nothing else is not read in one go.
        for _ in 0..BATCH {
            let Some(row) = rows.next()? else {
                self.write(waiting, batch).await?;
                return Ok(Filled::Partly);
            };
            if let Some((row, account)) = self.judge(row) {
                waiting.push(row);
                batch.push(account);
            }
        }
        self.write(waiting, batch).await?;
        Ok(Filled::Whole)
    }

    fn judge(&mut self, Row { line, values }: Row) -> Option<(Waiting, ImportedAccount)> {
        let mut email = None;
        let account = values.and_then(|mut values| {
            let address = email.insert(Rules::email(&mut values)?).clone();
            if let Some(first) = self.seen.get(address.as_str()) {
                return Err(Reason::SameAddress(*first));
            }
            self.seen.insert(address.as_str().into(), line);
            self.rules.account(address, values)
        });
        match account {
            Ok(account) => {
                let has_password = account.password.is_some();
                Some((Waiting { line, email: account.email.clone(), has_password }, account))
            }
            Err(reason) => {
                let email = email.map(|email| email.to_string());
                self.report.refused.push(Refused { line, email, reason });
                None
            }
        }
    }

    async fn write(&mut self, waiting: Vec<Waiting>, batch: Vec<ImportedAccount>) -> Result<(), Stopped> {
        if batch.is_empty() {
            return Ok(());
        }
        let accounts = self.auth.as_operator();
        let outcomes = match self.writing {
            Writing::Done => accounts.import(batch).await?,
            Writing::Rehearsed => Rehearsal::new(&accounts, self.auth.policy()).import(batch).await?,
        };
        for (row, outcome) in waiting.into_iter().zip(outcomes) {
            let reason = match outcome {
                Imported::Created(_) => {
                    self.report.created += 1;
                    self.report.without_password += u64::from(!row.has_password);
                    continue;
                }
                Imported::AlreadyThere => {
                    self.report.already_there += 1;
                    continue;
                }
                Imported::IdTaken => Reason::IdTaken,
                Imported::UnusableHash => Reason::UnusableHash,
                Imported::UnknownRole => Reason::UnknownRole(None),
            };
            let email = Some(row.email.to_string());
            self.report.refused.push(Refused { line: row.line, email, reason });
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "run/tests.rs"]
mod tests;
