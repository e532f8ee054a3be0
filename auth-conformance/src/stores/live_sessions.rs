//! `live_sessions`, `end_one` and `end_all`: the sessions of one user, seen together.

use std::net::IpAddr;

use auth_core::store::{Opening, Rotation, SessionKey};
use auth_core::{Client, EndReason, LiveSession, SessionId, Timestamp, UserAgent};

use crate::harness::Managed;
use crate::stage::{NOW, Stage, advance, at, just_before, key, opening, person};

async fn ids<H: Managed>(stage: &Stage<H>, user: u16, now: Timestamp) -> Vec<SessionId> {
    stage.live_sessions(person(user).id, now).await.into_iter().map(|session| session.id).collect()
}

/// The latest login comes first, whatever the ids and the last uses are.
pub async fn the_latest_login_comes_first<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    for (number, seconds) in [(5, 3), (1, 1), (9, 4), (7, 2)] {
        assert!(stage.open(opening(&admin, key(number)), at(seconds)).await.is_opened());
    }
    stage.rotate(advance(key(1), 0), at(9)).await.expect("the step is made");
    assert_eq!(ids(&stage, 1, at(10)).await, [9, 5, 7, 1].map(|number| key(number).id));
}

/// Of sessions opened in the same millisecond, the one with the greatest id comes first, compared
/// byte by byte.
pub async fn of_logins_at_once_the_greatest_id_comes_first<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let mut expected = Vec::new();
    for bytes in [[0x80; 16], [0; 16], [0xFF; 16], [0x7F; 16], first_byte(1), last_byte(1), [0x30; 16]] {
        let key = SessionKey { id: SessionId::from_bytes(bytes), ..key(1) };
        assert!(stage.open(opening(&admin, key), NOW).await.is_opened());
        expected.push(key.id);
    }
    expected.sort_by_key(|id| std::cmp::Reverse(id.to_bytes()));
    assert_eq!(ids(&stage, 1, at(1)).await, expected);
}

fn first_byte(byte: u8) -> [u8; 16] {
    [byte, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
}

fn last_byte(byte: u8) -> [u8; 16] {
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte]
}

/// A session is listed until the millisecond of its end, and not once it was ended; another
/// user's is never listed, and nobody has none.
pub async fn only_live_sessions_of_the_user_are_listed<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let sliding = Opening { expires_at: at(10), ..opening(&admin, key(1)) };
    let absolute = Opening { ends_at: at(10), ..opening(&admin, key(2)) };
    for opening in [sliding, absolute, opening(&admin, key(3)), opening(&admin, key(4))] {
        assert!(stage.open(opening, NOW).await.is_opened());
    }
    stage.session(&other, 5).await;
    assert_eq!(stage.end(key(3), EndReason::Logout, at(1)).await, Some(admin.id));
    let listed = |numbers: &[u16]| numbers.iter().map(|number| key(*number).id).collect::<Vec<_>>();
    assert_eq!(ids(&stage, 1, just_before(at(10))).await, listed(&[4, 2, 1]));
    assert_eq!(ids(&stage, 1, at(10)).await, listed(&[4]));
    assert_eq!(ids(&stage, 2, at(10)).await, listed(&[5]));
    assert_eq!(ids(&stage, 9, at(10)).await, []);
}

