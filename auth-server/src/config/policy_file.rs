//! Which role may do what: the TOML file that `POLICY_FILE` names.
//!
//! ```toml
//! [roles]
//! ADMIN = ["orders:read", "orders:write"]
//! SUPPORT = ["orders:read"]
//! ```

use std::collections::BTreeSet;
use std::path::Path;

use auth_core::{Permission, Role, Roles};
use toml::de::{DeTable, DeValue};

use super::reader::{Reader, quoted};

const NAME: &str = "POLICY_FILE";
const EXAMPLE: &str = r#"write one line for each role, such as SUPPORT = ["orders:read", "orders:write"]"#;

/// Which mistakes are told, of a file that was perhaps never meant to be one of these.
const MOST_TOLD: usize = 100;

/// Gives `roles` the permissions that the file says they have.
pub(super) fn read(reader: &mut Reader<'_>, roles: Roles) -> Roles {
    let Some(path) = reader.text(NAME) else { return roles };
    // It stands in front of each mistake, so it has to fit a line.
    let shown = path.replace(char::is_control, "\u{fffd}");
    let bytes = match reader.file(Path::new(&path)) {
        Ok(bytes) => bytes,
        Err(error) => {
            let problem = format!("names {shown}, which cannot be read ({error})");
            reader.mistake(NAME, problem, "name a readable TOML file of at most 1 MiB, or unset it");
            return roles;
        }
    };
    let Ok(text) = str::from_utf8(&bytes) else {
        reader.mistake(NAME, format!("names {shown}, which is not UTF-8"), "save it as UTF-8 text");
        return roles;
    };
    let (roles, mut slips) = judge(text, roles);
    if reader.is_mistaken("ROLES") {
        // Whether a role exists may not be judged by a list that could not be read.
        slips.retain(|slip| !matches!(slip.what, Wrong::UnknownRole(_)));
    }
    let further = slips.len().saturating_sub(MOST_TOLD);
    for Slip { line, what } in slips.into_iter().take(MOST_TOLD) {
        reader.mistake(&shown, format!("line {line}: {}", what.problem()), what.remedy());
    }
    if further > 0 {
        reader.mistake(
            &shown,
            format!("has mistakes in {further} further places"),
            "see whether it is the right file",
        );
    }
    roles
}

/// What is wrong in one line.
#[derive(Debug, PartialEq, Eq)]
struct Slip {
    line: usize,
    what: Wrong,
}

#[derive(Debug, PartialEq, Eq)]
enum Wrong {
    Toml(String),
    NoRoles,
    Key(String),
    NotATable,
    NotARole(String),
    UnknownRole(Role),
    NotAList(Role),
    NotText(Role),
    NotAPermission(String),
    Twice(Role, Permission),
}

impl Wrong {
    fn problem(&self) -> String {
        match self {
            Self::Toml(message) => message.clone(),
            Self::NoRoles => "there is no table [roles]".to_owned(),
            Self::Key(key) => format!("{} means nothing here", quoted(key)),
            Self::NotATable => "roles is not a table".to_owned(),
            Self::NotARole(name) => format!("{} is not a role", quoted(name)),
            Self::UnknownRole(role) => format!("there is no role {role}"),
            Self::NotAList(role) => format!("{role} has something else than a list of permissions"),
            Self::NotText(role) => format!("{role} has something else than text among its permissions"),
            Self::NotAPermission(name) => format!("{} is not a permission", quoted(name)),
            Self::Twice(role, permission) => format!("{role} has {permission} twice"),
        }
    }

    fn remedy(&self) -> &'static str {
        match self {
            Self::Toml(_) | Self::NotAList(_) | Self::NotText(_) => EXAMPLE,
            Self::NoRoles | Self::NotATable => "write [roles] on a line of its own, and the roles below it",
            Self::Key(_) => "leave it out; only the table [roles] is read",
            Self::NotARole(_) => "write an upper-case name, such as SUPPORT",
            Self::UnknownRole(_) => "write ADMIN, USER or one that ROLES names, or add it to ROLES",
            Self::NotAPermission(_) => {
                "write 1 to 64 lower-case letters, digits, _, - or ., in parts joined by :, starting with a letter, such as orders:read"
            }
            Self::Twice(..) => "write it once",
        }
    }
}

/// Reads the whole file, and notes all that is wrong in the order of its lines.
///
/// A line that is no TOML has one slip: what a parser makes of the rest of it is guesswork.
fn judge(text: &str, mut roles: Roles) -> (Roles, Vec<Slip>) {
    let line_ends: Vec<_> =
        text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
    let line = |at: usize| line_ends.partition_point(|end| *end < at) + 1;

    let (document, errors) = DeTable::parse_recoverable(text);
    let mut broken = BTreeSet::new();
    let mut slips = Vec::new();
    for error in &errors {
        let line = line(error.span().map_or(0, |span| span.start));
        if broken.insert(line) {
            slips.push(Slip { line, what: Wrong::Toml(error.message().to_owned()) });
        }
    }
    let mut note = |at: usize, what| {
        let line = line(at);
        if !broken.contains(&line) {
            slips.push(Slip { line, what });
        }
    };

    let mut found = None;
    for (key, value) in document.get_ref() {
        if key.get_ref() == "roles" {
            found = Some(value);
        } else {
            note(key.span().start, Wrong::Key(key.get_ref().to_string()));
        }
    }
    match found.map(|value| (value.span().start, value.get_ref())) {
        Some((_, DeValue::Table(table))) => roles = grant(table, roles, &mut note),
        Some((at, _)) => note(at, Wrong::NotATable),
        None if errors.is_empty() => note(0, Wrong::NoRoles),
        None => {}
    }
    slips.sort_by_key(|slip| slip.line);
    (roles, slips)
}

/// Gives each role in the table its permissions.
fn grant(table: &DeTable<'_>, mut roles: Roles, note: &mut impl FnMut(usize, Wrong)) -> Roles {
    for (key, value) in table {
        let Ok(role) = Role::parse(key.get_ref()) else {
            note(key.span().start, Wrong::NotARole(key.get_ref().to_string()));
            continue;
        };
        if !roles.contains(&role) {
            note(key.span().start, Wrong::UnknownRole(role.clone()));
        }
        let DeValue::Array(list) = value.get_ref() else {
            note(value.span().start, Wrong::NotAList(role));
            continue;
        };
        let mut permissions = BTreeSet::new();
        for item in list {
            let Some(name) = item.get_ref().as_str() else {
                note(item.span().start, Wrong::NotText(role.clone()));
                continue;
            };
            match Permission::parse(name) {
                Ok(permission) => {
                    if !permissions.insert(permission.clone()) {
                        note(item.span().start, Wrong::Twice(role.clone(), permission));
                    }
                }
                Err(_) => note(item.span().start, Wrong::NotAPermission(name.to_owned())),
            }
        }
        roles = roles.with(role, permissions);
    }
    roles
}
