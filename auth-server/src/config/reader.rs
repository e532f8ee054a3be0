//! Reads variables one by one, and keeps what is wrong with them until all have been read.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::lint::Finding;
use super::parse::Unfit;
use super::{Mistake, Mistakes, Mode, Notice};

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
        let bytes = self.raw(name)?;
        let Ok(text) = str::from_utf8(&bytes) else {
            self.mistake(name, "is not UTF-8", "write it as UTF-8 text");
            return None;
        };
        Some(text.to_owned())
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
        self.look_up(name).unwrap_or_else(|mistake| {
            self.mistakes.push(mistake);
            None
        })
    }

    /// The value of a secret that is judged elsewhere: what is wrong with it is not told here.
    pub(super) fn glimpse(&self, name: &str) -> Option<SecretString> {
        self.look_up(name).unwrap_or_default()
    }

    /// The value of a variable that is no secret and is judged elsewhere.
    pub(super) fn glimpse_text(&self, name: &str) -> Option<String> {
        self.raw(name).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    fn look_up(&self, name: &str) -> Result<Option<SecretString>, Mistake> {
        let from_file = format!("{name}_FILE");
        match (self.raw(name), self.path(&from_file)) {
            (Some(_), Some(_)) => {
                Err(mistake(name, format!("and {from_file} are both set"), "set one of the two"))
            }
            (Some(bytes), None) => sealed(&bytes)
                .map(Some)
                .ok_or_else(|| mistake(name, "is not UTF-8", "write it as text, for example in base64")),
            (None, Some(path)) => self.secret_file(&from_file, &path).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn secret_file(&self, name: &str, path: &Path) -> Result<SecretString, Mistake> {
        let remedy = "name a readable text file that holds the value and nothing else";
        let bytes = Zeroizing::new((self.file)(path).map_err(|error| {
            // The path is not quoted: someone may have put the secret itself there.
            mistake(name, format!("names a file that cannot be read ({})", error.kind()), remedy)
        })?);
        // Whatever wrote the file probably ended the line.
        let line =
            bytes.strip_suffix(b"\n").map_or(&bytes[..], |line| line.strip_suffix(b"\r").unwrap_or(line));
        if line.is_empty() {
            return Err(mistake(name, "names a file that is empty", remedy));
        }
        sealed(line).ok_or_else(|| {
            mistake(name, "names a file that is not UTF-8", "write the value as text, for example in base64")
        })
    }

    /// The file that a variable names.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        (self.var)(name).filter(|value| !value.is_empty()).map(PathBuf::from)
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
        self.mistakes.push(mistake(variable, problem, remedy));
    }

    /// Takes over what the linter has found.
    pub(super) fn found(&mut self, finding: Finding) {
        match finding {
            Finding::Mistake(mistake) => self.mistakes.push(mistake),
            Finding::Notice(notice) => self.notices.push(notice),
        }
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

    pub(super) fn finish(self, mode: Mode) -> Result<Vec<Notice>, Mistakes> {
        match Mistakes::some(self.mistakes) {
            // Elsewhere, what is doubtful can wait until the start succeeds.
            Some(mistakes) if mode.is_production() => Err(mistakes.with_warnings(&self.notices)),
            Some(mistakes) => Err(mistakes),
            None => Ok(self.notices),
        }
    }

    /// The bytes of a variable. Any may be a secret, so every copy is wiped.
    fn raw(&self, name: &str) -> Option<Zeroizing<Vec<u8>>> {
        let value = Zeroizing::new((self.var)(name)?.into_encoded_bytes());
        Some(value).filter(|value| !value.is_empty())
    }
}

fn mistake(variable: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Mistake {
    Mistake { variable: variable.into(), problem: problem.into(), remedy: remedy.into() }
}

/// A text as a secret. It is copied at once to the size it has: to shrink a buffer later may move
/// it, and leave what was there behind.
fn sealed(bytes: &[u8]) -> Option<SecretString> {
    str::from_utf8(bytes).ok().map(SecretString::from)
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
