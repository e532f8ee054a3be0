//! A span for each statement, for whoever traces; by OpenTelemetry's conventions for databases.
//!
//! It holds the text of the statement and none of its values: each is bound, and none is written into
//! the text. See <https://opentelemetry.io/docs/specs/semconv/database/database-spans/>.

use std::fmt;

use sea_orm::{DbBackend, DbErr};
use tracing::field::Empty;
use tracing::{Instrument, Span};

/// What spans for traces have as their target: those of this house, and nothing that a log would show.
const SPANS: &str = "auth::span";

/// A statement's span; costs next to nothing where nobody listens.
pub(crate) struct Sql(Span);

impl Sql {
    /// Begins with the wait for a connection, where that is needed.
    pub(crate) fn of(backend: DbBackend, sql: &str) -> Self {
        Self(tracing::debug_span!(
            target: SPANS,
            "sql",
            otel.name = %Summary(sql),
            otel.kind = "client",
            otel.status_code = Empty,
            db.system.name = if backend == DbBackend::Postgres { "postgresql" } else { "sqlite" },
            db.query.summary = %Summary(sql),
            db.query.text = sql,
        ))
    }

    /// Runs the statement. What the database says of a failure stays out: it quotes values.
    pub(crate) async fn over<T>(self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let outcome = work.instrument(self.0.clone()).await;
        if outcome.is_err() {
            self.0.record("otel.status_code", "ERROR");
        }
        outcome
    }
}

/// A statement in two words: what it does first, and the first table that it names.
struct Summary<'a>(&'a str);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.0.split_whitespace();
        let verb = words.next().unwrap_or_default();
        f.write_str(verb.trim_end_matches(';'))?;
        let mut named = std::iter::once(verb).chain(words);
        let table = std::iter::from_fn(|| {
            named.find(|word| matches!(*word, "UPDATE" | "INTO" | "FROM"))?;
            named.next().map(|word| word.trim_matches(|end: char| !end.is_ascii_lowercase() && end != '_'))
        });
        let table = table.into_iter().find(|word| is_name(word));
        table.map_or(Ok(()), |table| write!(f, " {table}"))
    }
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_summed_up_in_two_words() {
        for (sql, summary) in [
            ("SELECT 1", "SELECT"),
            ("BEGIN", "BEGIN"),
            ("SET LOCAL statement_timeout = 5; SELECT 1", "SET"),
            ("SELECT s.id FROM sessions AS s JOIN users AS u ON true", "SELECT sessions"),
            ("SELECT \"users\".\"id\" FROM \"users\" LIMIT 1", "SELECT users"),
            ("UPDATE sessions AS s\n   SET parent = $1 FROM users", "UPDATE sessions"),
            ("INSERT INTO auth_events (id) VALUES ($1)", "INSERT auth_events"),
            ("DELETE FROM sessions WHERE id = $1", "DELETE sessions"),
            ("WITH beyond AS (\n SELECT id FROM sessions) SELECT 1", "WITH sessions"),
            ("WITH asked AS (SELECT * FROM unnest($1::uuid[])) UPDATE sessions AS s SET …", "WITH sessions"),
            ("SELECT id FROM (SELECT 1)", "SELECT"),
            ("", ""),
        ] {
            assert_eq!(Summary(sql).to_string(), summary);
        }
    }
}
