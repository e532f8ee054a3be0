//! Roles and permissions: what `ROLES` and `POLICY_FILE` come to, and what is wrong with them.

use proptest::prelude::*;

use super::*;

/// What each role may do, in a line each.
fn shown(config: &Config) -> Vec<String> {
    let roles = config.policy.roles.iter();
    roles.map(|(role, permissions)| format!("{role} {permissions:?}")).collect()
}

fn with_policy(roles: &str, text: &str) -> Result<Config, Mistakes> {
    let vars = [("ROLES", roles), ("POLICY_FILE", "policy.toml")];
    config_with_files(&vars, &[("policy.toml", text.as_bytes())])
}

/// What is told of a policy, without the remedies; `SUPPORT` is a role.
fn told(text: &str) -> Vec<String> {
    match with_policy("SUPPORT", text) {
        Ok(_) => Vec::new(),
        Err(mistakes) => {
            mistakes.iter().map(|mistake| format!("{} {}", mistake.variable, mistake.problem)).collect()
        }
    }
}

#[test]
fn roles_are_added_to_the_two_that_are_always_there() {
    for (value, expected) in [
        ("", &["ADMIN {}", "USER {}"][..]),
        ("SUPPORT", &["ADMIN {}", "SUPPORT {}", "USER {}"]),
        (" SUPPORT , BILLING_2", &["ADMIN {}", "BILLING_2 {}", "SUPPORT {}", "USER {}"]),
        ("USER,ADMIN,X", &["ADMIN {}", "USER {}", "X {}"]),
    ] {
        assert_eq!(shown(&good(&[("ROLES", value)])), expected, "{value}");
    }
}

#[test]
fn nonsense_among_the_roles_is_a_mistake() {
    let remedy = "write names of 1 to 32 upper-case letters, digits or underscores with commas between them, such as SUPPORT,BILLING";
    for (value, named) in [
        ("support", "support"),
        ("SUPPORT,", ""),
        (",", ""),
        (" ", ""),
        ("SUPPORT BILLING", "SUPPORT BILLING"),
        ("SUPPORT;BILLING", "SUPPORT;BILLING"),
        ("SUPPORT,2ND", "2ND"),
    ] {
        let first = config(&[("ROLES", value)]).expect_err(value).iter().next().map(ToString::to_string);
        let expected = format!("ROLES names {named:?}, which is not a role; {remedy}.");
        assert_eq!(first, Some(expected), "{value}");
    }
    let twice = config(&[("ROLES", "SUPPORT,X,SUPPORT")]).expect_err("twice").to_string();
    assert!(twice.ends_with("  - ROLES names \"SUPPORT\" twice; name each role once."), "{twice}");
    assert_eq!(blamed(&[("ROLES", "a,B,c")]), ["ROLES", "ROLES"]);
}

#[test]
fn a_policy_says_what_each_role_may_do() {
    let usual = "# who may do what\n[roles]\nADMIN = [\"orders:read\", \"orders:write\"]\nSUPPORT = [\"orders:read\"]\n";
    let expected = ["ADMIN {orders:read, orders:write}", "SUPPORT {orders:read}", "USER {}"];
    for text in [
        usual,
        &usual.replace('\n', "\r\n"),
        &format!("\u{feff}{usual}"),
        "roles.ADMIN = ['orders:write', 'orders:read',]\nroles.SUPPORT = [\n  'orders:read', # for now\n]",
        "roles = { ADMIN = ['orders:read', 'orders:write'], SUPPORT = ['orders:read'], USER = [] }",
    ] {
        let config = with_policy("SUPPORT", text).unwrap_or_else(|mistakes| panic!("{text}: {mistakes}"));
        assert_eq!(shown(&config), expected, "{text}");
    }
    // A table without a role is somebody who has not got far yet.
    assert_eq!(shown(&with_policy("", "[roles]").expect("all is well")), ["ADMIN {}", "USER {}"]);
}

#[test]
fn each_mistake_in_a_policy_is_told_with_its_line() {
    for (text, expected) in [
        ("", &["policy.toml line 1: there is no table [roles]"][..]),
        ("roles = 1", &["policy.toml line 1: roles is not a table"]),
        ("\n[[roles]]\nADMIN = []", &["policy.toml line 2: roles is not a table"]),
        ("[roles]\n[users]\nx = 1", &["policy.toml line 2: \"users\" means nothing here"]),
        ("version = 1\n[roles]", &["policy.toml line 1: \"version\" means nothing here"]),
        ("[roles]\nadmin = []", &["policy.toml line 2: \"admin\" is not a role"]),
        ("[roles]\n\n\"\" = []", &["policy.toml line 3: \"\" is not a role"]),
        ("[roles]\nBILLING = []", &["policy.toml line 2: there is no role BILLING"]),
        (
            "[roles]\nADMIN = 'orders:read'",
            &["policy.toml line 2: ADMIN has something else than a list of permissions"],
        ),
        (
            "[roles.ADMIN]\norders = ['read']",
            &["policy.toml line 1: ADMIN has something else than a list of permissions"],
        ),
        (
            "[roles]\nADMIN = [\n'a',\n7]",
            &["policy.toml line 4: ADMIN has something else than text among its permissions"],
        ),
        ("[roles]\nADMIN = ['orders:*']", &["policy.toml line 2: \"orders:*\" is not a permission"]),
        ("[roles]\nADMIN = ['a', 'b',\n'a']", &["policy.toml line 3: ADMIN has a twice"]),
        ("[roles]\nADMIN = []\nADMIN = []", &["policy.toml line 3: duplicate key"]),
        ("[roles]\nADMIN = []\n[roles]", &["policy.toml line 3: duplicate key"]),
        (
            "[roles]\nADMIN = [A, 'b', 'b']",
            &["policy.toml line 2: string values must be quoted, expected literal string"],
        ),
        ("[roles\n", &["policy.toml line 1: unclosed table, expected `]`"]),
        ("{\"roles\": {\"ADMIN\": []}}", &["policy.toml line 1: invalid key-value pair, expected key"]),
    ] {
        assert_eq!(told(text), expected, "{text}");
    }
}

