//! Which roles there are: `ADMIN`, `USER` and those of `ROLES`.

use auth_core::{Permission, Role, Roles};

use super::policy_file;
use super::reader::{Reader, quoted};

pub(super) fn read(reader: &mut Reader<'_>) -> Roles {
    let roles = listed(reader);
    policy_file::read(reader, roles)
}

fn listed(reader: &mut Reader<'_>) -> Roles {
    let text = reader.text("ROLES");
    let names: Vec<_> = text.iter().flat_map(|text| text.split(',')).map(str::trim_ascii).collect();
    let mut roles = Roles::default();
    for (nth, name) in names.iter().enumerate() {
        if names[..nth].contains(name) {
            reader.mistake("ROLES", format!("names {} twice", quoted(name)), "name each role once");
        } else if let Ok(role) = Role::parse(name) {
            roles = roles.with(role, None::<Permission>);
        } else {
            reader.mistake(
                "ROLES",
                format!("names {}, which is not a role", quoted(name)),
                "write names of 1 to 32 upper-case letters, digits or underscores with commas between them, such as SUPPORT,BILLING",
            );
        }
    }
    roles
}
