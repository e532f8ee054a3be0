//! Two admins at once, of whom one has to stay.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::race::both_at_once;

use super::super::answer::Answer;
use super::super::client::{Ask, PASSWORD, Session};
use super::super::{App, Door};
use super::team::Team;
use super::wire::Account;

const ROUNDS: u32 = 20;
const ANN: &str = "ann@example.com";
const LAST_ADMIN: &str = "The last admin cannot be demoted, disabled or deleted";

/// What one admin asks about another, or about themselves.
fn change(who: &Session, whom: &str, change: &Value) -> Ask {
    Ask::patch(&format!("/users/{whom}")).bearer(&who.access).json(&change.to_string())
}

/// Insists that one of two admins went and the other could not, and says which one stays.
fn stays<'a>(
    (first, one): (&'a Session, &Answer),
    (second, other): (&'a Session, &Answer),
    also: impl Fn(&Answer) -> bool,
) -> (&'a Session, &'a Session) {
    let (refused, stays, goes) = match (one.status(), other.status()) {
        (StatusCode::OK, StatusCode::OK) => panic!("{}", one.told("that one admin is left")),
        (StatusCode::OK, _) => (other, first, second),
        (_, StatusCode::OK) => (one, second, first),
        _ => panic!("{}", one.told("that one of two admins may go")),
    };
    if !also(refused) {
        refused.refuses(StatusCode::CONFLICT, LAST_ADMIN).leaves_cookie();
    }
    (stays, goes)
}

/// Whoever stays makes the other an admin again.
async fn promote<A: App>(team: &Team<A>, stays: &Session, goes: &Session) {
    let ask = change(stays, &goes.user_id, &json!({ "role": "ADMIN" }));
    assert_eq!(Account::of(&team.client.send(ask).await, StatusCode::OK).role, "ADMIN");
}

/// Of the last two admins, each of whom steps down, one stays.
pub async fn the_last_two_admins_cannot_step_down_at_once<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let other = team.member(ANN, "ADMIN").await;
    let step_down = |who: &Session| team.client.send(change(who, &who.user_id, &json!({ "role": "USER" })));
    for round in 0..ROUNDS {
        let (one, two) = both_at_once(round, step_down(&team.admin), step_down(&other)).await;
        // Here whoever succeeds goes.
        let (goes, stays) = stays((&team.admin, &one), (&other, &two), |_| false);
        promote(&team, stays, goes).await;
    }
}

/// Whether a request was refused because whoever sent it is gone, or no admin any more.
fn refused_as_gone(refused: &Answer) -> bool {
    match refused.status() {
        StatusCode::UNAUTHORIZED => drop(refused.refuses_bearer()),
        StatusCode::FORBIDDEN => {
            refused.refuses(StatusCode::FORBIDDEN, "Insufficient permissions").leaves_cookie();
        }
        _ => return false,
    }
    true
}

/// Two admins do the same to each other, again and again; whoever stays undoes it.
async fn one_of_two_stays<D: Door>(door: D, harm: Value) {
    let team = Team::open(&door).await;
    let (mut first, mut second) = (team.admin.clone(), team.member(ANN, "ADMIN").await);
    let repair = json!({ "role": "ADMIN", "disabled": false });
    for round in 0..ROUNDS {
        let mut harm = harm.clone();
        if round % 2 == 1 {
            // It takes its time to be hashed: both are let in before either has done anything.
            harm["password"] = json!(PASSWORD);
        }
        let one = team.client.send(change(&first, &second.user_id, &harm));
        let two = team.client.send(change(&second, &first.user_id, &harm));
        let (one, two) = both_at_once(round, one, two).await;
        let (stays, goes) = stays((&first, &one), (&second, &two), refused_as_gone);
        let repaired = team.client.send(change(stays, &goes.user_id, &repair)).await;
        let email = Account::of(&repaired, StatusCode::OK).email;
        (first, second) = (stays.clone(), team.login(&email).await);
    }
}

/// Of the last two admins, who demote each other, one stays.
pub async fn the_last_two_admins_cannot_demote_each_other_at_once<D: Door>(door: D) {
    one_of_two_stays(door, json!({ "role": "USER" })).await;
}

/// Of the last two admins, who disable each other, one stays.
pub async fn the_last_two_admins_cannot_disable_each_other_at_once<D: Door>(door: D) {
    one_of_two_stays(door, json!({ "disabled": true })).await;
}

/// Of the last two admins, who delete each other, one stays.
pub async fn the_last_two_admins_cannot_delete_each_other_at_once<D: Door>(door: D) {
    let team = Team::open(&door).await;
    let (mut first, mut second) = (team.admin.clone(), team.member(ANN, "ADMIN").await);
    let delete = |who: &Session, whom: &Session| {
        team.client.send(Ask::delete(&format!("/users/{}", whom.user_id)).bearer(&who.access))
    };
    for round in 0..ROUNDS {
        let (one, two) = both_at_once(round, delete(&first, &second), delete(&second, &first)).await;
        let (stays, goes) = stays((&first, &one), (&second, &two), refused_as_gone);
        team.is_over(goes).await;
        let email = format!("admin{round}@example.com");
        let new = json!({ "email": email, "name": "Next", "role": "ADMIN", "password": PASSWORD });
        let answer = team.give(stays, Method::POST, "/users", &new).await;
        Account::of(&answer, StatusCode::CREATED);
        (first, second) = (stays.clone(), team.login(&email).await);
    }
}
