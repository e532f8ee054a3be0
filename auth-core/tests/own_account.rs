//! What people do to their own account: sessions, name, password.

mod support;

use std::time::Duration;

use auth_core::{
    AccountChange, AccountState, Auth, Client, EndReason, Error, Flaw, Identity, LoggedIn, MemoryStore, Name,
    OwnSessions, PasswordChange, PasswordFlaw, Policy, Refusal, UserAgent,
};
use support::{EMAIL, PASSWORD, World, login, open_policy, password, refusal, world, world_with};

const ANOTHER: &str = "another passphrase";

async fn identity(auth: &Auth<MemoryStore>, session: &LoggedIn) -> Identity {
    auth.authenticate_current(session.access_token.expose()).await.expect("it lives")
}

fn is_over<T>(outcome: &Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Refused(Refusal::InvalidRefreshToken | Refusal::InvalidAccessToken)))
}

async fn is_live(auth: &Auth<MemoryStore>, session: &LoggedIn) -> bool {
    !is_over(&auth.me(session.access_token.expose()).await)
        && !is_over(&auth.refresh(session.refresh.token.expose()).await)
}

fn change(current: &str, new: &str) -> PasswordChange {
    PasswordChange { current: password(current), new: password(new) }
}

#[tokio::test]
async fn ones_own_sessions_are_listed_the_latest_first_with_where_they_came_from() {
    let World { auth, clock, .. } = world().await;
    let client = Client {
        user_agent: UserAgent::new("curl/8"),
        ip_address: "192.0.2.7".parse().ok(),
        request_id: None,
    };
    let first = auth.for_client(client.clone()).login(login(EMAIL, PASSWORD)).await.expect("right");
    clock.pass(Duration::from_mins(1));
    let second = auth.login(login(EMAIL, PASSWORD)).await.expect("right");
    clock.pass(Duration::from_mins(1));
    auth.refresh(first.refresh.token.expose()).await.expect("it rotates");

    let who = identity(&auth, &second).await;
    let listed = auth.sessions(&who).await.expect("memory");
    let [newer, older] = listed.as_slice() else { panic!("two sessions: {listed:?}") };
    assert_eq!(newer.id, who.session_id);
    assert_eq!((newer.last_used_at, &newer.client), (newer.created_at, &Client::default()));
    assert_eq!(newer.created_at.since(older.created_at), Duration::from_mins(1));
    assert_eq!(older.last_used_at.since(older.created_at), Duration::from_mins(2));
    assert_eq!(older.expires_at.since(older.last_used_at), Policy::default().refresh_ttl);
    assert_eq!(older.client, client);
}

#[tokio::test]
async fn one_session_can_be_ended_from_another() {
    let World { auth, store, .. } = world().await;
    let [here, there] = [auth.login(login(EMAIL, PASSWORD)).await, auth.login(login(EMAIL, PASSWORD)).await]
        .map(|l| l.expect("right"));
    let (who, other) = (identity(&auth, &here).await, identity(&auth, &there).await);
    auth.end_session(&who, other.session_id).await.expect("it is theirs");
    assert!(!is_live(&auth, &there).await && is_live(&auth, &here).await);
    assert_eq!(store.end_reason(other.session_id), Some(EndReason::Revoked));
    assert_eq!(refusal(auth.end_session(&who, other.session_id).await), Refusal::NotFound);
}

#[tokio::test]
async fn nobody_ends_a_session_of_somebody_else() {
    let World { auth, .. } = world().await;
    let admin = auth.login(login(EMAIL, PASSWORD)).await.expect("right");
    auth.as_operator().create(support::new_account("ann@example.com")).await.expect("it is new");
    let ann = auth.login(login("ann@example.com", PASSWORD)).await.expect("right");
    let (who, theirs) = (identity(&auth, &ann).await, identity(&auth, &admin).await.session_id);
    assert_eq!(refusal(auth.end_session(&who, theirs).await), Refusal::NotFound);
    assert!(is_live(&auth, &admin).await);
    assert_eq!(auth.sessions(&who).await.expect("memory").len(), 1);
}

#[tokio::test]
async fn all_others_or_all_sessions_can_be_ended_at_once() {
    let World { auth, .. } = world().await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(auth.login(login(EMAIL, PASSWORD)).await.expect("right"));
    }
    let who = identity(&auth, &sessions[1]).await;
    assert_eq!(auth.end_sessions(&who, OwnSessions::Others).await.expect("memory"), 2);
    for (at, session) in sessions.iter().enumerate() {
        assert_eq!(is_live(&auth, session).await, at == 1);
    }
    assert_eq!(auth.end_sessions(&who, OwnSessions::All).await.expect("memory"), 1);
    assert!(!is_live(&auth, &sessions[1]).await);
}

