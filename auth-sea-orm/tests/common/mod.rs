//! Fresh stores for the tests.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod crowd;

use std::sync::OnceLock;
use std::time::Duration;

use auth_conformance::Harness;
use auth_core::store::{
    Change, Existence, FirstAdmin, Opening, Replacement, Reservation, Rotation, SessionKey, SessionStore,
    Settlement, ThrottleKey, UserStore,
};
use auth_core::{
    AccountState, Actor, Cause, Client, Credentials, Email, EmailDigest, EndReason, Event, EventId,
    EventKind, Name, NewUser, PasswordHash, RequestId, Role, SecretHash, SessionId, Timestamp, User,
    UserAgent, UserId,
};
use auth_sea_orm::entity::users::Column as C;
use auth_sea_orm::entity::{HashText, sessions, users};
use auth_sea_orm::{Options, Pooling, SeaOrmStore, connect};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DatabaseConnection, EntityTrait, IntoActiveModel};
use tempfile::TempDir;
use test_postgres::{Bouncer, Cluster, Database, Postgres};

/// On a machine that is busy with other tests, a verb may wait for its turn.
const PATIENT: Options = Options {
    max_connections: None,
    acquire_timeout: Duration::from_secs(30),
    statement_timeout: Duration::from_secs(30),
    pooling: Pooling::Session,
};

/// A migrated, empty database, and a store on it.
pub(crate) struct Fresh {
    pub(crate) store: SeaOrmStore,
    pub(crate) url: String,
    /// For what the tests do behind the store's back.
    behind: DatabaseConnection,
    _kept: Kept,
}

#[expect(dead_code, reason = "kept for the sake of being dropped last")]
enum Kept {
    Nothing,
    Folder(TempDir),
    Database(Database),
}

impl Fresh {
    async fn at(url: String, kept: Kept) -> Self {
        let store = SeaOrmStore::connect(&url, PATIENT).await.unwrap();
        auth_migrations::run(store.database()).await.unwrap();
        let behind = store.database().clone();
        Self { store, url, behind, _kept: kept }
    }

    /// A second pool on the same database, as another process would have.
    pub(crate) async fn another(&self) -> SeaOrmStore {
        SeaOrmStore::connect(&self.url, PATIENT).await.unwrap()
    }
}

pub(crate) async fn sqlite_file() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("auth.db").display());
    Fresh::at(url, Kept::Folder(folder)).await
}

pub(crate) async fn sqlite_memory() -> Fresh {
    Fresh::at("sqlite::memory:".to_owned(), Kept::Nothing).await
}

pub(crate) async fn postgres() -> Option<Fresh> {
    let database = Postgres::shared()?.database();
    Some(Fresh::at(database.url().to_owned(), Kept::Database(database)).await)
}

/// A Postgres behind PgBouncer in transaction mode, with fewer connections than a store has.
///
/// The tables are made past it: migrations want a connection of their own.
pub(crate) async fn pooled() -> Option<Fresh> {
    static SHARED: OnceLock<Option<(Cluster, Bouncer)>> = OnceLock::new();
    let launch = || {
        let cluster = Cluster::launch()?;
        let bouncer = Bouncer::launch(&cluster, "postgres", 3)?;
        Some((cluster, bouncer))
    };
    let (cluster, bouncer) = SHARED.get_or_init(launch).as_ref()?;
    let database = cluster.database();
    let behind = connect(database.url()).await.unwrap();
    auth_migrations::run(&behind).await.unwrap();
    let url = bouncer.url_of(database.name());
    let options = Options { pooling: Pooling::Transaction, ..PATIENT };
    let store = SeaOrmStore::connect(&url, options).await.unwrap();
    Some(Fresh { store, url, behind, _kept: Kept::Database(database) })
}

/// Both databases, or the one that is there.
pub(crate) async fn both() -> Vec<Fresh> {
    let mut all = vec![sqlite_file().await];
    all.extend(postgres().await);
    all
}

impl Harness for Fresh {
    type Store = SeaOrmStore;

    fn store(&self) -> &SeaOrmStore {
        &self.store
    }

    async fn put_user(&self, user: &User, password: Option<&PasswordHash>) {
        let row = users::Model {
            id: Uuid::from_bytes(user.id.to_bytes()),
            email: user.email.as_str().to_owned(),
            name: user.name.as_str().to_owned(),
            name_folded: user.name.folded(),
            role: user.role.as_str().to_owned(),
            password_hash: password.map(|hash| HashText(hash.expose().to_owned())),
            created_at: user.created_at.millis(),
            disabled_at: user.disabled_at.map(Timestamp::millis),
        };
        let in_place = OnConflict::column(C::Id)
            .update_columns([
                C::Email,
                C::Name,
                C::NameFolded,
                C::Role,
                C::PasswordHash,
                C::CreatedAt,
                C::DisabledAt,
            ])
            .to_owned();
        let insert = users::Entity::insert(row.into_active_model()).on_conflict(in_place);
        insert.exec_without_returning(&self.behind).await.unwrap();
    }

