//! The paths below the base path.

use std::str::FromStr;

use auth_core::{SessionId, UserId};

/// Which paths there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Those of the five endpoints and the check.
    Endpoints,
    /// Those of accounts and sessions as well.
    Accounts,
    /// Those of events as well.
    Events,
}

macro_rules! places {
    ($(#[$doc:meta])* { $($place:ident $(($($id:ty),+))? = $template:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Place {
            $($place $(($(Option<$id>),+))?,)*
        }

        impl Place {
            /// One of each, in the order in which they are told.
            #[cfg(any(feature = "openapi", test))]
            pub(super) const ALL: &'static [Self] = &[$(Self::$place $(($(None::<$id>),+))?,)*];

            /// The path, with a name in braces for each id (RFC 6570).
            pub(super) const fn template(self) -> &'static str {
                match self {
                    $(Self::$place { .. } => $template,)*
                }
            }
        }
    };
}

places! {
    /// A path that something lives at.
    ///
    /// An id is any one segment here, and `None` where it is no id that could be: that is told only to
    /// those who may ask for one.
    {
        Login = "/login",
        Refresh = "/refresh",
        Logout = "/logout",
        Me = "/me",
        Bootstrap = "/bootstrap",
        Check = "/check",
        Keys = "/jwks.json",
        Sessions = "/sessions",
        Session(SessionId) = "/sessions/{sid}",
        Password = "/password",
        Users = "/users",
        User(UserId) = "/users/{id}",
        SessionsOf(UserId) = "/users/{id}/sessions",
        SessionOf(UserId, SessionId) = "/users/{id}/sessions/{sid}",
        Unlocking(UserId) = "/users/{id}/unlock",
        Audit = "/audit",
        Document = "/openapi.json",
    }
}

impl Place {
    /// The place at `rest`, which is what follows the base path. It is matched to the byte: no
    /// slash at the end, no percent-decoding, no other case.
    pub(super) fn find(rest: &str, extent: Extent) -> Option<Self> {
        match rest {
            "/login" => Some(Self::Login),
            "/refresh" => Some(Self::Refresh),
            "/logout" => Some(Self::Logout),
            "/me" => Some(Self::Me),
            "/bootstrap" => Some(Self::Bootstrap),
            "/check" => Some(Self::Check),
            "/jwks.json" => Some(Self::Keys),
            "/openapi.json" => Some(Self::Document),
            _ => match extent {
                Extent::Endpoints => None,
                Extent::Events if rest == "/audit" => Some(Self::Audit),
                Extent::Accounts | Extent::Events => Self::of_accounts(rest),
            },
        }
    }

    fn of_accounts(rest: &str) -> Option<Self> {
        let mut segments = rest.strip_prefix('/')?.split('/');
        let first = segments.next()?;
        let rest = [segments.next(), segments.next(), segments.next()];
        if segments.next().is_some() || rest.contains(&Some("")) {
            return None;
        }
        match (first, rest) {
            ("sessions", [None, ..]) => Some(Self::Sessions),
            ("sessions", [Some(session), None, _]) => Some(Self::Session(id(session))),
            ("password", [None, ..]) => Some(Self::Password),
            ("users", [None, ..]) => Some(Self::Users),
            ("users", [Some(user), None, _]) => Some(Self::User(id(user))),
            ("users", [Some(user), Some("unlock"), None]) => Some(Self::Unlocking(id(user))),
            ("users", [Some(user), Some("sessions"), None]) => Some(Self::SessionsOf(id(user))),
            ("users", [Some(user), Some("sessions"), Some(session)]) => {
                Some(Self::SessionOf(id(user), id(session)))
            }
            _ => None,
        }
    }
}

fn id<T: FromStr>(segment: &str) -> Option<T> {
    segment.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "018f2f65-8a4c-7c3e-9d2a-5b7f0c1d2e3f";

    #[test]
    fn the_endpoints_match_to_the_byte() {
        for extent in [Extent::Endpoints, Extent::Accounts] {
            assert_eq!(Place::find("/login", extent), Some(Place::Login));
            assert_eq!(Place::find("/me", extent), Some(Place::Me));
            assert_eq!(Place::find("/check", extent), Some(Place::Check));
            for other in [
                "",
                "/",
                "/login/",
                "//login",
                "/Login",
                "/%6cogin",
                "login",
                "/login/x",
                "/login ",
                "/check/orders",
                "*",
            ] {
                assert_eq!(Place::find(other, extent), None, "{other}");
            }
        }
    }

    #[test]
    fn the_places_of_accounts_are_there_where_they_are_offered() {
        let (user, session) = (ID.parse().ok(), ID.parse().ok());
        for (rest, place) in [
            ("/sessions".to_owned(), Place::Sessions),
            (format!("/sessions/{ID}"), Place::Session(session)),
            ("/password".to_owned(), Place::Password),
            ("/users".to_owned(), Place::Users),
            (format!("/users/{ID}"), Place::User(user)),
            (format!("/users/{ID}/sessions"), Place::SessionsOf(user)),
            (format!("/users/{ID}/sessions/{ID}"), Place::SessionOf(user, session)),
        ] {
            assert_eq!(Place::find(&rest, Extent::Accounts), Some(place), "{rest}");
            assert_eq!(Place::find(&rest, Extent::Endpoints), None, "{rest}");
        }
    }

    #[test]
    fn every_place_is_found_where_its_template_says() {
        for place in Place::ALL {
            assert_eq!(Place::find(place.template(), Extent::Events), Some(*place));
        }
    }

    #[test]
    fn any_one_segment_may_stand_for_an_id() {
        for segment in ["x", ".", "%2F", "sessions", &ID.to_uppercase(), &ID.replace('-', ""), "ä"] {
            assert_eq!(
                Place::find(&format!("/users/{segment}"), Extent::Accounts),
                Some(Place::User(None)),
                "{segment}"
            );
        }
        let sessions = "/users/sessions/sessions/sessions";
        assert_eq!(Place::find(sessions, Extent::Accounts), Some(Place::SessionOf(None, None)));
    }

    #[test]
    fn nothing_lives_beside_them() {
        for other in [
            "sessions",
            "/sessions/",
            "//sessions",
            "/sessions//",
            "/sessions/x/",
            "/sessions/x/y",
            "/Sessions",
            "/password/",
            "/password/x",
            "/users/",
            "/users//",
            "/users//sessions",
            "/users/x/",
            "/users/x/session",
            "/users/x/Sessions",
            "/users/x/sessions/",
            "/users/x/sessions/y/",
            "/users/x/sessions/y/z",
            "/user",
            "/sessions%2Fx",
        ] {
            assert_eq!(Place::find(other, Extent::Accounts), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_path_makes_it_panic(rest in any::<String>(), tail in "(/|users|sessions|x){0,9}") {
            let _ = Place::find(&rest, Extent::Accounts);
            let _ = Place::find(&tail, Extent::Accounts);
        }
    }
}
