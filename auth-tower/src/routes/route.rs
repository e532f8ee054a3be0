//! The methods of each place, and what they ask for.

use http::Method;

use crate::status::Rejection;

use super::accounts::Errand;
use super::endpoint::Endpoint;
use super::place::{Extent, Place};

/// What a request asks for, by its path and its method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// One of the five endpoints, or the check.
    Endpoint(Endpoint),
    /// Something about accounts or sessions.
    Account(Errand),
    /// The public keys of access tokens.
    Keys,
    /// The OpenAPI document.
    Document,
}

impl Route {
    /// What `method` asks for at `rest`, which is what follows the base path.
    pub(super) fn find(rest: &str, method: &Method, extent: Extent) -> Result<Self, Rejection> {
        let place = Place::find(rest, extent).ok_or(Rejection::NotFound)?;
        Self::at(place, method, extent).ok_or(Rejection::MethodNotAllowed(methods(place, extent)))
    }

    /// Every route there is: the template of its path, its method, and what it asks for. `HEAD` asks
    /// what `GET` does and is not told apart.
    #[cfg(any(feature = "openapi", test))]
    pub(super) fn all(extent: Extent) -> impl Iterator<Item = (&'static str, Method, Self)> {
        let there = move |place: &&Place| Place::find(place.template(), extent).is_some();
        let of_place = move |place: &Place| {
            let methods = [Method::GET, Method::POST, Method::PATCH, Method::DELETE].into_iter();
            let place = *place;
            methods.filter_map(move |method| {
                Self::at(place, &method, extent).map(|route| (place.template(), method, route))
            })
        };
        Place::ALL.iter().filter(there).flat_map(of_place)
    }

    fn at(place: Place, method: &Method, extent: Extent) -> Option<Self> {
        Some(match (place, verb(method)?) {
            (Place::Login, Verb::Post) => Self::Endpoint(Endpoint::Login),
            (Place::Refresh, Verb::Post) => Self::Endpoint(Endpoint::Refresh),
            (Place::Logout, Verb::Post) => Self::Endpoint(Endpoint::Logout),
            (Place::Bootstrap, Verb::Post) => Self::Endpoint(Endpoint::Bootstrap),
            (Place::Check, Verb::Get) => Self::Endpoint(Endpoint::Check),
            (Place::Keys, Verb::Get) => Self::Keys,
            (Place::Me, Verb::Get) => Self::Endpoint(Endpoint::Me),
            (Place::Me, Verb::Patch) => match extent {
                Extent::Endpoints => return None,
                Extent::Accounts | Extent::Events => Self::Account(Errand::Rename),
            },
            (Place::Sessions, Verb::Get) => Self::Account(Errand::OwnSessions),
            (Place::Sessions, Verb::Delete) => Self::Account(Errand::EndOwnSessions),
            (Place::Session(id), Verb::Delete) => Self::Account(Errand::EndOwnSession(id)),
            (Place::Password, Verb::Post) => Self::Account(Errand::ChangePassword),
            (Place::Users, Verb::Get) => Self::Account(Errand::List),
            (Place::Users, Verb::Post) => Self::Account(Errand::Create),
            (Place::User(id), Verb::Get) => Self::Account(Errand::Show(id)),
            (Place::User(id), Verb::Patch) => Self::Account(Errand::Change(id)),
            (Place::User(id), Verb::Delete) => Self::Account(Errand::Delete(id)),
            (Place::SessionsOf(id), Verb::Get) => Self::Account(Errand::Sessions(id)),
            (Place::SessionsOf(id), Verb::Delete) => Self::Account(Errand::EndSessions(id)),
            (Place::SessionOf(id, session), Verb::Delete) => Self::Account(Errand::EndSession(id, session)),
            (Place::Unlocking(id), Verb::Post) => Self::Account(Errand::Unlock(id)),
            (Place::Audit, Verb::Get) => Self::Account(Errand::Events),
            (Place::Document, Verb::Get) => Self::Document,
            (
                Place::Check | Place::Keys | Place::Audit | Place::Document,
                Verb::Post | Verb::Patch | Verb::Delete,
            )
            | (
                Place::Login
                | Place::Refresh
                | Place::Logout
                | Place::Bootstrap
                | Place::Password
                | Place::Unlocking(_),
                Verb::Get | Verb::Patch | Verb::Delete,
            )
            | (Place::Me, Verb::Post | Verb::Delete)
            | (Place::Sessions | Place::SessionsOf(_), Verb::Post | Verb::Patch)
            | (Place::Session(_) | Place::SessionOf(..), Verb::Get | Verb::Post | Verb::Patch)
            | (Place::Users, Verb::Patch | Verb::Delete)
            | (Place::User(_), Verb::Post) => return None,
        })
    }
}

