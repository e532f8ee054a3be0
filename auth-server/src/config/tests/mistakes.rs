//! Mistakes: each one named, all of them told, none of them a panic.

use proptest::prelude::*;

use super::*;

#[test]
fn nonsense_names_its_variable_and_says_what_to_write() {
    for (name, value, told) in [
        ("DATABASE_URL", "mysql://root:hunter2@db/auth", "neither SQLite nor Postgres"),
        ("DATABASE_URL", "postgres://u:hun/ter2@db/auth", "percent-encoded"),
        ("DATABASE_MAX_CONNECTIONS", "0", "from 1 to 1000"),
        ("AUTO_MIGRATE", "yes", "true or false"),
        ("HOST", "localhost", "127.0.0.1"),
        ("PORT", "65536", "from 0"),
        ("PORT", "http", "from 0"),
        ("MAX_CONNECTIONS", "-1", "from 1"),
        ("METRICS_LISTEN", "9464", "such as 127.0.0.1:9464"),
        ("JWT_ACCESS_TTL", "900", "no unit"),
        ("JWT_ACCESS_TTL", "soon", "such as 10s"),
        ("JWT_ACCESS_TTL", "0s", "15m"),
        ("JWT_ACCESS_TTL", "2days", "1day"),
        ("JWT_REFRESH_TTL", "1m", "at least JWT_ACCESS_TTL"),
        ("SESSION_MAX_TTL", "1d", "at least JWT_REFRESH_TTL"),
        ("SESSION_MAX_TTL", "100years", "ten years"),
        ("REFRESH_REUSE_GRACE", "8d", "less than JWT_REFRESH_TTL"),
        ("REFRESH_LATE_RETRY", "maybe", "true or false"),
        ("REVOCATION_DELAY", "5", "no unit"),
        ("REVOCATION_DELAY", "never", "write off, 0, or a duration"),
        ("REVOCATION_DELAY", "10ms", "from 300ms to 1day, such as 5s"),
        ("SESSION_LIMIT", "0", "from 1 to 1000"),
        ("SESSION_LIMIT", "1001", "from 1 to 1000"),
        ("PASSWORD_MIN_LENGTH", "7", "8 to 128"),
        ("PASSWORD_MIN_LENGTH", "129", "from 1 to 128"),
        ("HASH_THREADS", "0", "from 1"),
        ("HASH_QUEUE", "none", "from 1"),
        ("THROTTLE_STORE", "redis", "database or memory"),
        ("CONSOLE", "false", "on or off"),
        ("LOG_FORMAT", "xml", "json or pretty"),
        ("RUST_LOG", "loud=louder=loudest", "info,auth_core=debug"),
        ("RUST_LOG", "debgu", "info,auth_core=debug"),
        ("BOOTSTRAP_TOKEN", "hunter2", "fewer than 32 bytes"),
        ("BOOTSTRAP_TOKEN", "hunter2 with spaces in it, and long enough for once", "no header"),
        ("BOOTSTRAP_TOKEN", "hünter2-with-an-umlaut-in-it-and-long-enough", "no header"),
        ("BOOTSTRAP_TOKEN", "hunter2hunter2hunter2hunter2hunter2", "repeats itself"),
        ("BOOTSTRAP_TOKEN", "hunter2-change-me-hunter3-hunter4-hunter5", "a sample"),
        ("BOOTSTRAP_TOKEN_FILE", "/run/hunter2", "cannot be read"),
        ("TRUSTED_ORIGINS", "*", "wildcard"),
        ("TRUSTED_ORIGINS", "https://app.example.com/", "no slash at its end"),
        ("TRUSTED_ORIGINS", "https://hunter2:hunter3@app.example.com", "a user name"),
        ("TRUSTED_ORIGINS", "https://a.example,,https://b.example", "is empty"),
        ("TRUSTED_ORIGINS", "app.example.com", "https://"),
        ("TRUSTED_PROXIES", "nginx", "10.0.0.0/8"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "beyond its prefix"),
        ("TRUSTED_PROXIES", "0.0.0.0/0", "everyone"),
        ("TRUSTED_PROXIES", "10.0.0.1,", "is empty"),
    ] {
        let mistakes = config(&[(name, value)]).expect_err(value);
        let all: Vec<_> = mistakes.iter().collect();
        let [mistake] = all[..] else { panic!("{name}={value}: {mistakes}") };
        assert_eq!(mistake.variable, name);
        assert!(mistake.to_string().contains(told), "{mistake}");
        assert!(!mistake.to_string().contains("hun"), "{mistake}");
    }
}

