//! What is wrong with the configuration, in plain sentences.

use std::fmt;

use super::Notice;

/// One thing that is wrong: which variable, what about it, and what to write instead.
///
/// It never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The variable, or the file where something in a `.env` or a `POLICY_FILE` is meant.
    pub variable: String,
    /// What is wrong; follows the name in a sentence: "is not a number".
    pub problem: String,
    /// What to write or do instead.
    pub remedy: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { variable, problem, remedy } = self;
        write!(f, "{variable} {problem}; {remedy}.")
    }
}

/// All that is wrong, told in one go; at least one. In production, what is doubtful beside it is told
/// as well: a misspelt name often explains why another one is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes {
    all: Vec<Mistake>,
    warnings: Vec<String>,
}

impl Mistakes {
    /// The mistakes, or nothing where there are none.
    pub fn some(mistakes: Vec<Mistake>) -> Option<Self> {
        (!mistakes.is_empty()).then_some(Self { all: mistakes, warnings: Vec::new() })
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Mistake> {
        self.all.iter()
    }

    pub(super) fn with_warnings(mut self, notices: &[Notice]) -> Self {
        let warnings = notices.iter().filter_map(|notice| match notice {
            Notice::Warning(text) => Some(text.clone()),
            Notice::Note(_) => None,
        });
        self.warnings.extend(warnings);
        self
    }
}

impl From<Mistake> for Mistakes {
    fn from(mistake: Mistake) -> Self {
        Self { all: vec![mistake], warnings: Vec::new() }
    }
}

impl<'a> IntoIterator for &'a Mistakes {
    type Item = &'a Mistake;
    type IntoIter = std::slice::Iter<'a, Mistake>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.all.len() {
            1 => write!(f, "The configuration has a mistake:")?,
            many => write!(f, "The configuration has {many} mistakes:")?,
        }
        for mistake in self {
            write!(f, "\n  - {mistake}")?;
        }
        for warning in &self.warnings {
            write!(f, "\nWarning: {warning}.")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
