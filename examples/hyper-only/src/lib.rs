//! The routes and a guard on plain hyper, without a framework.

use std::convert::Infallible;
use std::error::Error;

use auth_core::{Auth, Bootstrap, Identity, MemoryStore, Policy};
use auth_tower::{AuthLayer, AuthRoutes, RequireAuth};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{ServiceBuilder, ServiceExt, service_fn};

type Body = BoxBody<Bytes, Infallible>;

/// Serves the application until the process ends.
///
/// # Errors
///
/// Where the operating system accepts no connections, or the configuration cannot work.
pub async fn serve(listener: TcpListener, store: MemoryStore) -> Result<(), Box<dyn Error + Send + Sync>> {
    let auth = Auth::builder(store)
        // Drawn anew at each start, so a restart logs everyone out. In production: `access_secret`
        // and `refresh_secret`, from the environment, the same in every process.
        .random_secrets()
        // Whoever calls /api/auth/bootstrap first becomes the admin: for development. Leave the
        // policy's default, which is closed, where strangers can call.
        .policy(Policy { bootstrap: Bootstrap::Open, ..Policy::default() })
        .build()?;

    // The layer answers /api/auth/* and passes everything else on to the application. Browsers do
    // not store a `Secure` cookie that comes over plain HTTP, hence `insecure_cookies`: for
    // development only.
    let service = ServiceBuilder::new()
        .layer(AuthLayer::new(AuthRoutes::new(auth.clone()).insecure_cookies()))
        .service(service_fn(move |request| application(auth.clone(), request)));

    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(service.clone());
        tokio::spawn(async move {
            // With a timer, a client that never finishes its headers is cut off.
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            // A connection that breaks is of no interest to anyone else.
            let _ = connection.await;
        });
    }
}

/// The application: one public page, and one route behind a guard.
async fn application(
    auth: Auth<MemoryStore>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    match request.uri().path() {
        "/" => Ok(text(StatusCode::OK, "hello".to_owned())),
        "/api/orders" => {
            let guarded = ServiceBuilder::new().layer(RequireAuth::new(auth)).service(service_fn(orders));
            Ok(guarded.oneshot(request).await?.map(BodyExt::boxed))
        }
        _ => Ok(text(StatusCode::NOT_FOUND, "nothing here".to_owned())),
    }
}

async fn orders(request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let who = request.extensions().get::<Identity>().expect("the guard has put it there");
    Ok(text(StatusCode::OK, format!("the orders of {}", who.user_id)))
}

fn text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Full::from(text).boxed());
    *response.status_mut() = status;
    response
}