/// The methods, as `Allow` lists them.
fn methods(place: Place, extent: Extent) -> &'static str {
    match place {
        Place::Login
        | Place::Refresh
        | Place::Logout
        | Place::Bootstrap
        | Place::Password
        | Place::Unlocking(_) => "POST",
        Place::Check | Place::Keys | Place::Audit | Place::Document => "GET, HEAD",
        Place::Me => match extent {
            Extent::Endpoints => "GET, HEAD",
            Extent::Accounts | Extent::Events => "GET, HEAD, PATCH",
        },
        Place::Sessions | Place::SessionsOf(_) => "GET, HEAD, DELETE",
        Place::Session(_) | Place::SessionOf(..) => "DELETE",
        Place::Users => "GET, HEAD, POST",
        Place::User(_) => "GET, HEAD, PATCH, DELETE",
    }
}

/// The methods that mean anything here; `HEAD` asks what `GET` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Get,
    Post,
    Patch,
    Delete,
}

fn verb(method: &Method) -> Option<Verb> {
    match *method {
        Method::GET | Method::HEAD => Some(Verb::Get),
        Method::POST => Some(Verb::Post),
        Method::PATCH => Some(Verb::Patch),
        Method::DELETE => Some(Verb::Delete),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_takes_the_methods_it_says_and_no_other() {
        let all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "post"];
        for (rest, extent, methods) in [
            ("/login", Extent::Endpoints, "POST"),
            ("/refresh", Extent::Endpoints, "POST"),
            ("/logout", Extent::Endpoints, "POST"),
            ("/bootstrap", Extent::Endpoints, "POST"),
            ("/me", Extent::Endpoints, "GET, HEAD"),
            ("/check", Extent::Endpoints, "GET, HEAD"),
            ("/jwks.json", Extent::Endpoints, "GET, HEAD"),
            ("/check", Extent::Accounts, "GET, HEAD"),
            ("/login", Extent::Accounts, "POST"),
            ("/refresh", Extent::Accounts, "POST"),
            ("/logout", Extent::Accounts, "POST"),
            ("/bootstrap", Extent::Accounts, "POST"),
            ("/me", Extent::Accounts, "GET, HEAD, PATCH"),
            ("/sessions", Extent::Accounts, "GET, HEAD, DELETE"),
            ("/sessions/x", Extent::Accounts, "DELETE"),
            ("/password", Extent::Accounts, "POST"),
            ("/users", Extent::Accounts, "GET, HEAD, POST"),
            ("/users/x", Extent::Accounts, "GET, HEAD, PATCH, DELETE"),
            ("/users/x/unlock", Extent::Accounts, "POST"),
            ("/me", Extent::Events, "GET, HEAD, PATCH"),
            ("/users", Extent::Events, "GET, HEAD, POST"),
            ("/audit", Extent::Events, "GET, HEAD"),
            ("/openapi.json", Extent::Endpoints, "GET, HEAD"),
            ("/users/x/sessions", Extent::Accounts, "GET, HEAD, DELETE"),
            ("/users/x/sessions/y", Extent::Accounts, "DELETE"),
        ] {
            for name in all {
                let method = Method::from_bytes(name.as_bytes()).expect("a method");
                let found = Route::find(rest, &method, extent);
                if methods.split(", ").any(|good| good == name) {
                    assert!(found.is_ok(), "{name} {rest}");
                } else {
                    assert_eq!(found, Err(Rejection::MethodNotAllowed(methods)), "{name} {rest}");
                }
            }
        }
    }

    #[test]
    fn every_route_is_told_of_and_no_other() {
        for extent in [Extent::Endpoints, Extent::Accounts, Extent::Events] {
            let all: Vec<_> = Route::all(extent).collect();
            for (template, method, route) in &all {
                assert_eq!(Route::find(template, method, extent), Ok(*route), "{method} {template}");
            }
            for place in Place::ALL.iter().filter(|place| Place::find(place.template(), extent).is_some()) {
                let of_place = all.iter().filter(|(template, ..)| *template == place.template());
                let mut told: Vec<_> = of_place.map(|(_, method, _)| method.as_str()).collect();
                if told.contains(&"GET") {
                    told.insert(1, "HEAD");
                }
                assert_eq!(told.join(", "), methods(*place, extent), "{}", place.template());
            }
        }
    }

    #[test]
    fn a_path_that_is_not_there_has_no_methods() {
        for (rest, extent) in
            [("/users", Extent::Endpoints), ("/users/", Extent::Accounts), ("/audit", Extent::Accounts)]
        {
            assert_eq!(Route::find(rest, &Method::PUT, extent), Err(Rejection::NotFound));
        }
    }
}
