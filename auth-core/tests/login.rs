//! Logging in, and what is told to whom.

mod support;

use auth_core::store::{
    AccountStore, Change, FirstAdmin, Opened, Opening, Rotation, SessionKey, SessionStore, StoreError,
    UserStore,
};
use auth_core::{
    Argon2Cost, Auth, Credentials, Email, EndReason, Hashing, Login, MemoryStore, NewUser, PasswordHash,
    Policy, RefreshToken, Refusal, SessionId, SessionRecord, Timestamp, UserId,
};
use support::{EMAIL, PASSWORD, World, builder, cheap, email, login, open_policy, password, refusal, world};

#[tokio::test]
async fn the_right_password_opens_a_session() {
    let World { auth, .. } = world().await;
    let session = auth.login(login(" ADMIN@example.com", PASSWORD)).await.expect("it is right");
    assert_eq!(session.user.email.as_str(), EMAIL);
    assert_eq!(session.refresh.max_age, Policy::default().refresh_ttl);
    let identity = auth.authenticate(session.access_token.expose()).expect("it is fresh");
    assert_eq!((identity.user_id, &identity.role), (session.user.id, &session.user.role));
    assert_eq!(auth.me(session.access_token.expose()).await.expect("it lives"), session.user);
}

#[tokio::test]
async fn every_failed_login_is_refused_alike() {
    let world = world().await;
    let hash =
        world.store.credentials(&email(EMAIL)).await.expect("memory").expect("admin").password.expect("hash");
    world.put_user("disabled@example.com", Some(hash.expose()), Some(Timestamp::from_millis(1)));
    world.put_user("without@example.com", None, None);
    world.put_user("corrupt@example.com", Some("$argon2id$v=19$m=4294967295,t=9999,p=1$AAAA$AAAA"), None);
    for (address, text) in [
        ("nobody@example.com", PASSWORD),
        (EMAIL, "StrongPassword123"),
        (EMAIL, "strongpassword123!"),
        (EMAIL, " StrongPassword123!"),
        ("disabled@example.com", PASSWORD),
        ("without@example.com", PASSWORD),
        ("corrupt@example.com", PASSWORD),
    ] {
        let outcome = world.auth.login(login(address, text)).await;
        assert_eq!(refusal(outcome), Refusal::InvalidCredentials, "{address} {text}");
    }
}

#[tokio::test]
async fn a_weak_hash_is_strengthened_and_the_session_goes_on() {
    let World { auth, store, clock } = world().await;
    let before = store.credentials(&email(EMAIL)).await.expect("memory").expect("admin");
    let cost = Argon2Cost { memory_kib: 16, passes: 2, lanes: 1 };
    let stricter = builder(&store, &clock, open_policy())
        .hashing(Hashing { cost, ..cheap() })
        .build()
        .expect("a good cost");

    let session = stricter.login(login(EMAIL, PASSWORD)).await.expect("it is right");
    let after = store.credentials(&email(EMAIL)).await.expect("memory").expect("admin");
    let strong = after.password.expect("a hash");
    assert!(strong.expose().contains("m=16,t=2,p=1"), "{}", strong.expose());
    assert!(before.password.expect("a hash").expose().contains("m=8,t=1,p=1"));
    assert!(stricter.me(session.access_token.expose()).await.is_ok());
    // Neither a second strict login nor one of an instance with the old cost changes it again.
    stricter.login(login(EMAIL, PASSWORD)).await.expect("it is right");
    auth.login(login(EMAIL, PASSWORD)).await.expect("it is right");
    let last = store.credentials(&email(EMAIL)).await.expect("memory").expect("admin");
    assert!(last.password.expect("a hash").same_as(&strong));
}

#[tokio::test]
async fn logins_at_once_all_succeed_while_the_hash_is_strengthened() {
    let World { store, clock, .. } = world().await;
    let cost = Argon2Cost { memory_kib: 16, passes: 1, lanes: 1 };
    let stricter = builder(&store, &clock, open_policy())
        .hashing(Hashing { cost, ..cheap() })
        .build()
        .expect("a good cost");
    let logins: Vec<_> = (0..20)
        .map(|_| {
            let auth = stricter.clone();
            tokio::spawn(async move { auth.login(login(EMAIL, PASSWORD)).await })
        })
        .collect();
    for attempt in logins {
        attempt.await.expect("no panic").expect("the password is right");
    }
}