#[test]
fn all_mistakes_in_a_policy_are_told_in_one_go_beside_those_elsewhere() {
    let policy = "[roles]\nADMIN = [\"orders:read\", \"Orders\", \"orders:read\"]\nBILLING = [\"a\"]\n\n[users]\nUSER = x\n";
    let vars = [("PORT", "x"), ("POLICY_FILE", "/etc/auth/policy.toml"), ("LOG_FORMAT", "x")];
    let mistakes =
        config_with_files(&vars, &[("/etc/auth/policy.toml", policy.as_bytes())]).expect_err("all is wrong");
    assert_eq!(
        mistakes.to_string(),
        "The configuration has 7 mistakes:\
         \n  - PORT is \"x\", which is not a port; write a number from 0 (any free port) to 65535.\
         \n  - /etc/auth/policy.toml line 2: \"Orders\" is not a permission; write 1 to 64 lower-case letters, digits, _, - or ., in parts joined by :, starting with a letter, such as orders:read.\
         \n  - /etc/auth/policy.toml line 2: ADMIN has orders:read twice; write it once.\
         \n  - /etc/auth/policy.toml line 3: there is no role BILLING; write ADMIN, USER or one that ROLES names, or add it to ROLES.\
         \n  - /etc/auth/policy.toml line 5: \"users\" means nothing here; leave it out; only the table [roles] is read.\
         \n  - /etc/auth/policy.toml line 6: string values must be quoted, expected literal string; write one line for each role, such as SUPPORT = [\"orders:read\", \"orders:write\"].\
         \n  - LOG_FORMAT is \"x\", which is neither json nor pretty; write json or pretty."
    );
}

#[test]
fn roles_that_could_not_be_read_are_not_held_against_the_policy() {
    let mistakes = with_policy("Support", "[roles]\nSUPPORT = ['a', 'A']").expect_err("both are wrong");
    let blamed: Vec<_> = mistakes.iter().map(|mistake| mistake.problem.as_str()).collect();
    assert_eq!(blamed, ["names \"Support\", which is not a role", "line 2: \"A\" is not a permission"]);
}

#[test]
fn a_policy_that_cannot_be_read_is_a_mistake() {
    let vars = [("POLICY_FILE", "gone\n.toml")];
    let told = config(&vars).expect_err("it is not there").to_string();
    let expected = "The configuration has a mistake:\
         \n  - POLICY_FILE names gone\u{fffd}.toml, which cannot be read (entity not found); name a readable TOML file of at most 1 MiB, or unset it.";
    assert_eq!(told, expected);
    let told = config_with_files(&[("POLICY_FILE", "p")], &[("p", b"[roles]\n# \xff")]).expect_err("no text");
    let expected = "The configuration has a mistake:\
         \n  - POLICY_FILE names p, which is not UTF-8; save it as UTF-8 text.";
    assert_eq!(told.to_string(), expected);
}

#[test]
fn of_a_file_that_is_something_else_the_first_hundred_lines_are_told() {
    let told = told(&"= nonsense\n".repeat(1_000));
    assert_eq!(told.len(), 101);
    assert!(told[99].starts_with("policy.toml line 100: "), "{told:?}");
    assert_eq!(told[100], "policy.toml has mistakes in 900 further places");
}

proptest! {
    #[test]
    fn no_policy_makes_it_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "(\\[\\[?(roles|x)\\.?(A)?\\]?\\]?\n|(A|USER|\"x\"|roles)\\.?(A)? ?=? ?\\[?\\{?['\"]?(a:b|A|1|\\\\u12)?['\"]?,?['\"]?(a)?['\"]?\\}?\\]?\n){0,6}",
    ) {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let outcome = config_with_files(&[("POLICY_FILE", "p")], &[("p", bytes)]);
            let lines = bytes.split(|byte| *byte == b'\n').count();
            let mistakes = outcome.err().into_iter().flat_map(|mistakes| mistakes.iter().cloned().collect::<Vec<_>>());
            for mistake in mistakes {
                if let Some(rest) = mistake.problem.strip_prefix("line ") {
                    let line: usize = rest.split(':').next().unwrap_or_default().parse().expect("a number");
                    prop_assert!((1..=lines).contains(&line), "{}", mistake);
                }
            }
        }
    }
}
