//! No secret in a log, whatever the level, whoever logs.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

use std::io;
use std::sync::{Arc, Mutex};

use auth_core::store::{
    AccountStore, Change, EventStore, SessionListStore, SessionStore, Settlement, ThrottleStore, UserStore,
};
use auth_core::{AccountQuery, EndReason, EventQuery, PasswordHash, Search};
use auth_sea_orm::entity::{sessions, users};
use auth_sea_orm::{SeaOrmStore, connect};
use sea_orm::{EntityTrait, IntoActiveModel};
use tracing_subscriber::fmt::format::FmtSpan;

use common::{
    admin, at, both, disabling, guessed, happened, key, opening, person, place, replacement, step, wrong,
};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn debug_forms(bytes: &[u8]) -> [String; 4] {
    let hex = |upper: bool| -> String {
        bytes.iter().map(|b| if upper { format!("{b:02X}") } else { format!("{b:02x}") }).collect()
    };
    let list = bytes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    [hex(true), hex(false), list.clone(), list.replace(", ", ",")]
}

/// The only test in this file: the subscriber is that of the whole process, so that it hears the
/// threads of the drivers, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_at_trace_holds_no_hash_and_no_database_password() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();

    let new = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$bmV3bmV3bmV3");
    for fresh in both().await {
        let mut urls = vec![fresh.url.clone()];
        if fresh.url.starts_with("postgres://postgres@") {
            // The server trusts everyone, so that any password will do.
            urls.push(fresh.url.replace("postgres://postgres@", "postgres://postgres:hunter2hunter2@"));
        }
        let store = SeaOrmStore::new(connect(urls.last().unwrap()).await.unwrap());
        store.ping().await.unwrap();
        store.any_user().await.unwrap();
        store.create_first_admin(&admin(), at(1)).await.unwrap();
        store.open(&opening(key(1)), at(1)).await.unwrap();
        let mut replacing = opening(key(2));
        replacing.replaces = Some(key(1));
        store.open(&replacing, at(1)).await.unwrap();
        store.open(&replacing, at(1)).await.unwrap_err();
        store.rotate(&step(key(2), 0, at(2)), at(2)).await.unwrap().unwrap();
        store.rotate(&step(key(2), 0, at(2)), at(2)).await.unwrap();
        let found = store.find(key(2).id).await.unwrap().unwrap();
        tracing::info!(?found, ?replacing, "what an application might log");
        let found = store.credentials(&admin().email).await.unwrap().unwrap();
        tracing::info!(?found, ?store, "what an application might log");
        store.rehash(admin().id, &admin().password, &new).await.unwrap();
        store.end(&key(2), EndReason::Logout, at(3)).await.unwrap();
        let mut replacing = replacement(&admin().password);
        replacing.verified = new.clone();
        tracing::info!(?replacing, "what an application might log");
        store.replace_password(&replacing, at(3)).await.unwrap();
        let mut people = [person(1), person(2), person(1)];
        people[1].user.id = admin().id;
        let created = store.create(&people).await.unwrap();
        tracing::info!(?created, ?people, "what an application might log");
        let account = store.account(person(1).user.id).await.unwrap().unwrap();
        let change = Change { password: Some(new.clone()), ..Change::default() };
        tracing::info!(?account, ?change, "what an application might log");
        store.change(person(1).user.id, &change, at(3)).await.unwrap();
        store.change(admin().id, &disabling(), at(3)).await.unwrap();
        store.accounts(&AccountQuery::default()).await.unwrap();
        let search = Some(Search::parse("person").unwrap());
        store.accounts(&AccountQuery { search, ..AccountQuery::default() }).await.unwrap();
        store.live_sessions(admin().id, at(3)).await.unwrap();
        store.end_one(admin().id, key(2).id, EndReason::Revoked, at(3)).await.unwrap();
        store.end_all(admin().id, None, EndReason::Revoked, at(3)).await.unwrap();
        store.delete(person(1).user.id).await.unwrap();
        let place = place(guessed(0x5c, 0x6b), at(3));
        for _ in 0..6 {
            let reserved = store.reserve(&place, at(3)).await.unwrap();
            tracing::info!(?place, ?reserved, "what an application might log");
        }
        store.settle(&place.key, wrong(at(4)), at(4)).await.unwrap();
        store.settle(&place.key, Settlement::Unjudged, at(4)).await.unwrap();
        store.settle(&place.key, Settlement::Right, at(4)).await.unwrap();
        store.append(&[happened(1), happened(2)]).await.unwrap();
        let theirs = EventQuery { email: happened(1).email, ..EventQuery::default() };
        assert_eq!(store.events(&theirs).await.unwrap(), [happened(2), happened(1)]);
        store.sweep_events(at(2), 10).await.unwrap();
        store.forget(&place.key.account).await.unwrap();
        store.sweep_throttle(at(9), 10).await.unwrap();
        for row in sessions::Entity::find().all(store.database()).await.unwrap() {
            tracing::info!(?row, active = ?row.clone().into_active_model(), "an entity");
        }
        for row in users::Entity::find().all(store.database()).await.unwrap() {
            tracing::info!(?row, active = ?row.clone().into_active_model(), "an entity");
        }
        store.sweep(at(3_000_000), 10).await.unwrap();
        store.database().clone().close().await.unwrap();
        store.any_user().await.unwrap_err();
        store.reserve(&place, at(5)).await.unwrap_err();
        store.append(&[happened(3)]).await.unwrap_err();
        connect("postgres://u:hunter2hunter2@127.0.0.1:1/db").await.unwrap_err();
    }

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("what an application might log") && log.contains("sea_orm::driver"),
        "it does listen"
    );
    let hashes = [admin().password, new].map(|hash| hash.expose().to_owned());
    let mut secrets = vec!["hunter2hunter2".to_owned(), "argon2id".to_owned()];
    secrets.extend(hashes.iter().flat_map(|hash| debug_forms(hash.as_bytes())));
    // Whose password is guessed, on which device, and which address an event is about.
    secrets.extend([0x5c, 0x6b, 0xd1].iter().flat_map(|byte| debug_forms(&[*byte; 4])));
    secrets.extend([1, 2].iter().flat_map(|n| debug_forms(&key(*n).secret.as_bytes()[..8])));
    for secret in secrets {
        if let Some(place) = log.find(&secret) {
            let line = log[..place].lines().count();
            panic!(
                "{secret} in line {line}: {}",
                log.lines().nth(line.saturating_sub(1)).unwrap_or_default()
            );
        }
    }
}
