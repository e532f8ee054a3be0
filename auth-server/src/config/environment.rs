//! The real environment, and `.env` below it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::lint::{Surroundings, facts_of};
use super::{Config, Mistake, Mistakes, Purpose};

/// The most bytes that a `.env`, a policy or the file of a secret may have.
const LARGEST_FILE: usize = 1024 * 1024;

/// The variables of this process, and those of `.env` for what is not among them.
///
/// A variable that the process has, even an empty one, hides that of `.env`.
///
/// What is read from files is wiped when it is dropped. The process's own environment stays where
/// the system has put it, and the parser of `.env` has buffers of its own: a `…_FILE` variable
/// leaves the least behind.
#[derive(Default)]
pub struct Environment {
    dotenv: BTreeMap<String, SecretString>,
    /// Where `dotenv` was read.
    file: Option<PathBuf>,
}

// Values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").field("file", &self.file).field("dotenv", &self.dotenv.keys()).finish()
    }
}

impl Environment {
    /// Reads `path` if there is such a file.
    ///
    /// # Errors
    ///
    /// The line that cannot be understood, by its number: its text may hold a secret.
    pub fn load(path: &Path) -> Result<Self, Mistake> {
        match read_file(path).map(Zeroizing::new) {
            Ok(bytes) => Ok(Self { file: Some(path.to_owned()), ..Self::parse(&bytes)? }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => {
                Err(in_dotenv(format!("cannot be read ({error})"), "make it a readable file, or remove it"))
            }
        }
    }

    /// Understands the text of a `.env`.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn parse(bytes: &[u8]) -> Result<Self, Mistake> {
        let remedy =
            "write one NAME=value to a line, and a value with spaces, quotes or a $ in single quotes";
        let text =
            std::str::from_utf8(bytes).map_err(|_| in_dotenv("is not UTF-8", "save it as UTF-8 text"))?;
        let text = text.trim_start_matches('\u{feff}');
        if let Some(number) = line_with_substitution(text) {
            let problem = format!(
                "has a $ in line {number}, and what follows it would be taken for the name of a variable"
            );
            return Err(in_dotenv(problem, remedy));
        }
        let mut dotenv = BTreeMap::new();
        for item in dotenvy::from_read_iter(text.as_bytes()) {
            match item {
                // The first one counts, as it does for everyone who reads such files.
                Ok((name, value)) => {
                    let value = Zeroizing::new(value);
                    dotenv.entry(name).or_insert_with(|| value.as_str().into());
                }
                Err(dotenvy::Error::LineParse(line, _)) => {
                    let line = Zeroizing::new(line);
                    let before = text.find(line.as_str()).map_or("", |at| &text[..at]);
                    let number = before.matches('\n').count() + 1;
                    return Err(in_dotenv(format!("cannot be understood from line {number} on"), remedy));
                }
                Err(_) => return Err(in_dotenv("cannot be understood", remedy)),
            }
        }
        Ok(Self { dotenv, file: None })
    }

    /// The value of a variable.
    pub fn var(&self, name: &str) -> Option<OsString> {
        let from_file = || self.dotenv.get(name).map(|value| OsString::from(value.expose_secret()));
        std::env::var_os(name).or_else(from_file)
    }

    /// The configuration in this environment, judged for this purpose.
    ///
    /// # Errors
    ///
    /// As [`Config::from_env`].
    pub fn config(&self, purpose: Purpose) -> Result<Config, Mistakes> {
        let real = std::env::vars_os().filter_map(|(name, value)| {
            drop(Zeroizing::new(value.into_encoded_bytes()));
            name.into_string().ok()
        });
        let names: BTreeSet<_> = real.chain(self.dotenv.keys().cloned()).collect();
        let surroundings = Surroundings {
            names: names.into_iter().collect(),
            dotenv: self.file.as_deref().map(|file| (file, self.dotenv.keys().map(String::as_str).collect())),
            facts: &facts_of,
        };
        Config::judged(purpose, &|name| self.var(name), &read_file, &surroundings)
    }
}

