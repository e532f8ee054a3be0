//! What stands behind nginx: an application that tells what reached it, and an auth-server's double.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;

/// An application of somebody else's.
#[derive(Clone, Default)]
pub(crate) struct App(Arc<Mutex<Vec<Seen>>>);

/// One request as it reached the application.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) asked: String,
    headers: HeaderMap,
}

impl App {
    pub(crate) async fn start() -> (Self, SocketAddr) {
        let app = Self::default();
        let router = Router::new().fallback(see).with_state(app.clone());
        (app, serve(router).await)
    }

    /// What has reached it since the last look.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// The one request that has.
    #[track_caller]
    pub(crate) fn seen_once(&self) -> Seen {
        let mut seen = self.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }
}

async fn see(State(app): State<App>, request: Request) -> &'static str {
    let asked = format!("{} {}", request.method(), request.uri());
    app.0.lock().unwrap().push(Seen { asked, headers: request.headers().clone() });
    "an order"
}

impl Seen {
    /// All values of a header.
    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// Everything in the head that any application could take for a word on who is asking, whichever
    /// way it reads names: of user, address and role.
    pub(crate) fn identity(&self) -> Vec<(String, &str)> {
        let told = |name: &str| name.replace('_', "-").starts_with("x-auth-");
        let mut told: Vec<_> = (self.headers.iter().filter(|(name, _)| told(name.as_str())))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap()))
            .collect();
        told.sort_unstable();
        told
    }
}

/// Something that answers whatever it is asked with this status, and counts.
pub(crate) async fn always(status: StatusCode) -> (Arc<AtomicUsize>, SocketAddr) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let answer = move || async move {
        count.fetch_add(1, Ordering::SeqCst);
        (status, [("location", "/login"), ("x-auth-role", "ADMIN")])
    };
    (asked, serve(Router::new().fallback(answer)).await)
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
