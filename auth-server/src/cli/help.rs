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
  auth-server user create --email admin@example.com --name Admin --role ADMIN
      Creates an admin; also where no admin can sign in any more.
  touch .env && chmod 600 .env && auth-server secret generate --env >> .env
      Draws the two secrets that production needs.
  NODE_ENV=production auth-server check-config
      Says what is missing for production.
  curl http://127.0.0.1:4000/readyz
      Asks a running server whether it reaches its database.

The commands beside serve work on the database itself, whether or not a server runs, and
take effect at once on all that do. They need DATABASE_URL and no secret. Their log, which
tells who was created, changed or deleted, goes to standard error.

Exit codes:
  0   done; the server was told to stop and did
  1   it failed: the server could not start, the database does not answer
  2   the command line is wrong
  3   refused: no such user, an address that is taken, the last admin, an unacceptable value
  78  the configuration is wrong";

pub(super) const SERVE: &str = "\
Examples:
  auth-server serve
  NODE_ENV=production auth-server serve

Its log is on standard output; LOG_FORMAT=json makes each line a JSON object.";

pub(super) const CHECK_CONFIG: &str = "\
Examples:
  auth-server check-config
  NODE_ENV=production auth-server check-config --json";

pub(super) const MIGRATE: &str = "\
Examples:
  auth-server migrate status
  auth-server migrate up";

pub(super) const MIGRATE_UP: &str = "\
Examples:
  auth-server migrate up
      Whatever AUTO_MIGRATE says.
  DATABASE_URL=postgres://owner@db/auth auth-server migrate up
      As the owner of the tables, where the server itself runs with AUTO_MIGRATE=false.";

pub(super) const MIGRATE_DOWN: &str = "\
Examples:
  auth-server migrate down
      Takes the latest one back, after asking.
  auth-server migrate down --steps 2 --yes";

pub(super) const MIGRATE_STATUS: &str = "\
Examples:
  auth-server migrate status
  auth-server migrate status --json";

pub(super) const USER: &str = "\
Examples:
  auth-server user create --email ann@example.com --name Ann
  auth-server user list
  auth-server user disable ann@example.com

A user is named by their email address or their id.";

pub(super) const USER_CREATE: &str = "\
Examples:
  auth-server user create --email ann@example.com --name Ann
  auth-server user create --email ops@example.com --name Ops --role ADMIN
      The way back in where no admin can sign in any more.
  auth-server user create --email ann@example.com --name Ann --password-stdin < password";

pub(super) const USER_LIST: &str = "\
Examples:
  auth-server user list
  auth-server user list --search ann --state enabled
  auth-server user list --role ADMIN --all --json";

pub(super) const USER_SHOW: &str = "\
Examples:
  auth-server user show ann@example.com
  auth-server user show 018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f --json";

pub(super) const USER_DISABLE: &str = "\
Examples:
  auth-server user disable ann@example.com

The last enabled admin cannot be disabled.";

pub(super) const USER_ENABLE: &str = "\
Examples:
  auth-server user enable ann@example.com

Their password is the one they had; auth-server user set-password gives them another.";

pub(super) const USER_SET_ROLE: &str = "\
Examples:
  auth-server user set-role ann@example.com ADMIN
  auth-server user set-role ann@example.com USER

The last enabled admin cannot be given another role.";

pub(super) const USER_SET_PASSWORD: &str = "\
Examples:
  auth-server user set-password ann@example.com
  auth-server user set-password ann@example.com --password-stdin < password";

pub(super) const USER_DELETE: &str = "\
Examples:
  auth-server user delete ann@example.com
  auth-server user delete ann@example.com --yes
      Without asking, for scripts.

The last enabled admin cannot be deleted.";

pub(super) const SESSION: &str = "\
Examples:
  auth-server session list ann@example.com
  auth-server session end-all ann@example.com

A user is named by their email address or their id.";

pub(super) const SESSION_LIST: &str = "\
Examples:
  auth-server session list ann@example.com
  auth-server session list ann@example.com --json";

pub(super) const SESSION_END: &str = "\
Examples:
  auth-server session end ann@example.com 018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f";

pub(super) const SESSION_END_ALL: &str = "\
Examples:
  auth-server session end-all ann@example.com
      Whoever has stolen one is out; Ann logs in again.";

pub(super) const SESSION_WHY: &str = "\
Examples:
  auth-server session why 018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f
      Says what ended it, and lists the events behind that.";

pub(super) const USER_UNLOCK: &str = "\
Examples:
  auth-server user unlock ann@example.com

The count of wrong passwords starts anew, on every instance that counts in the database.";

pub(super) const KEYS: &str = "\
Examples:
  auth-server keys generate
  auth-server keys list
  auth-server keys rotate

They need JWT_KEYS_SECRET, which encrypts the keys in the database.";

pub(super) const KEYS_GENERATE: &str = "\
Examples:
  auth-server keys generate
      EdDSA. It signs at once, or, where JWT_ACCESS_SECRET signs so far, after ten minutes.
  auth-server keys generate --algorithm ES256 --after 1h";

pub(super) const KEYS_LIST: &str = "\
Examples:
  auth-server keys list
  auth-server keys list --json";

pub(super) const KEYS_ROTATE: &str = "\
Examples:
  auth-server keys rotate
      Publishes the next key now; it signs after ten minutes, when everyone knows it.
  auth-server keys rotate --now
      After a leak. For as long as JWT_KEYS_INTERVAL, other instances refuse its tokens.";

pub(super) const KEYS_RETIRE: &str = "\
Examples:
  auth-server keys retire oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U
      Deletes a key whose tokens have all expired, or that has not signed yet.
  auth-server keys retire oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U --now
      After a leak: whoever has a token of it has to refresh.

The key that signs cannot be retired; auth-server keys rotate --now replaces it first.";

pub(super) const SWEEP: &str = "\
Examples:
  auth-server sweep
  auth-server sweep --json";

pub(super) const OPENAPI: &str = "\
Examples:
  auth-server openapi > openapi.json
      A running server has the same at /api/auth/openapi.json.
  ROLES=SUPPORT auth-server openapi --json
      In one line; the roles and limits are those of the configuration.";

pub(super) const SECRET: &str = "\
Examples:
  auth-server secret generate
  touch .env && chmod 600 .env && auth-server secret generate --env >> .env";

pub(super) const COMPLETIONS: &str = "\
Examples:
  auth-server completions bash > ~/.local/share/bash-completion/completions/auth-server
  auth-server completions zsh > ~/.zfunc/_auth-server
  auth-server completions fish > ~/.config/fish/completions/auth-server.fish";

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