    async fn end_reason(&self, id: SessionId) -> Option<EndReason> {
        let id = Uuid::from_bytes(id.to_bytes());
        let row = sessions::Entity::find_by_id(id).one(&self.behind).await.unwrap()?;
        let all = EndReason::ALL.iter().copied();
        row.end_reason.map(|word| all.clone().find(|reason| reason.as_str() == word).unwrap())
    }
}

pub(crate) const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn admin() -> NewUser {
    NewUser {
        id: UserId::from_bytes([7; 16]),
        email: Email::parse("admin@example.com").unwrap(),
        name: Name::parse("Admin").unwrap(),
        role: Role::ADMIN,
        password: PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"),
    }
}

pub(crate) fn key(n: u8) -> SessionKey {
    SessionKey { id: SessionId::from_bytes([n; 16]), secret: SecretHash::from_bytes([n ^ 0xa5; 32]) }
}

pub(crate) fn opening(key: SessionKey) -> Opening {
    Opening {
        key,
        user: admin().id,
        verified: admin().password,
        expires_at: at(1_000_000),
        ends_at: at(2_000_000),
        replaces: None,
        limit: 50,
        client: Client::default(),
    }
}

/// The admin's password, replaced by `new`; keeps no session.
pub(crate) fn replacement(new: &PasswordHash) -> Replacement {
    Replacement {
        user: admin().id,
        verified: admin().password,
        new: new.clone(),
        keeps: SessionId::from_bytes([0xff; 16]),
    }
}

pub(crate) fn disabling() -> Change {
    Change { state: Some(AccountState::Disabled), ..Change::default() }
}

/// An account of the role `USER`, number `n`, created at that millisecond.
pub(crate) fn person(n: u32) -> Credentials {
    let mut id = [0; 16];
    id[12..].copy_from_slice(&n.to_be_bytes());
    let user = User {
        id: UserId::from_bytes(id),
        email: Email::parse(&format!("person{n:06}@example.com")).unwrap(),
        name: Name::parse(&format!("Person {n}")).unwrap(),
        role: Role::USER,
        created_at: at(i64::from(n)),
        disabled_at: None,
    };
    Credentials { user, password: Some(admin().password) }
}

pub(crate) fn step(key: SessionKey, generation: u32, now: Timestamp) -> Rotation {
    Rotation { key, generation, parent: generation, settled_by: now, expires_at: at(1_500_000) }
}

/// What is counted for account `n`, on that device; device 0 is everybody's.
pub(crate) fn guessed(n: u8, device: u8) -> ThrottleKey {
    ThrottleKey { account: [n; 32], device: [device; 16] }
}

/// A place among five free ones, of a hundred.
pub(crate) fn place(key: ThrottleKey, now: Timestamp) -> Reservation {
    Reservation { key, free: 5, most: 100, lease_ends_at: now + Duration::from_secs(30) }
}

/// A wrong password of an account that is there; the next may be tried at once.
pub(crate) fn wrong(now: Timestamp) -> Settlement {
    Settlement::Wrong { opens_at: now, account: Existence::Known }
}

/// Event number `n`, at that millisecond, with something in every place.
pub(crate) fn happened(n: u16) -> Event {
    let mut id = [0x70; 16];
    id[..6].copy_from_slice(&u64::from(n).to_be_bytes()[2..]);
    Event {
        id: EventId::from_bytes(id),
        at: at(n.into()),
        kind: EventKind::SessionEnded,
        cause: Some(Cause::RevokedByAdmin),
        by: Some(Actor::Admin(admin().id)),
        user: Some(person(n.into()).user.id),
        email: Some(EmailDigest::from_bytes([0xd1; 16])),
        session: Some(key(1).id),
        count: Some(1),
        role: Some(Role::ADMIN),
        client: Client {
            user_agent: UserAgent::new("curl/8.5"),
            ip_address: "192.0.2.7".parse().ok(),
            request_id: RequestId::new("0197-af"),
        },
    }
}

/// The admin, with one session.
pub(crate) async fn with_a_session(fresh: &Fresh, key: SessionKey) {
    assert_eq!(fresh.store.create_first_admin(&admin(), at(1)).await.unwrap(), FirstAdmin::Created);
    assert!(fresh.store.open(&opening(key), at(1)).await.unwrap().is_opened());
}

/// Puts one column of a row to something that this crate would never write.
pub(crate) async fn spoil(fresh: &Fresh, id: UserId, change: impl FnOnce(&mut users::ActiveModel)) {
    let mut row = users::ActiveModel { id: Set(Uuid::from_bytes(id.to_bytes())), ..Default::default() };
    change(&mut row);
    users::Entity::update(row).exec(&fresh.behind).await.unwrap();
}
