//! What the log says, at every level: each accident once with its causes, and never a secret.

use std::io;
use std::sync::{Arc, Mutex};

use auth_tower::AuthRoutes;
use tracing::subscriber::DefaultGuard;

use crate::common::{self, CREDENTIALS, PASSWORD, Plugged, ask, call, get, post};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut self.0.lock().unwrap())).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log from now on. It is this thread's, and so is a test's runtime: other tests do not write
/// into it.
fn listen() -> (Log, DefaultGuard) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn accidents_are_logged_once_and_secrets_never() {
    let (log, _until_the_end) = listen();

    let store = Plugged::default();
    let auth = common::auth(store.clone());
    let routes = AuthRoutes::new(auth);
    call(&routes, post("/api/auth/bootstrap", CREDENTIALS)).await;
    let login = call(&routes, post("/api/auth/login", CREDENTIALS)).await;
    let cookie = login.refresh_cookie().unwrap().split(';').next().unwrap().to_owned();
    let token = login.body.split('"').nth(3).unwrap().to_owned();
    let mut me = get("/api/auth/me");
    me.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    assert_eq!(call(&routes, me).await.status, 200);
    let with_cookie = |path: &str| {
        let mut request = post(path, "");
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        request
    };
    let refreshed = call(&routes, with_cookie("/api/auth/refresh")).await;
    assert_eq!(refreshed.status, 200);

    // Mistakes, too, and some that hold a secret in the wrong place.
    let typed_wrong = format!(r#"{{"email":"{PASSWORD}","password":["{PASSWORD}"]}}"#);
    assert_eq!(call(&routes, post("/api/auth/login", &typed_wrong)).await.status, 400);
    assert_eq!(call(&routes, post("/api/auth/login", PASSWORD)).await.status, 400);

    let peaceful = log.take();
    assert!(!peaceful.contains("ERROR"), "{peaceful}");

    store.unplug();
    assert_eq!(call(&routes, with_cookie("/api/auth/refresh")).await.status, 503);
    let accident = log.take();
    assert_eq!(accident.matches("ERROR").count(), 1, "{accident}");
    let told = "the store failed: the store is unavailable: the plug was pulled";
    assert!(accident.contains(told) && accident.contains("refresh"), "{accident}");

    let secrets = [PASSWORD, token.as_str(), cookie.strip_prefix("refresh_token=").unwrap(), "$argon2"];
    for secret in secrets {
        assert!(!secret.is_empty() && !peaceful.contains(secret) && !accident.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn what_is_done_to_accounts_is_logged_without_a_password() {
    let (log, _until_the_end) = listen();
    let auth = common::auth(Plugged::default());
    let routes = AuthRoutes::new(auth.clone()).with_accounts();
    let token = common::log_in(&auth).await.access_token.expose().to_owned();
    let asked = async |method: &str, path: &str, body: &str| {
        call(&routes, ask(method, &format!("/api/auth{path}"), &token, body)).await
    };

    let [first, second, third, wrong] =
        ["the first of them", "the second of them", "the third of them", "none of them"];
    let new = format!(r#"{{"email":"new@example.com","name":"New","role":"USER","password":"{first}"}}"#);
    let created = asked("POST", "/users", &new).await;
    assert_eq!(created.status, 201);
    let path = format!("/users/{}", created.body.split('"').nth(3).unwrap());
    let set = asked("PATCH", &path, &format!(r#"{{"password":"{second}","role":"SUPPORT"}}"#)).await;
    assert_eq!(set.status, 200);
    let change = |current: &str| format!(r#"{{"currentPassword":"{current}","newPassword":"{third}"}}"#);
    assert_eq!(asked("POST", "/password", &change(wrong)).await.status, 403);
    assert_eq!(asked("POST", "/password", &change(PASSWORD)).await.status, 200);
    // Mistakes with a secret in the wrong place.
    assert_eq!(asked("PATCH", &path, &format!(r#"{{"role":"{third}"}}"#)).await.status, 400);
    assert_eq!(asked("PATCH", &path, &format!(r#"{{"disabled":"{third}"}}"#)).await.status, 400);
    assert_eq!(asked("GET", "/users?state=the%20third%20of%20them", "").await.status, 400);
    assert_eq!(asked("DELETE", "/sessions?current=the+third+of+them", "").await.status, 400);
    assert_eq!(asked("DELETE", &path, "").await.status, 200);
    // The store that fails is told of where it failed.
    auth.store().unplug();
    assert_eq!(asked("POST", "/password", &change(third)).await.status, 503);

    let told = log.take();
    assert!(told.contains("WARN") && told.matches("ERROR").count() == 1, "{told}");
    assert!(told.contains("at=\"password\""), "{told}");
    for secret in [PASSWORD, first, second, third, "third", wrong, token.as_str(), "$argon2"] {
        assert!(!told.contains(secret), "{secret} is in {told}");
    }
}