#[tokio::test]
async fn a_name_can_be_changed_and_nothing_else_with_it() {
    let World { auth, .. } = world().await;
    let session = auth.login(login(EMAIL, PASSWORD)).await.expect("right");
    let who = identity(&auth, &session).await;
    let renamed = auth.rename(&who, Name::parse("Zoë").expect("a name")).await.expect("memory");
    assert_eq!(
        renamed,
        auth_core::User { name: Name::parse("Zoë").expect("a name"), ..session.user.clone() }
    );
    assert_eq!(auth.me(session.access_token.expose()).await.expect("it lives"), renamed);
    assert!(auth.login(login(EMAIL, PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_and_keeps_this_one() {
    let World { auth, store, .. } = world().await;
    let [here, there] = [auth.login(login(EMAIL, PASSWORD)).await, auth.login(login(EMAIL, PASSWORD)).await]
        .map(|l| l.expect("right"));
    let (who, other) = (identity(&auth, &here).await, identity(&auth, &there).await);
    auth.change_password(&who, change(PASSWORD, ANOTHER)).await.expect("it is right");
    assert!(is_live(&auth, &here).await && !is_live(&auth, &there).await);
    assert_eq!(store.end_reason(other.session_id), Some(EndReason::PasswordReplaced));
    assert_eq!(refusal(auth.login(login(EMAIL, PASSWORD)).await), Refusal::InvalidCredentials);
    assert!(auth.login(login(EMAIL, ANOTHER)).await.is_ok());
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing() {
    let World { auth, .. } = world().await;
    let [here, there] = [auth.login(login(EMAIL, PASSWORD)).await, auth.login(login(EMAIL, PASSWORD)).await]
        .map(|l| l.expect("right"));
    let who = identity(&auth, &here).await;
    assert_eq!(refusal(auth.change_password(&who, change("wrong", ANOTHER)).await), Refusal::WrongPassword);
    assert!(is_live(&auth, &there).await);
    assert!(auth.login(login(EMAIL, PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn a_new_password_must_be_a_good_one_and_is_named_as_the_new_one() {
    let World { auth, .. } = world().await;
    let session = auth.login(login(EMAIL, PASSWORD)).await.expect("right");
    let who = identity(&auth, &session).await;
    for (new, flaw, sentence) in [
        ("short", PasswordFlaw::TooShort { min: 8 }, "newPassword must be at least 8 characters"),
        ("password", PasswordFlaw::Common, "newPassword is too common, choose another"),
        (EMAIL, PasswordFlaw::Personal, "newPassword must not be the email or the name"),
    ] {
        let refused = refusal(auth.change_password(&who, change(PASSWORD, new)).await);
        assert_eq!(refused, Refusal::Unacceptable(Flaw::NewPassword(flaw)));
        assert_eq!(refused.to_string(), sentence);
    }
}

#[tokio::test]
async fn who_is_disabled_or_gone_changes_no_password() {
    let World { auth, .. } = world().await;
    for gone in [false, true] {
        let address = if gone { "bob@example.com" } else { "ann@example.com" };
        let user = auth.as_operator().create(support::new_account(address)).await.expect("it is new");
        let session = auth.login(login(address, PASSWORD)).await.expect("right");
        let who = identity(&auth, &session).await;
        if gone {
            auth.as_operator().delete(user.id).await.expect("it is there");
        } else {
            let off = AccountChange { state: Some(AccountState::Disabled), ..AccountChange::default() };
            auth.as_operator().change(user.id, off).await.expect("it is there");
        }
        let refused = refusal(auth.change_password(&who, change(PASSWORD, ANOTHER)).await);
        assert_eq!(refused, Refusal::InvalidAccessToken);
    }
}

#[tokio::test]
async fn one_login_more_than_the_limit_ends_the_oldest_session() {
    let World { auth, store, clock } = world_with(Policy { session_limit: 2, ..open_policy() }).await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        clock.pass(Duration::from_secs(1));
        sessions.push(auth.login(login(EMAIL, PASSWORD)).await.expect("right"));
    }
    let oldest = auth.authenticate(sessions[0].access_token.expose()).expect("the token is fresh").session_id;
    assert_eq!(store.end_reason(oldest), Some(EndReason::SessionLimit));
    assert!(!is_live(&auth, &sessions[0]).await);
    assert!(is_live(&auth, &sessions[1]).await && is_live(&auth, &sessions[2]).await);
}
