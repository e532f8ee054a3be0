//! The service as tonic's own client meets it, over a socket.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::net::SocketAddr;

use auth_core::{AccountChange, AccountState, Auth, MemoryStore, Role};
use auth_testing::{TestKit, signed_in_as};
use example_tonic_guarded::orders::{CloseReply, CloseRequest, ListReply, ListRequest};
use tokio::net::TcpListener;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;

#[path = "../../client.rs"]
mod client;

async fn start() -> (SocketAddr, Auth<MemoryStore>) {
    let auth = TestKit::new().auth(MemoryStore::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(example_tonic_guarded::serve(listener, auth.clone()));
    (address, auth)
}

async fn connect(to: SocketAddr) -> Grpc<Channel> {
    Grpc::new(Endpoint::from_shared(format!("http://{to}")).unwrap().connect().await.unwrap())
}

fn bearing<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

async fn list(
    client: &mut Grpc<Channel>,
    request: Request<ListRequest>,
) -> Result<Response<ListReply>, Status> {
    client.ready().await.unwrap();
    client.unary(request, PathAndQuery::from_static("/orders.Orders/List"), ProstCodec::default()).await
}

async fn close(client: &mut Grpc<Channel>, token: &str) -> Result<Response<CloseReply>, Status> {
    client.ready().await.unwrap();
    let request = bearing(token, CloseRequest { order: "7".to_owned() });
    client.unary(request, PathAndQuery::from_static("/orders.Orders/Close"), ProstCodec::default()).await
}

#[track_caller]
fn assert_is(status: &Status, code: Code, message: &str) {
    assert_eq!((status.code(), status.message()), (code, message));
}

#[tokio::test]
async fn who_is_logged_in_gets_their_orders_and_who_is_not_is_unauthenticated() {
    let (to, auth) = start().await;
    let mut client = connect(to).await;
    let ann = signed_in_as(&auth, Role::USER).await;

    let refused = list(&mut client, Request::new(ListRequest {})).await.unwrap_err();
    assert_is(&refused, Code::Unauthenticated, "Access token required");
    assert_eq!(refused.metadata().get("www-authenticate").unwrap(), "Bearer");

    let refused = list(&mut client, bearing("x", ListRequest {})).await.unwrap_err();
    assert_is(&refused, Code::Unauthenticated, "Invalid or expired token");
    assert_eq!(refused.metadata().get("www-authenticate").unwrap(), "Bearer error=\"invalid_token\"");

    let reply = list(&mut client, bearing(ann.access_token.expose(), ListRequest {})).await.unwrap();
    assert_eq!(reply.into_inner().orders, [format!("the order of {}", ann.user.id)]);

    let leave = AccountChange { state: Some(AccountState::Disabled), ..AccountChange::default() };
    auth.as_operator().change(ann.user.id, leave).await.unwrap();
    let refused = list(&mut client, bearing(ann.access_token.expose(), ListRequest {})).await.unwrap_err();
    assert_is(&refused, Code::Unauthenticated, "Invalid or expired token");
}

#[tokio::test]
async fn what_only_admins_may_do_is_denied_to_others() {
    let (to, auth) = start().await;
    let mut client = connect(to).await;
    let (ann, admin) = (signed_in_as(&auth, Role::USER).await, signed_in_as(&auth, Role::ADMIN).await);
    close(&mut client, admin.access_token.expose()).await.unwrap();
    let refused = close(&mut client, ann.access_token.expose()).await.unwrap_err();
    assert_is(&refused, Code::PermissionDenied, "Insufficient permissions");
}

#[tokio::test]
async fn the_routes_are_on_the_same_port_and_stay_json() {
    let (to, _) = start().await;
    let (token, id) = client::login(to).await;
    let reply = list(&mut connect(to).await, bearing(&token, ListRequest {})).await.unwrap();
    assert_eq!(reply.into_inner().orders, [format!("the order of {id}")]);
    let (head, body) = client::call(to, "GET /api/auth/me HTTP/1.1", "").await;
    assert!(head.starts_with("HTTP/1.1 401 "), "{head}");
    assert_eq!(body, r#"{"error":"Access token required"}"#);
}
