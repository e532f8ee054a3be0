//! A running server takes over keys that are made, come into use, or go, without a restart.

use std::convert::Infallible;
use std::time::Duration;

use auth_core::Auth;
use tokio::time::{MissedTickBehavior, interval};

use super::ring::{KeysError, Ring};
use super::schedule::Schedule;
use crate::causes::chain;

/// Looks every so often, for as long as it is polled, and signs and verifies with what it finds.
///
/// `known` are in use already, and `look` says which there are now. Where that fails, those from before
/// stay in use; the first failure in a row is logged, and so is the end of it.
pub async fn follow<S>(
    auth: &Auth<S>,
    every: Duration,
    mut known: Schedule,
    mut look: impl AsyncFnMut() -> Result<Ring, KeysError>,
) -> Infallible {
    let mut clock = interval(every);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        clock.tick().await;
        let found = match look().await {
            Ok(ring) if known == ring.schedule => Ok(()),
            Ok(ring) => auth.replace_access_keys(&ring.access).map_err(|flaw| flaw.to_string()).map(|()| {
                announce(&ring.schedule);
                known = ring.schedule;
            }),
            Err(error) => Err(chain(&error)),
        };
        match found {
            Ok(()) if failing => tracing::info!("the signing keys can be read again"),
            Err(ref error) if !failing => {
                tracing::warn!(error, "the signing keys could not be read; those from before stay in use");
            }
            Ok(()) | Err(_) => {}
        }
        failing = found.is_err();
    }
}

/// Says which keys there are.
fn announce(schedule: &Schedule) {
    for (key, state) in schedule.iter() {
        tracing::info!(key = key.id, ?state, "a signing key");
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use auth_core::store::StoreError;
    use auth_core::{AccessKeys, MemoryStore, OsEntropy, SigningAlgorithm, SigningKey, Timestamp};
    use tokio::time::timeout;

    use super::*;
    use crate::keys::KeyTimes;

    fn ring(key: &SigningKey) -> Ring {
        let now = Timestamp::from_millis(1);
        let times = KeyTimes { id: key.key_id().to_owned(), signs_from: now };
        let schedule = Schedule::new(vec![times], Duration::from_mins(15), now);
        Ring { schedule, access: AccessKeys::new().signing_key(key.clone()) }
    }

    #[tokio::test(start_paused = true)]
    async fn it_takes_over_what_it_finds_and_keeps_it_where_it_finds_nothing() {
        let draw = || SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy).expect("randomness");
        let (old, new) = (draw(), draw());
        let auth = Auth::builder(MemoryStore::new()).signing_key(old.clone()).random_refresh_secret();
        let auth = auth.build().expect("it is complete");
        let down = || Err(KeysError::Store(StoreError::unavailable(std::io::Error::other("down"))));
        let answers = [Ok(ring(&old)), down(), Ok(ring(&new)), down()];
        let answers = RefCell::new(answers.into_iter());
        let seen = RefCell::new(Vec::new());
        let look = async || {
            seen.borrow_mut().push(auth.jwks().contains(new.key_id()));
            answers.borrow_mut().next().unwrap_or_else(down)
        };
        let every = Duration::from_secs(30);
        let over =
            timeout(every * 5 + Duration::from_secs(1), follow(&auth, every, ring(&old).schedule, look));
        assert!(over.await.is_err(), "it never ends by itself");
        assert_eq!(*seen.borrow(), [false, false, false, true, true, true]);
    }
}