/// A listed session says when its user logged in, when it was last used and when it ends, before
/// and after a rotation; never an end behind its absolute one.
pub async fn a_listed_session_tells_its_times<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let wanted = Opening { expires_at: at(100), ends_at: at(300), ..opening(&admin, key(1)) };
    assert!(stage.open(wanted, at(1)).await.is_opened());
    let mut expected = LiveSession {
        id: key(1).id,
        created_at: at(1),
        last_used_at: at(1),
        expires_at: at(100),
        client: Client::default(),
    };
    assert_eq!(stage.live_sessions(admin.id, at(2)).await, [expected.clone()]);
    let step = Rotation { expires_at: at(200), ..advance(key(1), 0) };
    stage.rotate(step, at(50)).await.expect("the step is made");
    (expected.last_used_at, expected.expires_at) = (at(50), at(200));
    assert_eq!(stage.live_sessions(admin.id, at(51)).await, [expected.clone()]);
    let step = Rotation { expires_at: at(400), ..advance(key(1), 1) };
    stage.rotate(step, at(60)).await.expect("the step is made");
    (expected.last_used_at, expected.expires_at) = (at(60), at(300));
    assert_eq!(stage.live_sessions(admin.id, at(61)).await, [expected.clone()]);

    let beyond = Opening { expires_at: at(500), ends_at: at(400), ..opening(&admin, key(2)) };
    assert!(stage.open(beyond, at(70)).await.is_opened());
    let listed = stage.live_sessions(admin.id, at(71)).await;
    assert_eq!(listed.iter().map(|session| session.expires_at).collect::<Vec<_>>(), [at(400), at(300)]);
}

/// A listed session says from where its user logged in, as it was given, and a rotation does not
/// change it.
pub async fn a_listed_session_tells_its_client<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let agent = |text: &str| Some(UserAgent::new(text).expect("something to show"));
    let address = |text: &str| Some(text.parse::<IpAddr>().expect("a good address"));
    let longest = "🦊".repeat(UserAgent::MAX_CHARS);
    let clients = [
        Client {
            user_agent: agent("Mozilla/5.0 (X11; Linux x86_64)"),
            ip_address: address("192.0.2.7"),
            request_id: None,
        },
        Client {
            user_agent: agent(&longest),
            ip_address: address("2001:db8:ffff:ffff:ffff:ffff:ffff:fffe"),
            request_id: None,
        },
        Client { user_agent: agent("'; DROP TABLE sessions;-- \\ % é"), ip_address: None, request_id: None },
        Client { user_agent: None, ip_address: address("::ffff:192.0.2.7"), request_id: None },
        Client { user_agent: None, ip_address: address("::"), request_id: None },
        Client { user_agent: agent("x"), ip_address: address("255.255.255.255"), request_id: None },
        Client::default(),
    ];
    for (number, client) in (1_u16..).zip(&clients) {
        let wanted = Opening { client: client.clone(), ..opening(&admin, key(number)) };
        assert!(stage.open(wanted, at(i64::from(number))).await.is_opened());
        stage.rotate(advance(key(number), 0), at(50)).await.expect("the step is made");
    }
    let listed: Vec<_> =
        stage.live_sessions(admin.id, at(60)).await.into_iter().map(|session| session.client).collect();
    assert_eq!(listed, clients.into_iter().rev().collect::<Vec<_>>());
}

/// One session of a user is ended, with its reason and time, and no other.
pub async fn one_session_is_ended_by_its_id<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (key, beside) = (stage.session(&admin, 1).await, stage.session(&admin, 2).await);
    let his = stage.session(&other, 3).await;
    assert!(stage.end_one(admin.id, key.id, EndReason::Revoked, at(5)).await);
    stage.assert_ended(key, EndReason::Revoked, at(5)).await;
    assert!(stage.rotate(advance(key, 0), at(6)).await.is_none());
    for key in [beside, his] {
        stage.assert_not_ended(key).await;
    }
}

/// Another user's session is not ended by its id, and neither is one that does not exist.
pub async fn another_users_session_is_not_ended_by_its_id<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (hers, his) = (stage.session(&admin, 1).await, stage.session(&other, 2).await);
    assert!(!stage.end_one(admin.id, his.id, EndReason::Revoked, at(5)).await);
    assert!(!stage.end_one(admin.id, key(9).id, EndReason::Revoked, at(5)).await);
    assert!(!stage.end_one(person(9).id, hers.id, EndReason::Revoked, at(5)).await);
    stage.assert_not_ended(hers).await;
    stage.assert_not_ended(his).await;
}

