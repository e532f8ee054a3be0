//! From the values of a row to an account, by the rules that the flags set: pure.

use std::collections::HashMap;

use auth_core::{AccountState, Email, ImportedAccount, Name, PasswordHash, Role, Timestamp, UserId};
use uuid::Uuid;

use super::cell::{Cell, Truth};
use super::columns::{Meaning, Values};
use super::reason::Reason;
use super::time;

/// What becomes of an id that is no UUID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForeignId {
    /// The row is refused.
    #[default]
    Refused,
    /// The account gets a new one.
    Replaced,
}

/// What becomes of a row without a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoName {
    /// It is refused.
    #[default]
    Refused,
    /// The name is what stands before the `@` of the address.
    FromEmail,
}

/// How rows are judged.
///
/// ```
/// use auth_core::{Role, Roles};
/// use auth_server::import::Rules;
///
/// let rules = Rules { default_role: Some(Role::USER), ..Rules::new(Roles::default()) };
/// # let _ = rules;
/// ```
#[derive(Clone, Debug)]
pub struct Rules {
    /// The roles there are; a role of the file that is one of them passes as it is.
    pub roles: auth_core::Roles,
    /// What roles of the file are here.
    pub role_map: HashMap<String, Role>,
    /// The role of a row that has none.
    pub default_role: Option<Role>,
    /// What becomes of an id that is no UUID.
    pub foreign_id: ForeignId,
    /// What becomes of a row without a name.
    pub no_name: NoName,
}

impl Rules {
    /// Nothing mapped, nothing given: whatever is not clear is refused.
    pub fn new(roles: auth_core::Roles) -> Self {
        Self {
            roles,
            role_map: HashMap::new(),
            default_role: None,
            foreign_id: ForeignId::Refused,
            no_name: NoName::Refused,
        }
    }

    /// The address of a row, for the account and for what is said about it.
    pub(super) fn email(values: &mut Values) -> Result<Email, Reason> {
        Email::parse(&text(values, Meaning::Email)?.ok_or(Reason::Missing(Meaning::Email))?)
            .map_err(Reason::Email)
    }

    /// The account that a row tells of, or why it tells of none.
    pub(super) fn account(&self, email: Email, mut values: Values) -> Result<ImportedAccount, Reason> {
        let values = &mut values;
        Ok(ImportedAccount {
            id: self.id(values.take(Meaning::Id))?,
            name: self.name(text(values, Meaning::Name)?, &email)?,
            role: self.role(text(values, Meaning::Role)?)?,
            password: text(values, Meaning::Password)?.map(PasswordHash::new),
            created_at: created_at(values.take(Meaning::CreatedAt))?,
            state: state(values)?,
            email,
        })
    }

    fn id(&self, cell: Option<Cell>) -> Result<Option<UserId>, Reason> {
        let uuid = match cell {
            None | Some(Cell::Nothing) => return Ok(None),
            Some(Cell::Text(text)) => Uuid::try_parse(&text).ok(),
            Some(Cell::Number(_)) => None,
            Some(other) => return Err(wrong_kind(Meaning::Id, &other)),
        };
        match (uuid, self.foreign_id) {
            (Some(uuid), _) => Ok(Some(UserId::from_bytes(uuid.into_bytes()))),
            (None, ForeignId::Replaced) => Ok(None),
            (None, ForeignId::Refused) => Err(Reason::IdNotUuid),
        }
    }

    fn name(&self, name: Option<String>, email: &Email) -> Result<Name, Reason> {
        let name = match (name, self.no_name) {
            (Some(name), _) => name,
            (None, NoName::FromEmail) => {
                email.as_str().split('@').next().unwrap_or(email.as_str()).to_owned()
            }
            (None, NoName::Refused) => return Err(Reason::Missing(Meaning::Name)),
        };
        Name::parse(&name).map_err(Reason::Name)
    }

    fn role(&self, role: Option<String>) -> Result<Role, Reason> {
        let Some(role) = role else {
            return self.default_role.clone().ok_or(Reason::Missing(Meaning::Role));
        };
        if let Some(mapped) = self.role_map.get(&role) {
            return Ok(mapped.clone());
        }
        let known = Role::parse(&role).ok().filter(|role| self.roles.contains(role));
        known.ok_or_else(|| Reason::UnknownRole(looks_like_a_role(&role).then_some(role)))
    }
}

/// Whether a value that stands for a role can be shown: a column that was mixed up with the
/// password's would have longer ones.
fn looks_like_a_role(role: &str) -> bool {
    role.len() <= 24 && role.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-: ".contains(&b))
}

fn text(values: &mut Values, meaning: Meaning) -> Result<Option<String>, Reason> {
    match values.take(meaning) {
        None | Some(Cell::Nothing) => Ok(None),
        Some(Cell::Text(text)) => Ok(Some(text)),
        Some(other) => Err(wrong_kind(meaning, &other)),
    }
}

fn created_at(cell: Option<Cell>) -> Result<Option<Timestamp>, Reason> {
    match cell {
        None | Some(Cell::Nothing) => Ok(None),
        Some(Cell::Text(text)) => time::of_text(&text).ok_or(Reason::Time).map(Some),
        Some(Cell::Number(number)) => time::of_number(number).ok_or(Reason::Time).map(Some),
        Some(other) => Err(wrong_kind(Meaning::CreatedAt, &other)),
    }
}

/// Disabled by a truth, or by a time since when it is (`bannedAt`); in use where that is empty.
/// Enabled by a truth alone.
fn state(values: &mut Values) -> Result<AccountState, Reason> {
    if let Some(cell) = values.take(Meaning::Disabled) {
        return match (truth(&cell), created_at(Some(cell))) {
            (Some(Truth::Yes), _) | (None, Ok(Some(_))) => Ok(AccountState::Disabled),
            (Some(Truth::No), _) | (None, Ok(None)) => Ok(AccountState::Enabled),
            (None, Err(_)) => Err(Reason::NotTruth(Meaning::Disabled)),
        };
    }
    match values.take(Meaning::Enabled).map(|cell| truth(&cell)) {
        None | Some(Some(Truth::Yes)) => Ok(AccountState::Enabled),
        Some(Some(Truth::No)) => Ok(AccountState::Disabled),
        Some(None) => Err(Reason::NotTruth(Meaning::Enabled)),
    }
}

fn truth(cell: &Cell) -> Option<Truth> {
    match cell {
        Cell::Truth(truth) => Some(*truth),
        Cell::Number(1) => Some(Truth::Yes),
        Cell::Number(0) => Some(Truth::No),
        Cell::Text(text) => match text.to_ascii_lowercase().as_str() {
            "t" | "true" | "yes" | "1" => Some(Truth::Yes),
            "f" | "false" | "no" | "0" => Some(Truth::No),
            _ => None,
        },
        Cell::Number(_) | Cell::Nothing | Cell::Other(_) => None,
    }
}

fn wrong_kind(meaning: Meaning, cell: &Cell) -> Reason {
    match cell {
        Cell::Text(_) => Reason::WrongKind(meaning, "a text"),
        Cell::Number(_) => Reason::WrongKind(meaning, "a number"),
        Cell::Truth(_) => Reason::WrongKind(meaning, "true or false"),
        Cell::Nothing => Reason::Missing(meaning),
        Cell::Other(shape) => Reason::shape(meaning, *shape),
    }
}

#[cfg(test)]
#[path = "rules/tests.rs"]
mod tests;
