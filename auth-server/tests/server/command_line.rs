//! The command line: help, `check-config`, and a start that fails.

use std::fs;
use std::net::TcpListener;

use auth_server::config::VARIABLES;
use tempfile::TempDir;

use crate::process::{ACCESS_SECRET, REFRESH_SECRET, Store, program};

/// Exit code, standard output, standard error.
fn run_in(folder: &TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let output = program(folder).args(arguments).envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    run_in(&tempfile::tempdir().unwrap(), arguments, variables)
}

/// Starts a server that is expected to give up, on whatever port is free.
fn start(variables: &[(&str, &str)]) -> (i32, String, String) {
    run(&[], &[&PRODUCTION[..], &[("PORT", "0")], variables].concat())
}

const PRODUCTION: [(&str, &str); 3] = [
    ("NODE_ENV", "production"),
    ("JWT_ACCESS_SECRET", ACCESS_SECRET),
    ("JWT_REFRESH_SECRET", REFRESH_SECRET),
];

#[test]
fn help_documents_every_variable_and_has_examples() {
    for flag in ["--help", "-h"] {
        let (code, help, _) = run(&[flag], &[]);
        assert_eq!(code, 0);
        for variable in VARIABLES {
            assert!(
                help.contains(&format!("\n  {} [default: {}]\n", variable.name, variable.default)),
                "{help}"
            );
        }
        for word in
            ["check-config", "Examples:", "Exit codes:", "NODE_ENV=production auth-server check-config"]
        {
            assert!(help.contains(word), "{word}: {help}");
        }
    }
    assert_eq!(run(&["--version"], &[]).0, 0);
    assert_eq!(run(&["no-such-command"], &[]).0, 2);
}

#[test]
fn check_config_sums_up_what_is_good() {
    let url = ("DATABASE_URL", "postgres://auth:hunter2hunter2@db.internal:5433/auth?sslmode=verify-full");
    let variables = [&PRODUCTION[..], &[url, ("HOST", "0.0.0.0"), ("REFRESH_LATE_RETRY", "false")]].concat();
    let (code, summary, errors) = run(&["check-config"], &variables);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(
        summary.lines().filter(|line| !line.contains("passwords ")).collect::<Vec<_>>().join("\n"),
        "The configuration is good.\n\
         \n  mode            production\
         \n  listens on      0.0.0.0:4000\
         \n  database        postgres://db.internal:5433/auth\
         \n  tables          created or upgraded at start\
         \n  connections     1024 of clients, 10 to the database\
         \n  metrics         none\
         \n  console         at /console\
         \n  bootstrap       closed\
         \n  origins         none\
         \n  proxies         none\
         \n  signing keys    none: the access secret signs (HS256)\
         \n  access secret   given\
         \n  refresh secret  given\
         \n  access token    15m, issued by \"auth-server\" for \"api\"\
         \n  session         7d after its last refresh, 30d at most\
         \n  refresh         its predecessor is accepted for 10s\
         \n  revocations     asked for by each check\
         \n  failed logins   counted in the database\
         \n  roles           ADMIN\
         \n                  USER\
         \n  log             json, info\
         \n\nWarning: HOST is 0.0.0.0 and TRUSTED_PROXIES is not set: the server speaks plain HTTP, over which browsers \
         neither keep nor send a Secure cookie and anyone on the way reads passwords, so a proxy with TLS belongs in \
         front; and until that is named in TRUSTED_PROXIES, every client has the proxy's address."
    );
    let whole = summary + &errors;
    assert!(!whole.contains("hunter2") && !whole.contains(ACCESS_SECRET) && !whole.contains(REFRESH_SECRET));
}

#[test]
fn check_config_shows_what_each_role_may_do() {
    let folder = tempfile::tempdir().unwrap();
    let policy = "[roles]\nADMIN = [\"orders:write\", \"orders:read\"]\nSUPPORT = [\"orders:read\"]\n";
    fs::write(folder.path().join("policy.toml"), policy).unwrap();
    let variables = [("ROLES", "SUPPORT"), ("POLICY_FILE", "policy.toml")];
    let (code, summary, errors) = run_in(&folder, &["check-config"], &variables);
    assert_eq!((code, errors.as_str()), (0, ""));
    let shown = "\n  roles           ADMIN: orders:read, orders:write\
                 \n                  SUPPORT: orders:read\
                 \n                  USER\n";
    assert!(summary.contains(shown), "{summary}");
}

