//! Ways to the database.

use std::error::Error;
use std::time::Duration;

use auth_core::store::{Rotation, SessionStore};
use auth_core::{SessionId, Timestamp};
use auth_sea_orm::{Options, SeaOrmStore};
use sea_orm::prelude::Uuid;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::{self, ConnectOptions, PgPool};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value};
use tokio_postgres::NoTls;
use tokio_postgres::types::ToSql;

use crate::texts::Texts;

pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// Who sends the statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Driver {
    /// A raw statement of `SeaORM`, each by itself.
    Orm,
    /// The driver underneath, each by itself.
    Sqlx,
    /// Another driver: a connection takes statements before it has answered those it has.
    TokioPostgres,
    /// The store as it is: what comes at the same time goes together.
    Store,
}

/// A way that is open.
pub(crate) enum Way {
    Orm(DatabaseConnection, Texts),
    Sqlx(PgPool, Texts),
    TokioPostgres(Vec<Pipe>),
    Store(SeaOrmStore),
}

/// A connection of tokio-postgres.
pub(crate) struct Pipe {
    client: tokio_postgres::Client,
    rotate: tokio_postgres::Statement,
    find: tokio_postgres::Statement,
}

impl Way {
    /// Over that many connections; with `ping` a pool asks each whether it is alive before it hands it out.
    pub(crate) async fn open(
        driver: Driver,
        url: &str,
        connections: u32,
        ping: bool,
    ) -> Result<Self, Failure> {
        let options = options(connections);
        Ok(match driver {
            Driver::Store => Self::Store(SeaOrmStore::connect(url, options).await?),
            Driver::TokioPostgres => {
                let mut pipes = Vec::new();
                for _ in 0..connections {
                    pipes.push(Pipe::open(url, options).await?);
                }
                Self::TokioPostgres(pipes)
            }
            Driver::Orm | Driver::Sqlx => {
                let db = if ping {
                    pinging(url, options)?.into()
                } else {
                    auth_sea_orm::connect_with(url, options).await?
                };
                match (driver, db.get_database_backend()) {
                    (Driver::Sqlx, _) => {
                        Self::Sqlx(db.get_postgres_connection_pool().clone(), Texts::postgres())
                    }
                    (_, DbBackend::Sqlite) => Self::Orm(db, Texts::sqlite()),
                    _ => Self::Orm(db, Texts::postgres()),
                }
            }
        })
    }

    /// Rotates a session and says at which generation the database says it is then.
    pub(crate) async fn rotate(&self, task: usize, turn: &Rotation, now: Timestamp) -> Result<u32, Failure> {
        let (parent, generation) = (i64::from(turn.parent), i64::from(turn.generation));
        let (id, secret) = (uuid(turn.key.id), &turn.key.secret.as_bytes()[..]);
        let (now_millis, expires_at) = (now.millis(), turn.expires_at.millis());
        let settled_by = turn.settled_by.millis();
        match self {
            Self::Orm(db, texts) => {
                let values: [Value; 7] = [
                    parent.into(),
                    now_millis.into(),
                    expires_at.into(),
                    id.into(),
                    secret.into(),
                    generation.into(),
                    settled_by.into(),
                ];
                over_orm(db, texts.rotate, values).await
            }
            Self::Sqlx(pool, texts) => {
                let query = sqlx::query(texts.rotate).bind(parent).bind(now_millis).bind(expires_at);
                let query = query.bind(id).bind(secret).bind(generation).bind(settled_by);
                the_one(query.fetch_all(pool).await?.iter().map(generation_in_sqlx))
            }
            Self::TokioPostgres(pipes) => {
                let Pipe { client, rotate, .. } = &pipes[task % pipes.len()];
                let values: [&(dyn ToSql + Sync); 7] =
                    [&parent, &now_millis, &expires_at, &id, &secret, &generation, &settled_by];
                let rows = client.query(rotate, &values).await?;
                the_one(rows.iter().map(generation_in_tokio_postgres))
            }
            Self::Store(store) => {
                let record = store.rotate(turn, now).await?.ok_or("a session was not rotated")?;
                Ok(record.session.generation)
            }
        }
    }

