//! The service `orders.Orders` and its client, by hand, so that this example needs no `protoc`. An
//! application has both from `tonic-prost-build` and its `.proto`:
//!
//! ```proto
//! package orders;
//! service Orders {
//!   rpc List(ListRequest) returns (ListReply);
//!   rpc Close(CloseRequest) returns (CloseReply);
//! }
//! message ListRequest {}
//! message ListReply { repeated string orders = 1; }
//! message CloseRequest { string order = 1; }
//! message CloseReply {}
//! ```

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use auth_core::{Identity, Role};
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::{Grpc, NamedService};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::{Service, service_fn};

/// Asks for the orders of whoever calls.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct ListRequest {}

/// The orders.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct ListReply {
    /// One line for each.
    #[prost(string, repeated, tag = "1")]
    pub orders: Vec<String>,
}

/// Asks to close an order.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct CloseRequest {
    /// Which one.
    #[prost(string, tag = "1")]
    pub order: String,
}

/// It is closed.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct CloseReply {}

/// For whoever is logged in: the guard has put an [`Identity`] into the request's extensions.
async fn list(request: Request<ListRequest>) -> Result<Response<ListReply>, Status> {
    let who = identity(&request)?;
    Ok(Response::new(ListReply { orders: vec![format!("the order of {}", who.user_id)] }))
}

/// For admins: a handler may ask for more than its guard.
async fn close(request: Request<CloseRequest>) -> Result<Response<CloseReply>, Status> {
    let admin = identity(&request)?.require(Role::ADMIN);
    admin.map_err(|refusal| Status::permission_denied(refusal.to_string()))?;
    Ok(Response::new(CloseReply {}))
}

fn identity<T>(request: &Request<T>) -> Result<&Identity, Status> {
    request.extensions().get().ok_or_else(|| Status::internal("no guard stands before this service"))
}

/// The service.
#[derive(Clone, Copy, Debug)]
pub struct Orders;

impl NamedService for Orders {
    const NAME: &'static str = "orders.Orders";
}

impl Service<http::Request<Body>> for Orders {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(async move {
            Ok(match request.uri().path() {
                "/orders.Orders/List" => {
                    Grpc::new(ProstCodec::default()).unary(service_fn(list), request).await
                }
                "/orders.Orders/Close" => {
                    Grpc::new(ProstCodec::default()).unary(service_fn(close), request).await
                }
                _ => Status::unimplemented("no such method").into_http(),
            })
        })
    }
}
