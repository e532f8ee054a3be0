//! What goes wrong around a command: no database, a wrong configuration, nobody who reads.

use std::io::pipe;
use std::net::TcpListener;
use std::process::Stdio;

use serde_json::Value;

use super::run::{PASSWORD, Place, run};

#[test]
fn a_database_that_does_not_answer_is_told_without_its_password() {
    // A port that was free a moment ago, and where nobody listens.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://auth:hunter2hunter2@127.0.0.1:{port}/auth");
    let place = Place::sqlite();
    for line in ["user list", "session list ann@example.com", "sweep", "migrate up", "migrate status"] {
        for json in ["", "--json"] {
            let mut program = place.program();
            program.env("DATABASE_URL", &url).args(line.split_whitespace()).args(json.split_whitespace());
            let ran = run(program, "");
            assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{line}");
            let told = format!("the database postgres://127.0.0.1:{port}/auth cannot be used");
            let said = if json.is_empty() {
                ran.err.clone()
            } else {
                let said: Value = serde_json::from_str(&ran.err).unwrap();
                said["error"].as_str().unwrap().to_owned()
            };
            assert!(said.starts_with(&told), "{line}: {ran:?}");
            assert!(!ran.err.contains("hunter2"), "{line}: {ran:?}");
        }
    }
}

#[test]
fn a_wrong_configuration_is_78_for_every_command_that_needs_one() {
    let place = Place::sqlite();
    for line in
        ["user list", "session list ann@example.com", "sweep", "migrate status", "check-config", "serve"]
    {
        let program = |json: &str| {
            let mut program = place.program();
            program.env("DATABASE_MAX_CONNECTIONS", "many").env("JWT_ACCESS_SECRET", "hunter2");
            program.args(line.split_whitespace()).args(json.split_whitespace());
            run(program, "")
        };
        let ran = program("");
        assert_eq!((ran.code, ran.out.as_str()), (78, ""), "{line}");
        assert!(ran.err.starts_with("The configuration has "), "{line}: {ran:?}");
        assert!(ran.err.contains("DATABASE_MAX_CONNECTIONS is \"many\""), "{line}: {ran:?}");
        assert!(!ran.err.contains("hunter2"), "{line}: {ran:?}");
        let in_json = program("--json");
        let said: Value = serde_json::from_str(&in_json.err).unwrap();
        assert_eq!((in_json.code, in_json.out.as_str()), (78, ""), "{line}");
        assert_eq!(said["error"].as_str().unwrap(), ran.err.trim_end(), "{line}");
    }
}

#[test]
fn a_command_line_that_makes_no_sense_is_2() {
    let place = Place::sqlite();
    for (line, told) in [
        ("user frobnicate", "unrecognized subcommand 'frobnicate'"),
        ("user show", "<USER>"),
        ("user create --name Ann", "--email"),
        ("user", "'auth-server user' requires a subcommand"),
        ("completions", "<SHELL>"),
        ("user list --colour", "unexpected argument '--colour'"),
    ] {
        let ran = place.run(&format!("{line} --json"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}");
        let said: Value = serde_json::from_str(&ran.err).unwrap();
        assert!(said["error"].as_str().unwrap().contains(told), "{line}: {ran:?}");
        let ran = place.run(line);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{line}");
        assert!(ran.err.contains("Usage: auth-server"), "{line}: {ran:?}");
    }
}

#[test]
fn whoever_has_read_enough_is_no_failure() {
    let place = Place::sqlite();
    place.create("ann@example.com", "ADMIN");
    for line in [
        "user list",
        "user list --json",
        "user show ann@example.com",
        "completions zsh",
        "secret generate",
        "--help",
    ] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let mut program = place.program();
        let child =
            program.args(line.split_whitespace()).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{line}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_a_failure() {
    let place = Place::sqlite();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut program = place.program();
    let child = program.args(["secret", "generate"]).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(err.starts_with("standard output cannot be written to: "), "{err}");
}

#[test]
fn the_settings_of_check_config_are_json_where_that_is_asked_for() {
    let place = Place::sqlite();
    let mut program = place.program();
    program.env("NODE_ENV", "development").args(["check-config", "--json"]);
    let ran = run(program, "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let said = ran.json();
    assert_eq!(said["settings"]["mode"], "development");
    assert_eq!(said["settings"]["roles"], "ADMIN\nUSER");
    assert_eq!(said["settings"]["access secret"], "random, for as long as the process runs");
    assert_eq!(said["warnings"].as_array().unwrap().len(), 2, "{said}");
    assert_eq!(said["notes"], serde_json::json!([]));
}

#[test]
fn a_name_that_is_nearly_a_variable_is_told_where_it_matters() {
    let place = Place::sqlite();
    let mut program = place.program();
    program.env("DATABSE_URL", "sqlite://other.db").args(["user", "list", "--json"]);
    let ran = run(program, PASSWORD);
    assert_eq!((ran.code, ran.out.as_str()), (0, "{\"users\":[],\"nextCursor\":null}\n"));
    assert!(ran.err.contains("did you mean DATABASE_URL?"), "{ran:?}");
}
