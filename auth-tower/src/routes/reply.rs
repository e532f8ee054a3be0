//! From what the core did to the answer.

use auth_core::{LoggedIn, Passed, Refreshed, Refusal, User};
use http::header::SET_COOKIE;
use http::{HeaderValue, Response, StatusCode};

use crate::body::AuthBody;
use crate::cookie::Cookie;
use crate::refuse::{self, json};
use crate::status::Denial;

use super::check;
use super::wire::{Entry, Message, Person, Renewal};

/// What the core did.
#[derive(Debug)]
pub(super) enum Outcome {
    LoggedIn(LoggedIn),
    Refreshed(Refreshed),
    LoggedOut,
    Known(User),
    Passed(Passed),
    AdminCreated,
}

/// The answer to a command that was carried out.
pub(super) fn done(outcome: &Outcome, cookie: &Cookie) -> Response<AuthBody> {
    match outcome {
        Outcome::LoggedIn(LoggedIn { user, access_token, refresh, device }) => {
            let body = Entry { access_token: access_token.expose(), user: user.into() };
            let response = with_cookie(json(StatusCode::OK, &body), cookie.hand_out(refresh));
            match device {
                Some(device) => with_cookie(response, cookie.remember(device)),
                None => response,
            }
        }
        Outcome::Refreshed(Refreshed { access_token, refresh }) => {
            let response = json(StatusCode::OK, &Renewal { access_token: access_token.expose() });
            match refresh {
                Some(refresh) => with_cookie(response, cookie.hand_out(refresh)),
                None => response,
            }
        }
        Outcome::LoggedOut => with_cookie(json(StatusCode::OK, &Message::LOGGED_OUT), cookie.clear()),
        Outcome::Known(user) => json(StatusCode::OK, &Person::from(user)),
        Outcome::Passed(who) => check::passed(who),
        Outcome::AdminCreated => json(StatusCode::CREATED, &Message::ADMIN_CREATED),
    }
}

/// The answer to a request that was denied. A refresh token that will never be good again is taken
/// from the browser; after an accident it is left there, because it may still be.
pub(super) fn denied(denial: &Denial, cookie: &Cookie, at: &'static str) -> Response<AuthBody> {
    let response = refuse::denied(denial, at);
    match denial {
        Denial::Refused(Refusal::InvalidRefreshToken) => with_cookie(response, cookie.clear()),
        Denial::Refused(_) | Denial::Rejected(_) | Denial::Failed(_) => response,
    }
}

/// The answer, with a cookie more.
pub(super) fn with_cookie(mut response: Response<AuthBody>, header: HeaderValue) -> Response<AuthBody> {
    response.headers_mut().append(SET_COOKIE, header);
    response
}
