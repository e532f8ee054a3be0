//! The routes in a poem application, and a route of its own behind a guard.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use auth_core::{Auth, Identity, MemoryStore};
use auth_tower::{AuthRoutes, ClientAddress, RequireAuth};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use poem::endpoint::TowerCompatExt;
use poem::web::Data;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response, Route, get, handler};
use tower::{Layer, ServiceExt, service_fn};

/// The application.
pub fn app(auth: Auth<MemoryStore>) -> impl Endpoint + use<> {
    // poem calls a tower service as it is; it only has to be told who is calling. Browsers do not store a
    // `Secure` cookie that comes over plain HTTP, hence `insecure_cookies`: for development only.
    let routes = AuthRoutes::new(auth.clone()).insecure_cookies().compat().before(with_address);
    let guarded = get(orders).around(move |next, request| guard(auth.clone(), next, request));
    Route::new().nest_no_strip("/api/auth", routes).at("/api/orders", guarded).into_endpoint()
}

#[handler]
fn orders(Data(who): Data<&Identity>) -> String {
    format!("the orders of {}", who.user_id)
}

async fn with_address(mut request: Request) -> poem::Result<Request> {
    if let Some(peer) = request.remote_addr().as_socket_addr().map(SocketAddr::ip) {
        request.extensions_mut().insert(ClientAddress(peer));
    }
    Ok(request)
}

/// Lets a request pass with an [`Identity`], or refuses it as every guard of `auth-tower` does.
///
/// A guard is a layer for services of `http::Request`, which a poem endpoint is not. So it is asked about the
/// head of the request alone.
async fn guard<E: Endpoint>(
    auth: Auth<MemoryStore>,
    next: Arc<E>,
    mut request: Request,
) -> poem::Result<Response> {
    let mut head = http::Request::new(Empty::<Bytes>::new());
    *head.method_mut() = request.method().clone();
    *head.headers_mut() = request.headers().clone();

    // Whom the guard lets through comes back in the extensions of the answer.
    let passed = service_fn(async |asked: http::Request<Empty<Bytes>>| {
        let mut answer = http::Response::new(Empty::<Bytes>::new());
        answer.extensions_mut().extend(asked.extensions().clone());
        Ok::<_, Infallible>(answer)
    });
    let mut answer = RequireAuth::new(auth).current().layer(passed).oneshot(head).await?;

    if let Some(who) = answer.extensions_mut().remove::<Identity>() {
        request.extensions_mut().insert(who);
        next.call(request).await.map(poem::IntoResponse::into_response)
    } else {
        let (head, body) = answer.into_parts();
        let mut refusal = Response::from((head.status, body.collect().await?.to_bytes()));
        *refusal.headers_mut() = head.headers;
        Ok(refusal)
    }
}
