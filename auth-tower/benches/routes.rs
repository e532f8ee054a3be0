//! What a request costs from its head to its answer, on the memory store: the routes as a whole, and a guard.
//! No socket, no parser of HTTP, no database; and no login, which is a hash, and of which this store remembers
//! all that there were.
//!
//! `cargo bench -p auth-tower --bench routes`

#![allow(missing_docs, reason = "criterion's macros make public functions")]

use std::convert::Infallible;
use std::fmt::Debug;
use std::future::ready;
use std::time::Duration;

use auth_core::{
    Argon2Cost, Auth, Bootstrap, Email, Hashing, LoggedIn, Login, MemoryStore, Name, NewAdmin, Password,
    Policy,
};
use auth_tower::{AuthRoutes, RequireAuth};
use bytes::Bytes;
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, criterion_group, criterion_main};
use http::header::{AUTHORIZATION, COOKIE};
use http::{HeaderName, Method, Request, Response};
use http_body_util::Full;
use tokio::runtime::{Builder, Runtime};
use tower::{Layer, Service, service_fn};

const EMAIL: &str = "admin@example.com";
const PASSWORD: &str = "StrongPassword123!";
const BASE: &str = "/api/auth";

type Asked = Request<Full<Bytes>>;

/// One account, and a runtime to ask in.
struct Bench {
    runtime: Runtime,
    auth: Auth<MemoryStore>,
}

impl Bench {
    fn new(reuse_grace: Duration) -> Self {
        let runtime = Builder::new_current_thread().build().expect("a runtime can be started");
        let cost = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
        let auth = Auth::builder(MemoryStore::new())
            .random_secrets()
            .hashing(Hashing { cost, ..Hashing::default() })
            .policy(Policy { bootstrap: Bootstrap::Open, reuse_grace, ..Policy::default() })
            .build()
            .expect("strong secrets");
        let admin = NewAdmin::new(email(), password(), Name::parse("Admin").expect("a name"));
        runtime.block_on(auth.bootstrap(admin)).expect("the store is empty");
        Self { runtime, auth }
    }

    fn session(&self) -> LoggedIn {
        self.runtime.block_on(self.auth.login(Login::new(email(), password()))).expect("it is right")
    }

    /// A refresh token that is current and, where there is a grace, young.
    fn rotated(&self) -> String {
        let session = self.session();
        let refreshed = self.runtime.block_on(self.auth.refresh(session.refresh.token.expose()));
        refreshed.expect("it is fresh").refresh.expect("the first refresh rotates").token.expose().to_owned()
    }

    /// Measures the answers to what `ask` makes, none of which is part of the measurement.
    fn answers<S, B>(
        &self,
        group: &mut BenchmarkGroup<'_, WallTime>,
        name: &str,
        mut service: S,
        status: u16,
        mut ask: impl FnMut() -> Asked,
    ) where
        S: Service<Asked, Response = Response<B>>,
        S::Error: Debug,
    {
        let answered = self.runtime.block_on(service.call(ask())).expect("it answers");
        assert_eq!(answered.status(), status, "{name}");
        group.bench_function(name, |b| {
            b.iter_batched(
                &mut ask,
                |asked| self.runtime.block_on(service.call(asked)),
                BatchSize::SmallInput,
            );
        });
    }
}

fn email() -> Email {
    Email::parse(EMAIL).expect("an address")
}

fn password() -> Password {
    Password::parse(PASSWORD).expect("a password")
}

/// With the headers that a browser sends beside those that count.
fn request(method: Method, path: &str, header: Option<(HeaderName, String)>) -> Asked {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{BASE}{path}"))
        .header("host", "app.example.com")
        .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
        .header("accept", "*/*")
        .header("accept-language", "en-US,en;q=0.5")
        .header("accept-encoding", "gzip, deflate, br")
        .header("sec-fetch-site", "same-origin");
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    request.body(Full::default()).expect("it is well formed")
}

fn post(path: &str, cookie: &str) -> Asked {
    request(Method::POST, path, Some((COOKIE, cookie.to_owned())))
}

