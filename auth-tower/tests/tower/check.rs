//! The check where it heeds what has been revoked: the same answers, mostly without the store.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth_core::{
    Auth, Email, Event, EventKind, EventSink, LoggedIn, RevocationDelay, Revocations, Role, User,
};
use auth_testing::TestClock;
use auth_tower::AuthRoutes;
use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use crate::common::{self, Answer, Plugged, SUPPORT, ask, call, get};
use crate::guards::{insufficient, invalid, required};
use crate::heeding::unavailable;

const DELAY: Duration = Duration::from_secs(5);
/// A second less than a token is good.
const NEARLY: Duration = Duration::from_secs(15 * 60 - 1);

/// What has happened, by kind.
#[derive(Debug, Default)]
struct Heard(Mutex<Vec<EventKind>>);

impl EventSink for Heard {
    fn record(&self, event: &Event) {
        self.0.lock().unwrap().push(event.kind);
    }
}

struct Scene {
    clock: TestClock,
    store: Plugged,
    auth: Auth<Plugged>,
    heard: Arc<Heard>,
    revocations: Revocations,
    routes: AuthRoutes<Plugged>,
    session: LoggedIn,
}

impl Scene {
    /// An instance that has read the feed, and met nobody.
    async fn with(delay: RevocationDelay) -> Self {
        let (clock, store, heard) = (TestClock::new(), Plugged::default(), Arc::<Heard>::default());
        let auth = common::builder(store.clone()).clock(clock.clone()).events(Arc::clone(&heard));
        let auth = auth.build().unwrap();
        let session = common::log_in(&auth).await;
        let revocations = auth.revocations(delay);
        let routes = AuthRoutes::new(auth.clone()).heeding(&revocations);
        let scene = Self { clock, store, auth, heard, revocations, routes, session };
        scene.hear().await;
        scene.store.asked();
        scene
    }

    /// Reads the feed, which is none of the questions that are counted.
    async fn hear(&self) {
        self.revocations.read(&self.store.store).await.unwrap();
    }

    fn bearing(&self, path: &str) -> Request<Full<Bytes>> {
        ask("GET", path, self.session.access_token.expose(), "")
    }

    /// The answer to the check of our session, and how often the store was asked for it.
    async fn checked(&self, query: &str) -> (Answer, usize) {
        let answer = call(&self.routes, self.bearing(&format!("/api/auth/check{query}"))).await;
        (answer, self.store.asked())
    }

    fn passed(&self, role: &Role) -> Answer {
        let id = self.session.user.id.to_string();
        let who = [("x-auth-user-id", id.as_str()), ("x-auth-email", common::EMAIL)];
        let mut passed = Answer::json(204, &[&who[..], &[("x-auth-role", role.as_str())]].concat(), "");
        passed.headers.retain(|(name, _)| name != "content-length");
        passed
    }
}

#[tokio::test]
async fn the_first_check_of_somebody_asks_and_the_next_ones_do_not() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    let passed = scene.passed(&Role::ADMIN);
    assert_eq!(scene.checked("").await, (passed.clone(), 1));
    scene.store.unplug();
    for query in ["", "?role=ADMIN", "?permission=orders:write", "?role=ADMIN&permission=orders:read"] {
        assert_eq!(scene.checked(query).await, (passed.clone(), 0), "{query}");
    }
    // The feed was not read within the delay: nobody gets in unseen, and nobody is logged out.
    scene.clock.advance(DELAY);
    assert_eq!(scene.checked("").await, (unavailable(), 1));
    scene.store.repair();
    assert_eq!(scene.checked("").await, (passed, 1));
}

#[tokio::test]
async fn every_answer_is_the_one_that_the_store_would_give() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    let asking = AuthRoutes::new(scene.auth.clone());
    scene.checked("").await;
    let mut statuses = std::collections::BTreeSet::new();
    for query in [
        "",
        "?role=ADMIN",
        "?role=USER",
        "?role=NOBODY",
        "?role=admin",
        "?permission=orders:read",
        "?permission=orders:delete",
        "?permission=*",
        "?role=USER&permission=orders:read",
        "?roles=ADMIN",
        "?role=ADMIN&role=ADMIN",
    ] {
        let path = format!("/api/auth/check{query}");
        let from = |origin: &str| {
            let mut request = scene.bearing(&path);
            request.headers_mut().insert("origin", origin.parse().unwrap());
            request
        };
        let requests = || {
            let (mut head, mut twice, token) = (scene.bearing(&path), scene.bearing(&path), "Bearer x");
            *head.method_mut() = http::Method::HEAD;
            twice.headers_mut().append("authorization", token.parse().unwrap());
            let post = ask("POST", &path, scene.session.access_token.expose(), "");
            let elsewhere = from("https://elsewhere.example");
            [scene.bearing(&path), head, twice, post, elsewhere, get(&path), ask("GET", &path, "x", "")]
        };
        for (request, same) in requests().into_iter().zip(requests()) {
            let expected = call(&asking, request).await;
            scene.store.asked();
            assert_eq!(call(&scene.routes, same).await, expected, "{query}");
            assert_eq!(scene.store.asked(), 0, "{query}");
            statuses.insert(expected.status);
        }
    }
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), [204, 400, 401, 403, 405]);
}

