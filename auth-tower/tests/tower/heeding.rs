//! The guards that heed what has been revoked, and ask the store only where they have heard nothing.

use std::time::Duration;

use auth_core::store::StoreError;
use auth_core::{Auth, LoggedIn, MemoryStore, RevocationDelay, Revocations, Role, User};
use auth_testing::TestClock;
use auth_tower::{OptionalAuth, RequireAuth, RequirePermission, RequireRole};
use tower::Layer;

use crate::common::{self, Answer, Plugged, call, can, get};
use crate::guards::{bearing, insufficient, invalid, required, whoami};

const DELAY: Duration = Duration::from_secs(5);
const NEARLY: Duration = Duration::from_millis(4_999);
const INSTANT: Duration = Duration::from_millis(1);

pub(crate) fn unavailable() -> Answer {
    Answer::json(503, &[("retry-after", "1")], r#"{"error":"Service unavailable"}"#)
}

struct Scene {
    clock: TestClock,
    store: Plugged,
    auth: Auth<Plugged>,
    revocations: Revocations,
    session: LoggedIn,
}

impl Scene {
    async fn with(delay: RevocationDelay) -> Self {
        let (clock, store) = (TestClock::new(), Plugged::default());
        let auth = common::builder(store.clone()).clock(clock.clone()).build().unwrap();
        let session = common::log_in(&auth).await;
        let revocations = auth.revocations(delay);
        Self { clock, store, auth, revocations, session }
    }

    /// The same person is asked for by each of the guards.
    async fn asked(&self) -> [Answer; 4] {
        let (auth, heard) = (|| self.auth.clone(), &self.revocations);
        let request = || bearing(self.session.access_token.expose());
        [
            call(&RequireAuth::new(auth()).heeding(heard).layer(whoami()), request()).await,
            call(&OptionalAuth::new(auth()).heeding(heard).layer(whoami()), request()).await,
            call(&RequireRole::new(auth(), Role::ADMIN).heeding(heard).layer(whoami()), request()).await,
            call(&RequirePermission::new(auth(), can::ReadOrders).heeding(heard).layer(whoami()), request())
                .await,
        ]
    }

    fn welcome(&self, role: &Role) -> Answer {
        let identity = self.auth.authenticate(self.session.access_token.expose()).unwrap();
        let body = format!("{} {} {role}", self.session.user.id, identity.session_id);
        Answer { status: 200, headers: Vec::new(), body }
    }

    async fn all_are(&self, expected: &Answer) {
        for answer in self.asked().await {
            assert_eq!(answer, *expected);
        }
    }

    /// The store as the other instance has it, which nothing unplugs.
    fn elsewhere(&self) -> &MemoryStore {
        &self.store.store
    }
}

#[tokio::test]
async fn nobody_is_asked_within_the_delay_and_everyone_after_it() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    scene.store.unplug();
    scene.all_are(&unavailable()).await; // nothing was read yet: the store is asked
    scene.revocations.read(scene.elsewhere()).await.unwrap();
    scene.all_are(&scene.welcome(&Role::ADMIN)).await;
    scene.clock.advance(NEARLY);
    scene.all_are(&scene.welcome(&Role::ADMIN)).await;
    scene.clock.advance(INSTANT);
    // The feed has not been read within the delay: nobody gets in unseen, and nobody is logged out.
    scene.all_are(&unavailable()).await;
    scene.store.repair();
    scene.all_are(&scene.welcome(&Role::ADMIN)).await;
}

#[tokio::test]
async fn an_ended_session_is_refused_as_soon_as_it_was_heard_of() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    scene.revocations.read(scene.elsewhere()).await.unwrap();
    scene.auth.logout(scene.session.refresh.token.expose()).await.unwrap();
    scene.all_are(&scene.welcome(&Role::ADMIN)).await;
    scene.revocations.read(scene.elsewhere()).await.unwrap();
    scene.store.unplug();
    scene.all_are(&invalid()).await;
}

#[tokio::test]
async fn a_demoted_user_has_the_role_of_now() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    scene.revocations.read(scene.elsewhere()).await.unwrap();
    scene.elsewhere().put_user(User { role: Role::USER, ..scene.session.user.clone() }, None);
    scene.all_are(&scene.welcome(&Role::ADMIN)).await;
    scene.revocations.read(scene.elsewhere()).await.unwrap();
    let user = scene.welcome(&Role::USER);
    assert_eq!(scene.asked().await, [user.clone(), user, insufficient(), insufficient()]);
}

#[tokio::test]
async fn a_feed_that_cannot_be_read_makes_the_guards_ask() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    scene.revocations.read(&scene.store).await.unwrap();
    scene.store.unplug();
    scene.clock.advance(DELAY);
    scene.revocations.read(&scene.store).await.unwrap_err();
    assert!(scene.revocations.health().asking);
    scene.all_are(&unavailable()).await;
    scene.store.repair();
    scene.auth.logout(scene.session.refresh.token.expose()).await.unwrap();
    scene.all_are(&invalid()).await;
    scene.revocations.read(&scene.store).await.unwrap();
    assert!(!scene.revocations.health().asking);
    scene.all_are(&invalid()).await;
}

#[tokio::test]
async fn the_ends_of_the_dial_are_asking_nobody_and_asking_each_time() {
    for (delay, when_unplugged) in
        [(RevocationDelay::Off, None), (RevocationDelay::Within(Duration::ZERO), Some(unavailable()))]
    {
        let scene = Scene::with(delay).await;
        scene.revocations.read(scene.elsewhere()).await.unwrap();
        scene.all_are(&scene.welcome(&Role::ADMIN)).await;
        scene.store.unplug();
        scene.all_are(&when_unplugged.unwrap_or_else(|| scene.welcome(&Role::ADMIN))).await;
    }
}

#[tokio::test]
async fn a_bad_token_and_none_are_answered_as_by_any_guard() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    let guard = RequireAuth::new(scene.auth.clone()).heeding(&scene.revocations).layer(whoami());
    scene.store.unplug();
    assert_eq!(call(&guard, get("/api/orders")).await, required());
    assert_eq!(call(&guard, bearing("x")).await, invalid());
    let open = OptionalAuth::new(scene.auth.clone()).heeding(&scene.revocations).layer(whoami());
    assert_eq!(call(&open, get("/api/orders")).await.body, "nobody");
}

#[tokio::test]
async fn a_follower_reads_by_itself_and_tells_of_the_first_failure_and_of_its_end() {
    let scene = Scene::with(RevocationDelay::Within(Duration::from_millis(300))).await;
    let (told, mut turns) = tokio::sync::mpsc::unbounded_channel();
    let tell = |read: Result<(), &StoreError>| told.send(read.map_err(ToString::to_string)).unwrap();
    scene.store.unplug();
    let following = scene.revocations.follow(&scene.store, tell);
    let watching = async {
        assert_eq!(turns.recv().await.unwrap(), Err("the store is unavailable".to_owned()));
        assert_eq!(scene.revocations.health().age, None);
        scene.store.repair();
        while scene.revocations.health().age.is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(turns.recv().await.unwrap(), Ok(()));
        scene.all_are(&scene.welcome(&Role::ADMIN)).await;
    };
    tokio::select! {
        never = following => match never {},
        () = watching => {}
    }
    assert!(turns.try_recv().is_err(), "each turn is told once");
}
