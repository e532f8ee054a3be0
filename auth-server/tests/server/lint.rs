//! `check-config` and a start, judged as a whole: what is told of a terrible configuration, and
//! who may read which file.

use std::fs;

use tempfile::TempDir;

use crate::process::{ACCESS_SECRET, REFRESH_SECRET, program};

fn check(folder: &TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, String, String) {
    let output = program(folder).args(arguments).envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_terrible_configuration_is_told_in_one_go() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("NODE_ENV", "production"),
        ("HOST", "0.0.0.0"),
        ("JWT_ACCESS_SECRET", "The Company Signs All Tokens With This, 2026"),
        ("JWT_ACCESS_SECRET_PREVIOUS", ACCESS_SECRET),
        ("JWT_REFRESH_SECRET", ACCESS_SECRET),
        ("JWT_REFRESH_SECRET_PREVIOUS", "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970"),
        ("JWT_ACCESS_TTL", "12h"),
        ("JWT_SECRET", "hunter2hunter2"),
        ("JWT_ALGORITHM", "none"),
        ("SESION_LIMIT", "3"),
        ("DATABASE_URL", "postgres://auth:auth@db.internal/auth"),
        ("THROTTLE_STORE", "memory"),
        ("TRUSTED_ORIGINS", "http://app.example.com"),
        ("RUST_LOG", "trace"),
    ];
    for arguments in [&["check-config"][..], &["serve"]] {
        let (code, output, errors) = check(&folder, arguments, &variables);
        assert_eq!((code, output.as_str()), (78, ""));
        assert_eq!(errors.trim_end(), TERRIBLE.trim_end());
    }
    let (code, _, errors) = check(&folder, &["check-config", "--json"], &variables);
    let errors: serde_json::Value = serde_json::from_str(&errors).unwrap();
    assert_eq!(code, 78);
    assert!(errors["error"].as_str().unwrap().contains("did you mean SESSION_LIMIT?"), "{errors}");
}

/// What is said of it, in whole.
const TERRIBLE: &str = include_str!("terrible.txt");

#[test]
fn a_good_configuration_is_told_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("NODE_ENV", "production"),
        ("JWT_ACCESS_SECRET", ACCESS_SECRET),
        ("JWT_REFRESH_SECRET", REFRESH_SECRET),
        ("DATABASE_URL", "postgres://auth:kq3vT9xLw2@db.internal/auth?sslmode=verify-full"),
        ("PATH", "/bin"),
    ];
    let (code, summary, errors) = check(&folder, &["check-config"], &variables);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(!summary.contains("Warning:"), "{summary}");
}

#[cfg(unix)]
mod files {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::*;

    fn write(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    /// A folder that others can enter, and whether they get as far: the folder for temporary
    /// files may be closed to them.
    fn open_folder() -> (TempDir, bool) {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let passable = |path: &Path| path.metadata().unwrap().permissions().mode() & 1 != 0;
        let path = folder.path().canonicalize().unwrap();
        let is_reached = path.ancestors().all(passable);
        (folder, is_reached)
    }

    #[test]
    fn a_secret_file_that_everyone_may_read_stops_production() {
        let (folder, is_reached) = open_folder();
        let access = folder.path().join("access");
        let named = access.to_str().unwrap();
        for (mode, fires) in [(0o600, false), (0o640, false), (0o644, true), (0o444, true)] {
            write(&access, ACCESS_SECRET, mode);
            for (env, stops) in [("production", fires && is_reached), ("development", false)] {
                let variables = [
                    ("NODE_ENV", env),
                    ("JWT_ACCESS_SECRET_FILE", named),
                    ("JWT_REFRESH_SECRET", REFRESH_SECRET),
                ];
                let (code, _, errors) = check(&folder, &["check-config"], &variables);
                assert_eq!(code, if stops { 78 } else { 0 }, "{mode:o} {env}: {errors}");
                let told = "JWT_ACCESS_SECRET_FILE names a file that everyone on this machine may read";
                assert_eq!(errors.contains(told), stops, "{errors}");
                assert!(!errors.contains(ACCESS_SECRET));
            }
        }
    }

    #[test]
    fn a_dotenv_that_everyone_may_read_stops_production_where_it_holds_secrets() {
        let (folder, is_reached) = open_folder();
        let dotenv = folder.path().join(".env");
        let secrets = format!("JWT_ACCESS_SECRET={ACCESS_SECRET}\nJWT_REFRESH_SECRET={REFRESH_SECRET}\n");
        let keys = [("JWT_ACCESS_SECRET", ACCESS_SECRET), ("JWT_REFRESH_SECRET", REFRESH_SECRET)];
        for (text, mode, stops) in
            [(secrets.as_str(), 0o600, false), (&secrets, 0o644, is_reached), ("PORT=4001\n", 0o644, false)]
        {
            write(&dotenv, text, mode);
            let variables = [&[("NODE_ENV", "production")][..], &keys].concat();
            let (code, _, errors) = check(&folder, &["check-config"], &variables);
            assert_eq!(code, if stops { 78 } else { 0 }, "{text} {mode:o}: {errors}");
            assert_eq!(
                errors.contains(".env is a file that everyone on this machine may read"),
                stops,
                "{errors}"
            );
        }
    }

    #[test]
    fn a_database_that_everyone_may_read_is_told_and_one_that_they_may_write_stops_production() {
        let (folder, is_reached) = open_folder();
        let file = folder.path().join("auth.db");
        for (mode, read, written) in [(0o600, false, false), (0o644, true, false), (0o666, false, true)] {
            write(&file, "", mode);
            let variables = [
                ("NODE_ENV", "production"),
                ("JWT_ACCESS_SECRET", ACCESS_SECRET),
                ("JWT_REFRESH_SECRET", REFRESH_SECRET),
                ("DATABASE_URL", "sqlite://auth.db?mode=rwc"),
            ];
            let (code, summary, errors) = check(&folder, &["check-config"], &variables);
            assert_eq!(code, if written && is_reached { 78 } else { 0 }, "{mode:o}: {errors}");
            let told = "DATABASE_URL names a file that everyone on this machine may";
            assert_eq!(summary.contains(told), read && is_reached, "{mode:o}: {summary}");
            assert_eq!(errors.contains(told), written && is_reached, "{mode:o}: {errors}");
        }
        // A command has to work all the same.
        let (code, _, errors) = check(&folder, &["user", "list"], &[("NODE_ENV", "production")]);
        assert_eq!(code, 0, "{errors}");
    }
}
