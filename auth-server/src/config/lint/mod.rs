//! The linter: what is well written, each variable for itself, and yet goes wrong as a whole.
//!
//! A rule is a pure function from facts to findings, in the file of its subject; what can be known
//! of the surroundings (other variables' names, who may read a file) is a fact that is passed in.
//! A mistake stops the start; a warning says what can happen. What is about serving is not judged
//! for the commands, which have to work when all else does not.

mod file_facts;
mod files;
mod lifetimes;
mod log;
#[cfg(unix)]
mod mounts;
mod names;
mod network;
mod revocation;
mod secrets;
mod throttle;

use std::path::Path;

use super::reader::Reader;
use super::{Config, Mistake, Notice, Purpose};

use file_facts::FileFacts;
pub(super) use file_facts::facts_of;

/// What a rule has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It cannot stay like this.
    Mistake(Mistake),
    /// It can, but it is worth a second look.
    Notice(Notice),
}

fn mistake(variable: &str, problem: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding::Mistake(Mistake {
        variable: variable.to_owned(),
        problem: problem.into(),
        remedy: remedy.into(),
    })
}

fn warning(text: impl Into<String>) -> Finding {
    Finding::Notice(Notice::Warning(text.into()))
}

fn note(text: impl Into<String>) -> Finding {
    Finding::Notice(Notice::Note(text.into()))
}

/// What kind of finding it is, in a word, for tables of tests.
#[cfg(test)]
fn kind(finding: Option<&Finding>) -> &'static str {
    match finding {
        None => "",
        Some(Finding::Mistake(_)) => "mistake",
        Some(Finding::Notice(Notice::Warning(_))) => "warning",
        Some(Finding::Notice(Notice::Note(_))) => "note",
    }
}

/// What is around the variables that are read.
pub(super) struct Surroundings<'a> {
    /// The names of all variables there are.
    pub(super) names: Vec<String>,
    /// The `.env`, and the names in it.
    pub(super) dotenv: Option<(&'a Path, Vec<&'a str>)>,
    /// Who may do what with a file; nothing where there is none, or no telling.
    pub(super) facts: &'a dyn Fn(&Path) -> Option<FileFacts>,
}

impl Surroundings<'_> {
    /// Where only the variables themselves are known.
    pub(super) fn unknown() -> Self {
        Self { names: Vec::new(), dotenv: None, facts: &|_| None }
    }
}

/// Applies every rule that matters to the purpose.
pub(super) fn judge(
    reader: &mut Reader<'_>,
    config: &Config,
    purpose: Purpose,
    surroundings: &Surroundings<'_>,
) {
    let mut findings = names::unknown(&surroundings.names);
    findings.extend(secrets::all(reader, config));
    if purpose == Purpose::Serve {
        findings.extend(network::all(reader, config));
        findings.extend(files::all(reader, config, surroundings));
        findings.extend(lifetimes::contradictions(&config.policy));
        findings.extend(revocation::too_late(config.revocation_delay, &config.policy));
        findings.extend(log::loudness(&config.log.filter, config.mode));
        findings.extend(throttle::alone_among_many(&config.database, config.throttle_store));
    }
    for finding in findings {
        reader.found(finding);
    }
}

#[cfg(test)]
mod tests;
