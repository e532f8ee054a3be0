//! At the loudest, no command says a password.

use super::run::{PASSWORD, Place, run};

#[test]
fn at_trace_no_password_and_no_hash_is_shown() {
    for place in Place::all() {
        for line in [
            "user create --email ops@example.com --name Ops --role ADMIN --password-stdin",
            "user create --email ann@example.com --name Ann --password-stdin",
            // Refused, with the password in hand.
            "user create --email ann@example.com --name Ann --password-stdin",
            "user set-password ann@example.com --password-stdin",
            "user list",
            "user show ann@example.com",
            "session end-all ann@example.com",
            "user delete ann@example.com --yes",
        ] {
            for format in ["json", "pretty"] {
                let mut program = place.program();
                program.env("RUST_LOG", "trace").env("LOG_FORMAT", format).args(line.split_whitespace());
                // `run` searches both outputs for it.
                let ran = run(program, PASSWORD);
                assert!(matches!(ran.code, 0 | 3), "{line}: {ran:?}");
                assert!(!ran.out.contains("auth::audit"), "the log is on standard error: {ran:?}");
            }
        }
        let log = {
            let mut program = place.program();
            program.env("RUST_LOG", "trace").args(["user", "disable", "ops@example.com"]);
            run(program, "").err
        };
        assert!(log.ends_with("The last admin cannot be demoted, disabled or deleted\n"), "{log}");
    }
}
