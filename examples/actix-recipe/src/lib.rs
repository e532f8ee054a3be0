//! The routes in an actix-web application, and a route of its own behind a guard.
//!
//! actix-web has its own types of requests and answers, from the days of http 0.2. Two functions of this file
//! translate them, [`asked`] and [`answered`]; the rest is as with any tower service.

use std::convert::Infallible;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Bytes, Data, ReqData, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use auth_core::{Auth, Identity, MemoryStore};
use auth_tower::{AuthRoutes, ClientAddress, RequireAuth};
use http_body_util::{BodyExt, Empty, Full};
use tower::{Layer, ServiceExt, service_fn};

/// No body that the routes take is longer.
const LIMIT: usize = 16 * 1024;

/// Puts it all into an application: `App::new().configure(|config| configure(config, &auth))`.
pub fn configure(config: &mut ServiceConfig, auth: &Auth<MemoryStore>) {
    // Browsers do not store a `Secure` cookie that comes over plain HTTP, hence `insecure_cookies`: for
    // development only.
    let routes = AuthRoutes::new(auth.clone()).insecure_cookies();
    config
        .app_data(Data::new(auth.clone()))
        .app_data(Data::new(routes))
        .service(web::resource("/api/auth/{route:.*}").to(auth_routes))
        .service(web::resource("/api/orders").wrap(from_fn(guard)).get(orders));
}

async fn orders(who: ReqData<Identity>) -> String {
    format!("the orders of {}", who.user_id)
}

async fn auth_routes(
    routes: Data<AuthRoutes<MemoryStore>>,
    request: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    let body = match body.to_bytes_limited(LIMIT).await {
        Ok(Ok(body)) => body,
        // The client has gone away.
        Ok(Err(error)) => return HttpResponse::from_error(error),
        // Too long: no more of it is read, and the routes are given as much as makes them say so.
        Err(_) => Bytes::from(vec![b' '; LIMIT + 1]),
    };
    match routes.get_ref().clone().oneshot(asked(&request).map(|()| Full::new(body))).await {
        Ok(answer) => answered(answer).await,
    }
}

/// Lets a request pass with an [`Identity`], or refuses it as every guard of `auth-tower` does.
async fn guard(
    auth: Data<Auth<MemoryStore>>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // The guard is asked about the head of the request alone. Whom it lets through comes back in the
    // extensions of the answer.
    let passed = service_fn(async |asked: http::Request<()>| {
        let mut answer = http::Response::new(Empty::<Bytes>::new());
        answer.extensions_mut().extend(asked.extensions().clone());
        Ok::<_, Infallible>(answer)
    });
    let guarded = RequireAuth::new(auth.get_ref().clone()).current().layer(passed);
    let Ok(mut answer) = guarded.oneshot(asked(request.request())).await;

    match answer.extensions_mut().remove::<Identity>() {
        Some(who) => {
            request.extensions_mut().insert(who);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        None => Ok(request.into_response(answered(answer).await)),
    }
}

/// The head of a request in today's types.
fn asked(request: &HttpRequest) -> http::Request<()> {
    let mut asked = http::Request::builder().method(request.method().as_str()).uri(request.uri().to_string());
    for (name, value) in request.headers() {
        asked = asked.header(name.as_str(), value.as_bytes());
    }
    if let Some(peer) = request.peer_addr() {
        asked = asked.extension(ClientAddress(peer.ip()));
    }
    asked.body(()).expect("what was a request's head is one in today's types")
}

/// An answer in actix-web's types.
async fn answered<B>(answer: http::Response<B>) -> HttpResponse
where
    B: http_body::Body<Data = Bytes, Error = Infallible>,
{
    let (head, body) = answer.into_parts();
    let status = head.status.as_u16().try_into().expect("a status is a status");
    let mut answer = HttpResponse::build(status);
    for (name, value) in &head.headers {
        answer.append_header((name.as_str(), value.as_bytes()));
    }
    let Ok(body) = body.collect().await;
    answer.body(body.to_bytes())
}