#[tokio::test]
async fn an_ended_session_is_refused_as_soon_as_it_was_heard_of() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    scene.checked("").await;
    scene.auth.logout(scene.session.refresh.token.expose()).await.unwrap();
    scene.store.asked();
    assert_eq!(scene.checked("").await, (scene.passed(&Role::ADMIN), 0), "the delay is not over");
    // Who is asking is told by the store, whatever the check heeds.
    assert_eq!(call(&scene.routes, scene.bearing("/api/auth/me")).await, invalid());
    scene.hear().await;
    scene.store.unplug();
    scene.store.asked();
    for query in ["", "?role=ADMIN"] {
        assert_eq!(scene.checked(query).await, (invalid(), 0));
    }
}

#[tokio::test]
async fn a_user_who_has_changed_is_asked_for_each_time() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    scene.checked("").await;
    let change = |user: User| scene.store.store.put_user(user, None);
    change(User { role: SUPPORT, ..scene.session.user.clone() });
    assert_eq!(scene.checked("?role=ADMIN").await, (scene.passed(&Role::ADMIN), 0), "not heard of yet");
    scene.hear().await;
    for _ in 0..2 {
        assert_eq!(scene.checked("").await, (scene.passed(&SUPPORT), 1));
        assert_eq!(scene.checked("?role=ADMIN").await, (insufficient(), 1));
    }
    change(User {
        role: SUPPORT,
        disabled_at: Some(scene.session.user.created_at),
        ..scene.session.user.clone()
    });
    assert_eq!(scene.checked("").await, (invalid(), 1));
}

#[tokio::test]
async fn whoever_is_refused_for_their_role_leaves_an_event_without_the_store() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    // Also whoever was never let through is known from then on.
    assert_eq!(scene.checked("?role=USER").await, (insufficient(), 1));
    let denied = || {
        let heard = scene.heard.0.lock().unwrap();
        heard.iter().filter(|kind| **kind == EventKind::PermissionDenied).count()
    };
    assert_eq!(denied(), 1);
    scene.clock.advance(Duration::from_secs(11));
    scene.hear().await;
    assert_eq!(scene.checked("?role=USER").await, (insufficient(), 0));
    assert_eq!(denied(), 2);
}

#[tokio::test]
async fn an_address_is_asked_for_again_when_a_token_could_not_be_older() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    scene.checked("").await;
    let elsewhere = Email::parse("changed-by-hand@example.com").unwrap();
    scene.store.store.put_user(User { email: elsewhere.clone(), ..scene.session.user.clone() }, None);
    scene.clock.advance(Duration::from_mins(14));
    scene.hear().await;
    assert_eq!(scene.checked("").await, (scene.passed(&Role::ADMIN), 0));
    let renewed = scene.auth.refresh(scene.session.refresh.token.expose()).await.unwrap();
    scene.clock.advance(Duration::from_mins(1));
    scene.hear().await;
    scene.store.asked();
    for asked in [1, 0] {
        let check = ask("GET", "/api/auth/check", renewed.access_token.expose(), "");
        let answer = call(&scene.routes, check).await;
        assert_eq!(answer.header("x-auth-email"), Some(elsewhere.as_str()));
        assert_eq!(scene.store.asked(), asked);
    }
}

#[tokio::test]
async fn the_ends_of_the_dial_are_asking_each_time_and_trusting_the_token() {
    let scene = Scene::with(RevocationDelay::Within(Duration::ZERO)).await;
    for _ in 0..2 {
        assert_eq!(scene.checked("").await, (scene.passed(&Role::ADMIN), 1));
    }
    scene.auth.logout(scene.session.refresh.token.expose()).await.unwrap();
    scene.store.asked();
    assert_eq!(scene.checked("").await, (invalid(), 1));

    let scene = Scene::with(RevocationDelay::Off).await;
    assert_eq!(scene.checked("").await, (scene.passed(&Role::ADMIN), 1));
    scene.auth.logout(scene.session.refresh.token.expose()).await.unwrap();
    scene.hear().await;
    scene.store.unplug();
    scene.clock.advance(NEARLY);
    scene.store.asked();
    assert_eq!(scene.checked("").await, (scene.passed(&Role::ADMIN), 0));
    scene.clock.advance(Duration::from_secs(1));
    assert_eq!(scene.checked("").await, (invalid(), 0));

    // Who has met nobody has to ask, and goes by what the store says.
    let scene = Scene::with(RevocationDelay::Off).await;
    scene.auth.logout(scene.session.refresh.token.expose()).await.unwrap();
    scene.store.asked();
    assert_eq!(scene.checked("").await, (invalid(), 1));
}

#[tokio::test]
async fn without_a_token_nobody_is_asked_for() {
    let scene = Scene::with(RevocationDelay::Within(DELAY)).await;
    scene.store.unplug();
    assert_eq!(call(&scene.routes, get("/api/auth/check")).await, required());
    assert_eq!(call(&scene.routes, ask("GET", "/api/auth/check", "x", "")).await, invalid());
    assert_eq!(scene.store.asked(), 0);
}
