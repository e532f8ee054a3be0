//! The service: find out what is asked, read the request, ask the core, answer.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use auth_core::Auth;
use auth_core::store::Store;
use http::{Method, Request, Response, StatusCode};
use http_body::Body;
use tower_service::Service;

use crate::body::{self, AuthBody};
use crate::cors::Cors;
use crate::refuse;
use crate::status::{Denial, Rejection};
use crate::{client, origin};

use super::AuthRoutes;
use super::accounts::{self, Errand};
use super::endpoint::Endpoint;
use super::keys;
use super::parse::{self, Command, Head};
use super::reply::{self, Outcome};
use super::route::Route;

impl<S, B> Service<Request<B>> for AuthRoutes<S>
where
    S: Store,
    B: Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<AuthBody>;
    type Error = Infallible;
    type Future = RoutesFuture;

    /// Always ready: what is scarce, the hashing threads, answers for itself with 503.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> RoutesFuture {
        let routes = self.clone();
        RoutesFuture(Box::pin(async move {
            let method = request.method().clone();
            refuse::fit(&method, routes.answer(request).await)
        }))
    }
}

impl<S: Store> AuthRoutes<S> {
    async fn answer<B: Body>(&self, mut request: Request<B>) -> Response<AuthBody> {
        client::behind(&self.proxies, &mut request);
        let cors = Cors::of(request.headers(), &self.origins);
        let mut response = match self.route(&request) {
            Ok(Route::Endpoint(endpoint)) => match self.serve(endpoint, request).await {
                Ok(outcome) => reply::done(&outcome, &self.cookie),
                Err(denial) => reply::denied(&denial, &self.cookie, endpoint.name()),
            },
            Ok(Route::Account(errand)) => match self.run(errand, request).await {
                Ok(response) => response,
                Err(denial) => refuse::denied(&denial, errand.name()),
            },
            Ok(Route::Keys) => keys::published(&self.auth.jwks()),
            Ok(Route::Document) => match self.document.bytes() {
                Some(document) => refuse::bytes(StatusCode::OK, document.clone()),
                None => refused(Rejection::NotFound),
            },
            Err(Rejection::MethodNotAllowed(methods)) => {
                let preflight = cors.preflight(&request, methods);
                preflight.unwrap_or_else(|| refused(Rejection::MethodNotAllowed(methods)))
            }
            Err(rejection) => refused(rejection),
        };
        cors.mark(response.headers_mut());
        response
    }

    /// What is asked for, if it is there and this client's page may ask for it.
    fn route<B>(&self, request: &Request<B>) -> Result<Route, Rejection> {
        let rest = self.rest(request).filter(|rest| self.has(rest)).ok_or(Rejection::NotFound)?;
        let route = Route::find(rest, request.method(), self.extent())?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            origin::check(request.headers(), request.uri(), &self.origins)?;
        }
        Ok(route)
    }

    async fn run<B: Body>(&self, errand: Errand, request: Request<B>) -> Result<Response<AuthBody>, Denial> {
        let desk = self.accounts.ok_or(Rejection::NotFound)?;
        let (parts, body) = request.into_parts();
        let auth = self.auth.for_client(client::of(&parts));
        accounts::serve(&auth, desk, &self.cookie, errand, &parts, body).await
    }

    async fn serve<B: Body>(&self, endpoint: Endpoint, request: Request<B>) -> Result<Outcome, Denial> {
        let (parts, body) = request.into_parts();
        let auth = self.auth.for_client(client::of(&parts));
        let head = parse::head(&auth, endpoint, &parts)?;
        let command = match head {
            // A GET has no body that would mean anything.
            Head::Me { .. } | Head::Check { .. } => parse::command(head, &[])?,
            Head::Login { .. } | Head::Refresh { .. } | Head::Logout { .. } | Head::Bootstrap(_) => {
                let body = body::read(&parts.headers, body).await?;
                parse::command(head, &body)?
            }
        };
        Ok(self.carry_out(&auth, command).await?)
    }

    async fn carry_out(&self, auth: &Auth<S>, command: Command) -> Result<Outcome, auth_core::Error> {
        Ok(match command {
            Command::Login(login) => Outcome::LoggedIn(auth.login(login).await?),
            Command::Refresh(token) => Outcome::Refreshed(auth.refresh(token.expose()).await?),
            Command::Logout(token) => {
                auth.logout(token.expose()).await?;
                Outcome::LoggedOut
            }
            Command::Me(token) => Outcome::Known(auth.me(token.expose()).await?),
            Command::Check(token, demand) => Outcome::Passed(match &self.revocations {
                Some(heard) => auth.check_heeding(token.expose(), &demand, heard).await?,
                None => auth.check(token.expose(), &demand).await?.into(),
            }),
            Command::Bootstrap(admin) => {
                auth.bootstrap(admin).await?;
                Outcome::AdminCreated
            }
        })
    }
}

fn refused(rejection: Rejection) -> Response<AuthBody> {
    refuse::denied(&rejection.into(), "routing")
}

/// The answer of [`AuthRoutes`] on its way.
pub struct RoutesFuture(Pin<Box<dyn Future<Output = Response<AuthBody>> + Send>>);

impl Future for RoutesFuture {
    type Output = Result<Response<AuthBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context).map(Ok)
    }
}

impl fmt::Debug for RoutesFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoutesFuture").finish_non_exhaustive()
    }
}
