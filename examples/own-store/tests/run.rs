//! The program does what it says.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::process::Command;

#[test]
fn the_example_runs_from_bootstrap_to_logout() {
    let output = Command::new(env!("CARGO_BIN_EXE_example-own-store")).output().unwrap();
    let expected = "\
created admin@example.com with the role ADMIN
logged in as Admin
refreshed; the cookie is new
the access token is Admin's
after the logout: Invalid or expired token
";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
}
