//! Which database, without ever showing its password.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use auth_sea_orm::Pooling;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::reader::Reader;
use super::{Mode, parse};

const REMEDY: &str = "write sqlite://auth.db?mode=rwc or postgres://user:password@host:5432/database, with special characters in the password percent-encoded";

/// The address of a database: SQLite or Postgres.
///
/// `Display` shows where it is, without user, password and options.
#[derive(Clone, Debug)]
pub struct DatabaseUrl {
    url: SecretString,
    shown: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl DatabaseUrl {
    /// The default: a file in the current directory.
    pub const DEFAULT: &str = "sqlite://auth.db?mode=rwc";

    pub(super) fn parse(url: SecretString) -> Result<Self, &'static str> {
        let text = url.expose_secret();
        let (kind, shown) = match text.split_once(':') {
            Some(("sqlite", _)) => (Kind::Sqlite, show_sqlite(text)?),
            Some(("postgres" | "postgresql", _)) => (Kind::Postgres, show_postgres(text)?),
            _ => return Err("names neither SQLite nor Postgres"),
        };
        Ok(Self { url, shown, kind })
    }

    /// The whole address, password and all: for the driver only.
    pub fn expose(&self) -> &str {
        self.url.expose_secret()
    }

    /// Whether it is a SQLite database, which one process on one machine should use.
    pub fn is_sqlite(&self) -> bool {
        self.kind == Kind::Sqlite
    }

    /// The file of a SQLite database; nothing where its name is not to be had that simply.
    pub(super) fn file(&self) -> Option<PathBuf> {
        let name = self.shown.strip_prefix("sqlite:")?;
        let name = name.strip_prefix("//").unwrap_or(name);
        (!self.is_in_memory() && !name.contains('%')).then(|| PathBuf::from(name))
    }

    /// Whether its password is one that stands in every manual, or the user's own name.
    pub(super) fn has_sample_password(&self) -> bool {
        const SAMPLES: &[&str] =
            &["password", "postgres", "postgresql", "secret", "admin", "root", "auth", "changeme", "test"];
        let judge = |url: &Url| {
            url.password().is_some_and(|password| {
                password == url.username() || SAMPLES.contains(&password.to_ascii_lowercase().as_str())
            })
        };
        self.kind == Kind::Postgres && with_url(self.expose(), judge).unwrap_or(false)
    }

    /// Whether the connection may cross a network without a server that has proved who it is.
    fn is_exposed(&self) -> bool {
        self.kind == Kind::Postgres && with_url(self.expose(), crosses_a_network).unwrap_or(false)
    }

    fn is_in_memory(&self) -> bool {
        self.is_sqlite() && (self.shown.ends_with(":memory:") || self.expose().contains("mode=memory"))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Looks at a URL, and wipes the copy that was made for it.
fn with_url<T>(text: &str, look: impl FnOnce(&Url) -> T) -> Option<T> {
    let url = Url::parse(text).ok()?;
    let seen = look(&url);
    drop(Zeroizing::new(String::from(url)));
    Some(seen)
}

fn crosses_a_network(url: &Url) -> bool {
    let option = |name: &str| {
        let found = url.query_pairs().filter(|(key, _)| key == name).last();
        found.map(|(_, value)| value.into_owned())
    };
    let named = || option("host").unwrap_or_else(|| url.host_str().unwrap_or("").to_owned());
    let host = option("hostaddr").unwrap_or_else(named);
    let is_here = host.is_empty()
        || host == "localhost"
        || host.starts_with('/')
        || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let mode = option("sslmode").or_else(|| option("ssl-mode"));
    let is_verified = mode.is_some_and(|mode| mode == "verify-full" || mode == "verify-ca");
    !is_here && !is_verified
}

fn show_sqlite(text: &str) -> Result<String, &'static str> {
    let shown = text.split('?').next().unwrap_or(text);
    // SQLite would make a temporary database of it, another one for each connection.
    if matches!(shown, "sqlite:" | "sqlite://") {
        return Err("names no file");
    }
    Ok(shown.to_owned())
}

fn show_postgres(text: &str) -> Result<String, &'static str> {
    with_url(text, show).unwrap_or(Err("is not a URL"))
}

