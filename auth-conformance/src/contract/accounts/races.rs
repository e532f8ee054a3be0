//! Several requests at once, where only one may win or none may slip through.

use http::StatusCode;
use serde_json::{Value, json};

use crate::race::{all_at_once, both_at_once};

use super::super::answer::Answer;
use super::super::client::{Ask, PASSWORD, Session};
use super::super::{App, Door, Settings};
use super::team::{CHANGED, NEW_PASSWORD, Team, login_ask};
use super::wire::Account;

const ROUNDS: u32 = 20;
const ANN: &str = "ann@example.com";

/// What an admin changes of an account.
fn change(who: &Session, whom: &str, change: &Value) -> Ask {
    Ask::patch(&format!("/users/{whom}")).bearer(&who.access).json(&change.to_string())
}

/// Of several creations of one address, one creates it.
pub async fn creations_of_one_address_have_one_winner<D: Door>(door: D) {
    let team = Team::open(&door).await;
    for round in 0..ROUNDS {
        let creations = (0..4).map(|contender| {
            let email = if contender % 2 == 0 { format!("u{round}@example.com") } else { format!(" U{round}@Example.com") };
            let new = json!({ "email": email, "name": format!("Contender {contender}"), "role": "USER", "password": PASSWORD });
            team.client.send(Ask::post("/users").bearer(&team.admin.access).json(&new.to_string()))
        });
        let answers = all_at_once(creations).await;
        let (won, lost): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.status() == StatusCode::CREATED);
        let [won] = won[..] else { panic!("one of them creates it") };
        for answer in lost {
            answer.refuses(StatusCode::CONFLICT, "Email already in use").leaves_cookie();
        }
        let account = Account::of(won, StatusCode::CREATED);
        assert_eq!(team.page(&format!("search=u{round}@")).await.users, [account]);
    }
}

/// Insists that whatever a refresh gave out while its session was ended is worth nothing.
async fn assert_outlived_nothing<A: App>(team: &Team<A>, session: &Session, refresh: &Answer) {
    if refresh.status() == StatusCode::OK {
        let access = refresh.is_refreshed();
        team.client.me(&access).await.refuses_bearer();
        team.client.refresh(&refresh.issued_cookie()).await.refuses_refresh();
    } else {
        refresh.refuses_refresh();
    }
    team.is_over(session).await;
}

/// No refresh outlives the disabling of its account, however close they come.
pub async fn no_refresh_outlives_a_disabling<D: Door>(door: D) {
    let team = Team::open_with(&door, Settings::development().without_grace()).await;
    let id = team.hire(ANN, "Ann", "USER").await.id;
    for round in 0..ROUNDS {
        let session = team.login(ANN).await;
        let disable = team.client.send(change(&team.admin, &id, &json!({ "disabled": true })));
        let refresh = team.client.send(Ask::post("/refresh").cookie(&session.refresh));
        let (disabled, refreshed) = both_at_once(round, disable, refresh).await;
        assert!(Account::of(&disabled, StatusCode::OK).disabled);
        assert_outlived_nothing(&team, &session, &refreshed).await;
        team.change(&id, &json!({ "disabled": false })).await;
        assert_outlived_nothing(&team, &session, &refreshed).await;
    }
}

/// No refresh of another session outlives a change of the password, while the session that asks
/// for it can refresh all the time.
pub async fn no_refresh_outlives_a_password_change<D: Door>(door: D) {
    let team = Team::open_with(&door, Settings::development().without_grace()).await;
    let mut here = team.member(ANN, "USER").await;
    let (mut current, mut new) = (PASSWORD, NEW_PASSWORD);
    for round in 0..ROUNDS {
        let there = Session::of(&team.try_login(ANN, current).await);
        let body = json!({ "currentPassword": current, "newPassword": new }).to_string();
        let change = team.client.send(Ask::post("/password").bearer(&here.access).json(&body));
        let refresh = |session: &Session| team.client.send(Ask::post("/refresh").cookie(&session.refresh));
        let mine = tokio::spawn(refresh(&here));
        let (changed, refreshed) = both_at_once(round, change, refresh(&there)).await;
        changed.is(StatusCode::OK, CHANGED).leaves_cookie();
        assert_outlived_nothing(&team, &there, &refreshed).await;
        let mine = mine.await.expect("a contender does not panic");
        mine.is_refreshed();
        here.refresh = mine.issued_cookie();
        team.client.me(&here.access).await.is_user();
        (current, new) = (new, current);
    }
}

/// No login with the old password outlives a change of it.
pub async fn no_login_outlives_a_password_change<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let id = team.hire(ANN, "Ann", "USER").await.id;
    let (mut current, mut new) = (PASSWORD, NEW_PASSWORD);
    for round in 0..ROUNDS {
        let give = team.client.send(change(&team.admin, &id, &json!({ "password": new })));
        let login = team.client.send(login_ask(ANN, current));
        let (given, login) = both_at_once(round, give, login).await;
        Account::of(&given, StatusCode::OK);
        if login.status() == StatusCode::OK {
            team.is_over(&Session::of(&login)).await;
        } else {
            login.refuses(StatusCode::UNAUTHORIZED, "Invalid email or password").leaves_cookie();
        }
        team.refuses_login(ANN, current).await;
        (current, new) = (new, current);
    }
}

/// Of two changes of one's own password at once, one counts, and the session that asked for it
/// goes on; the other changes nothing, because the password it knows is no longer the one.
pub async fn password_changes_at_once_have_one_winner<D: Door>(door: D) {
    // All those who lose come from one address.
    let settings = Settings::development().with_failures_per_minute(1_000);
    let team = Team::open_with(&door, settings).await;
    let mut here = team.member(ANN, "USER").await;
    let mut current = PASSWORD.to_owned();
    for round in 0..ROUNDS {
        let there = Session::of(&team.try_login(ANN, &current).await);
        let new = ["here", "there"].map(|place| format!("The password of round {round}, from {place}"));
        let change = |session: &Session, new: &str| {
            let body = json!({ "currentPassword": current, "newPassword": new }).to_string();
            team.client.send(Ask::post("/password").bearer(&session.access).json(&body))
        };
        let (one, two) = both_at_once(round, change(&here, &new[0]), change(&there, &new[1])).await;
        let first = one.status() == StatusCode::OK;
        let (won, lost) = if first { (&one, &two) } else { (&two, &one) };
        won.is(StatusCode::OK, CHANGED).leaves_cookie();
        if lost.status() == StatusCode::FORBIDDEN {
            lost.refuses(StatusCode::FORBIDDEN, "Current password is incorrect").leaves_cookie();
        } else {
            lost.refuses_bearer();
        }
        let ([goes, stays], [wrong, right]) =
            if first { ([there, here], [&new[1], &new[0]]) } else { ([here, there], [&new[0], &new[1]]) };
        team.is_over(&goes).await;
        team.client.me(&stays.access).await.is_user();
        team.refuses_login(ANN, wrong).await;
        (here, current) = (stays, right.clone());
    }
}
