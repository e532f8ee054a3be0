//! What is left when a call of the store fails in the middle of managing accounts: the real
//! [`Auth`] on the store under test, with one call made to fail.

use std::sync::Arc;

use auth_core::{
    AccountChange, AccountState, Argon2Cost, Auth, Email, Error, Fault, Hashing, Identity, LoggedIn, Login,
    Name, NewAccount, Password, PasswordChange, Refusal, Role,
};

use crate::failing::{Failing, Failure};
use crate::harness::Managed;

const OLD: &str = "correct horse battery";
const NEW: &str = "staple of another kind";

/// More calls of the store than any of these verbs makes.
const CALLS: u32 = 6;

/// A password change that fails leaves one password that works, the old one where the store was
/// not reached and the new one where only its answer was lost, and the session it was done from.
pub async fn a_failed_password_change_is_whole_or_nothing<H: Managed>(harness: H) {
    let auth = auth(harness);
    auth.as_operator().create(account()).await.expect("the account is created");
    for how in [Failure::Before, Failure::After] {
        for calls in 0..CALLS {
            let (identity, session) = log_in(&auth, OLD).await;
            auth.store().fail_after(calls, how);
            let change = PasswordChange { current: password(OLD), new: password(NEW) };
            let outcome = auth.change_password(&identity, change).await;
            let changed = match (auth.store().forget(), outcome) {
                (true, outcome) => {
                    outcome.expect("without a failure, the change works");
                    true
                }
                (false, outcome) => {
                    assert_unavailable(&outcome);
                    auth.login(login(NEW)).await.is_ok()
                }
            };
            assert!(!changed || auth.login(login(OLD)).await.is_err(), "the old one is gone");
            assert!(changed || auth.login(login(OLD)).await.is_ok(), "the old one works");
            auth.refresh(session.refresh.token.expose()).await.expect("the session goes on");
            if changed {
                let (identity, _) = log_in(&auth, NEW).await;
                let back = PasswordChange { current: password(NEW), new: password(OLD) };
                auth.change_password(&identity, back).await.expect("without a failure, it is changed back");
            }
        }
    }
}

/// A creation that fails has created nobody or the whole account, and can be tried again.
pub async fn a_failed_creation_is_whole_or_nothing<H: Managed>(harness: H) {
    let auth = auth(harness);
    let accounts = auth.as_operator();
    for how in [Failure::Before, Failure::After] {
        let mut failed = 0;
        for calls in 0..CALLS {
            auth.store().fail_after(calls, how);
            let outcome = accounts.create(account()).await;
            if auth.store().forget() {
                outcome.expect("without a failure, the creation works");
            } else {
                failed += 1;
                assert_unavailable(&outcome);
            }
            let created = auth.login(login(OLD)).await.is_ok();
            let again = accounts.create(account()).await;
            match again {
                Ok(_) => assert!(!created, "an account is not created twice"),
                Err(Error::Refused(Refusal::EmailTaken)) => assert!(created, "an account is there or not"),
                Err(other) => panic!("a creation after one that failed: {other}"),
            }
            let user = accounts.find_by_email(&account().email).await.expect("the account is there");
            accounts.delete(user.id).await.expect("the account goes");
        }
        assert!(failed > 0, "a creation calls the store");
    }
}

/// A disabling that fails has shut the account and its session, or neither.
pub async fn a_failed_disabling_is_whole_or_nothing<H: Managed>(harness: H) {
    let auth = auth(harness);
    let accounts = auth.as_operator();
    let id = accounts.create(account()).await.expect("the account is created").id;
    let change = |state| AccountChange { state: Some(state), ..AccountChange::default() };
    for how in [Failure::Before, Failure::After] {
        let mut failed = 0;
        for calls in 0..CALLS {
            let (_, session) = log_in(&auth, OLD).await;
            auth.store().fail_after(calls, how);
            let outcome = accounts.change(id, change(AccountState::Disabled)).await;
            if auth.store().forget() {
                outcome.expect("without a failure, the disabling works");
            } else {
                failed += 1;
                assert_unavailable(&outcome);
            }
            let shut = accounts.find(id).await.expect("the account is there").disabled_at.is_some();
            assert_eq!(auth.me(session.access_token.expose()).await.is_err(), shut, "its session is");
            accounts.change(id, change(AccountState::Enabled)).await.expect("it is enabled again");
            assert_eq!(accounts.sessions(id).await.expect("it is there").is_empty(), shut, "and stays so");
            accounts.end_sessions(id).await.expect("what is left is ended");
        }
        assert!(failed > 0, "a disabling calls the store");
    }
}

fn auth<H: Managed>(harness: H) -> Auth<Failing<H>> {
    let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
    Auth::builder(Failing::new(Arc::new(harness)))
        .random_secrets()
        .hashing(Hashing { cost, ..Hashing::default() })
        .build()
        .expect("the secrets are strong")
}

fn account() -> NewAccount {
    let Login { email, password, .. } = login(OLD);
    NewAccount { email, name: Name::parse("Ann").expect("a good name"), role: Role::USER, password }
}

fn login(text: &str) -> Login {
    Login::new(Email::parse("ann@example.com").expect("a good address"), password(text))
}

fn password(text: &str) -> Password {
    Password::parse(text).expect("a good password")
}

async fn log_in<H: Managed>(auth: &Auth<Failing<H>>, text: &str) -> (Identity, LoggedIn) {
    let session = auth.login(login(text)).await.expect("the password is right");
    let identity = auth.authenticate(session.access_token.expose()).expect("it is fresh");
    (identity, session)
}

fn assert_unavailable<T>(outcome: &Result<T, Error>) {
    assert!(matches!(outcome, Err(Error::Failed(Fault::Store(_)))), "a failing store is told");
}