fn show(url: &Url) -> Result<String, &'static str> {
    // A password with a bare `/`, `?` or `#` ends the host early; what follows then holds its
    // rest and the `@`.
    if [url.path(), url.query().unwrap_or(""), url.fragment().unwrap_or("")]
        .iter()
        .any(|part| part.contains('@'))
    {
        return Err("has an @ behind the host");
    }
    let host = url.host_str().unwrap_or("");
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Ok(format!("postgres://{host}{port}{}", url.path()))
}

pub(super) fn read(reader: &mut Reader<'_>, mode: Mode) -> DatabaseUrl {
    let given = reader.secret("DATABASE_URL").unwrap_or_else(|| DatabaseUrl::DEFAULT.into());
    let database = DatabaseUrl::parse(given).unwrap_or_else(|problem| {
        reader.mistake("DATABASE_URL", problem, REMEDY);
        DatabaseUrl { url: "".into(), shown: String::new(), kind: Kind::Sqlite }
    });
    if database.is_in_memory() {
        reader.warn("DATABASE_URL keeps the database in memory: all users and sessions are gone when the server stops");
    } else if database.is_sqlite() && mode.is_production() {
        reader.note("the database is SQLite: fine for one server on one machine; for several, use Postgres");
    } else if database.is_exposed() && mode.is_production() {
        reader.warn("DATABASE_URL reaches another machine without sslmode=verify-full: whoever is on the way can read password hashes; add it, and sslrootcert where the authority is your own");
    }
    if database.has_sample_password() && mode.is_production() {
        reader.warn("DATABASE_URL has a password that is tried first: whoever reaches the database is in; give its user another");
    }
    database
}

pub(super) fn read_pooling(reader: &mut Reader<'_>) -> Pooling {
    reader.parsed("DATABASE_POOLING", parse::pooling).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> Result<String, &'static str> {
        DatabaseUrl::parse(url.into()).map(|database| format!("{database} {database:?}"))
    }

    #[test]
    fn a_database_elsewhere_is_exposed_unless_it_proves_who_it_is() {
        for (url, exposed) in [
            ("sqlite://auth.db", false),
            ("postgres://localhost/auth", false),
            ("postgres://127.0.0.1:5433/auth", false),
            ("postgres://[::1]/auth", false),
            ("postgres:///auth?host=/run/postgresql", false),
            ("postgres://db.internal/auth", true),
            ("postgres://10.0.0.7/auth?sslmode=require", true),
            ("postgres://localhost/auth?host=db.internal", true),
            ("postgres://db.internal/auth?sslmode=verify-full", false),
        ] {
            assert_eq!(DatabaseUrl::parse(url.into()).map(|url| url.is_exposed()), Ok(exposed), "{url}");
        }
    }

    #[test]
    fn what_is_shown_has_no_password_and_no_options() {
        for (url, expected) in [
            (
                "postgres://auth:hunter2@db.internal:5433/auth?sslmode=require",
                "postgres://db.internal:5433/auth",
            ),
            ("postgresql://auth:hunter2@db/auth?password=hunter2", "postgres://db/auth"),
            ("postgres://hunter2@db", "postgres://db"),
            ("postgres:///auth?host=/run/postgresql&password=hunter2", "postgres:///auth"),
            ("sqlite://auth.db?mode=rwc", "sqlite://auth.db"),
            ("sqlite::memory:", "sqlite::memory:"),
        ] {
            let shown = shown(url).expect(url);
            assert!(shown.starts_with(&format!("{expected} ")), "{shown}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn a_nameless_file_is_refused() {
        for url in ["sqlite:", "sqlite://", "sqlite://?mode=rwc"] {
            assert_eq!(shown(url), Err("names no file"), "{url}");
        }
    }

    #[test]
    fn an_unescaped_password_is_refused_rather_than_shown() {
        for url in [
            "postgres://auth:hun/ter2@db/auth",
            "postgres://auth:5?hunter2@db/auth",
            "postgres://auth:5/hunter2@db/auth",
            "postgres://auth:5#hunter2@db/auth",
            "mysql://auth:hunter2@db/auth",
            "hunter2",
            "",
        ] {
            let problem = shown(url).expect_err(url);
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
