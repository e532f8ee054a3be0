//! Who may read and write the files that matter. Judged in production alone: development is for
//! data that nobody wants.
//!
//! A file counts as open to everyone on the machine where its own permissions say so *and* every
//! folder above it lets others pass. Files that were mounted for this container alone are taken as
//! they are: Kubernetes and Docker set 0444 or 0644 there, and nobody else is inside.

use super::super::reader::Reader;
use super::file_facts::{FileFacts, Mount};
use super::{Finding, Surroundings, mistake, note, warning};
use crate::config::{Config, VARIABLES};

/// Applies the rules of this file.
pub(super) fn all(reader: &Reader<'_>, config: &Config, around: &Surroundings<'_>) -> Vec<Finding> {
    if !config.mode.is_production() {
        return Vec::new();
    }
    let facts = around.facts;
    let mut findings = Vec::new();
    for name in VARIABLES.iter().map(|variable| variable.name).filter(|name| name.ends_with("_FILE")) {
        let Some(facts) = reader.path(name).as_deref().and_then(facts) else { continue };
        findings.extend(if name == "POLICY_FILE" { policy(name, &facts) } else { secret(name, &facts) });
    }
    if let Some((path, names)) = &around.dotenv {
        let holds_one = names.iter().any(|name| is_secret(name, config));
        // Whoever may write to it can add a secret of their own, whatever it holds.
        let facts = facts(path).filter(|facts| holds_one || facts.others_may_write());
        findings.extend(facts.and_then(|facts| secret(".env", &facts)));
    }
    findings.extend(config.database.file().as_deref().and_then(facts).and_then(|facts| database(&facts)));
    findings
}

/// Whether a variable holds a secret: those can be read from a file as well.
fn is_secret(name: &str, config: &Config) -> bool {
    let has_a_file = VARIABLES.iter().any(|variable| variable.name.strip_suffix("_FILE") == Some(name));
    has_a_file && (name != "DATABASE_URL" || !config.database.is_sqlite())
}

fn secret(name: &str, facts: &FileFacts) -> Option<Finding> {
    let what = if name == ".env" { "is a file" } else { "names a file" };
    if facts.mount == Mount::ForThisContainer || !facts.others_get_there {
        None
    } else if facts.others_may_write() {
        Some(mistake(
            name,
            format!("{what} that everyone on this machine may replace, and then sign as anyone"),
            "allow it to the server's user alone (chmod 600, in a folder of its own), and make new secrets",
        ))
    } else if facts.others_may_read() {
        Some(mistake(
            name,
            format!("{what} that everyone on this machine may read"),
            "allow it to the server's user alone (chmod 600), and make new secrets if anyone else was there",
        ))
    } else if facts.group_may_read() {
        Some(note(format!("{name} {what} that its whole group may read; see who is in it")))
    } else {
        None
    }
}

fn policy(name: &str, facts: &FileFacts) -> Option<Finding> {
    let is_open =
        facts.mount != Mount::ForThisContainer && facts.others_get_there && facts.others_may_write();
    is_open.then(|| {
        mistake(
            name,
            "names a file that everyone on this machine may replace, and so give themselves permissions",
            "allow writing to its owner alone (chmod 644)",
        )
    })
}

fn database(facts: &FileFacts) -> Option<Finding> {
    if !facts.others_get_there {
        None
    } else if facts.others_may_write() {
        Some(mistake(
            "DATABASE_URL",
            "names a file that everyone on this machine may change, and so become an admin",
            "allow it to the server's user alone (chmod 600, in a folder of its own)",
        ))
    } else if facts.others_may_read() {
        Some(warning(
            "DATABASE_URL names a file that everyone on this machine may read: its password hashes can be copied and guessed at leisure; allow it to the server's user alone (chmod 600, in a folder of its own)",
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind;
    use super::*;

    fn facts(mode: u32) -> FileFacts {
        FileFacts { mode, folder: 0o755, others_get_there: true, mount: Mount::Ordinary }
    }

    #[test]
    fn a_file_is_for_the_server_alone() {
        for (facts, of_secrets, of_policy, of_database) in [
            (facts(0o600), "", "", ""),
            (facts(0o400), "", "", ""),
            (facts(0o640), "note", "", ""),
            (facts(0o644), "mistake", "", "warning"),
            (facts(0o444), "mistake", "", "warning"),
            (facts(0o666), "mistake", "mistake", "mistake"),
            (facts(0o602), "mistake", "mistake", "mistake"),
            // Who may write to the folder may put another file in its place, unless it is sticky.
            (FileFacts { folder: 0o777, ..facts(0o600) }, "mistake", "mistake", "mistake"),
            (FileFacts { folder: 0o1777, ..facts(0o600) }, "", "", ""),
            (FileFacts { others_get_there: false, ..facts(0o666) }, "", "", ""),
            (FileFacts { mount: Mount::ForThisContainer, ..facts(0o444) }, "", "", "warning"),
        ] {
            assert_eq!(kind(secret("JWT_ACCESS_SECRET_FILE", &facts).as_ref()), of_secrets, "{facts:?}");
            assert_eq!(kind(policy("POLICY_FILE", &facts).as_ref()), of_policy, "{facts:?}");
            assert_eq!(kind(database(&facts).as_ref()), of_database, "{facts:?}");
        }
    }
}
