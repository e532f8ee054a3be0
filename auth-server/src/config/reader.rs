//! Reads variables one by one, and keeps what is wrong with them until all have been read.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::parse::Unfit;
use super::{Mistake, Mistakes, Notice};

pub(super) struct Reader<'a> {
    var: &'a dyn Fn(&str) -> Option<OsString>,
    file: &'a dyn Fn(&Path) -> io::Result<Vec<u8>>,
    mistakes: Vec<Mistake>,
    notices: Vec<Notice>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        var: &'a dyn Fn(&str) -> Option<OsString>,
        file: &'a dyn Fn(&Path) -> io::Result<Vec<u8>>,
    ) -> Self {
        Self { var, file, mistakes: Vec::new(), notices: Vec::new() }
    }

    /// Whether the variable is there and not empty: `docker compose` passes on as empty what is
    /// not set.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The value of a variable that is no secret.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let Ok(text) = self.raw(name)?.into_string() else {
            self.mistake(name, "is not UTF-8", "write it as UTF-8 text");
            return None;
        };
        Some(text)
    }

    /// The value of a variable that is no secret, in its own type.
    pub(super) fn parsed<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, Unfit>) -> Option<T> {
        let text = self.text(name)?;
        match parse(text.trim_ascii()) {
            Ok(value) => Some(value),
            Err(Unfit { problem, remedy }) => {
                self.mistake(name, format!("is {}, {problem}", quoted(&text)), remedy);
                None
            }
        }
    }

    /// The value of a secret, from the variable itself or from the file that `<name>_FILE` names.
    pub(super) fn secret(&mut self, name: &str) -> Option<SecretString> {
        let from_file = format!("{name}_FILE");
        match (self.is_set(name), self.is_set(&from_file)) {
            (true, true) => {
                self.mistake(name, format!("and {from_file} are both set"), "set one of the two");
                None
            }
            (true, false) => {
                let Ok(text) = self.raw(name)?.into_string() else {
                    self.mistake(name, "is not UTF-8", "write it as text, for example in base64");
                    return None;
                };
                Some(text.into())
            }
            (false, true) => self.secret_file(&from_file),
            (false, false) => None,
        }
    }

    fn secret_file(&mut self, name: &str) -> Option<SecretString> {
        let path = self.raw(name)?;
        let remedy = "name a readable text file that holds the value and nothing else";
        let bytes = match (self.file)(Path::new(&path)) {
            Ok(bytes) => bytes,
            Err(error) => {
                // The path is not quoted: someone may have put the secret itself there.
                let problem = format!("names a file that cannot be read ({})", error.kind());
                self.mistake(name, problem, remedy);
                return None;
            }
        };
        let Ok(text) = String::from_utf8(bytes).map(SecretString::from) else {
            self.mistake(
                name,
                "names a file that is not UTF-8",
                "write the value as text, for example in base64",
            );
            return None;
        };
        // Whatever wrote the file probably ended the line.
        let value = text.expose_secret();
        let value = value.strip_suffix('\n').map_or(value, |line| line.strip_suffix('\r').unwrap_or(line));
        if value.is_empty() {
            self.mistake(name, "names a file that is empty", remedy);
            return None;
        }
        Some(value.into())
    }

    /// The text of a file that holds no secret.
    pub(super) fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        (self.file)(path)
    }

    pub(super) fn mistake(
        &mut self,
        variable: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.mistakes.push(Mistake {
            variable: variable.into(),
            problem: problem.into(),
            remedy: remedy.into(),
        });
    }

    /// Whether a mistake was found in this variable already.
    pub(super) fn is_mistaken(&self, name: &str) -> bool {
        self.mistakes.iter().any(|mistake| mistake.variable == name)
    }

    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notices.push(Notice::Note(text.into()));
    }

    pub(super) fn warn(&mut self, text: impl Into<String>) {
        self.notices.push(Notice::Warning(text.into()));
    }

    pub(super) fn finish(self) -> Result<Vec<Notice>, Mistakes> {
        match Mistakes::some(self.mistakes) {
            Some(mistakes) => Err(mistakes),
            None => Ok(self.notices),
        }
    }

    fn raw(&self, name: &str) -> Option<OsString> {
        (self.var)(name).filter(|value| !value.is_empty())
    }
}

/// A value that is no secret, fit for one line of a terminal.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let shown: Cow<'_, str> = match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    };
    format!("{shown:?}")
}