#[test]
fn all_mistakes_are_told_in_one_go() {
    let told = config(&[
        ("NODE_ENV", "production"),
        ("PORT", "x"),
        ("JWT_ACCESS_TTL", "x"),
        ("JWT_REFRESH_TTL", "1m"),
        ("LOG_FORMAT", "x"),
    ])
    .expect_err("nothing is right")
    .to_string();
    // The refresh token's lifetime is not judged by an access token's that nobody has chosen.
    assert_eq!(
        told,
        "The configuration has 5 mistakes:\
         \n  - PORT is \"x\", which is not a port; write a number from 0 (any free port) to 65535.\
         \n  - JWT_ACCESS_SECRET is not set, and production needs it; put the output of `openssl rand -base64 48` into it.\
         \n  - JWT_REFRESH_SECRET is not set, and production needs it; put the output of `openssl rand -base64 48` into it.\
         \n  - JWT_ACCESS_TTL is \"x\", which is not a duration; write a number and a unit, such as 10s, 15m, 12h, 7d or 1h 30m.\
         \n  - LOG_FORMAT is \"x\", which is neither json nor pretty; write json or pretty."
    );
}

#[test]
fn in_production_what_is_doubtful_is_told_beside_what_is_wrong() {
    let told =
        config(&production(&[("PORT", "x"), ("ALLOW_BOOTSTRAP", "no")])).expect_err("no port").to_string();
    let (mistakes, warnings) = told.split_once("\nWarning: ").expect("there is a warning");
    assert!(mistakes.starts_with("The configuration has a mistake:\n  - PORT is"), "{told}");
    assert!(warnings.contains("ALLOW_BOOTSTRAP is \"no\", and only true opens bootstrap"), "{told}");
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_are_a_mistake() {
    use std::os::unix::ffi::OsStringExt;

    for variable in VARIABLES.iter().filter(|variable| !variable.name.ends_with("_FILE")) {
        let var = |name: &str| (name == variable.name).then(|| OsString::from_vec(vec![0xff, 0xfe]));
        let mistakes =
            Config::from_env(var, |_| Err(io::ErrorKind::NotFound.into())).expect_err(variable.name);
        assert!(mistakes.iter().any(|mistake| mistake.variable == variable.name), "{mistakes}");
    }
}

proptest! {
    #[test]
    fn no_environment_makes_it_panic(
        values in prop::collection::vec(
            prop_oneof![
                Just(String::new()),
                "\\PC{0,20}",
                "[0-9]{1,25}(ns|us|ms|s|m|h|d|w|M|y)?",
                "(sqlite|postgres)://[a-z:@/?#%0-9\\[\\]]{0,30}",
                "[A-Za-z0-9+/=]{32,64}",
                "(https?://|\\[|[a-z0-9.:/*@,]){1,9}",
                "(true|false|production|test|json|info|trace|::1)",
            ],
            VARIABLES.len(),
        ),
        set in prop::collection::vec(any::<bool>(), VARIABLES.len()),
        file in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let names = VARIABLES.iter().map(|variable| variable.name);
        let vars: BTreeMap<_, _> =
            names.zip(&values).zip(&set).filter(|(_, set)| **set).map(|(pair, _)| pair).collect();
        let outcome = Config::from_env(|name| vars.get(name).map(OsString::from), |_| Ok(file.clone()));
        if let Err(mistakes) = outcome {
            prop_assert!(!mistakes.to_string().is_empty());
        }
    }
}
