//! One value of a row, as it was found.

/// A value of a column. It may be a password hash, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Text that is not empty.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Truth(Truth),
    /// Nothing: `null`, or an empty text. CSV does not tell them apart.
    Nothing,
    /// What no column of a user can be.
    Other(Shape),
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// A JSON value of a kind that is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `[…]`
    List,
    /// `{…}`
    Object,
    /// A number that is not whole, or too large.
    Fraction,
}

impl Shape {
    /// What it is called in a sentence.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::List => "a list",
            Self::Object => "an object",
            Self::Fraction => "a number that is not whole or too large",
        }
    }
}

impl Cell {
    /// A text, trimmed; nothing is left of one that is blank.
    pub(super) fn of_text(text: &str) -> Self {
        let trimmed = text.trim();
        if trimmed.is_empty() { Self::Nothing } else { Self::Text(trimmed.to_owned()) }
    }
}
