//! A database for one test.

use uuid::Uuid;

use crate::client;

/// An empty database with a name of its own; dropped with the value, whoever is still connected.
#[derive(Debug)]
pub struct Database {
    url: String,
    name: String,
    server: String,
}

impl Database {
    /// Where to connect: `postgres://…`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Creates a database on the server on which `server` is the URL of some other database.
    pub(crate) fn create(server: &str) -> Self {
        let name = format!("test_{}", Uuid::now_v7().simple());
        // Nobody can be connected to template0, so no other client can make this fail.
        client::run(server, format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
            .unwrap_or_else(|error| panic!("no test database could be created: {error}"));
        Self { url: with_database(server, &name), name, server: server.to_owned() }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A server that has been stopped takes its databases with it.
        let _ = client::run(&self.server, format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// The same server, user and options, but another database.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = match url.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (url, String::new()),
    };
    let authority_at = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority_at..].find('/').map_or(address.len(), |at| authority_at + at);
    format!("{}/{name}{options}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn only_the_database_is_exchanged() {
        for (url, expected) in [
            ("postgres://localhost", "postgres://localhost/new"),
            ("postgres://localhost/", "postgres://localhost/new"),
            ("postgres://u:p@h:5433/old", "postgres://u:p@h:5433/new"),
            ("postgres://u:p@h/old?sslmode=disable", "postgres://u:p@h/new?sslmode=disable"),
            ("postgres://u@localhost/old?host=/tmp/x", "postgres://u@localhost/new?host=/tmp/x"),
        ] {
            assert_eq!(with_database(url, "new"), expected);
        }
    }
}
