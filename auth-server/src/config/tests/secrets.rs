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

#[test]
fn previous_secrets_are_judged_like_the_current_ones() {
    for name in ["JWT_ACCESS_SECRET_PREVIOUS", "JWT_REFRESH_SECRET_PREVIOUS"] {
        let several = [PREVIOUS, OLDER].join(",");
        for (value, expected) in [
            (PREVIOUS, None),
            (several.as_str(), None),
            ("hunter2", Some("has fewer than 32 bytes")),
            ("your-super-secret-jwt-key-change-this", Some("is a sample or a placeholder")),
            ("abcabcabcabcabcabcabcabcabcabcabcabcabc", Some("repeats itself")),
            (ACCESS, Some("is the same as JWT_ACCESS_SECRET")),
            (&format!("{PREVIOUS},"), Some("has fewer than 32 bytes")),
            (&format!("{PREVIOUS}, {OLDER}"), Some("has a space or the end of a line beside a comma")),
            (&format!("{PREVIOUS},{PREVIOUS}"), Some("has the same secret twice")),
        ] {
            let vars = production(&[(name, value)]);
            let mistakes = config(&vars).err();
            let mistakes: Vec<_> = mistakes.iter().flatten().collect();
            assert_eq!(mistakes.len(), usize::from(expected.is_some()), "{name}: {mistakes:?}");
            if let Some(expected) = expected {
                let told = mistakes[0].to_string();
                assert!(told.contains(name) && told.contains(expected), "{told}");
                assert!(![PREVIOUS, OLDER, ACCESS, "hunter2"].iter().any(|it| told.contains(it)), "{told}");
            }
        }
    }
    let crossed = [("JWT_ACCESS_SECRET_PREVIOUS", OLDER), ("JWT_REFRESH_SECRET_PREVIOUS", OLDER)];
    assert_eq!(blamed(&production(&crossed)), ["JWT_REFRESH_SECRET_PREVIOUS"]);
}

#[test]
fn previous_secrets_may_come_from_files_and_one_alone_is_taken_as_it_is() {
    let vars = production(&[
        ("JWT_ACCESS_SECRET_PREVIOUS_FILE", "/run/access"),
        ("JWT_REFRESH_SECRET_PREVIOUS_FILE", "/run/refresh"),
    ]);
    let (spaced, several) = (format!(" {PREVIOUS} \n"), format!("{OLDER},{OLDEST}\r\n"));
    let files: [(&str, &[u8]); 2] =
        [("/run/access", spaced.as_bytes()), ("/run/refresh", several.as_bytes())];
    let config = config_with_files(&vars, &files).expect("all is well");
    assert_eq!(exposed(&config.keys.access_previous), [format!(" {PREVIOUS} ")]);
    assert_eq!(exposed(&config.keys.refresh_previous), [OLDER, OLDEST]);
}

#[test]
fn a_secret_that_is_used_elsewhere_as_well_is_a_mistake() {
    let url = format!("postgres://auth:{REFRESH}@db/auth");
    let told = config(&production(&[("DATABASE_URL", &url)])).expect_err("it is in the URL").to_string();
    assert!(told.contains("DATABASE_URL has the value of JWT_REFRESH_SECRET in it"), "{told}");
    assert!(!told.contains(REFRESH), "{told}");
    let told = config(&production(&[("BOOTSTRAP_TOKEN", ACCESS)])).expect_err("it is the same").to_string();
    assert!(told.contains("BOOTSTRAP_TOKEN is the same as JWT_ACCESS_SECRET"), "{told}");
}

#[test]
fn a_password_of_the_database_that_is_tried_first_is_told() {
    for (url, fires) in [
        ("postgres://auth:password@localhost/auth", true),
        ("postgres://someone:someone@localhost/auth", true),
        ("postgres://auth:kq3vT9xLw2@localhost/auth", false),
        ("postgres://auth@localhost/auth", false),
    ] {
        let config = good(&production(&[("DATABASE_URL", url)]));
        let told = warnings(&config).iter().any(|told| told.contains("a password that is tried first"));
        assert_eq!(told, fires, "{url}");
    }
}

#[test]
fn keys_in_the_database_take_the_place_of_a_secret() {
    let sealing = "b7Ty4Kw9Zc2Lm6Xq1Vn8Rd3Hs5Gj0FpE";
    let vars = [("NODE_ENV", "production"), ("JWT_REFRESH_SECRET", REFRESH), ("JWT_KEYS_SECRET", sealing)];
    let keys = config(&vars).expect("no secret of access tokens is needed").keys;
    assert!(matches!(keys.access, Key::Absent));
    assert_eq!(keys.sealing.iter().map(ExposeSecret::expose_secret).collect::<Vec<_>>(), [sealing]);
    // Beside them, it is judged as ever.
    assert_eq!(blamed(&[&vars[..], &[("JWT_ACCESS_SECRET", "short")]].concat()), ["JWT_ACCESS_SECRET"]);
    let keys = config(&[&vars[..], &[("JWT_ACCESS_SECRET", ACCESS)]].concat()).expect("both").keys;
    assert!(matches!(keys.access, Key::Given(_)));
}

#[test]
fn the_secret_that_encrypts_keys_is_judged_like_the_others() {
    let with = |more: &[(&'static str, &'static str)]| {
        let vars = [("NODE_ENV", "production"), ("JWT_REFRESH_SECRET", REFRESH)];
        blamed(&[&vars[..], more].concat())
    };
    assert_eq!(with(&[("JWT_KEYS_SECRET", "too-short")]), ["JWT_KEYS_SECRET"]);
    assert_eq!(with(&[("JWT_KEYS_SECRET", REFRESH)]), ["JWT_KEYS_SECRET"]);
    assert_eq!(
        with(&[("JWT_KEYS_SECRET", ACCESS), ("JWT_KEYS_SECRET_PREVIOUS", ACCESS)]),
        ["JWT_KEYS_SECRET_PREVIOUS"]
    );
    let lonely = with(&[("JWT_ACCESS_SECRET", ACCESS), ("JWT_KEYS_SECRET_PREVIOUS", OLDER)]);
    assert_eq!(lonely, ["JWT_KEYS_SECRET_PREVIOUS"]);
    assert_eq!(with(&[("JWT_KEYS_SECRET", ACCESS), ("JWT_KEYS_INTERVAL", "1h")]), ["JWT_KEYS_INTERVAL"]);
}
