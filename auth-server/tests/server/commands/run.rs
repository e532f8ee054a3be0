//! A database, and the commands that are run on it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Store, program};

pub(super) const PASSWORD: &str = "correct horse battery staple";

/// A database of one's own, in production, and without a secret: no command needs one.
#[derive(Debug)]
pub(super) struct Place {
    store: Store,
    folder: TempDir,
}

/// What a command came to. Ids and times, which nobody can foresee, are `<id>` and `<time>`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
    /// Standard output as it was.
    pub(super) raw: String,
}

impl Place {
    pub(super) fn sqlite() -> Self {
        Self::of(Store::sqlite())
    }

    /// One on SQLite and, where there is a Postgres, one there.
    pub(super) fn all() -> Vec<Self> {
        [Some(Store::sqlite()), Store::postgres()].into_iter().flatten().map(Self::of).collect()
    }

    fn of(store: Store) -> Self {
        Self { store, folder: tempfile::tempdir().unwrap() }
    }

    pub(super) fn url(&self) -> String {
        self.store.url()
    }

    /// The program, about to be run on this database.
    pub(super) fn program(&self) -> Command {
        let mut command = program(&self.folder);
        command.env("DATABASE_URL", self.url()).env("NODE_ENV", "production").env("LOG_FORMAT", "pretty");
        command
    }

    /// Runs the command of these words, with nothing on standard input.
    pub(super) fn run(&self, line: &str) -> Ran {
        self.run_with(line, "")
    }

    /// Runs the command of these words, with this on standard input.
    pub(super) fn run_with(&self, line: &str, input: &str) -> Ran {
        let words: Vec<_> = line.split_whitespace().collect();
        let mut command = self.program();
        command.args(words);
        run(command, input)
    }

    /// Creates a user with the usual password, and gives their id.
    pub(super) fn create(&self, email: &str, role: &str) -> String {
        let line =
            format!("user create --email {email} --name Someone --role {role} --password-stdin --json");
        let ran = self.run_with(&line, PASSWORD);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.json()["id"].as_str().unwrap().to_owned()
    }
}

impl Ran {
    /// The one JSON document that standard output is.
    pub(super) fn json(&self) -> Value {
        assert_eq!(self.raw.lines().count(), 1, "one document, in one line: {self:?}");
        serde_json::from_str(&self.raw).unwrap()
    }

    /// Asserts exit code and both outputs, whole but for ids and times.
    #[track_caller]
    pub(super) fn is(&self, code: i32, out: &str, err: &str) {
        assert_eq!((self.code, self.out.as_str(), self.err.as_str()), (code, out, err));
    }

    /// Asserts an exit code, silence on standard output, and one line on standard error.
    #[track_caller]
    pub(super) fn refuses(&self, code: i32, sentence: &str) {
        self.is(code, "", &format!("{sentence}\n"));
    }
}

/// Runs a command to its end. What it is given may be a password, so it may not say it again.
pub(super) fn run(mut command: Command, input: &str) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Whoever reads no input may be gone by now.
    let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let (raw, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    let secret = input.lines().next().unwrap_or_default();
    for said in [&raw, &err] {
        assert!(secret.len() < 8 || !said.contains(secret), "a password was shown: {said}");
        assert!(!said.contains("$argon2"), "a hash was shown: {said}");
    }
    Ran { code: status.code().unwrap(), out: masked(&raw), err: masked(&err), raw }
}

/// The text with `<id>` for each UUID and `<time>` for each time.
pub(super) fn masked(text: &str) -> String {
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (mask, length) = if looks_like(rest, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") {
            ("<id>", 36)
        } else if looks_like(rest, "dddd-dd-ddTdd:dd:dd.ddd") {
            ("<time>", rest.find('Z').unwrap() + 1)
        } else {
            ("", first.len_utf8())
        };
        masked.push_str(if mask.is_empty() { &rest[..length] } else { mask });
        rest = &rest[length..];
    }
    masked
}

fn looks_like(text: &str, form: &str) -> bool {
    text.len() >= form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
            b'x' => byte.is_ascii_hexdigit(),
            b'd' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

#[test]
fn ids_and_times_are_masked_and_nothing_else() {
    assert_eq!(
        masked(
            "ß 018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f, 2026-11-23T00:21:21.702Z 2026-11-23T00:21:21.702418Z 2026-11-23 a"
        ),
        "ß <id>, <time> <time> 2026-11-23 a"
    );
}
