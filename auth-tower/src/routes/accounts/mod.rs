//! Accounts and sessions: the routes of those who look after them, their own or everyone's.
//!
//! A request goes from an [`Errand`], which path and method tell, to an `Order`, once the caller
//! is known and all of it has been read, to an `Outcome`, and to the answer. Only `desk` asks the
//! store to do anything.

mod desk;
mod errand;
mod order;
mod parse;
mod reply;

use auth_core::store::SessionStore;
use auth_core::{AccessToken, Auth, Identity};
use http::Response;
use http::request::Parts;
use http_body::Body;
use zeroize::Zeroizing;

use crate::bearer;
use crate::body::{self, AuthBody};
use crate::cookie::Cookie;
use crate::status::{Denial, Rejection};

use super::media;
use super::reply::with_cookie;

pub(super) use desk::Desk;
pub(super) use errand::{Audience, Errand, Payload};

use order::Farewell;

/// Answers one request, or says why not.
pub(super) async fn serve<S: SessionStore, B: Body>(
    auth: &Auth<S>,
    desk: Desk<S>,
    cookie: &Cookie,
    errand: Errand,
    parts: &Parts,
    body: B,
) -> Result<Response<AuthBody>, Denial> {
    let access_token = bearer::token(&parts.headers).map(AccessToken::new)?;
    let mut who = admitted(auth, errand, &access_token).await?;
    let body = read(errand, parts, body).await?;
    if errand.payload() != Payload::Unread {
        // A body may be held back for as long as the server waits for it. Whoever was demoted or
        // logged out meanwhile must not act as what they were when they began.
        who = admitted(auth, errand, &access_token).await?;
    }
    let order = parse::order(errand, parts.uri.query(), &body)?;
    let farewell = order.farewell(&who);
    let outcome = desk.carry_out(auth, &who, order).await?;
    let response = reply::done(&outcome, who.session_id, &cookie.path);
    Ok(match farewell {
        Farewell::Stay => response,
        Farewell::Leave => with_cookie(response, cookie.clear()),
    })
}

/// Who is asking, if they may: before a strange body or id is told from a good one.
async fn admitted<S: SessionStore>(
    auth: &Auth<S>,
    errand: Errand,
    access_token: &AccessToken,
) -> Result<Identity, auth_core::Error> {
    let who = auth.authenticate_current(access_token.expose()).await?;
    match errand.audience() {
        Audience::Everyone => {}
        Audience::Admins => auth.require_admin(&who)?,
    }
    Ok(who)
}

async fn read<B: Body>(errand: Errand, parts: &Parts, body: B) -> Result<Zeroizing<Vec<u8>>, Rejection> {
    match errand.payload() {
        Payload::Unread => Ok(Zeroizing::default()),
        Payload::Ignored => body::read(&parts.headers, body).await,
        Payload::Json => {
            media::check(&parts.headers)?;
            body::read(&parts.headers, body).await
        }
    }
}
