//! Why a command did not do what it was asked, and what the process says of it as it exits.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use auth_core::{Error, Fault, Flaw, Refusal};

use super::output::Output;
use crate::causes::chain;
use crate::config::Mistakes;
use crate::prepare::StartError;

/// What a command comes to.
pub(super) type Outcome<T = ()> = Result<T, Failure>;

/// Why a command did not do what it was asked: a sentence, and of which kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// An accident: the database is down, the disk is full. 1.
    Failed(String),
    /// The command line asks for what cannot be done in this way. 2.
    Usage(String),
    /// An answer: no such user, an address that is taken, a value that is not acceptable. 3.
    Refused(String),
    /// The configuration is wrong: `EX_CONFIG` of BSD's `sysexits.h`. It differs from a failure, so
    /// that whoever restarts the server can tell what a restart will not mend. 78.
    Misconfigured(String),
}

impl Failure {
    const fn code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
            Self::Refused(_) => 3,
            Self::Misconfigured(_) => 78,
        }
    }

    fn sentence(&self) -> &str {
        match self {
            Self::Failed(text) | Self::Usage(text) | Self::Refused(text) | Self::Misconfigured(text) => text,
        }
    }

    /// Says it on standard error, in the form that was asked for, and gives its exit code.
    pub(super) fn complain(&self, output: Output) -> ExitCode {
        let sentence = self.sentence();
        match output {
            Output::Text => complain(&sentence),
            Output::Json => complain(&serde_json::json!({ "error": sentence })),
        }
        ExitCode::from(self.code())
    }
}

/// Says something to the person at the terminal.
pub(super) fn complain(what: &dyn fmt::Display) {
    // Where nobody listens, nothing is lost: the exit code says it too.
    let _unheard = writeln!(io::stderr(), "{what}");
}

impl From<Mistakes> for Failure {
    fn from(mistakes: Mistakes) -> Self {
        Self::Misconfigured(mistakes.to_string())
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Failed(fault) => fault.into(),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Failed(chain(&fault))
    }
}

impl From<Flaw> for Failure {
    fn from(flaw: Flaw) -> Self {
        Refusal::from(flaw).into()
    }
}

#[cfg(test)]
mod tests {
    use auth_core::store::StoreError;

    use super::*;

    #[test]
    fn refusals_are_told_from_faults() {
        let refused = Failure::from(Error::from(Refusal::LastAdmin));
        assert_eq!(
            refused,
            Failure::Refused("The last admin cannot be demoted, disabled or deleted".to_owned())
        );
        assert_eq!(refused.code(), 3);
        let failed = Failure::from(Error::from(StoreError::unavailable("the cable is cut")));
        assert_eq!(
            failed,
            Failure::Failed("the store failed: the store is unavailable: the cable is cut".to_owned())
        );
        assert_eq!(failed.code(), 1);
    }
}
