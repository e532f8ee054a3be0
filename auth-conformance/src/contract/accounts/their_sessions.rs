//! `GET` and `DELETE /users/{id}/sessions`, and one of them: the sessions of an account.

use std::collections::BTreeSet;

use http::{Method, StatusCode};

use super::super::Door;
use super::places::NOBODY;
use super::team::{ENDED, Team, ended};
use super::wire::Seen;

const ANN: &str = "ann@example.com";

/// An admin sees the same sessions as their owner; `current` is only the one that asks.
pub async fn an_admin_sees_the_sessions_of_an_account<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (one, other) = (team.member(ANN, "USER").await, team.login(ANN).await);
    let path = format!("/users/{}/sessions", one.user_id);
    let seen = Seen::all(&team.get(&team.admin, &path).await);
    let ids: BTreeSet<_> = seen.iter().map(|session| session.id.clone()).collect();
    assert_eq!(ids, BTreeSet::from([one.id(), other.id()]));
    assert!(seen.iter().all(|session| !session.current));
    let own = team.sessions(&one).await.into_iter().map(|session| Seen { current: false, ..session });
    assert_eq!(seen, own.collect::<Vec<_>>());
    team.ask(&team.admin, Method::HEAD, &path).await.is(StatusCode::OK, "").leaves_cookie();

    let beside = team.client.login().await;
    let own = Seen::all(&team.get(&team.admin, &format!("/users/{}/sessions", beside.user_id)).await);
    assert_eq!(own, team.sessions(&team.admin).await);
    assert_eq!(own.iter().filter(|session| session.current).count(), 1);
}

/// An account without a session has an empty list.
pub async fn an_account_without_sessions_has_an_empty_list<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let account = team.hire(ANN, "Ann", "USER").await;
    let path = format!("/users/{}/sessions", account.id);
    team.get(&team.admin, &path).await.is(StatusCode::OK, r#"{"sessions":[]}"#).leaves_cookie();
    team.delete(&team.admin, &path).await.is(StatusCode::OK, &ended(0)).leaves_cookie();
}

/// An admin ends one session of an account, at once and once only.
pub async fn an_admin_ends_a_session<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (stolen, good) = (team.member(ANN, "USER").await, team.login(ANN).await);
    let path = format!("/users/{}/sessions/{}", stolen.user_id, stolen.id());
    team.delete(&team.admin, &path).await.is(StatusCode::OK, ENDED).leaves_cookie();
    team.is_over(&stolen).await;
    team.delete(&team.admin, &path).await.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
    team.is_live(&good).await;
}

/// An admin ends all sessions of an account, and is told how many; no other account's.
pub async fn an_admin_ends_all_sessions_of_an_account<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (ann, bob) = (team.member(ANN, "USER").await, team.member("bob@example.com", "USER").await);
    let others = [team.login(ANN).await, team.login(ANN).await];
    team.client.logout(&others[1].refresh).await.clears_cookie();
    let path = format!("/users/{}/sessions", ann.user_id);
    team.delete(&team.admin, &path).await.is(StatusCode::OK, &ended(2)).leaves_cookie();
    for session in others.iter().chain([&ann]) {
        team.is_over(session).await;
    }
    team.is_live(&bob).await;
    team.is_live(&team.admin).await;
    team.login(ANN).await;
}

/// The session of another account, or of none, is not found under this one, and goes on.
pub async fn a_session_is_found_only_under_its_own_account<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (ann, bob) = (team.member(ANN, "USER").await, team.member("bob@example.com", "USER").await);
    let (anns, bobs) = (ann.id(), bob.id());
    for (user, session) in [
        (ann.user_id.as_str(), bobs.as_str()),
        (&ann.user_id, &team.admin.id()),
        (&ann.user_id, NOBODY),
        (&ann.user_id, "x"),
        (&ann.user_id, &anns.to_uppercase()),
        (NOBODY, &anns),
        ("x", &anns),
        ("me", &anns),
    ] {
        let answer = team.delete(&team.admin, &format!("/users/{user}/sessions/{session}")).await;
        answer.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
    }
    for session in [&ann, &bob, &team.admin] {
        team.is_live(session).await;
    }
}

/// An admin who ends the session that asks gets its cookie cleared.
pub async fn an_admin_can_end_the_session_that_asks<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (beside, id) = (team.client.login().await, &team.admin.user_id);
    let answer = team.delete(&team.admin, &format!("/users/{id}/sessions/{}", team.admin.id())).await;
    answer.is(StatusCode::OK, ENDED).clears_cookie();
    team.is_over(&team.admin).await;
    team.client.me(&beside.access).await.is_user();

    let answer = team.delete(&beside, &format!("/users/{id}/sessions")).await;
    answer.is(StatusCode::OK, &ended(1)).clears_cookie();
    team.is_over(&beside).await;
}
