//! Secrets: how strong, where from.

use secrecy::ExposeSecret;

use super::*;

#[test]
fn production_does_not_start_without_strong_secrets() {
    let names = ["JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET"];
    for mode in ["production", "staging", "prod"] {
        assert_eq!(blamed(&[("NODE_ENV", mode)]), names, "{mode}");
    }
    for (weak, why) in [
        ("too-short", "fewer than 32 bytes"),
        ("your-super-secret-jwt-key-change-this", "a sample"),
        ("abcabcabcabcabcabcabcabcabcabcabcabcabc", "repeats itself"),
    ] {
        for name in names {
            // Weak is weak, whatever the mode.
            for mode in ["production", "test"] {
                let vars: Vec<_> = production(&[])
                    .into_iter()
                    .filter(|(other, _)| *other != name && *other != "NODE_ENV")
                    .chain([(name, weak), ("NODE_ENV", mode)])
                    .collect();
                let told = config(&vars).expect_err(weak).to_string();
                assert!(told.contains(name) && told.contains(why) && told.contains("openssl rand"), "{told}");
                assert!(!told.contains(weak) && !told.contains(ACCESS), "{told}");
            }
        }
    }
    let same = [("NODE_ENV", "production"), ("JWT_ACCESS_SECRET", ACCESS), ("JWT_REFRESH_SECRET", ACCESS)];
    assert_eq!(blamed(&same), ["JWT_REFRESH_SECRET"]);
}

#[test]
fn a_secret_may_come_from_a_file() {
    let vars = [
        ("NODE_ENV", "production"),
        ("JWT_ACCESS_SECRET_FILE", "/run/access"),
        ("JWT_REFRESH_SECRET_FILE", "/run/refresh"),
        ("DATABASE_URL_FILE", "/run/database"),
    ];
    let access = format!("{ACCESS}\n");
    let refresh = format!("{REFRESH}\r\n");
    let files: [(&str, &[u8]); 3] = [
        ("/run/access", access.as_bytes()),
        ("/run/refresh", refresh.as_bytes()),
        ("/run/database", b"postgres://u:hunter2@db/auth"),
    ];
    let config = config_with_files(&vars, &files).expect("all is well");
    assert!(matches!(&config.keys.access, Key::Given(key) if key.expose_secret() == ACCESS));
    assert!(matches!(&config.keys.refresh, Key::Given(key) if key.expose_secret() == REFRESH));
    assert_eq!(config.database.to_string(), "postgres://db/auth");

    for (broken, told) in [
        (&[][..], "cannot be read"),
        (&[("/run/access", &b"\n"[..])], "empty"),
        (&[("/run/access", &b"\xff\xfe"[..])], "not UTF-8"),
    ] {
        let files: Vec<_> = files[1..].iter().chain(broken).copied().collect();
        let mistakes = config_with_files(&vars, &files).expect_err(told);
        assert_eq!(mistakes.iter().count(), 1, "{mistakes}");
        assert!(mistakes.to_string().contains("JWT_ACCESS_SECRET_FILE"), "{mistakes}");
        assert!(mistakes.to_string().contains(told), "{mistakes}");
    }
}

#[test]
fn a_secret_in_two_places_is_a_mistake() {
    let vars = production(&[
        ("JWT_ACCESS_SECRET_FILE", "/run/access"),
        ("DATABASE_URL", "sqlite:a"),
        ("DATABASE_URL_FILE", "/x"),
    ]);
    assert_eq!(blamed(&vars), ["DATABASE_URL", "JWT_ACCESS_SECRET"]);
}
