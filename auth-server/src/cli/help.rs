//! What `--help` says: what this is, every variable, examples, exit codes.

use crate::config::VARIABLES;

const WIDTH: usize = 92;

pub(super) const ABOUT: &str = "\
A small authentication server: /api/auth over SQLite or Postgres.

Configured by environment variables, and by a file .env in the current directory for those
that are not set. A variable that is empty counts as not set.";

const EXAMPLES: &str = "\
Examples:
  auth-server
      Runs on a SQLite file in the current directory, at http://127.0.0.1:4000.
  PORT=8080 DATABASE_URL=postgres://postgres@localhost/auth auth-server
      Runs on Postgres, at another port.
  NODE_ENV=production auth-server check-config
      Says what is missing for production.
  curl http://127.0.0.1:4000/readyz
      Asks a running server whether it reaches its database.

Exit codes:
  0   the server was told to stop and did, or the configuration is good
  1   the server could not start, or was told to stop twice
  2   the command line is wrong
  78  the configuration is wrong";

/// What `--help` says below the commands.
pub(super) fn variables() -> String {
    let mut lines = vec!["Environment:".to_owned()];
    for variable in VARIABLES {
        lines.push(format!("  {} [default: {}]", variable.name, variable.default));
        lines.extend(wrapped(variable.meaning, WIDTH - 6).iter().map(|line| format!("      {line}")));
    }
    lines.join("\n") + "\n\n" + EXAMPLES
}

/// Lines of whole words, none longer than `width` unless a word is.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_too_wide_and_no_word_is_lost() {
        let help = variables();
        assert!(help.lines().all(|line| line.len() <= WIDTH), "{help}");
        for variable in VARIABLES {
            assert!(help.contains(&format!("  {} [default: {}]\n", variable.name, variable.default)));
            assert_eq!(wrapped(variable.meaning, 20).join(" "), variable.meaning);
        }
    }
}
