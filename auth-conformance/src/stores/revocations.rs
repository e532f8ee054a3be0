//! `revoked_since`, `sweep_revocations`: what was revoked reaches everyone who reads the feed.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use auth_core::store::{Change, Feed, FeedPlace, Opening, RevocationStore, Revoked, SessionKey};
use auth_core::{EndReason, NewUser, Role};
use tokio::task::yield_now;

use crate::harness::Managed;
use crate::race::all_at_once;
use crate::stage::{
    NOW, Stage, advance, at, disabling, enabling, hash, just_before, key, opening, replacement,
    with_another_secret, with_password,
};

const MANY: u32 = 10_000;
const LOGOUT: EndReason = EndReason::Logout;

/// Reads a feed from where it was last time.
struct Reader<'a, H> {
    stage: &'a Stage<H>,
    place: FeedPlace,
}

impl<'a, H: Managed<Store: RevocationStore>> Reader<'a, H> {
    /// One who has read all there is.
    async fn of(stage: &'a Stage<H>) -> Self {
        let Feed { place, .. } = stage.revoked_since(FeedPlace::START, MANY).await;
        Self { stage, place }
    }

    /// What is told now.
    async fn read(&mut self) -> HashSet<Revoked> {
        let Feed { revoked, place } = self.stage.revoked_since(self.place, MANY).await;
        assert!(place >= self.place, "a feed goes on");
        self.place = place;
        revoked.into_iter().collect()
    }

    /// Insists that all these are told now. Others may be told once more.
    async fn hears(&mut self, told: &[Revoked]) {
        let heard = self.read().await;
        for one in told {
            assert!(heard.contains(one), "{one:?} is told: {heard:?}");
        }
    }
}

fn session(key: SessionKey) -> Revoked {
    Revoked::Session(key.id)
}

fn user(user: &NewUser) -> Revoked {
    Revoked::User(user.id)
}

/// A session that ends is told, whichever verb ends it.
pub async fn every_end_of_a_session_is_told<H: Managed<Store: RevocationStore>>(harness: H) {
    let stage = Stage::new(harness);
    let (ann, bob) = (stage.admin().await, stage.someone(2).await);
    let mut keys = Vec::new();
    for number in 1..=7 {
        keys.push(stage.session(&ann, number).await);
    }
    let others = [stage.session(&bob, 20).await, stage.session(&bob, 21).await];
    let mut reader = Reader::of(&stage).await;

    assert!(stage.end(keys[0], LOGOUT, at(1)).await.is_some());
    reader.hears(&[session(keys[0])]).await;
    assert!(stage.end_one(ann.id, keys[1].id, EndReason::Revoked, at(1)).await);
    reader.hears(&[session(keys[1])]).await;

    let replacing = Opening { replaces: Some(keys[2]), ..opening(&ann, key(8)) };
    assert!(stage.open(replacing, at(1)).await.is_opened());
    reader.hears(&[session(keys[2])]).await;
    let limited = Opening { limit: 4, ..opening(&ann, key(9)) };
    assert!(stage.open(limited, at(2)).await.is_opened());
    let heard = reader.read().await;
    assert_eq!(keys[3..7].iter().filter(|key| heard.contains(&session(**key))).count(), 2, "{heard:?}");

    stage.end_all(ann.id, Some(key(9).id), EndReason::Revoked, at(3)).await;
    let heard = reader.read().await;
    assert!(heard.contains(&session(key(8))) && !heard.contains(&session(key(9))), "{heard:?}");
    stage.replace_password(replacement(&ann, "second", keys[0]), at(3)).await;
    reader.hears(&[session(key(9))]).await;
    stage.change(bob.id, with_password("second"), at(3)).await;
    reader.hears(&others.map(session)).await;
}

/// A user whose role changes, who is disabled, enabled or deleted, is told.
pub async fn every_change_of_a_user_that_counts_is_told<H: Managed<Store: RevocationStore>>(harness: H) {
    let stage = Stage::new(harness);
    let (_, bob) = (stage.admin().await, stage.someone(2).await);
    let held = stage.session(&bob, 1).await;
    let mut reader = Reader::of(&stage).await;
    for role in [Role::USER, Role::ADMIN] {
        stage.change(bob.id, Change { role: Some(role), ..Change::default() }, at(1)).await;
        reader.hears(&[user(&bob)]).await;
    }
    stage.change(bob.id, disabling(), at(1)).await;
    reader.hears(&[user(&bob), session(held)]).await;
    stage.change(bob.id, enabling(), at(2)).await;
    reader.hears(&[user(&bob)]).await;
    stage.delete(bob.id).await;
    reader.hears(&[user(&bob)]).await;
}

