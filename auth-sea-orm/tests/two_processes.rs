//! Two pools on one database, as two processes have.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

use std::num::NonZeroUsize;

use auth_core::store::{
    AccountStore, Change, Changed, Creation, Deletion, EventStore, FirstAdmin, Opened, Opening, Replaced,
    Reserved, SessionListStore, SessionStore, Settlement, ThrottleStore, UserStore,
};
use auth_core::{
    Argon2Cost, Auth, Bootstrap, Clock, EndReason, Entropy, Error, EventQuery, Hashing, Login, NewAdmin,
    OsEntropy, Password, PasswordHash, Policy, Refusal, Role, Timestamp, UserId,
};
use auth_sea_orm::{Addition, SeaOrmStore, SealedKey};
use tokio::task::JoinSet;

use common::{
    Fresh, admin, at, both, disabling, guessed, happened, key, opening, person, place, replacement, step,
    with_a_session, wrong,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_bootstraps_one_wins() {
    for fresh in both().await {
        let stores = [fresh.store.clone(), fresh.another().await];
        // Both pools open their connections before the race, and not in the middle of it.
        let mut readers = JoinSet::new();
        for n in 0..50 {
            let store = stores[n % 2].clone();
            readers.spawn(async move { store.any_user().await.unwrap() });
        }
        readers.join_all().await;
        let mut racers = JoinSet::new();
        for n in 0..50_u8 {
            let store = stores[usize::from(n % 2)].clone();
            let mut user = admin();
            user.id = UserId::from_bytes([n; 16]);
            racers.spawn(async move { store.create_first_admin(&user, at(1)).await.unwrap() });
        }
        let outcomes = racers.join_all().await;
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == FirstAdmin::Created).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_rotations_of_each_generation_one_wins() {
    for fresh in both().await {
        with_a_session(&fresh, key(1)).await;
        let stores = [fresh.store.clone(), fresh.another().await];
        for generation in 0..5 {
            let mut racers = JoinSet::new();
            for n in 0..100_usize {
                let store = stores[n % 2].clone();
                racers.spawn(async move {
                    store.rotate(&step(key(1), generation, at(10)), at(10)).await.unwrap()
                });
            }
            let winners: Vec<_> = racers.join_all().await.into_iter().flatten().collect();
            assert_eq!(winners.len(), 1, "generation {generation}");
            assert_eq!(winners[0].session.generation, generation + 1);
        }
    }
}

#[tokio::test]
async fn what_one_has_done_the_other_sees_at_once() {
    for fresh in both().await {
        with_a_session(&fresh, key(1)).await;
        let (one, other) = (fresh.store.clone(), fresh.another().await);
        for generation in 0..20 {
            let (here, there) = if generation % 2 == 0 { (&one, &other) } else { (&other, &one) };
            assert!(here.rotate(&step(key(1), generation, at(10)), at(10)).await.unwrap().is_some());
            assert_eq!(there.find(key(1).id).await.unwrap().unwrap().session.generation, generation + 1);
        }
        assert_eq!(one.end(&key(1), EndReason::Logout, at(11)).await.unwrap(), Some(admin().id));
        assert!(other.find(key(1).id).await.unwrap().unwrap().session.ended_at.is_some());
        assert!(other.rotate(&step(key(1), 20, at(12)), at(12)).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_verbs_at_once_neither_deadlock_nor_fail() {
    for fresh in both().await {
        with_a_session(&fresh, key(0)).await;
        let stores = [fresh.store.clone(), fresh.another().await];
        let mut racers = JoinSet::new();
        for n in 0..240_u8 {
            let store = stores[usize::from(n % 2)].clone();
            racers.spawn(async move {
                let now = at(1_500_000);
                // What each answers depends on the others; that each answers is the point.
                let (guessed, device) = (guessed(1, n % 5), n % 3 == 0);
                match n % 24 {
                    0 => store.sweep(at(3_000_000), 100).await.map(|_| ()),
                    1 => store.replace_password(&replacement(&admin().password), now).await.map(|_| ()),
                    2 => store.change(admin().id, &disabling(), now).await.map(|_| ()),
                    3 => store.create_first_admin(&admin(), now).await.map(|_| ()),
                    4 => store.end(&key(n), EndReason::Logout, now).await.map(|_| ()),
                    5 => store.rotate(&step(key(n), 0, now), now).await.map(|_| ()),
                    6 => {
                        store.end_all(admin().id, Some(key(n).id), EndReason::Revoked, now).await.map(|_| ())
                    }
                    7 => store.end_one(admin().id, key(n).id, EndReason::Revoked, now).await.map(|_| ()),
                    8 => store.create(&[person(2), person(1), person(u32::from(n))]).await.map(|_| ()),
                    9 => store.create(&[person(1), person(2)]).await.map(|_| ()),
                    10 => store.delete(person(1).user.id).await.map(|_| ()),
                    11 => store.live_sessions(admin().id, now).await.map(|_| ()),
                    12 | 13 => store.reserve(&place(guessed, now), now).await.map(|_| ()),
                    14 => store.settle(&guessed, wrong(now), now).await,
                    15 => store.settle(&guessed, Settlement::Right, now).await,
                    16 if device => store.forget(&guessed.account).await.map(|_| ()),
                    16 => store.sweep_throttle(at(3_000_000), 100).await.map(|_| ()),
                    17 => store.append(&[happened(1), happened(2), happened(n.into())]).await,
                    18 => store.append(&[happened(2), happened(1)]).await,
                    19 if device => store.sweep_events(at(3_000_000), 2).await.map(|_| ()),
                    19 => store.events(&EventQuery::about(key(1).id)).await.map(|_| ()),
                    _ => {
                        let replaces = Some(key(n.wrapping_sub(8)));
                        store.open(&Opening { replaces, limit: 3, ..opening(key(n)) }, now).await.map(|_| ())
                    }
                }
                .unwrap();
            });
        }
        racers.join_all().await;
    }
}

const ROUNDS: u32 = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_take_the_last_two_admins_away_one_is_refused() {
    for fresh in both().await {
        let (one, other) = (fresh.store.clone(), fresh.another().await);
        let ids = [person(1), person(2)].map(|account| account.user.id);
        for round in 0..ROUNDS {
            one.create(&[person(1), person(2)]).await.unwrap();
            let promotion = Change { role: Some(Role::ADMIN), ..Change::default() };
            for id in ids {
                one.change(id, &promotion, at(1)).await.unwrap();
            }
            let taking = [Change { role: Some(Role::USER), ..Change::default() }, disabling()];
            let change = &taking[round as usize % 2];
            if round % 3 == 0 {
                let (a, b) = tokio::join!(one.delete(ids[0]), other.change(ids[1], change, at(2)));
                let taken = [a.unwrap() == Deletion::Deleted, matches!(b.unwrap(), Changed::Changed { .. })];
                assert_ne!(taken[0], taken[1], "round {round}");
            } else {
                let (a, b) =
                    tokio::join!(one.change(ids[0], change, at(2)), other.change(ids[1], change, at(2)));
                let refused =
                    [a.unwrap(), b.unwrap()].iter().filter(|answer| **answer == Changed::LastAdmin).count();
                assert_eq!(refused, 1, "round {round}");
            }
            sea_orm::ConnectionTrait::execute_unprepared(one.database(), "DELETE FROM users").await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_that_overlap_crosswise_create_each_account_once() {
    for fresh in both().await {
        let stores = [fresh.store.clone(), fresh.another().await];
        for round in 0..ROUNDS {
            let mut racers = JoinSet::new();
            for n in 0..6_usize {
                let store = stores[n % 2].clone();
                let mut people: Vec<_> = (0..10).map(|k| person(round * 10 + k)).collect();
                if n % 2 == 1 {
                    people.reverse();
                }
                // Every third comes alone, and with an id that the others have for somebody else.
                if n % 3 == 2 {
                    people.truncate(1);
                    people[0].user.id = person(round * 10 + 5).user.id;
                }
                racers.spawn(async move { store.create(&people).await.unwrap() });
            }
            let outcomes: Vec<_> = racers.join_all().await.into_iter().flatten().collect();
            let created = outcomes.iter().filter(|outcome| **outcome == Creation::Created).count();
            // Whoever came alone and first has an address of one account and the id of another.
            assert!((9..=10).contains(&created), "round {round}: {created}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_session_outlives_the_end_of_its_account_or_password() {
    for fresh in both().await {
        let (one, other) = (fresh.store.clone(), fresh.another().await);
        let user = person(1).user.id;
        for round in 0..ROUNDS {
            one.create(&[person(1)]).await.unwrap();
            let opens = |n| Opening { user, ..opening(key(n)) };
            assert!(one.open(&opens(1), at(1)).await.unwrap().is_opened());
            let mut replacing = replacement(&PasswordHash::new("another"));
            replacing.user = user;
            let ending = async {
                match round % 3 {
                    0 => assert!(matches!(
                        other.change(user, &disabling(), at(2)).await.unwrap(),
                        Changed::Changed { .. }
                    )),
                    1 => assert!(matches!(
                        other.replace_password(&replacing, at(2)).await.unwrap(),
                        Replaced::Replaced { .. }
                    )),
                    _ => assert_eq!(other.delete(user).await.unwrap(), Deletion::Deleted),
                }
            };
            let (first, second, rotation) = (opens(2), opens(3), step(key(1), 0, at(2)));
            let (a, b, c, ()) = tokio::join!(
                one.open(&first, at(2)),
                one.open(&second, at(2)),
                one.rotate(&rotation, at(2)),
                ending
            );
            a.unwrap();
            b.unwrap();
            c.unwrap();
            assert_eq!(one.live_sessions(user, at(2)).await.unwrap(), [], "round {round}");
            assert!(one.rotate(&step(key(1), 1, at(2)), at(2)).await.unwrap().is_none(), "round {round}");
            assert_eq!(one.open(&opens(4), at(2)).await.unwrap(), Opened::Stale, "round {round}");
            sea_orm::ConnectionTrait::execute_unprepared(one.database(), "DELETE FROM users").await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_limit_of_sessions_holds_however_many_log_in_at_once() {
    for fresh in both().await {
        with_a_session(&fresh, key(0)).await;
        let stores = [fresh.store.clone(), fresh.another().await];
        for round in 0..5_u8 {
            let mut racers = JoinSet::new();
            for n in 0..40_u8 {
                let store = stores[usize::from(n % 2)].clone();
                let opening = Opening { limit: 7, ..opening(key(1 + round * 40 + n)) };
                racers.spawn(async move { store.open(&opening, at(2)).await.unwrap() });
            }
            let opened = racers.join_all().await;
            assert!(opened.iter().all(Opened::is_opened));
            assert_eq!(stores[0].live_sessions(admin().id, at(2)).await.unwrap().len(), 7, "round {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_guesses_only_the_free_are_granted() {
    for fresh in both().await {
        let stores = [fresh.store.clone(), fresh.another().await];
        for round in 0..3 {
            let (key, now) = (guessed(round, 0), at(1));
            // The free ones first, and then one at a time.
            for expected in [5, 1, 1] {
                let mut racers = JoinSet::new();
                for n in 0..200_usize {
                    let store = stores[n % 2].clone();
                    racers.spawn(async move { store.reserve(&place(key, now), now).await.unwrap() });
                }
                let outcomes = racers.join_all().await;
                let granted = |outcome: &&Reserved| matches!(outcome, Reserved::Granted { .. });
                let granted = outcomes.iter().filter(granted).count();
                assert_eq!(granted, expected, "round {round}");
                for n in 0..granted {
                    stores[n % 2].settle(&key, wrong(now), now).await.unwrap();
                }
            }
        }
    }
}

/// A clock that stands still, so that no wait is over before the test is.
#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        at(1_800_000_000_000)
    }
}

fn login(password: &str) -> Login {
    Login::new(admin().email, Password::parse(password).unwrap())
}

const RIGHT: &str = "Correct-Horse-7";

/// Two instances of a service, with the database and the secrets in common, and an admin.
async fn instances(fresh: &Fresh) -> [Auth<SeaOrmStore>; 2] {
    let mut secrets = [[0; 32]; 2];
    for secret in &mut secrets {
        OsEntropy.fill(secret).unwrap();
    }
    let [access, refresh] = secrets;
    let instance = |store: SeaOrmStore| {
        let threads = NonZeroUsize::new(2).unwrap();
        let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
        Auth::builder(store.clone())
            .throttle(store)
            .access_secret(access)
            .refresh_secret(refresh)
            .hashing(Hashing { cost, threads, queue: 1_000 })
            .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
            .clock(Noon)
            .build()
            .unwrap()
    };
    let instances = [instance(fresh.store.clone()), instance(fresh.another().await)];
    let password = Password::parse(RIGHT).unwrap();
    instances[0]
        .bootstrap(NewAdmin { email: admin().email, password, name: admin().name, token: None })
        .await
        .unwrap();
    instances
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_wrong_logins_only_the_free_are_looked_at() {
    for fresh in both().await {
        let instances = instances(&fresh).await;
        let mut racers = JoinSet::new();
        for n in 0..200_usize {
            let auth = instances[n % 2].clone();
            racers.spawn(async move { auth.login(login(&format!("Wrong-Guess-{n}"))).await });
        }
        let mut looked_at = 0;
        for answer in racers.join_all().await {
            match answer {
                Err(Error::Refused(Refusal::InvalidCredentials)) => looked_at += 1,
                Err(Error::Refused(Refusal::TooManyAttempts { .. })) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(looked_at, 5);
        for auth in &instances {
            let right = auth.login(login(RIGHT)).await;
            assert!(matches!(right, Err(Error::Refused(Refusal::TooManyAttempts { .. }))), "{right:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_right_logins_at_once_all_succeed() {
    for fresh in both().await {
        let instances = instances(&fresh).await;
        for n in 0..4_usize {
            instances[n % 2].login(login("Wrong-Guess-1")).await.unwrap_err();
        }
        let mut racers = JoinSet::new();
        for n in 0..20_usize {
            let auth = instances[n % 2].clone();
            racers.spawn(async move { auth.login(login(RIGHT)).await.map(drop) });
        }
        for answer in racers.join_all().await {
            answer.unwrap();
        }
    }
}

fn sealed(n: u32, signs_from: i64) -> SealedKey {
    SealedKey {
        id: format!("key {n}"),
        algorithm: "EdDSA".to_owned(),
        sealed: vec![1, 2, 3],
        created_at: at(1),
        signs_from: at(signs_from),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_add_the_next_signing_key_one_does() {
    for fresh in both().await {
        let stores = [fresh.store.clone(), fresh.another().await];
        let mut newest: Option<SealedKey> = None;
        for round in 0..20_u32 {
            let mut racers = JoinSet::new();
            for n in 0..10_u32 {
                let store = stores[n as usize % 2].clone();
                let newest = newest.clone();
                racers.spawn(async move {
                    let key = sealed(round * 100 + n, i64::from(round));
                    store.add_signing_key(&key, newest.as_ref().map(|key| key.id.as_str())).await.unwrap()
                });
            }
            let outcomes = racers.join_all().await;
            assert_eq!(outcomes.iter().filter(|outcome| **outcome == Addition::Added).count(), 1);
            let keys = stores[0].signing_keys().await.unwrap();
            assert_eq!(keys.len(), round as usize + 1);
            newest = keys.last().cloned();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_key_that_signs_is_never_removed_whoever_removes_the_others() {
    for fresh in both().await {
        let stores = [fresh.store.clone(), fresh.another().await];
        let mut newest: Option<String> = None;
        for n in 0..5 {
            let key = sealed(n, i64::from(n) * 10);
            assert_eq!(stores[0].add_signing_key(&key, newest.as_deref()).await.unwrap(), Addition::Added);
            newest = Some(key.id);
        }
        // Four of them have begun to sign, the last of these does, and one is yet to come.
        let mut racers = JoinSet::new();
        for n in 0..20_u32 {
            let store = stores[n as usize % 2].clone();
            racers.spawn(async move {
                store.remove_signing_key(&format!("key {}", n % 5), at(30)).await.unwrap()
            });
        }
        let outcomes = racers.join_all().await;
        // A later one takes the earlier ones along.
        assert!((2..=4).contains(&outcomes.iter().filter(|removed| **removed).count()), "{outcomes:?}");
        let left = stores[1].signing_keys().await.unwrap();
        assert_eq!(left, [sealed(3, 30)]);
        assert!(!format!("{left:?}").contains("[1, 2, 3]"), "what is sealed shows nowhere");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_removed_leaves_none_behind_that_was_over() {
    for fresh in both().await {
        let mut newest: Option<String> = None;
        for n in 0..4 {
            let key = sealed(n, i64::from(n) * 10);
            assert_eq!(fresh.store.add_signing_key(&key, newest.as_deref()).await.unwrap(), Addition::Added);
            newest = Some(key.id);
        }
        // At 25 the third signs, and the fourth is yet to come.
        assert!(!fresh.store.remove_signing_key("key 2", at(25)).await.unwrap());
        assert!(!fresh.store.remove_signing_key("nobody's", at(25)).await.unwrap());
        assert!(fresh.store.remove_signing_key("key 1", at(25)).await.unwrap());
        assert_eq!(fresh.store.signing_keys().await.unwrap(), [sealed(2, 20), sealed(3, 30)]);
        assert!(fresh.store.remove_signing_key("key 3", at(25)).await.unwrap());
        assert_eq!(fresh.store.signing_keys().await.unwrap(), [sealed(2, 20)]);
    }
}