/// The number of the first line whose value is not taken as it is written: a `$` that is neither
/// escaped nor in single quotes. A secret would be cut there without a word.
fn line_with_substitution(text: &str) -> Option<usize> {
    let at = text.lines().position(|line| {
        let value = line.split_once('=').map_or(line, |(_, value)| value).trim_start();
        let taken_as_it_is = line.trim_start().starts_with('#') || value.starts_with('\'');
        !taken_as_it_is && value.replace("\\$", "").contains('$')
    })?;
    Some(at + 1)
}

fn in_dotenv(problem: impl Into<String>, remedy: &str) -> Mistake {
    Mistake { variable: ".env".to_owned(), problem: problem.into(), remedy: remedy.to_owned() }
}

pub(super) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // Room for all of it at once: a buffer that grows leaves copies of its beginning behind, and
    // whoever gets this one wipes it.
    let mut bytes = Vec::with_capacity(LARGEST_FILE + 1);
    file.take(LARGEST_FILE as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST_FILE {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 1 MiB"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_and_values_are_read_and_comments_are_not() {
        let text = "\u{feff}# a comment\nFIRST_OF_DOTENV=1\nexport SECOND_OF_DOTENV='two words'\n\nFIRST_OF_DOTENV=2\n";
        let environment = Environment::parse(text.as_bytes()).expect("it is well formed");
        assert_eq!(environment.var("FIRST_OF_DOTENV"), Some("1".into()));
        assert_eq!(environment.var("SECOND_OF_DOTENV"), Some("two words".into()));
        assert_eq!(environment.var("THIRD_OF_DOTENV"), None);
    }

    #[test]
    fn the_real_environment_wins() {
        let environment = Environment::parse(b"PATH=from-dotenv").expect("it is well formed");
        assert_eq!(environment.var("PATH"), std::env::var_os("PATH"));
    }

    #[test]
    fn a_mistake_names_the_line_and_not_what_it_says() {
        for (text, place) in [
            ("A=1\nB=2\nJWT_ACCESS_SECRET=hunter2 hunter3\n", "line 3"),
            ("JWT_ACCESS_SECRET hunter2\n", "line 1"),
            ("A=1\nJWT_ACCESS_SECRET='hunter2\nB=2\n", "line 2"),
        ] {
            let told = Environment::parse(text.as_bytes()).expect_err(text).to_string();
            assert!(told.contains(place) && told.starts_with(".env "), "{told}");
            assert!(!told.contains("hunter"), "{told}");
        }
        assert!(Environment::parse(b"A=\xff").is_err());
    }

    #[test]
    fn a_dollar_that_would_cut_a_value_is_a_mistake() {
        for text in ["A=1\nB=hunter$2\n", "A=1\nB=\"hunter$2\"\n", "A=1\nexport B=${HOME}\n"] {
            let told = Environment::parse(text.as_bytes()).expect_err(text).to_string();
            assert!(told.contains("line 2") && !told.contains("hunter"), "{told}");
        }
        for (text, value) in [("B='hunter$2'", "hunter$2"), ("B=hunter\\$2", "hunter$2"), ("# $\nB=1", "1")] {
            let environment = Environment::parse(text.as_bytes()).expect("it is well formed");
            assert_eq!(environment.var("B"), Some(value.into()), "{text}");
        }
    }

    #[test]
    fn a_missing_file_is_no_mistake_and_an_unreadable_one_is() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(Environment::load(&folder.path().join(".env")).is_ok());
        assert!(Environment::load(folder.path()).is_err());
        let large = folder.path().join("large");
        std::fs::write(&large, vec![b'#'; 1024 * 1024 + 1]).expect("written");
        assert!(Environment::load(&large).is_err());
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "([A-Z_]{1,5}=?['\"\\\\$#{}a ]{0,8}\n?){0,6}") {
            let _either = Environment::parse(&bytes);
            let _either = Environment::parse(text.as_bytes());
        }
    }
}