/// A session that has ended or expired is not ended by its id, and stays as it is.
pub async fn a_dead_session_is_not_ended_by_its_id<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let out = stage.session(&admin, 1).await;
    assert_eq!(stage.end(out, EndReason::Logout, at(1)).await, Some(admin.id));
    let sliding = Opening { expires_at: at(5), ..opening(&admin, key(2)) };
    let absolute = Opening { ends_at: at(5), ..opening(&admin, key(3)) };
    for opening in [sliding, absolute] {
        assert!(stage.open(opening, at(1)).await.is_opened());
    }
    for key in [out, key(2), key(3)] {
        assert!(!stage.end_one(admin.id, key.id, EndReason::Revoked, at(5)).await);
    }
    stage.assert_ended(out, EndReason::Logout, at(1)).await;
    stage.assert_not_ended(key(2)).await;
    assert!(stage.end_one(admin.id, key(3).id, EndReason::Revoked, just_before(at(5))).await);
}

/// All sessions of a user are ended and counted, and nobody else's.
pub async fn all_sessions_of_a_user_are_ended<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let hers = [stage.session(&admin, 1).await, stage.session(&admin, 2).await];
    let his = stage.session(&other, 3).await;
    assert_eq!(stage.end_all(person(9).id, None, EndReason::Revoked, at(4)).await, 0);
    assert_eq!(stage.end_all(admin.id, None, EndReason::RevokedByAdmin, at(5)).await, 2);
    for key in hers {
        stage.assert_ended(key, EndReason::RevokedByAdmin, at(5)).await;
    }
    stage.assert_not_ended(his).await;
    assert_eq!(stage.end_all(admin.id, None, EndReason::Revoked, at(6)).await, 0);
    stage.assert_ended(hers[0], EndReason::RevokedByAdmin, at(5)).await;
}

/// All sessions of a user but one are ended; the excepted one goes on, and counts for nothing.
pub async fn all_sessions_but_one_are_ended<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let (admin, other) = (stage.admin().await, stage.someone(2).await);
    let (kept, ended) =
        (stage.session(&admin, 2).await, [stage.session(&admin, 1).await, stage.session(&admin, 3).await]);
    let his = stage.session(&other, 4).await;
    assert_eq!(stage.end_all(admin.id, Some(kept.id), EndReason::Revoked, at(5)).await, 2);
    for key in ended {
        stage.assert_ended(key, EndReason::Revoked, at(5)).await;
    }
    stage.assert_not_ended(kept).await;
    assert_eq!(stage.end_all(admin.id, Some(his.id), EndReason::Logout, at(6)).await, 1);
    stage.assert_ended(kept, EndReason::Logout, at(6)).await;
    stage.assert_not_ended(his).await;
}

/// Expired sessions are ended with the rest and not counted; what had ended keeps its end.
pub async fn all_that_have_not_ended_are_and_the_live_are_counted<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    let out = stage.session(&admin, 1).await;
    assert_eq!(stage.end(out, EndReason::Logout, at(1)).await, Some(admin.id));
    let sliding = Opening { expires_at: at(5), ..opening(&admin, key(2)) };
    let absolute = Opening { ends_at: at(5), ..opening(&admin, key(3)) };
    for opening in [sliding, absolute, opening(&admin, key(4))] {
        assert!(stage.open(opening, at(1)).await.is_opened());
    }
    assert_eq!(stage.end_all(admin.id, None, EndReason::Revoked, at(5)).await, 1, "one was live");
    stage.assert_ended(out, EndReason::Logout, at(1)).await;
    for number in [2, 3, 4] {
        stage.assert_ended(key(number), EndReason::Revoked, at(5)).await;
    }
}

/// Each reason is kept as it was given, for one session and for all.
pub async fn every_reason_is_kept_for_one_and_for_all<H: Managed>(harness: H) {
    let stage = Stage::new(harness);
    let admin = stage.admin().await;
    for (number, why) in (1..).zip(EndReason::ALL.iter().copied()) {
        let (one, all) = (stage.session(&admin, number).await, stage.session(&admin, 100 + number).await);
        assert!(stage.end_one(admin.id, one.id, why, at(5)).await);
        assert_eq!(stage.end_all(admin.id, None, why, at(6)).await, 1);
        stage.assert_ended(one, why, at(5)).await;
        stage.assert_ended(all, why, at(6)).await;
    }
}
