//! What the recipe promises.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use http::StatusCode;
use serde_json::json;

use crate::client::{EMAIL, PASSWORD};
use crate::nginx::{Nginx, SITE, UPSTREAMS};
use crate::process::{Server, Store};
use crate::upstream::{self, App};
use crate::visitor::{Answer, HOME, Visitor};

const ANN: &str = "ann@example.com";
const INVALID: [(&str, &str); 1] = [("www-authenticate", r#"Bearer error="invalid_token""#)];

/// Server, application and proxy.
struct Scene {
    server: Server,
    app: App,
    proxy: SocketAddr,
    _nginx: Nginx,
    _store: Store,
}

impl Scene {
    /// `None` where there is no nginx.
    async fn open() -> Option<Self> {
        let store = Store::sqlite();
        let variables =
            [("NODE_ENV", "test"), ("REFRESH_REUSE_GRACE", "0"), ("TRUSTED_PROXIES", "127.0.0.1")];
        let server = Server::start_with(&store.url(), &variables);
        let (app, address) = App::start().await;
        let nginx = Nginx::start(&[server.address()], address)?;
        Some(Self { server, app, proxy: nginx.address(), _nginx: nginx, _store: store })
    }

    /// The admin, and someone who is none.
    async fn people(&self) -> [Visitor; 2] {
        let admin = Visitor::admin(self.proxy).await;
        let ann = json!({ "email": ANN, "name": "Ann", "role": "USER", "password": PASSWORD });
        assert_eq!(admin.post("/api/auth/users", &ann).await.status, 201);
        [admin, Visitor::logged_in(self.proxy, ANN).await]
    }

    /// Insists that the request has reached the application.
    #[track_caller]
    fn passed(&self, answer: &Answer) {
        assert_eq!((answer.status, answer.body.as_str()), (200, "an order"), "{answer:?}");
        self.app.seen_once();
    }

    /// Insists that nothing has.
    #[track_caller]
    fn kept(&self) {
        assert!(self.app.seen().is_empty(), "the application was reached");
    }
}

#[test]
fn the_guide_shows_what_is_run_here() {
    let guide = include_str!("../../../docs/proxies.md");
    for file in [UPSTREAMS, SITE] {
        assert!(
            guide.contains(&format!("```nginx\n{file}```\n")),
            "docs/proxies.md has another one than\n{file}"
        );
    }
}

#[test]
fn the_containers_differ_in_their_addresses_alone() {
    let containers = include_str!("../../../deploy/compose/upstreams.conf");
    let directives = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    let here = UPSTREAMS.replace("127.0.0.1:4000", "auth:4000").replace("127.0.0.1:3000", "app:80");
    assert_eq!(directives(containers), directives(&here));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_logged_in_gets_nowhere() {
    let Some(scene) = Scene::open().await else { return };
    let stranger = Visitor::new(scene.proxy);
    let bearer = [("www-authenticate", "Bearer")];
    for path in ["/", "/orders?id=7", "/admin/", "/reports/2026"] {
        stranger.get(path).await.refuses(401, "Access token required", &bearer);
        let lines = "Authorization: Bearer x.y.z\r\nX-Auth-Role: ADMIN\r\n";
        stranger.get_with(path, lines).await.refuses(401, "Invalid or expired token", &INVALID);
        stranger.send("POST", path, "", "a body").await.refuses(401, "Access token required", &bearer);
    }
    scene.kept();
    assert_eq!(stranger.get("/_check/user").await.status, 404, "nobody asks nginx's own questions");
    scene.kept();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_application_is_told_who_is_asking_and_nothing_that_they_say_of_themselves() {
    let Some(scene) = Scene::open().await else { return };
    let [admin, _] = scene.people().await;
    let me = admin.get("/api/auth/me").await.json();
    let id = me["id"].as_str().unwrap();
    let expected = [("x-auth-email", EMAIL), ("x-auth-role", "ADMIN"), ("x-auth-user-id", id)]
        .map(|(name, value)| (name.to_owned(), value));
    for forged in [
        "",
        "X-Auth-User-Id: someone\r\nX-Auth-Email: eve@example.com\r\nX-Auth-Role: ROOT\r\n",
        "x-auth-role: ROOT\r\nX-AUTH-ROLE: ROOT\r\nx-Auth-Role: ROOT\r\nX-Auth-Role: ROOT\r\n",
        "X_Auth_Role: ROOT\r\nx_auth_role: ROOT\r\nX_Auth-Role: ROOT\r\nX_AUTH_USER_ID: someone\r\n",
        "X-Auth-Role:\r\nX-Auth-Role:  ROOT \r\nX-Auth-Email: \r\n",
        "Connection: close, X-Auth-Role\r\n",
    ] {
        scene.passed_with(&admin, "/orders?id=7&role=USER", forged, &expected).await;
        scene.passed_with(&admin, "/admin/?role=USER", forged, &expected).await;
        // Where nobody is asked who they are, nobody is named either.
        scene.passed_with(&admin, "/public/", forged, &[]).await;
        scene.passed_with(&Visitor::new(scene.proxy), "/public/", forged, &[]).await;
    }
}

impl Scene {
    /// Insists that the application is told exactly this of whoever asks with these lines.
    async fn passed_with(&self, who: &Visitor, path: &str, lines: &str, expected: &[(String, &str)]) {
        let lines = format!("{lines}X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n");
        let answer = who.send("PUT", path, &lines, "a body").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "an order"), "{lines}{answer:?}");
        let seen = self.app.seen_once();
        assert_eq!(seen.asked, format!("PUT {path}"));
        assert_eq!(seen.identity(), expected, "{lines}");
        assert_eq!(seen.all("x-forwarded-for"), [format!("6.6.6.6, {HOME}")]);
        for kept in ["authorization", "forwarded"] {
            assert!(seen.all(kept).is_empty(), "{kept} is none of the application's business");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_announces_no_body_for_it_has_none() {
    let ((auth, asked), (app, address)) = (App::start().await, App::start().await);
    let Some(nginx) = Nginx::start(&[asked], address) else { return };
    let answer = Visitor::new(nginx.address()).send("PUT", "/orders", "", "a body").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "an order"), "{answer:?}");
    let check = auth.seen_once();
    for name in ["content-length", "transfer-encoding"] {
        assert!(check.all(name).is_empty(), "{name} is sent without a body");
    }
    assert_eq!(app.seen_once().all("content-length"), ["6"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_and_a_permission_are_asked_for_where_the_recipe_says() {
    let Some(scene) = Scene::open().await else { return };
    let [admin, ann] = scene.people().await;
    scene.passed(&admin.get("/admin/users").await);
    scene.passed(&ann.get("/orders").await);
    ann.get("/admin/users").await.refuses(403, "Insufficient permissions", &[]);
    ann.get_with("/admin/users", "X-Auth-Role: ADMIN\r\n").await.refuses(
        403,
        "Insufficient permissions",
        &[],
    );
    // No role has it in this system.
    admin.get("/reports/").await.refuses(403, "Insufficient permissions", &[]);
    scene.kept();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_the_application_may_read_as_another_one_reaches_nobody() {
    let Some(scene) = Scene::open().await else { return };
    let [admin, ann] = scene.people().await;
    for path in [
        "/admin/../public/x",
        "/admin/..%2fpublic/x",
        "/admin/..%2Fpublic/x",
        "/admin//../public/x",
        "/admin/a/%2e%2e/%2E%2e/public/",
        "/admin/../x",
        "/reports/../x",
        "/public/..;/admin/",
        "/public/../admin",
        "/public/..",
        "/public/.?x",
        "/public//admin",
        "/admin;x/users",
        "/public/..\\admin",
        "/public%5c..%5cadmin",
        "/public/%00",
    ] {
        for who in [&Visitor::new(scene.proxy), &ann, &admin] {
            let answer = who.get(path).await;
            assert_eq!(answer.status, 400, "{path}: {answer:?}");
        }
    }
    scene.kept();
    // Two dots and more in a name, or after the question mark, mean nothing.
    for path in ["/orders/a..b", "/orders/...", "/orders?next=/../x//y;z%2f"] {
        scene.passed(&ann.get(path).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_place_is_guarded_however_it_is_spelled() {
    let Some(scene) = Scene::open().await else { return };
    let [admin, ann] = scene.people().await;
    for path in
        ["/admin", "/ADMIN/users", "/Admin", "/%61dmin/users", "/admin?x", "/Reports/2026", "/reports"]
    {
        ann.get(path).await.refuses(403, "Insufficient permissions", &[]);
    }
    scene.kept();
    scene.passed(&admin.get("/Admin/users").await);
    scene.passed(&ann.get("/administration").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logout_and_a_demotion_count_at_once() {
    let Some(scene) = Scene::open().await else { return };
    let [admin, ann] = scene.people().await;
    let id = ann.get("/api/auth/me").await.json()["id"].as_str().unwrap().to_owned();
    let account = format!("/api/auth/users/{id}");
    for (role, status) in [("ADMIN", 200), ("USER", 403)] {
        let change = json!({ "role": role }).to_string();
        let changed = admin.send("PATCH", &account, "Content-Type: application/json\r\n", &change).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        assert_eq!(ann.get("/admin/").await.status, status, "{role}");
    }
    scene.app.seen_once();
    scene.passed(&ann.get("/orders").await);
    assert_eq!(ann.logout().await.status, 200);
    for path in ["/orders", "/admin/"] {
        ann.get(path).await.refuses(401, "Invalid or expired token", &INVALID);
    }
    scene.kept();
    scene.passed(&admin.get("/orders").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn login_and_refresh_work_through_the_proxy_from_the_visitors_address() {
    let Some(scene) = Scene::open().await else { return };
    let mut admin = Visitor::admin(scene.proxy).await;
    for _ in 0..3 {
        assert_eq!(admin.refresh().await.status, 200);
        scene.passed(&admin.get("/orders").await);
    }
    let forged = "X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n";
    let login = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
    let lines = format!("{forged}Content-Type: application/json\r\nOrigin: http://app.example.com\r\n");
    let answer = admin.send("POST", "/api/auth/login", &lines, &login).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let sessions = admin.get("/api/auth/sessions").await.json();
    let addresses: Vec<_> =
        sessions["sessions"].as_array().unwrap().iter().map(|one| one["ipAddress"].clone()).collect();
    assert_eq!(addresses, [json!(HOME), json!(HOME)]);
    scene.kept();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_an_outage_and_lets_nobody_through() {
    let Some(mut scene) = Scene::open().await else { return };
    let admin = Visitor::admin(scene.proxy).await;
    scene.passed(&admin.get("/orders").await);
    scene.server.kill();
    for who in [&admin, &Visitor::new(scene.proxy)] {
        for path in ["/orders", "/admin/", "/reports/"] {
            who.get(path).await.refuses(503, "Service unavailable", &[("retry-after", "1")]);
        }
    }
    scene.kept();
    scene.passed(&admin.get("/public/").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_a_check_answers_lets_nobody_through() {
    for status in [302, 304, 400, 404, 405, 429, 500, 502, 503, 504] {
        let (app, address) = App::start().await;
        let (asked, auth) = upstream::always(StatusCode::from_u16(status).unwrap()).await;
        let Some(nginx) = Nginx::start(&[auth], address) else { return };
        let answer = Visitor::new(nginx.address()).get("/orders").await;
        answer.refuses(503, "Service unavailable", &[("retry-after", "1")]);
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{status}");
        assert!(app.seen().is_empty(), "{status} let someone through");
    }
}
