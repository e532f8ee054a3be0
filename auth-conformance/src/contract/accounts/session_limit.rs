//! How many live sessions one user may have.

use std::collections::BTreeSet;

use http::StatusCode;

use crate::race::all_at_once;

use super::super::client::{LOGGED_OUT, PASSWORD, Session};
use super::super::{App, Door, Settings};
use super::team::{Team, login_ask};

const ANN: &str = "ann@example.com";

async fn limited<D: Door>(door: &D, sessions: u32) -> (Team<D::App>, Session) {
    let team = Team::open_with(door, Settings::development().with_session_limit(sessions)).await;
    let first = team.member(ANN, "USER").await;
    (team, first)
}

/// The oldest of these, which is the last in the list, and the others.
async fn oldest<A: App>(team: &Team<A>, mut sessions: Vec<Session>) -> (Session, Vec<Session>) {
    let listed = team.sessions(&sessions[0]).await;
    assert_eq!(listed.len(), sessions.len());
    let last = &listed.last().expect("a session").id;
    let at = sessions.iter().position(|session| session.id() == *last).expect("one of ours");
    (sessions.swap_remove(at), sessions)
}

/// One login more than there may be ends the oldest session, with the answers of any ended one,
/// and no other.
pub async fn one_login_too_many_ends_the_oldest_session<D: Door>(door: D) {
    let (team, first) = limited(&door, 3).await;
    let mut live = vec![first, team.login(ANN).await, team.login(ANN).await];
    for session in &live {
        team.is_live(session).await;
    }
    for _ in 0..2 {
        let (old, mut others) = oldest(&team, live).await;
        others.push(team.login(ANN).await);
        team.is_over(&old).await;
        for session in &others {
            team.client.me(&session.access).await.is_user();
        }
        live = others;
        assert_eq!(team.sessions(&live[0]).await.len(), 3);
    }
    team.is_live(&team.admin).await;
}

/// Sessions that have ended do not count, nor does the one that a login replaces.
pub async fn only_live_sessions_count<D: Door>(door: D) {
    let (team, first) = limited(&door, 2).await;
    let second = team.login(ANN).await;
    team.client.logout(&first.refresh).await.is(StatusCode::OK, LOGGED_OUT);
    let third = team.login(ANN).await;
    team.client.me(&second.access).await.is_user();
    let answer = team.client.send(login_ask(ANN, PASSWORD).cookie(&third.refresh)).await;
    let fourth = Session::of(&answer);
    team.is_over(&third).await;
    team.is_live(&second).await;
    team.is_live(&fourth).await;
}

/// With a limit of one, every login ends the session before.
pub async fn there_may_be_one_session_only<D: Door>(door: D) {
    let (team, mut before) = limited(&door, 1).await;
    for _ in 0..3 {
        let after = team.login(ANN).await;
        team.is_over(&before).await;
        team.is_live(&after).await;
        before = after;
    }
    team.is_live(&team.admin).await;
}

/// However many log in at once, so many live sessions are left as there may be.
pub async fn logins_at_once_keep_to_the_limit<D: Door>(door: D) {
    let (team, first) = limited(&door, 3).await;
    let mut live = vec![first];
    for _ in 0..20 {
        let logins = (0..6).map(|_| team.client.send(login_ask(ANN, PASSWORD)));
        live.extend(all_at_once(logins).await.iter().map(Session::of));
        let mut still = Vec::new();
        for session in live {
            let answer = team.client.me(&session.access).await;
            if answer.status() == StatusCode::OK {
                still.push(session);
            } else {
                answer.refuses_bearer();
                team.client.refresh(&session.refresh).await.refuses_refresh();
            }
        }
        assert_eq!(still.len(), 3, "as many as there may be");
        let listed: BTreeSet<_> = team.sessions(&still[0]).await.into_iter().map(|seen| seen.id).collect();
        assert_eq!(listed, still.iter().map(Session::id).collect());
        live = still;
    }
}
