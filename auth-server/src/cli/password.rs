//! Where a new password comes from: a terminal that does not show it, or standard input.

use std::io::{self, BufRead, ErrorKind, IsTerminal, Read};

use auth_core::{Flaw, Password};
use clap::Args;
use rpassword::{ConfigBuilder, prompt_password_with_config};
use secrecy::zeroize::Zeroizing;

use super::failure::{Failure, Outcome};
use crate::signals::Signals;

/// Where the password comes from. There is no argument for it: the arguments of a process are
/// shown to everyone on the machine, and kept in the history of the shell.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Source {
    /// Takes the first line of standard input as the password, instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
}

impl Source {
    /// Reads the password, asking twice where it asks.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] where nobody can be asked, [`Failure::Refused`] for what is no password.
    pub(super) fn read(self) -> Outcome<Password> {
        let input = io::stdin();
        let typed = if self.password_stdin {
            first_line(&mut input.lock())?
        } else if input.is_terminal() {
            same(ask("Password: ")?, &ask("The same again: ")?)?
        } else {
            return Err(Failure::Usage(
                "there is no terminal to ask for the password; give it on standard input, with --password-stdin"
                    .to_owned(),
            ));
        };
        Ok(Password::parse(&typed).map_err(Flaw::from)?)
    }
}

fn ask(prompt: &str) -> Outcome<Zeroizing<String>> {
    // Control-C arrives while the terminal is still silent. Caught, it leaves the time to undo that.
    let _caught = Signals::catch();
    let config = ConfigBuilder::new().output_writer(io::stderr()).build();
    prompt_password_with_config(prompt, config).map(Zeroizing::new).map_err(|error| {
        Failure::Failed(match error.kind() {
            ErrorKind::Interrupted => "interrupted, and nothing was changed".to_owned(),
            _ => format!("the terminal does not answer: {error}"),
        })
    })
}

fn same(first: Zeroizing<String>, second: &str) -> Outcome<Zeroizing<String>> {
    if *first == *second {
        Ok(first)
    } else {
        Err(Failure::Refused("the two passwords differ, and nothing was changed".to_owned()))
    }
}

/// The first line without its end. No password is as long as what is read at most.
fn first_line(input: &mut impl BufRead) -> Outcome<Zeroizing<String>> {
    const LONGEST: usize = Password::MAX_BYTES + 2;
    // Never grown, because what is left behind by a move is not wiped.
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    input
        .take(LONGEST as u64)
        .read_until(b'\n', &mut line)
        .map_err(|error| Failure::Failed(format!("standard input cannot be read: {error}")))?;
    let text =
        std::str::from_utf8(&line).map_err(|_| Failure::Refused("password must be UTF-8 text".to_owned()))?;
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(input: &[u8]) -> Result<String, Failure> {
        first_line(&mut &*input).map(|line| line.to_string())
    }

    #[test]
    fn the_line_goes_without_its_end_and_nothing_else() {
        for (input, line) in [
            ("secret\n", "secret"),
            ("secret\r\n", "secret"),
            ("secret", "secret"),
            (" two words \nmore\n", " two words "),
            ("\n", ""),
            ("", ""),
            ("\r", "\r"),
        ] {
            assert_eq!(line_of(input.as_bytes()).as_deref(), Ok(line), "{input:?}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_not_cut_to_one_that_fits() {
        let longest = "x".repeat(Password::MAX_BYTES);
        for end in ["", "\n", "\r\n"] {
            let line = line_of(format!("{longest}{end}").as_bytes()).expect("it fits");
            assert!(Password::parse(&line).is_ok());
            let line = line_of(format!("{longest}x{end}").as_bytes()).expect("it is cut later");
            assert!(Password::parse(&line).is_err());
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert_eq!(line_of(b"\xff\n"), Err(Failure::Refused("password must be UTF-8 text".to_owned())));
    }

    #[test]
    fn two_that_differ_are_refused() {
        let typed = |text: &str| Zeroizing::new(text.to_owned());
        assert!(same(typed("secret"), "secret").is_ok());
        assert!(matches!(same(typed("secret"), "secre"), Err(Failure::Refused(_))));
    }
}
