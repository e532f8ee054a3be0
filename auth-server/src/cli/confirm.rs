//! Asking before something is destroyed.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::Args;

use super::failure::{Failure, Outcome};

/// The flag that answers before it is asked.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Consent {
    /// Does it without asking.
    #[arg(long)]
    yes: bool,
}

impl Consent {
    /// Goes on where `--yes` was given, or where the person at the terminal types yes.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] where nobody can be asked, [`Failure::Failed`] where they do not want it.
    pub(super) fn ask(self, what: &str) -> Outcome {
        if self.yes {
            return Ok(());
        }
        let input = io::stdin();
        if !input.is_terminal() {
            return Err(Failure::Usage(format!(
                "{what} cannot be undone, and there is no terminal to ask at; add --yes"
            )));
        }
        let mut output = io::stderr();
        let asked =
            write!(output, "{what} cannot be undone. Type yes to go on: ").and_then(|()| output.flush());
        let mut answer = String::new();
        asked
            .and_then(|()| input.lock().read_line(&mut answer))
            .map_err(|error| Failure::Failed(format!("the terminal does not answer: {error}")))?;
        if answer.trim().eq_ignore_ascii_case("yes") {
            Ok(())
        } else {
            Err(Failure::Failed("nothing was done, because the answer was not yes".to_owned()))
        }
    }
}
