//! A gRPC service behind a guard, and the routes for logging in, on one port: tonic.

use std::error::Error;

use auth_core::{Auth, MemoryStore};
use auth_tower::{AuthLayer, AuthRoutes, GrpcRefusals, RequireAuth};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tower::ServiceBuilder;

pub mod orders;

/// Serves both until the process ends.
///
/// # Errors
///
/// Where the operating system accepts no connections.
pub async fn serve(
    listener: TcpListener,
    auth: Auth<MemoryStore>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    // From the outside in: /api/auth/* is answered by the layer, over HTTP/1 or 2, and everything else has to
    // get past the guard, whose refusals become gRPC's. Browsers do not store a `Secure` cookie that comes
    // over plain HTTP, hence `insecure_cookies`: for development only.
    let stack = ServiceBuilder::new()
        .layer(AuthLayer::new(AuthRoutes::new(auth.clone()).insecure_cookies()))
        .layer(GrpcRefusals)
        .layer(RequireAuth::new(auth).current());

    let server = Server::builder().accept_http1(true).layer(stack).add_service(orders::Orders);
    Ok(server.serve_with_incoming(TcpIncoming::from(listener)).await?)
}
