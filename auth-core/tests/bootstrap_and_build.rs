//! The first admin, and what `build` refuses.

mod support;

use std::sync::Arc;

use auth_core::store::UserStore;
use auth_core::{
    AccountChange, AccountState, Argon2Cost, Auth, Bootstrap, BootstrapToken, BuildError, Entropy,
    EntropyError, Error, Fault, Flaw, Hashing, KeyFlaw, MemoryStore, NewAdmin, PasswordFlaw, Policy,
    PolicyFlaw, Refusal, Role,
};
use support::{empty_world, new_account, new_admin, open_policy, password, refusal, world};

const STRONG: &str = "T3cq1EzRZQxYxq0uUJ9cSJqLM6yBv8rW";
const STRONG_TOO: &str = "n4kJ0aVdB7wFhXo2PZs5mRtYgLc8UeQi";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_bootstraps_at_once_create_one_admin() {
    let world = empty_world(open_policy());
    let attempts: Vec<_> = (0..50)
        .map(|_| {
            let auth = world.auth.clone();
            tokio::spawn(async move { auth.bootstrap(new_admin()).await })
        })
        .collect();
    let mut created = 0;
    for attempt in attempts {
        match attempt.await.expect("no panic") {
            Ok(user) => {
                assert_eq!(user.role, Role::ADMIN);
                created += 1;
            }
            outcome => assert_eq!(refusal(outcome), Refusal::AdminExists),
        }
    }
    assert_eq!(created, 1);
}

#[tokio::test]
async fn bootstrap_is_closed_by_default_and_after_any_user() {
    let closed = empty_world(Policy::default());
    assert_eq!(closed.auth.policy().bootstrap, Bootstrap::Closed);
    assert_eq!(refusal(closed.auth.bootstrap(new_admin()).await), Refusal::BootstrapDisabled);

    let world = world().await;
    assert_eq!(refusal(world.auth.bootstrap(new_admin()).await), Refusal::AdminExists);
    let only_a_user = empty_world(open_policy());
    only_a_user.put_user("someone@example.com", None, None);
    assert_eq!(refusal(only_a_user.auth.bootstrap(new_admin()).await), Refusal::AdminExists);
}

/// An `Auth` that asks for this token.
fn guarded(policy: Policy, token: &str) -> (Auth<MemoryStore>, MemoryStore) {
    let (store, clock) = (MemoryStore::new(), support::SetClock::new());
    let auth = support::builder(&store, &clock, policy).bootstrap_token(token).build();
    (auth.expect("the secrets are strong"), store)
}

fn with_token(token: &str) -> NewAdmin {
    NewAdmin { token: Some(BootstrapToken::new(token)), ..new_admin() }
}

#[tokio::test]
async fn where_a_token_was_configured_nobody_is_the_first_admin_without_it() {
    let (auth, _) = guarded(open_policy(), STRONG);
    let poor = NewAdmin { password: password("short"), ..new_admin() };
    for stranger in [new_admin(), with_token(""), with_token(STRONG_TOO), with_token(&STRONG[1..]), poor] {
        assert_eq!(refusal(auth.bootstrap(stranger).await), Refusal::BootstrapTokenRequired);
    }
    auth.bootstrap(with_token(STRONG)).await.expect("it is the token");
    assert_eq!(refusal(auth.bootstrap(with_token(STRONG)).await), Refusal::AdminExists);
    // Whoever does not know it is not told that there is a user by now.
    assert_eq!(refusal(auth.bootstrap(with_token(STRONG_TOO)).await), Refusal::BootstrapTokenRequired);

    let (closed, _) = guarded(Policy::default(), STRONG);
    assert_eq!(refusal(closed.bootstrap(with_token(STRONG)).await), Refusal::BootstrapDisabled);
    let unasked = empty_world(open_policy());
    unasked.auth.bootstrap(with_token("anything")).await.expect("nobody asks for a token");
}

#[tokio::test]
async fn bootstrap_opens_again_only_when_there_is_no_user_at_all() {
    let (auth, store) = guarded(open_policy(), STRONG);
    let (user, other) = (new_account("user@example.com"), new_account("other@example.com"));
    let user = auth.as_operator().create(user).await.expect("it is new");
    let other = auth.as_operator().create(other).await.expect("it is new");
    // Nobody of them is an admin, one is disabled: nobody can manage anything, and still it is shut.
    let disabled = AccountChange { state: Some(AccountState::Disabled), ..AccountChange::default() };
    auth.as_operator().change(user.id, disabled).await.expect("it is no admin");
    assert_eq!(refusal(auth.bootstrap(with_token(STRONG)).await), Refusal::AdminExists);
    auth.as_operator().delete(other.id).await.expect("it is there");
    assert_eq!(refusal(auth.bootstrap(with_token(STRONG)).await), Refusal::AdminExists);
    auth.as_operator().delete(user.id).await.expect("it is there");
    assert!(!store.any_user().await.expect("memory does not fail"));
    auth.bootstrap(with_token(STRONG)).await.expect("nobody is left");
}

#[test]
fn a_weak_or_shared_bootstrap_token_builds_nothing() {
    let builder = || Auth::builder(MemoryStore::new()).access_secret(STRONG).refresh_secret(STRONG_TOO);
    for (weak, flaw) in [
        ("", KeyFlaw::TooShort),
        ("please-change-me-please-change-me", KeyFlaw::Sample),
        ("00000000000000000000000000000000", KeyFlaw::Repetitive),
    ] {
        assert_eq!(builder().bootstrap_token(weak).build().err(), Some(BuildError::BootstrapTokenWeak(flaw)));
    }
    for shared in [STRONG, STRONG_TOO] {
        let built = builder().bootstrap_token(shared).build();
        assert_eq!(built.err(), Some(BuildError::BootstrapTokenShared));
    }
}