#[tokio::test]
async fn a_session_presented_with_a_good_login_ends_and_is_never_adopted() {
    let world = world().await;
    let old = world.login().await;
    let new = world
        .auth
        .login(Login { presented: Some(old.refresh.token.clone()), ..login(EMAIL, PASSWORD) })
        .await
        .expect("it is right");
    assert_eq!(refusal(world.auth.refresh(old.refresh.token.expose()).await), Refusal::InvalidRefreshToken);
    assert_eq!(refusal(world.auth.me(old.access_token.expose()).await), Refusal::InvalidAccessToken);
    let old_id = world.auth.authenticate(old.access_token.expose()).expect("not expired").session_id;
    assert_eq!(world.store.end_reason(old_id), Some(EndReason::Replaced));
    assert!(world.auth.refresh(new.refresh.token.expose()).await.is_ok());
}

#[tokio::test]
async fn a_session_presented_with_a_bad_login_goes_on() {
    let world = world().await;
    let old = world.login().await;
    let bad = Login { presented: Some(old.refresh.token.clone()), ..login(EMAIL, "not the password") };
    assert_eq!(refusal(world.auth.login(bad).await), Refusal::InvalidCredentials);
    assert!(world.auth.refresh(old.refresh.token.expose()).await.is_ok());
}

#[tokio::test]
async fn rubbish_presented_with_a_good_login_is_ignored() {
    let world = world().await;
    for rubbish in ["", "x", &"A".repeat(92), "ü"] {
        let presented = Some(RefreshToken::new(rubbish));
        let attempt = Login { presented, ..login(EMAIL, PASSWORD) };
        assert!(world.auth.login(attempt).await.is_ok(), "{rubbish}");
    }
}

/// A store in which the password is replaced between the look at it and the opening of a session.
struct ReplacedMeanwhile(MemoryStore);

impl SessionStore for ReplacedMeanwhile {
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        let another = PasswordHash::new(opening.verified.expose().replace("m=8", "m=9"));
        let change = Change { password: Some(another), ..Change::default() };
        self.0.change(opening.user, &change, now).await?;
        self.0.open(opening, now).await
    }

    async fn rotate(&self, rotation: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        self.0.rotate(rotation, now).await
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        self.0.find(id).await
    }

    async fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.0.end(key, why, now).await
    }

    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.0.sweep(before, limit).await
    }
}

impl UserStore for ReplacedMeanwhile {
    async fn any_user(&self) -> Result<bool, StoreError> {
        self.0.any_user().await
    }

    async fn create_first_admin(&self, user: &NewUser, now: Timestamp) -> Result<FirstAdmin, StoreError> {
        self.0.create_first_admin(user, now).await
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        self.0.credentials(email).await
    }

    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, StoreError> {
        self.0.rehash(user, old, new).await
    }
}

#[tokio::test]
async fn a_login_that_verified_a_password_replaced_meanwhile_is_refused() {
    let world = world().await;
    let auth = Auth::builder(ReplacedMeanwhile(world.store.clone()))
        .random_secrets()
        .hashing(cheap())
        .build()
        .expect("strong secrets");
    let outcome = auth.login(login(EMAIL, PASSWORD)).await;
    assert_eq!(refusal(outcome), Refusal::InvalidCredentials);
}

#[tokio::test]
async fn a_password_is_one_in_either_unicode_form() {
    let world = support::empty_world(open_policy());
    let admin = auth_core::NewAdmin { password: password("Zo\u{eb}s-geheimnis"), ..support::new_admin() };
    world.auth.bootstrap(admin).await.expect("the store is empty");
    assert!(world.auth.login(login(EMAIL, "Zoe\u{308}s-geheimnis")).await.is_ok());
}

#[tokio::test]
async fn the_session_is_stored_under_the_hash_of_its_secret_alone() {
    let world = world().await;
    let session = world.login().await;
    let id = world.auth.authenticate(session.access_token.expose()).expect("fresh").session_id;
    let row = world.store.find(id).await.expect("memory").expect("it is there").session;
    let shown = format!("{row:?}");
    assert!(!shown.contains(session.refresh.token.expose()) && shown.contains("redacted"), "{shown}");
}