    /// Looks a session up and says at which generation it is.
    pub(crate) async fn find(&self, task: usize, session: SessionId) -> Result<u32, Failure> {
        let id = uuid(session);
        match self {
            Self::Orm(db, texts) => over_orm(db, texts.find, [id.into()]).await,
            Self::Sqlx(pool, texts) => {
                let rows = sqlx::query(texts.find).bind(id).fetch_all(pool).await?;
                the_one(rows.iter().map(generation_in_sqlx))
            }
            Self::TokioPostgres(pipes) => {
                let Pipe { client, find, .. } = &pipes[task % pipes.len()];
                let rows = client.query(find, &[&id]).await?;
                the_one(rows.iter().map(generation_in_tokio_postgres))
            }
            Self::Store(store) => {
                Ok(store.find(session).await?.ok_or("a session was not found")?.session.generation)
            }
        }
    }

    /// Takes a connection from the pool and gives it back.
    pub(crate) async fn acquire(&self) -> Result<(), Failure> {
        match self {
            Self::Sqlx(pool, _) => Ok(pool.acquire().await.map(drop)?),
            _ => Err("only sqlx's pool is asked for its connections".into()),
        }
    }

    pub(crate) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Orm(db, _) => db.close().await?,
            Self::Sqlx(pool, _) => pool.close().await,
            Self::TokioPostgres(_) => {}
            Self::Store(store) => store.database().clone().close().await?,
        }
        Ok(())
    }
}

impl Pipe {
    async fn open(url: &str, options: Options) -> Result<Self, Failure> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        let limit = options.statement_timeout.as_millis();
        client.batch_execute(&format!("SET statement_timeout = {limit}")).await?;
        let texts = Texts::postgres();
        let (rotate, find) = (client.prepare(texts.rotate).await?, client.prepare(texts.find).await?);
        Ok(Self { client, rotate, find })
    }
}

/// Nobody is turned away here for having waited for a connection.
fn options(connections: u32) -> Options {
    let acquire_timeout = Duration::from_mins(1);
    Options { max_connections: Some(connections), acquire_timeout, ..Options::default() }
}

/// A pool as sqlx makes it unless told otherwise.
fn pinging(url: &str, options: Options) -> Result<PgPool, Failure> {
    let limit = options.statement_timeout.as_millis().to_string();
    let server = url.parse::<PgConnectOptions>()?.options([("statement_timeout", limit)]);
    let pool = PgPoolOptions::new()
        .max_connections(options.max_connections.unwrap_or(10))
        .acquire_timeout(options.acquire_timeout)
        .test_before_acquire(true);
    Ok(pool.connect_lazy_with(server.disable_statement_logging()))
}

async fn over_orm(
    db: &DatabaseConnection,
    text: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u32, Failure> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), text, values);
    let rows = db.query_all_raw(statement).await?;
    the_one(rows.iter().map(|row| Ok(row.try_get("", "generation")?)))
}

fn generation_in_sqlx(row: &sqlx::postgres::PgRow) -> Result<i64, Failure> {
    Ok(sqlx::Row::try_get(row, "generation")?)
}

fn generation_in_tokio_postgres(row: &tokio_postgres::Row) -> Result<i64, Failure> {
    Ok(row.try_get("generation")?)
}

/// Each statement must have had its row.
fn the_one(mut generations: impl ExactSizeIterator<Item = Result<i64, Failure>>) -> Result<u32, Failure> {
    match (generations.len(), generations.next()) {
        (1, Some(generation)) => Ok(u32::try_from(generation?)?),
        (count, _) => Err(format!("a statement returned {count} rows").into()),
    }
}

fn uuid(session: SessionId) -> Uuid {
    Uuid::from_bytes(session.to_bytes())
}