/// A rotation, another name, a new session and a verb that is refused revoke nothing, and nothing is told.
pub async fn what_revokes_nothing_is_not_told<H: Managed<Store: RevocationStore>>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let mut reader = Reader::of(&stage).await;
    let held = stage.session(&admin, 1).await;
    assert!(stage.rotate(advance(held, 0), at(20)).await.is_some());
    stage.rehash(admin.id, admin.password.clone(), hash("rehashed")).await;
    stage.change(admin.id, disabling(), at(21)).await; // the last admin stays
    stage.delete(admin.id).await;
    stage.end(with_another_secret(held), LOGOUT, at(21)).await;
    stage.sweep(at(1), 10).await;
    assert_eq!(reader.read().await, HashSet::new());
    let Feed { revoked, .. } = stage.revoked_since(FeedPlace::START, MANY).await;
    assert_eq!(revoked, []);
}

/// Whoever reads from the start is told all, and a page of its limit says that there may be more.
pub async fn a_page_of_revocations_keeps_to_its_limit<H: Managed<Store: RevocationStore>>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let mut all = HashSet::new();
    for number in 1..=5 {
        let key = stage.session(&admin, number).await;
        stage.end(key, LOGOUT, at(1)).await;
        all.insert(session(key));
    }
    for limit in [0, 3, 7, 100] {
        let Feed { revoked, place } = stage.revoked_since(FeedPlace::START, limit).await;
        assert_eq!(revoked.len(), all.len().min(limit as usize));
        assert!(revoked.iter().all(|one| all.contains(one)));
        let next = stage.session(&admin, 10 + u16::try_from(limit).expect("a small number")).await;
        stage.end(next, LOGOUT, at(1)).await;
        let Feed { revoked, .. } = stage.revoked_since(place, MANY).await;
        assert!(revoked.contains(&session(next)), "the place lies behind what did not fit");
        all.insert(session(next));
    }
}

/// However many revoke at once, and however their commits overtake each other: whoever reads
/// meanwhile, each time from where they were, has heard of all in the end.
pub async fn no_revocation_at_once_is_missed<H: Managed<Store: RevocationStore>>(harness: H) {
    let stage = Arc::new(Stage::new(harness));
    stage.warm_up().await;
    let admin = stage.admin().await;
    let mut keys = Vec::new();
    for number in 0..200 {
        keys.push(stage.session(&admin, number).await);
    }
    let Feed { place, .. } = stage.revoked_since(FeedPlace::START, MANY).await;
    let over = Arc::new(AtomicBool::new(false));
    let reading = tokio::spawn({
        let (stage, over) = (Arc::clone(&stage), Arc::clone(&over));
        async move {
            let mut reader = Reader { stage: &stage, place };
            let mut heard = HashSet::new();
            loop {
                let last = over.load(Ordering::SeqCst);
                heard.extend(reader.read().await);
                if last {
                    return heard;
                }
                yield_now().await;
            }
        }
    });
    let ended = all_at_once(keys.iter().map(|key| stage.end(*key, LOGOUT, at(1)))).await;
    over.store(true, Ordering::SeqCst);
    assert!(ended.iter().all(Option::is_some));
    let all: HashSet<_> = keys.into_iter().map(session).collect();
    assert_eq!(reading.await.expect("the reader does not panic"), all);
}

/// A sweep deletes what was revoked up to its time, no more than its limit.
pub async fn a_sweep_of_revocations_goes_by_their_time<H: Managed<Store: RevocationStore>>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    for number in 1..=3 {
        let key = stage.session(&admin, number).await;
        stage.end(key, LOGOUT, at(i64::from(number))).await;
    }
    let mut reader = Reader::of(&stage).await;
    assert_eq!(stage.sweep_revocations(just_before(at(1)), MANY).await, 0);
    assert_eq!(stage.sweep_revocations(at(2), 1).await, 1);
    assert_eq!(stage.sweep_revocations(at(2), MANY).await, 1);
    assert_eq!(stage.sweep_revocations(at(3), MANY).await, 1);
    assert_eq!(stage.sweep_revocations(at(3), MANY).await, 0);
    assert_eq!(reader.read().await, HashSet::new());
    let next = stage.session(&admin, 9).await;
    stage.end(next, LOGOUT, NOW).await;
    reader.hears(&[session(next)]).await;
}