fn get(path: &str, access: &str) -> Asked {
    request(Method::GET, path, Some((AUTHORIZATION, format!("Bearer {access}"))))
}

fn routes(c: &mut Criterion) {
    let bench = Bench::new(Policy::default().reuse_grace);
    let routes = || AuthRoutes::new(bench.auth.clone());
    let access = bench.session().access_token.expose().to_owned();
    let refresh = bench.rotated();
    let mut group = c.benchmark_group("routes");

    bench.answers(&mut group, "refresh, the same token again", routes(), 200, || {
        post("/refresh", &format!("refresh_token={refresh}"))
    });
    bench.answers(&mut group, "refresh, forged", routes(), 401, || {
        let forged = if refresh.ends_with('A') { "B" } else { "A" };
        post("/refresh", &format!("refresh_token={}{forged}", &refresh[..refresh.len() - 1]))
    });
    let ended = bench.session().refresh.token.expose().to_owned();
    bench.answers(&mut group, "logout, once more", routes(), 200, || {
        post("/logout", &format!("refresh_token={ended}"))
    });
    bench.answers(&mut group, "me", routes(), 200, || get("/me", &access));
    bench.answers(&mut group, "check", routes(), 204, || get("/check?role=ADMIN", &access));
    bench.answers(&mut group, "not found", routes(), 404, || get("/nothing", &access));
    group.finish();
}

/// What is left of a refresh where the cookie decides: how it is found among others, and refused.
fn cookies(c: &mut Criterion) {
    let bench = Bench::new(Policy::default().reuse_grace);
    let routes = || AuthRoutes::new(bench.auth.clone());
    let others = "preference=some-value-of-some-length; ".repeat(20);
    let mut group = c.benchmark_group("cookies");
    for (name, cookie) in [
        ("none", "theme=dark".to_owned()),
        ("none among twenty", format!("{others}theme=dark")),
        ("a mangled one", "refresh_token=mangled".to_owned()),
        ("a mangled one behind twenty", format!("{others}refresh_token=mangled")),
    ] {
        bench.answers(&mut group, name, routes(), 401, || post("/refresh", &cookie));
    }
    group.finish();
}

fn rotations(c: &mut Criterion) {
    let bench = Bench::new(Duration::ZERO);
    let mut routes = AuthRoutes::new(bench.auth.clone());
    let mut refresh = bench.rotated();
    c.bench_function("routes/refresh, a rotation", |b| {
        b.iter(|| {
            let asked = post("/refresh", &format!("refresh_token={refresh}"));
            let answer = bench.runtime.block_on(routes.call(asked)).expect("it answers");
            let cookie = answer.headers()["set-cookie"].to_str().expect("it is ASCII");
            let token = cookie.trim_start_matches("refresh_token=").split(';').next();
            refresh.clear();
            refresh.push_str(token.expect("a cookie begins with its value"));
        });
    });
}

fn hello() -> impl Service<Asked, Response = Response<Full<Bytes>>, Error = Infallible> + Clone {
    service_fn(|_: Asked| ready(Ok(Response::new(Full::new(Bytes::from_static(b"hello"))))))
}

fn guard(c: &mut Criterion) {
    let bench = Bench::new(Policy::default().reuse_grace);
    let access = bench.session().access_token.expose().to_owned();
    let guarded = || RequireAuth::new(bench.auth.clone()).layer(hello());
    let mut group = c.benchmark_group("guard");
    bench.answers(&mut group, "none", hello(), 200, || get("/orders", &access));
    bench.answers(&mut group, "a good token", guarded(), 200, || get("/orders", &access));
    bench.answers(&mut group, "a bad token", guarded(), 401, || get("/orders", &access[..access.len() - 1]));
    bench.answers(&mut group, "no token", guarded(), 401, || request(Method::GET, "/orders", None));
    group.finish();
}

criterion_group!(benches, routes, cookies, rotations, guard);
criterion_main!(benches);