#[tokio::test]
async fn a_poor_password_is_refused_before_anything_is_looked_up() {
    for world in [empty_world(open_policy()), world().await] {
        for (text, flaw) in [
            ("short", PasswordFlaw::TooShort { min: 8 }),
            ("Password1", PasswordFlaw::Common),
            ("ADMIN@example.com", PasswordFlaw::Personal),
        ] {
            let admin = NewAdmin { password: password(text), ..new_admin() };
            let refused = refusal(world.auth.bootstrap(admin).await);
            assert_eq!(refused, Refusal::Unacceptable(Flaw::Password(flaw)));
        }
    }
}

#[test]
fn a_weak_missing_or_shared_secret_builds_nothing() {
    let builder = || Auth::builder(MemoryStore::new());
    assert_eq!(builder().build().err(), Some(BuildError::AccessKeyMissing));
    assert_eq!(builder().access_secret(STRONG).build().err(), Some(BuildError::RefreshSecretMissing));
    assert_eq!(builder().refresh_secret(STRONG).build().err(), Some(BuildError::AccessKeyMissing));
    for (weak, flaw) in [
        ("", KeyFlaw::TooShort),
        ("please-change-me-please-change-me", KeyFlaw::Sample),
        ("00000000000000000000000000000000", KeyFlaw::Repetitive),
    ] {
        let access = builder().access_secret(weak).refresh_secret(STRONG).build();
        assert_eq!(access.err(), Some(BuildError::AccessSecretWeak(flaw)));
        let refresh = builder().access_secret(STRONG).refresh_secret(weak).build();
        assert_eq!(refresh.err(), Some(BuildError::RefreshSecretWeak(flaw)));
    }
    let same = builder().access_secret(STRONG).refresh_secret(STRONG).build();
    assert_eq!(same.err(), Some(BuildError::SecretsEqual));
    assert!(builder().access_secret(STRONG).refresh_secret(STRONG_TOO).build().is_ok());
}

#[test]
fn a_previous_secret_is_judged_like_the_current_one() {
    const PREVIOUS: &str = "Wd5Jq8Ls1Xv4Nb7Hc2Rf9Tk6Yg3Mz0Pe";
    let builder = || Auth::builder(MemoryStore::new()).access_secret(STRONG).refresh_secret(STRONG_TOO);
    assert!(builder().access_secret(PREVIOUS).build().is_ok());
    assert!(builder().refresh_secret(PREVIOUS).build().is_ok());
    let weak = builder().access_secret("hunter2").build();
    assert_eq!(weak.err(), Some(BuildError::AccessSecretWeak(KeyFlaw::TooShort)));
    for crossed in [
        builder().access_secret(STRONG_TOO),
        builder().refresh_secret(STRONG),
        builder().access_secret(PREVIOUS).refresh_secret(PREVIOUS),
    ] {
        assert_eq!(crossed.build().err(), Some(BuildError::SecretsEqual));
    }
}

#[test]
fn a_policy_or_a_cost_that_cannot_work_builds_nothing() {
    let builder = || Auth::builder(MemoryStore::new()).random_secrets();
    let policy = Policy { issuer: String::new(), ..Policy::default() };
    assert_eq!(builder().policy(policy).build().err(), Some(BuildError::Policy(PolicyFlaw::Issuer)));
    let cost = Argon2Cost { memory_kib: 7, ..Argon2Cost::default() };
    let hashing = Hashing { cost, ..Hashing::default() };
    assert_eq!(builder().hashing(hashing).build().err(), Some(BuildError::Hashing));
}

/// Delivers a number of times, then no more.
#[derive(Debug)]
struct RunsDry(std::sync::atomic::AtomicI32);

impl Entropy for RunsDry {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        if self.0.fetch_sub(1, std::sync::atomic::Ordering::SeqCst) <= 0 {
            return Err(EntropyError);
        }
        bytes.fill(0x5a);
        Ok(())
    }
}

#[tokio::test]
async fn without_randomness_a_verb_fails_and_leaves_nothing_behind() {
    let store = MemoryStore::new();
    let clock = support::SetClock::new();
    // Two draws make the dummy hash, one tells the events of this process from those of others; the
    // fourth would be the salt of the first password.
    let dry = support::builder(&store, &clock, open_policy())
        .entropy(RunsDry(3.into()))
        .build()
        .expect("three draws");
    let failed = dry.bootstrap(new_admin()).await;
    assert!(matches!(failed, Err(Error::Failed(Fault::Entropy(_)))), "{failed:?}");
    let good = support::builder(&store, &Arc::clone(&clock), open_policy()).build().expect("strong secrets");
    good.bootstrap(new_admin()).await.expect("the store is still empty");
}

#[test]
fn nothing_secret_shows_in_debug() {
    let auth = Auth::builder(MemoryStore::new()).access_secret(STRONG).refresh_secret(STRONG_TOO);
    let shown = format!("{auth:?}");
    assert!(!shown.contains(STRONG) && !shown.contains(STRONG_TOO), "{shown}");
    let built = auth.build().expect("strong secrets");
    assert!(!format!("{built:?}").contains("secret"), "{built:?}");
}
