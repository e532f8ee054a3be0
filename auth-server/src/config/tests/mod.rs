//! The configuration as tables: what is set, and what comes of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use auth_core::{Bootstrap, LateRetry, Permission, Role, Roles, ThrottlePolicy};
use secrecy::ExposeSecret;

use super::*;

mod edge;
mod mistakes;
mod roles;
mod secrets;
#[cfg(target_os = "linux")]
mod wiped;

const ACCESS: &str = "Vx8Qm2Lr5Tn9Kc3Hd7Bw1Zs6Yj4Gf0Pa";
const REFRESH: &str = "e1R7uN3iW9oL5pX2qC8sD4vF6bG0hJkM";
const TOKEN: &str = "w8Qx2Zr6Lm0Vt4Kp9Hs3Yd7Nb1Jf5GcA";
const PREVIOUS: &str = "Wd5Jq8Ls1Xv4Nb7Hc2Rf9Tk6Yg3Mz0Pe";
const OLDER: &str = "k2Gt7Zb4Qx9Mv1Ld6Rj3Hs8Pw5Nc0FyA";
const OLDEST: &str = "Ue3Yo6Ia9Sp2Df5Gh8Jk1Lz4Xc7Vb0NmQ";

fn config_with_files(vars: &[(&str, &str)], files: &[(&str, &[u8])]) -> Result<Config, Mistakes> {
    let vars: BTreeMap<_, _> = vars.iter().copied().collect();
    let files: BTreeMap<PathBuf, _> = files.iter().map(|(path, bytes)| (path.into(), bytes)).collect();
    Config::from_env(
        |name| vars.get(name).map(OsString::from),
        |path| files.get(path).map(|bytes| bytes.to_vec()).ok_or_else(|| io::ErrorKind::NotFound.into()),
    )
}

fn config(vars: &[(&str, &str)]) -> Result<Config, Mistakes> {
    config_with_files(vars, &[])
}

fn good(vars: &[(&str, &str)]) -> Config {
    config(vars).unwrap_or_else(|mistakes| panic!("{vars:?}: {mistakes}"))
}

/// The variables that mistakes were found in.
fn blamed(vars: &[(&str, &str)]) -> Vec<String> {
    match config(vars) {
        Ok(_) => Vec::new(),
        Err(mistakes) => mistakes.iter().map(|mistake| mistake.variable.clone()).collect(),
    }
}

fn production<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let base = [("NODE_ENV", "production"), ("JWT_ACCESS_SECRET", ACCESS), ("JWT_REFRESH_SECRET", REFRESH)];
    base.into_iter().chain(more.iter().copied()).collect()
}

fn exposed(secrets: &[secrecy::SecretString]) -> Vec<&str> {
    secrets.iter().map(ExposeSecret::expose_secret).collect()
}

fn warnings(config: &Config) -> Vec<&str> {
    config
        .notices
        .iter()
        .filter_map(|notice| match notice {
            Notice::Warning(text) => Some(text.as_str()),
            Notice::Note(_) => None,
        })
        .collect()
}

#[test]
fn an_empty_environment_is_a_development_server_on_loopback() {
    let config = good(&[]);
    assert_eq!(config.listen.to_string(), "127.0.0.1:4000");
    assert_eq!(config.mode, Mode::Development);
    assert_eq!(config.database.expose(), "sqlite://auth.db?mode=rwc");
    assert_eq!((config.database_max_connections, config.max_connections), (None, 1_024));
    assert!(config.auto_migrate);
    assert_eq!(config.console, Console::On);
    assert_eq!(config.revocation_delay, RevocationDelay::Within(Duration::ZERO));
    assert_eq!(config.policy, Policy { bootstrap: Bootstrap::Open, ..Policy::default() });
    assert_eq!(config.log.format, LogFormat::Pretty);
    assert_eq!(config.log.filter.to_string(), "info");
    let both = ["JWT_ACCESS_SECRET is not set", "JWT_REFRESH_SECRET is not set"];
    assert!(
        warnings(&config).iter().zip(both).all(|(told, expected)| told.starts_with(expected)),
        "{config:?}"
    );
    assert_eq!(warnings(&config).len(), 2);
}

#[test]
fn the_defaults_in_the_table_are_the_real_ones() {
    let written: Vec<_> = VARIABLES
        .iter()
        .filter(|variable| !variable.default.contains(' ') && variable.default != "unset")
        .map(|variable| (variable.name, variable.default))
        .collect();
    assert!(written.len() > 10);
    // NODE_ENV is written down here, and the default HOST is fine with it.
    assert_eq!(format!("{:?}", good(&written)), format!("{:?}", good(&[])));
}

