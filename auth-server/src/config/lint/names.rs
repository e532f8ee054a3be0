//! Names that were meant for this server and are none of its variables.

use super::{Finding, warning};
use crate::config::VARIABLES;

/// What names of ours begin with, and hardly anyone else's. `AUTH_`, `DATABASE_` and `LOG_` are not
/// among them: too many programs have such.
const PREFIXES: &[&str] =
    &["AUDIT_", "BOOTSTRAP_", "HASH_", "JWT_", "PASSWORD_", "REFRESH_", "SESSION_", "THROTTLE_", "TRUSTED_"];

/// Others' names with such a beginning: of the X session, and of the password manager `pass`.
const OTHERS: &[&str] = &["SESSION_MANAGER", "PASSWORD_STORE_"];

/// What other servers call a thing that has another name here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("ACCESS_TOKEN_SECRET", "JWT_ACCESS_SECRET"),
    ("ACCESS_TOKEN_TTL", "JWT_ACCESS_TTL"),
    ("ADMIN_CONSOLE", "CONSOLE"),
    ("ALLOWED_ORIGINS", "TRUSTED_ORIGINS"),
    ("CONSOLE_ENABLED", "CONSOLE"),
    ("CORS_ORIGIN", "TRUSTED_ORIGINS"),
    ("CORS_ORIGINS", "TRUSTED_ORIGINS"),
    ("ENABLE_CONSOLE", "CONSOLE"),
    ("JWT_EXPIRES_IN", "JWT_ACCESS_TTL"),
    ("JWT_REFRESH_EXPIRES_IN", "JWT_REFRESH_TTL"),
    ("JWT_SECRET", "JWT_ACCESS_SECRET and JWT_REFRESH_SECRET"),
    ("REFRESH_TOKEN_SECRET", "JWT_REFRESH_SECRET"),
    ("REFRESH_TOKEN_TTL", "JWT_REFRESH_TTL"),
    ("TRUST_PROXY", "TRUSTED_PROXIES"),
];

/// A warning for each name that nearly is one of ours, or looks like one: whoever wrote it meant
/// something by it.
pub(super) fn unknown(names: &[String]) -> Vec<Finding> {
    names.iter().filter_map(|name| tell(name)).map(warning).collect()
}

fn tell(name: &str) -> Option<String> {
    if known().any(|known| known == name) {
        return None;
    }
    // A name may be anything, a secret in the wrong place too; ours are words in capitals.
    let shown: String = name.chars().filter(|char| !char.is_control()).take(60).collect();
    if let Some(meant) = meant(name) {
        return Some(format!("{shown} is not a variable of this server (did you mean {meant}?)"));
    }
    let looks_like_ours = PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    (looks_like_ours && !is_of_others(name)).then(|| {
        format!("{shown} looks like a variable of this server and is none, so it changes nothing; see auth-server --help")
    })
}

fn known() -> impl Iterator<Item = &'static str> {
    VARIABLES.iter().map(|variable| variable.name)
}

/// The variable that `name` stands for elsewhere, or is a slip of the pen for.
fn meant(name: &str) -> Option<&'static str> {
    if let Some((_, ours)) = ELSEWHERE.iter().find(|(theirs, _)| *theirs == name) {
        return Some(ours);
    }
    let folded = fold(name);
    if let Some(same) = known().find(|known| known.len() >= 8 && fold(known) == folded) {
        return Some(same);
    }
    let near = known().filter_map(|known| {
        let slips = strsim::damerau_levenshtein(name, known);
        (slips <= allowed_slips(known)).then_some((slips, known))
    });
    near.min_by_key(|(slips, _)| *slips).map(|(_, known)| known)
}

/// Short names are too near to others' names.
fn allowed_slips(known: &str) -> usize {
    match known.len() {
        0..8 => 0,
        8..=10 => 1,
        _ => 2,
    }
}

/// In capitals, and without what joins words.
fn fold(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_uppercase()).collect()
}

/// Whether someone else sets it: a desktop, or Kubernetes for a service that is called `session-…`.
fn is_of_others(name: &str) -> bool {
    let of_a_service = name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.ends_with("_PORT")
        || ["_TCP", "_UDP"]
            .iter()
            .any(|protocol| name.contains(&format!("{protocol}_")) || name.ends_with(protocol));
    of_a_service || OTHERS.iter().any(|theirs| name.starts_with(theirs))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_slip_in_a_name_is_told_and_a_name_of_others_is_not() {
        for (name, ours) in [
            ("JWT_ACCESS_SECRT", "JWT_ACCESS_SECRET"),
            ("ALOW_BOOTSTRAP", "ALLOW_BOOTSTRAP"),
            ("PASSWORD_MIN_LENGHT", "PASSWORD_MIN_LENGTH"),
            ("DATABSE_URL", "DATABASE_URL"),
            ("SESSION_LIMITS", "SESSION_LIMIT"),
            ("jwt_access_secret", "JWT_ACCESS_SECRET"),
            ("JWT-REFRESH-SECRET", "JWT_REFRESH_SECRET"),
            ("JWTACCESSSECRETPREVIOUS", "JWT_ACCESS_SECRET_PREVIOUS"),
            ("JWT_SECRET", "JWT_ACCESS_SECRET and JWT_REFRESH_SECRET"),
            ("TRUST_PROXY", "TRUSTED_PROXIES"),
            ("CORS_ORIGIN", "TRUSTED_ORIGINS"),
            ("CONSOLE_ENABLED", "CONSOLE"),
        ] {
            let told = tell(name).unwrap_or_default();
            assert!(told.ends_with(&format!("(did you mean {ours}?)")), "{name}: {told}");
        }
        let others = [
            "PATH",
            "CONSOLES",
            "CONSOLE_LOG",
            "POST",
            "HOSTNAME",
            "NODE_OPTIONS",
            "NODE_EXE",
            "DATABASE",
            "RUST_BACKTRACE",
            "LOG_LEVEL",
            "AUTH_TOKEN",
            "DATABASE_HOST",
            "SESSION_MANAGER",
            "PASSWORD_STORE_DIR",
            "SESSION_STORE_SERVICE_HOST",
            "SESSION_STORE_PORT_6379_TCP_ADDR",
            "AUDIT_LOG_PORT",
            "AUDIT_LOG_PORT_80_TCP",
        ];
        for name in VARIABLES.iter().map(|variable| variable.name).chain(others) {
            assert_eq!(tell(name), None, "{name}");
        }
    }

    #[test]
    fn a_name_that_begins_like_ours_is_told() {
        for name in [
            "JWT_ALGORITHM",
            "SESSION_COOKIE_NAME",
            "REFRESH_WINDOW",
            "PASSWORD_REQUIRE_DIGIT",
            "HASH_MEMORY",
            "TRUSTED_HOSTS",
            "THROTTLE_BURST",
            "AUDIT_SINK",
            "BOOTSTRAP_EMAIL",
        ] {
            let told = tell(name).unwrap_or_default();
            assert!(told.starts_with(&format!("{name} looks like a variable")), "{name}: {told}");
        }
    }

    proptest! {
        #[test]
        fn no_name_makes_it_panic(name in "\\PC{0,80}") {
            let _told = tell(&name);
        }
    }
}
