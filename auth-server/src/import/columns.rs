//! What the columns of a file mean: by their usual names, or as the flags say.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::cell::Cell;
use super::reason::quoted;

/// What a column can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// The id.
    Id,
    /// The address.
    Email,
    /// The name to show.
    Name,
    /// The hash of the password.
    Password,
    /// The role.
    Role,
    /// When the account was created.
    CreatedAt,
    /// Whether the account is disabled, or since when.
    Disabled,
    /// Whether it is not.
    Enabled,
}

impl Meaning {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Id,
        Self::Email,
        Self::Name,
        Self::Password,
        Self::Role,
        Self::CreatedAt,
        Self::Disabled,
        Self::Enabled,
    ];

    /// The word for it in a flag and in a sentence.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::Name => "name",
            Self::Password => "password",
            Self::Role => "role",
            Self::CreatedAt => "createdAt",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
        }
    }

    /// The meaning of a column by its usual name, in any case, with underscores or without.
    /// Whether an account may be used is never guessed from a name.
    fn usual(column: &str) -> Option<Self> {
        let name: String =
            column.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).take(20).collect();
        match name.as_str() {
            "id" => Some(Self::Id),
            "email" => Some(Self::Email),
            "name" => Some(Self::Name),
            "password" | "passwordhash" | "hashedpassword" => Some(Self::Password),
            "role" => Some(Self::Role),
            "createdat" => Some(Self::CreatedAt),
            _ => None,
        }
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One column whose meaning a flag tells: `email=mail`.
///
/// ```
/// use auth_server::import::{Mapping, Meaning};
///
/// let mapping: Mapping = "disabled=is_banned".parse()?;
/// assert_eq!((mapping.meaning, mapping.column.as_str()), (Meaning::Disabled, "is_banned"));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// What it means.
    pub meaning: Meaning,
    /// Its name in the file, exactly.
    pub column: String,
}

impl FromStr for Mapping {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words = || Meaning::ALL.iter().map(|meaning| meaning.as_str()).collect::<Vec<_>>().join(", ");
        let (word, column) = text.split_once('=').ok_or("write FIELD=COLUMN, such as email=mail")?;
        let found = Meaning::ALL.iter().find(|meaning| meaning.as_str() == word.trim());
        let meaning = *found.ok_or_else(|| format!("a field is one of {}", words()))?;
        match column.trim() {
            "" => Err("the column has no name".into()),
            column => Ok(Self { meaning, column: column.to_owned() }),
        }
    }
}

/// The meaning of each column that may come.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    mapped: Vec<Mapping>,
}

impl Columns {
    /// The usual names, and those that the flags tell. What a flag maps is not looked for under
    /// its usual name any more.
    ///
    /// # Errors
    ///
    /// A sentence, where two flags contradict each other.
    pub fn new(mapped: Vec<Mapping>) -> Result<Self, String> {
        for (at, one) in mapped.iter().enumerate() {
            for other in &mapped[at + 1..] {
                if one.meaning == other.meaning {
                    return Err(format!("the {} is mapped twice", one.meaning));
                }
                if one.column == other.column {
                    return Err(format!("the column {} is mapped twice", quoted(&one.column)));
                }
            }
        }
        let has = |meaning| mapped.iter().any(|mapping| mapping.meaning == meaning);
        if has(Meaning::Disabled) && has(Meaning::Enabled) {
            return Err("an account is disabled or enabled by one column, not by two".into());
        }
        Ok(Self { mapped })
    }

    /// What a column means; `None` where that is unknown.
    pub(super) fn meaning(&self, column: &str) -> Option<Meaning> {
        let mapped = self.mapped.iter().find(|mapping| mapping.column == column);
        mapped.map(|mapping| mapping.meaning).or_else(|| {
            let usual = Meaning::usual(column)?;
            self.mapping(usual).is_none().then_some(usual)
        })
    }

    /// What the flags map.
    pub(super) fn mapped(&self) -> &[Mapping] {
        &self.mapped
    }

    /// The flag that maps this, where there is one.
    pub(super) fn mapping(&self, meaning: Meaning) -> Option<&Mapping> {
        self.mapped.iter().find(|mapping| mapping.meaning == meaning)
    }
}

/// The values of a row by what they mean. An absent column is `None`, an empty value is not.
#[derive(Clone, Default)]
pub(super) struct Values([Option<Cell>; Meaning::ALL.len()]);

impl Values {
    /// Puts a value in its place, unless it is taken.
    pub(super) fn put(&mut self, meaning: Meaning, cell: Cell) -> Result<(), Meaning> {
        let place = &mut self.0[meaning as usize];
        if place.is_some() {
            return Err(meaning);
        }
        *place = Some(cell);
        Ok(())
    }

    /// The value, which is taken out.
    pub(super) fn take(&mut self, meaning: Meaning) -> Option<Cell> {
        self.0[meaning as usize].take()
    }

    pub(super) fn has(&self, meaning: Meaning) -> bool {
        self.0[meaning as usize].is_some()
    }
}

/// The names of columns that nobody understands, as many as anyone would read.
#[derive(Clone, Debug, Default)]
pub(super) struct Ignored(BTreeSet<String>);

impl Ignored {
    pub(super) fn add(&mut self, column: &str) {
        const MOST: usize = 100;
        if self.0.len() < MOST && !self.0.contains(column) {
            self.0.insert(column.to_owned());
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(flags: &[&str]) -> Result<Columns, String> {
        Columns::new(flags.iter().map(|flag| flag.parse()).collect::<Result<_, _>>()?)
    }

    #[test]
    fn the_usual_columns_of_a_user_are_recognised() {
        let usual = columns(&[]).expect("no flags");
        for (column, meaning) in [
            ("id", Some(Meaning::Id)),
            ("email", Some(Meaning::Email)),
            ("name", Some(Meaning::Name)),
            ("password", Some(Meaning::Password)),
            ("passwordHash", Some(Meaning::Password)),
            ("hashedPassword", Some(Meaning::Password)),
            ("password_hash", Some(Meaning::Password)),
            ("hashed_password", Some(Meaning::Password)),
            ("role", Some(Meaning::Role)),
            ("createdAt", Some(Meaning::CreatedAt)),
            ("created_at", Some(Meaning::CreatedAt)),
            ("createdat", Some(Meaning::CreatedAt)),
            ("updatedAt", None),
            ("disabled", None),
            ("isActive", None),
            ("e mail", None),
            ("", None),
        ] {
            assert_eq!(usual.meaning(column), meaning, "{column}");
        }
    }

    #[test]
    fn a_flag_takes_the_place_of_the_usual_name() {
        let mapped = columns(&["email=mail", "password=legacy", "disabled=banned"]).expect("they agree");
        assert_eq!(mapped.meaning("mail"), Some(Meaning::Email));
        assert_eq!(mapped.meaning("Mail"), None);
        assert_eq!(mapped.meaning("email"), None);
        assert_eq!(mapped.meaning("passwordHash"), None);
        assert_eq!(mapped.meaning("banned"), Some(Meaning::Disabled));
        assert_eq!(mapped.meaning("name"), Some(Meaning::Name));
    }

    #[test]
    fn flags_that_contradict_each_other_are_refused() {
        for flags in [
            &["email=a", "email=b"][..],
            &["email=a", "name=a"],
            &["disabled=a", "enabled=b"],
            &["mail=email"],
            &["email"],
            &["email="],
        ] {
            assert!(columns(flags).is_err(), "{flags:?}");
        }
    }
}
