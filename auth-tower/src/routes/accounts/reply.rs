//! From what the core did to the answer.

use auth_core::SessionId;
use http::header::LOCATION;
use http::{HeaderValue, Response, StatusCode};

use crate::base_path::BasePath;
use crate::body::AuthBody;
use crate::refuse::json;
use crate::routes::wire::{Account, Accounts, Ended, Events, Message, Person, Sessions};

use super::desk::Outcome;

/// The answer to an order that was carried out; `asking` is the session that it came from.
pub(super) fn done(outcome: &Outcome, asking: SessionId, base_path: &BasePath) -> Response<AuthBody> {
    match outcome {
        Outcome::Renamed(user) => json(StatusCode::OK, &Person::from(user)),
        Outcome::PasswordChanged => json(StatusCode::OK, &Message::PASSWORD_CHANGED),
        Outcome::Sessions(sessions) => json(StatusCode::OK, &Sessions::new(sessions, asking)),
        Outcome::SessionEnded => json(StatusCode::OK, &Message::SESSION_ENDED),
        Outcome::SessionsEnded(ended) => json(StatusCode::OK, &Ended::sessions(*ended)),
        Outcome::Page(page) => json(StatusCode::OK, &Accounts::from(page)),
        Outcome::Created(user) => {
            let mut response = json(StatusCode::CREATED, &Account::from(user));
            let place = HeaderValue::try_from(format!("{base_path}/users/{}", user.id));
            let place = place.expect("a checked path and an id are header text");
            response.headers_mut().insert(LOCATION, place);
            response
        }
        Outcome::Account(user) => json(StatusCode::OK, &Account::from(user)),
        Outcome::Deleted => json(StatusCode::OK, &Message::USER_DELETED),
        Outcome::Unlocked => json(StatusCode::OK, &Message::USER_UNLOCKED),
        Outcome::Events(page) => json(StatusCode::OK, &Events::from(page)),
    }
}