#[test]
fn every_variable_that_is_read_stands_in_the_table_and_the_other_way_round() {
    let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let _config = Config::from_env(
        |name| {
            asked.borrow_mut().insert(name.to_owned());
            None
        },
        |_| Err(io::ErrorKind::NotFound.into()),
    );
    let table: std::collections::BTreeSet<_> =
        VARIABLES.iter().map(|variable| variable.name.to_owned()).collect();
    assert_eq!(table.len(), VARIABLES.len(), "no row stands there twice");
    assert_eq!(asked.into_inner(), table);
}

#[test]
fn everything_can_be_set() {
    let older = [OLDER, OLDEST].join(",");
    let vars = production(&[
        ("DATABASE_URL", "postgres://auth:hunter2@db:5433/auth"),
        ("DATABASE_MAX_CONNECTIONS", "3"),
        ("AUTO_MIGRATE", "false"),
        ("HOST", "::"),
        ("PORT", "0"),
        ("MAX_CONNECTIONS", "7"),
        ("METRICS_LISTEN", "127.0.0.1:9464"),
        ("CONSOLE", "off"),
        ("ALLOW_BOOTSTRAP", "true"),
        ("BOOTSTRAP_TOKEN", TOKEN),
        ("TRUSTED_ORIGINS", "https://app.example.com, http://localhost:3000"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,::1"),
        ("JWT_ACCESS_TTL", "5m"),
        ("JWT_REFRESH_TTL", "1d"),
        ("SESSION_MAX_TTL", "2d"),
        ("REFRESH_REUSE_GRACE", "0"),
        ("REFRESH_LATE_RETRY", "false"),
        ("REVOCATION_DELAY", "5s"),
        ("JWT_ISSUER", "me"),
        ("JWT_AUDIENCE", "you"),
        ("SESSION_LIMIT", "5"),
        ("PASSWORD_MIN_LENGTH", "15"),
        ("HASH_THREADS", "2"),
        ("HASH_QUEUE", "5"),
        ("THROTTLE_STORE", "memory"),
        ("LOGIN_FREE_FAILURES", "3"),
        ("LOGIN_MOST_FAILURES", "50"),
        ("LOGIN_FAILURES_PER_MINUTE", "7"),
        ("AUDIT_RETENTION", "30d"),
        ("JWT_ACCESS_SECRET_PREVIOUS", PREVIOUS),
        ("JWT_REFRESH_SECRET_PREVIOUS", &older),
        ("LOG_FORMAT", "pretty"),
        ("RUST_LOG", "auth_core=debug,warn"),
        ("ROLES", "SUPPORT"),
        ("POLICY_FILE", "policy.toml"),
    ]);
    let policy_file: (&str, &[u8]) = ("policy.toml", b"[roles]\nSUPPORT = ['orders:read']\n");
    let config = config_with_files(&vars, &[policy_file]).expect("all is well");
    assert_eq!(config.listen.to_string(), "[::]:0");
    assert_eq!(config.database.to_string(), "postgres://db:5433/auth");
    assert_eq!((config.database_max_connections, config.max_connections), (Some(3), 7));
    assert_eq!(config.metrics, "127.0.0.1:9464".parse().ok());
    assert!(!config.auto_migrate);
    assert_eq!(config.console, Console::Off);
    let expected = Policy {
        access_ttl: Duration::from_mins(5),
        refresh_ttl: Duration::from_hours(24),
        session_max_ttl: Duration::from_hours(48),
        reuse_grace: Duration::ZERO,
        late_retry: LateRetry::Reuse,
        throttle: ThrottlePolicy { free: 3, most: 50, per_address: 7, ..ThrottlePolicy::default() },
        session_limit: 5,
        bootstrap: Bootstrap::Open,
        password_min_length: 15,
        issuer: "me".to_owned(),
        audience: "you".to_owned(),
        roles: Roles::default().with(Role::from_static("SUPPORT"), [Permission::from_static("orders:read")]),
    };
    assert_eq!(config.policy, expected);
    assert_eq!((config.hashing.threads.get(), config.hashing.queue), (2, 5));
    assert_eq!(config.log.format, LogFormat::Pretty);
    assert_eq!(config.revocation_delay, RevocationDelay::Within(Duration::from_secs(5)));
    assert_eq!(config.throttle_store, ThrottleStore::Memory);
    assert_eq!(config.audit_retention, Duration::from_hours(24 * 30));
    assert_eq!(exposed(&config.keys.access_previous), [PREVIOUS]);
    assert_eq!(exposed(&config.keys.refresh_previous), [OLDER, OLDEST]);
    assert!(matches!(&config.keys.access, Key::Given(key) if key.expose_secret() == ACCESS));
    assert!(matches!(&config.keys.refresh, Key::Given(key) if key.expose_secret() == REFRESH));
    assert!(config.edge.bootstrap_token.as_ref().is_some_and(|token| token.expose_secret() == TOKEN));
    assert_eq!(config.edge.origins.to_string(), "https://app.example.com, http://localhost:3000");
    assert_eq!(config.edge.proxies.to_string(), "10.0.0.0/8, ::1");
    let shown = format!("{config:?}");
    assert!(
        [ACCESS, REFRESH, PREVIOUS, OLDER, OLDEST, TOKEN, "hunter2"]
            .iter()
            .all(|secret| !shown.contains(secret)),
        "{shown}"
    );
}

#[test]
fn what_is_empty_is_not_set() {
    let empty: Vec<_> = VARIABLES.iter().map(|variable| (variable.name, "")).collect();
    assert_eq!(format!("{:?}", good(&empty)), format!("{:?}", good(&[])));
}

#[test]
fn only_two_words_open_the_mode() {
    for (vars, expected) in [
        (&[("NODE_ENV", "development")][..], Mode::Development),
        (&[("NODE_ENV", "test")], Mode::Test),
        (&[("NODE_ENV", "production")], Mode::Production),
        (&[("NODE_ENV", "Development")], Mode::Production),
        (&[("NODE_ENV", "development ")], Mode::Production),
        (&[("NODE_ENV", "staging")], Mode::Production),
        (&[("NODE_ENV", "production"), ("APP_ENV", "test")], Mode::Test),
        (&[("NODE_ENV", "test"), ("APP_ENV", "production")], Mode::Production),
        (&[("NODE_ENV", "test"), ("APP_ENV", "")], Mode::Test),
    ] {
        let keys = [("JWT_ACCESS_SECRET", ACCESS), ("JWT_REFRESH_SECRET", REFRESH)];
        let vars: Vec<_> = vars.iter().copied().chain(keys).collect();
        let config = good(&vars);
        assert_eq!(config.mode, expected, "{vars:?}");
        let bootstrap = if expected == Mode::Production { Bootstrap::Closed } else { Bootstrap::Open };
        assert_eq!(config.policy.bootstrap, bootstrap, "{vars:?}");
    }
}

#[test]
fn bootstrap_opens_in_production_for_exactly_true() {
    for (value, expected, warned) in [
        ("true", Bootstrap::Open, true),
        ("TRUE", Bootstrap::Closed, true),
        ("true ", Bootstrap::Closed, true),
        ("1", Bootstrap::Closed, true),
        ("false", Bootstrap::Closed, true),
        ("", Bootstrap::Closed, false),
    ] {
        let config = good(&production(&[("ALLOW_BOOTSTRAP", value)]));
        assert_eq!(config.policy.bootstrap, expected, "{value:?}");
        assert_eq!(!warnings(&config).is_empty(), warned, "{value:?}");
    }
}

#[test]
fn without_a_stated_mode_no_other_host_than_loopback_is_accepted() {
    for host in ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(blamed(&[("HOST", host)]), [""; 0], "{host}");
    }
    for host in ["0.0.0.0", "::", "192.168.0.1"] {
        assert_eq!(blamed(&[("HOST", host)]), ["HOST"], "{host}");
        assert_eq!(blamed(&production(&[("HOST", host)])), [""; 0], "{host}");
        let open = good(&[("HOST", host), ("NODE_ENV", "development")]);
        assert!(warnings(&open).iter().any(|told| told.starts_with("HOST is")), "{host}");
    }
}

#[test]
fn a_mode_that_opens_what_the_other_variable_would_close_is_told() {
    for (app, node, fires) in [
        ("development", "production", true),
        ("test", "staging", true),
        ("development", "test", false),
        ("production", "production", false),
        ("production", "development", false),
    ] {
        let config = good(&production(&[("APP_ENV", app), ("NODE_ENV", node)]));
        let told = warnings(&config).iter().any(|told| told.starts_with("APP_ENV is"));
        assert_eq!(told, fires, "{app} {node}");
    }
}

#[test]
fn what_is_about_serving_is_not_judged_for_a_command() {
    let vars = production(&[("TRUSTED_ORIGINS", "*"), ("JWT_ACCESS_TTL", "12h"), ("HOST", "0.0.0.0")]);
    let judged = |purpose| {
        let var = |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        Config::for_purpose(purpose, var, |_: &Path| Err(io::ErrorKind::NotFound.into()))
    };
    assert!(judged(Purpose::Serve).is_err());
    let config = judged(Purpose::Manage).expect("it is no server");
    let told = warnings(&config);
    assert!(!told.iter().any(|told| told.contains("JWT_ACCESS_TTL") || told.contains("HOST")), "{told:?}");
}
