//! Which database, without ever showing its password.

use std::fmt;
use std::net::IpAddr;

use auth_sea_orm::Pooling;
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

    fn parse(url: SecretString) -> Result<Self, &'static str> {
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

    /// Whether the connection may cross a network without a server that has proved who it is.
    fn is_exposed(&self) -> bool {
        let Ok(url) = Url::parse(self.expose()) else { return false };
        let option = |name: &str| {
            let found = url.query_pairs().filter(|(key, _)| key == name).last();
            found.map(|(_, value)| value.into_owned())
        };
        let host = option("host").unwrap_or_else(|| url.host_str().unwrap_or("").to_owned());
        let is_here = host.is_empty()
            || host == "localhost"
            || host.starts_with('/')
            || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        let mode = option("sslmode").or_else(|| option("ssl-mode"));
        let is_verified = mode.is_some_and(|mode| mode == "verify-full" || mode == "verify-ca");
        self.kind == Kind::Postgres && !is_here && !is_verified
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

fn show_sqlite(text: &str) -> Result<String, &'static str> {
    let shown = text.split('?').next().unwrap_or(text);
    // SQLite would make a temporary database of it, another one for each connection.
    if matches!(shown, "sqlite:" | "sqlite://") {
        return Err("names no file");
    }
    Ok(shown.to_owned())
}

fn show_postgres(text: &str) -> Result<String, &'static str> {
    let url = Url::parse(text).map_err(|_| "is not a URL")?;
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