#[test]
fn a_policy_that_cannot_be_kept_stops_the_start_and_tells_its_lines() {
    let folder = tempfile::tempdir().unwrap();
    let policy = "[roles]\nADMIN = [\"Orders:Read\"]\nSUPORT = [\"orders:read\"]\n";
    fs::write(folder.path().join("policy.toml"), policy).unwrap();
    let variables = [("ROLES", "SUPPORT"), ("POLICY_FILE", "policy.toml")];
    for arguments in [&["check-config"][..], &["serve"], &[]] {
        let (code, output, errors) = run_in(&folder, arguments, &variables);
        assert_eq!((code, output.as_str()), (78, ""));
        assert_eq!(
            errors,
            "The configuration has 2 mistakes:\
             \n  - policy.toml line 2: \"Orders:Read\" is not a permission; write 1 to 64 lower-case letters, digits, \
             _, - or ., in parts joined by :, starting with a letter, such as orders:read.\
             \n  - policy.toml line 3: there is no role SUPORT; write ADMIN, USER or one that ROLES names, or add it \
             to ROLES.\n"
        );
    }
    fs::write(folder.path().join("policy.toml"), vec![b'#'; 1024 * 1024 + 1]).unwrap();
    let (code, _, errors) = run_in(&folder, &["check-config"], &variables);
    assert_eq!(code, 78);
    assert!(
        errors.contains("POLICY_FILE names policy.toml, which cannot be read (it is larger than 1 MiB)"),
        "{errors}"
    );
}

#[test]
fn check_config_tells_what_is_doubtful() {
    let variables = [("NODE_ENV", "development"), ("HOST", "0.0.0.0"), ("TRUSTED_PROXIES", "10.0.0.1")];
    let (code, summary, _) = run(&["check-config"], &variables);
    assert_eq!(code, 0);
    for told in [
        "Warning: JWT_ACCESS_SECRET is not set",
        "Warning: JWT_REFRESH_SECRET is not set",
        "Warning: HOST is 0.0.0.0",
        "origins         none",
        "proxies         10.0.0.1",
    ] {
        assert!(summary.contains(told), "{summary}");
    }
}

#[test]
fn check_config_and_serve_tell_all_mistakes_at_once() {
    let variables = [
        ("NODE_ENV", "production"),
        ("JWT_ACCESS_SECRET", "hunter2-is-far-too-short"),
        ("PORT", "http"),
        ("DATABASE_URL", "mysql://root:hunter2@db/auth"),
    ];
    for arguments in [&["check-config"][..], &["serve"], &[]] {
        let (code, output, errors) = run(arguments, &variables);
        assert_eq!((code, output.as_str()), (78, ""));
        assert_eq!(
            errors,
            "The configuration has 4 mistakes:\
             \n  - PORT is \"http\", which is not a port; write a number from 0 (any free port) to 65535.\
             \n  - DATABASE_URL names neither SQLite nor Postgres; write sqlite://auth.db?mode=rwc or \
             postgres://user:password@host:5432/database, with special characters in the password percent-encoded.\
             \n  - JWT_ACCESS_SECRET has fewer than 32 bytes; put the output of `openssl rand -base64 48` into it.\
             \n  - JWT_REFRESH_SECRET is not set, and production needs it; put the output of `openssl rand -base64 48` \
             into it.\n"
        );
    }
}

#[test]
fn a_malformed_dotenv_is_told_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "PORT=4000\nJWT_ACCESS_SECRET hunter2\n").unwrap();
    let (code, _, errors) = run_in(&folder, &["check-config"], &[]);
    assert_eq!(code, 78);
    assert!(errors.contains(".env cannot be understood from line 2 on"), "{errors}");
    assert!(!errors.contains("hunter2"), "{errors}");
}

#[test]
fn a_database_that_does_not_answer_stops_the_start() {
    // A port that was free a moment ago, and where nobody listens.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://auth:hunter2hunter2@127.0.0.1:{port}/auth");
    let (code, output, errors) = start(&[("DATABASE_URL", &url)]);
    assert_eq!((code, errors.as_str()), (1, ""));
    assert!(
        output.contains(&format!("the database postgres://127.0.0.1:{port}/auth cannot be used")),
        "{output}"
    );
    assert!(!output.contains("hunter2"), "{output}");
}

#[test]
fn a_file_that_cannot_be_opened_stops_the_start() {
    let url = ("DATABASE_URL", "sqlite://nowhere/auth.db?mode=rwc");
    let (code, output, errors) = start(&[url]);
    assert_eq!((code, errors.as_str()), (1, ""));
    assert!(output.contains("the database sqlite://nowhere/auth.db cannot be used"), "{output}");
    assert!(output.contains("see that its folder is there"), "{output}");
}

#[test]
fn missing_tables_stop_the_start_where_nobody_may_create_them() {
    let Some(postgres) = Store::postgres() else { return };
    for store in [Store::sqlite(), postgres] {
        let url = store.url();
        let (code, output, _) = start(&[("DATABASE_URL", &url), ("AUTO_MIGRATE", "false")]);
        assert_eq!(code, 1);
        assert!(output.contains("are missing or outdated, and AUTO_MIGRATE=false keeps them so"), "{output}");
        assert!(output.contains("start the server once with AUTO_MIGRATE=true"), "{output}");
    }
}

#[test]
fn a_port_that_is_taken_stops_the_start() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, output, _) = start(&[("PORT", &port)]);
    assert_eq!(code, 1);
    assert!(output.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{output}");
}
