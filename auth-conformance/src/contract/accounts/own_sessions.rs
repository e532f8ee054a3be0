//! `GET /sessions`, `DELETE /sessions` and `DELETE /sessions/{id}`: one's own sessions.

use std::collections::BTreeSet;

use http::{Method, StatusCode};

use super::super::Door;
use super::places::NOBODY;
use super::team::{ENDED, Team, ended};

const ANN: &str = "ann@example.com";

/// All live sessions of whoever asks and of nobody else are listed, the latest login first, with
/// the ids that their access tokens carry; `current` is the one that asks.
pub async fn own_sessions_are_listed_the_latest_login_first<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let first = team.member(ANN, "USER").await;
    let (second, gone) = (team.login(ANN).await, team.login(ANN).await);
    team.client.logout(&gone.refresh).await.clears_cookie();
    for asking in [&first, &second] {
        let seen = team.sessions(asking).await;
        let ids: BTreeSet<_> = seen.iter().map(|session| session.id.clone()).collect();
        assert_eq!(ids, BTreeSet::from([first.id(), second.id()]));
        assert_eq!(seen.len(), 2);
        for session in &seen {
            assert_eq!(session.current, session.id == asking.id());
        }
    }
    let admins = team.sessions(&team.admin).await;
    assert_eq!(admins.iter().map(|session| session.id.clone()).collect::<Vec<_>>(), [team.admin.id()]);
}

/// `HEAD /sessions` answers as `GET` does, without a body.
pub async fn head_sessions_answers_without_a_body<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let answer = team.ask(&team.admin, Method::HEAD, "/sessions").await;
    answer.is(StatusCode::OK, "").leaves_cookie();
}

/// Another session of one's own can be ended, at once and once only; the one that asks goes on.
pub async fn another_session_of_ones_own_can_be_ended<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (here, there) = (team.member(ANN, "USER").await, team.login(ANN).await);
    let path = format!("/sessions/{}", there.id());
    team.delete(&here, &path).await.is(StatusCode::OK, ENDED).leaves_cookie();
    team.is_over(&there).await;
    assert_eq!(team.sessions(&here).await.len(), 1);
    team.delete(&here, &path).await.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
    team.is_live(&here).await;
}

/// A session can end itself, which clears its cookie and ends no other.
pub async fn a_session_can_end_itself<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (here, there) = (team.member(ANN, "USER").await, team.login(ANN).await);
    let path = format!("/sessions/{}", here.id());
    team.delete(&here, &path).await.is(StatusCode::OK, ENDED).clears_cookie();
    team.is_over(&here).await;
    team.delete(&here, &path).await.refuses_bearer();
    team.is_live(&there).await;
}

/// An id that is malformed, unknown or somebody else's session is not found, and ends nothing;
/// neither for a user nor for an admin.
pub async fn a_strange_session_is_not_found<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (ann, bob) = (team.member(ANN, "USER").await, team.member("bob@example.com", "USER").await);
    let (anns, bobs) = (ann.id(), bob.id());
    for (asking, strange) in [(&ann, &bobs), (&team.admin, &bobs), (&bob, &team.admin.id()), (&bob, &anns)] {
        let answer = team.delete(asking, &format!("/sessions/{strange}")).await;
        answer.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
    }
    let (upper, plain, user) = (anns.to_uppercase(), anns.replace('-', ""), ann.user_id.clone());
    let braced = format!("%7B{anns}%7D");
    for strange in [NOBODY, "x", "0", "current", "..", "%00", &upper, &plain, &braced, &user] {
        let answer = team.delete(&ann, &format!("/sessions/{strange}")).await;
        answer.refuses(StatusCode::NOT_FOUND, "Not found").leaves_cookie();
    }
    for session in [&ann, &bob, &team.admin] {
        team.is_live(session).await;
    }
}

/// All other sessions of one's own can be ended, and are counted; the one that asks, with its
/// cookie, and everyone else's go on.
pub async fn all_other_sessions_can_be_ended<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let here = team.member(ANN, "USER").await;
    let others = [team.login(ANN).await, team.login(ANN).await, team.login(ANN).await];
    team.client.logout(&others[0].refresh).await.clears_cookie();
    team.delete(&here, "/sessions").await.is(StatusCode::OK, &ended(2)).leaves_cookie();
    for other in &others {
        team.is_over(other).await;
    }
    team.delete(&here, "/sessions?current=false").await.is(StatusCode::OK, &ended(0)).leaves_cookie();
    team.is_live(&here).await;
    team.is_live(&team.admin).await;
}

/// With `?current=true` all are ended, the one that asks too, and its cookie is cleared.
pub async fn all_sessions_can_be_ended<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (here, there) = (team.member(ANN, "USER").await, team.login(ANN).await);
    let answer = team.delete(&here, "/sessions?current=true").await;
    answer.is(StatusCode::OK, &ended(2)).clears_cookie();
    team.is_over(&here).await;
    team.is_over(&there).await;
    team.is_live(&team.admin).await;
    team.login(ANN).await;
}

/// `current` is `true` or `false` and there at most once; anything else is refused and ends
/// nothing. Other parameters are ignored.
pub async fn current_must_be_true_or_false<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (here, there) = (team.member(ANN, "USER").await, team.login(ANN).await);
    for wrong in ["current=", "current", "current=yes", "current=1", "current=TRUE", "current=true%20"] {
        let answer = team.delete(&here, &format!("/sessions?{wrong}")).await;
        answer.refuses(StatusCode::BAD_REQUEST, "current must be true or false").leaves_cookie();
    }
    for twice in ["current=true&current=true", "current=false&x=1&current=true"] {
        let answer = team.delete(&here, &format!("/sessions?{twice}")).await;
        answer.refuses(StatusCode::BAD_REQUEST, "current must not be there twice").leaves_cookie();
    }
    team.is_live(&there).await;
    let answer = team.delete(&here, "/sessions?Current=true&currents=true&x=1&x=2").await;
    answer.is(StatusCode::OK, &ended(1)).leaves_cookie();
    team.is_live(&here).await;
}
