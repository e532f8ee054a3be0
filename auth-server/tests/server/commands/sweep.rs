//! `sweep`.

use std::time::Duration;

use auth_core::store::{Opening, SessionKey, SessionStore, UserStore};
use auth_core::{Client, Email, SecretHash, SessionId, Timestamp};
use auth_sea_orm::SeaOrmStore;

use super::run::Place;

/// More than are deleted at a time.
const DEAD: u16 = 1_003;

const DAY: Duration = Duration::from_hours(24);

/// Opens sessions of a user as if it had been long ago, when all of them ended.
async fn fill(place: &Place, email: &str) {
    let store = SeaOrmStore::new(auth_sea_orm::connect(&place.url()).await.unwrap());
    let ann = store.credentials(&Email::parse(email).unwrap()).await.unwrap().unwrap();
    let then = Timestamp::from_millis(1_700_000_000_000);
    for number in 0..DEAD {
        let mut id = [0; 16];
        id[..2].copy_from_slice(&number.to_be_bytes());
        let opening = Opening {
            key: SessionKey { id: SessionId::from_bytes(id), secret: SecretHash::from_bytes([7; 32]) },
            user: ann.user.id,
            verified: ann.password.clone().unwrap(),
            expires_at: then + DAY,
            ends_at: then + 2 * DAY,
            replaces: None,
            limit: 10_000,
            client: Client::default(),
        };
        assert!(store.open(&opening, then).await.unwrap().is_opened());
    }
    store.database().clone().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_dead_goes_and_nothing_else() {
    for place in Place::all() {
        place.create("ann@example.com", "USER");
        place.run("sweep").is(0, "There was nothing to sweep.\n", "");
        fill(&place, "ann@example.com").await;
        place.run("sweep").is(0, "Deleted 1003 sessions that had ended for good.\n", "");
        place.run("sweep --json").is(0, "{\"counts\":0,\"deleted\":0,\"events\":0,\"revocations\":0}\n", "");
    }
}
