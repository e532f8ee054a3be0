//! `secret generate`.

use super::run::{Place, run};

#[test]
fn a_secret_is_drawn_anew_each_time_and_needs_no_configuration() {
    let place = Place::sqlite();
    let mut program = place.program();
    program.env("DATABASE_URL", "nonsense").args(["secret", "generate"]);
    let one = run(program, "");
    let other = place.run("secret generate");
    assert_eq!((one.code, one.err.as_str()), (0, ""));
    // 48 bytes in base64, and the end of the line.
    assert_eq!(one.raw.len(), 65);
    assert_ne!(one.raw, other.raw);
    let json = place.run("secret generate --json").json();
    assert_eq!(json["secret"].as_str().unwrap().len(), 64);
    assert_eq!(json.as_object().unwrap().len(), 1);
}

#[test]
fn two_drawn_secrets_are_all_that_production_needs() {
    let place = Place::sqlite();
    assert_eq!(place.run("check-config").code, 78);
    let lines = place.run("secret generate --env").raw;
    let mut program = place.program();
    for line in lines.lines() {
        let (name, value) = line.split_once('=').unwrap();
        program.env(name, value);
    }
    assert_eq!(lines.lines().count(), 2);
    program.arg("check-config");
    let ran = run(program, "");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));

    let json = place.run("secret generate --env --json").json();
    let names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET"]);
}
