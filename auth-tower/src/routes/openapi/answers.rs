//! What each route answers where nothing is wrong.

use http::StatusCode;
use serde_json::{Value, json};

use crate::base_path::BasePath;
use crate::routes::accounts::Errand;
use crate::routes::endpoint::Endpoint;
use crate::routes::route::Route;
use crate::routes::wire::{Account, Accounts, Ended, Entry, Events, Message, Person, Renewal, Sessions};
use crate::routes::{check, keys};

use super::headers::{Cookies, Told};
use super::samples;

/// A success: its status, its body if it has one, and the headers that not every answer has.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) description: &'static str,
    pub(super) body: Option<Body>,
    pub(super) headers: Vec<Told>,
}

/// The name of the schema of a body, and one such body.
pub(super) struct Body {
    pub(super) schema: &'static str,
    pub(super) example: Value,
}

impl Answer {
    fn ok(description: &'static str, schema: &'static str, example: impl serde::Serialize) -> Self {
        let example = serde_json::to_value(example).expect("plain structs of text are JSON");
        let body = Some(Body { schema, example });
        Self { status: StatusCode::OK, description, body, headers: Vec::new() }
    }

    fn created(self) -> Self {
        Self { status: StatusCode::CREATED, ..self }
    }

    fn with(self, header: Told) -> Self {
        Self { headers: vec![header], ..self }
    }
}

pub(super) fn of(route: Route, cookies: &Cookies<'_>) -> Answer {
    match route {
        Route::Endpoint(endpoint) => of_endpoint(endpoint, cookies),
        Route::Account(errand) => of_errand(errand, cookies),
        Route::Keys => Answer::ok("The keys.", "KeySet", samples::keys()).with(Told::Kept(keys::KEPT)),
        Route::Document => Answer::ok("The document.", "OpenApi", json!({ "openapi": "3.1.0" })),
    }
}

fn of_endpoint(endpoint: Endpoint, cookies: &Cookies<'_>) -> Answer {
    let user = samples::user();
    let access_token = samples::access_token();
    match endpoint {
        Endpoint::Login => {
            let body = Entry { access_token, user: Person::from(&user) };
            Answer::ok("Logged in.", "LoginResponse", body).with(cookies.handed_out_with_device())
        }
        Endpoint::Refresh => {
            let body = Renewal { access_token };
            Answer::ok("A new access token.", "RefreshResponse", body).with(cookies.handed_out())
        }
        Endpoint::Logout => Answer::ok("Logged out.", "Message", Message::LOGGED_OUT).with(cookies.cleared()),
        Endpoint::Me => Answer::ok("Who is asking.", "User", Person::from(&user)),
        Endpoint::Check => {
            let who = |name, says, example| Told::Who { name, says, example };
            Answer {
                status: StatusCode::NO_CONTENT,
                description: "They may pass. No body; who they are is in the headers.",
                body: None,
                headers: vec![
                    who(check::USER_ID, "The id of their account.", user.id.to_string()),
                    who(check::EMAIL, "Their address.", user.email.to_string()),
                    who(check::ROLE, "Their role.", user.role.to_string()),
                ],
            }
        }
        Endpoint::Bootstrap => {
            Answer::ok("The first admin is there.", "Message", Message::ADMIN_CREATED).created()
        }
    }
}

fn of_errand(errand: Errand, cookies: &Cookies<'_>) -> Answer {
    let user = samples::user();
    match errand {
        Errand::Rename => Answer::ok("As they are now.", "User", Person::from(&user)),
        Errand::ChangePassword => {
            Answer::ok("All other sessions have ended.", "Message", Message::PASSWORD_CHANGED)
        }
        Errand::OwnSessions | Errand::Sessions(_) => {
            let sessions = samples::sessions();
            let body = Sessions::new(&sessions, samples::session_id());
            Answer::ok("All live sessions.", "SessionList", body)
        }
        Errand::EndOwnSession(_) | Errand::EndSession(..) => {
            Answer::ok("It has ended.", "Message", Message::SESSION_ENDED).with(cookies.cleared_if_own())
        }
        Errand::EndOwnSessions | Errand::EndSessions(_) => {
            let answer = Answer::ok("They have ended, so many.", "SessionsEnded", Ended::sessions(2));
            answer.with(cookies.cleared_if_own())
        }
        Errand::List => Answer::ok("One page.", "AccountPage", Accounts::from(&samples::accounts())),
        Errand::Create => Answer::ok("The account.", "Account", Account::from(&user))
            .created()
            .with(Told::Location(location(cookies.path()))),
        Errand::Show(_) | Errand::Change(_) => Answer::ok("As it is now.", "Account", Account::from(&user)),
        Errand::Delete(_) => Answer::ok("It is gone.", "Message", Message::USER_DELETED),
        Errand::Unlock(_) => Answer::ok("It may try again.", "Message", Message::USER_UNLOCKED),
        Errand::Events => Answer::ok("One page.", "EventPage", Events::from(&samples::events())),
    }
}

fn location(base_path: &BasePath) -> String {
    format!("{base_path}/users/{}", samples::user_id())
}
