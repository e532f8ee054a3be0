//! Who gets where: each guard and the extractor against each caller, whole answers.

use std::fmt;

use auth_core::{Auth, Identity, MemoryStore, Permission, Role, Timestamp, User};
use auth_tower::{AuthRoutes, OptionalAuth, RequireAuth, RequirePermission, RequireRole};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use tower::Layer;

use crate::common::{self, Answer, SUPPORT, call, can, get};
use crate::guards::{bearing, insufficient, invalid, required, whoami};

/// Who calls: what their token says, and what the store says of them meanwhile.
#[derive(Clone, Copy, Debug)]
enum Caller {
    NoToken,
    BadToken,
    User,
    Support,
    Admin,
    /// With the token of an admin, who is a plain user by now.
    Demoted,
    /// With the token of an admin, who is disabled by now.
    Disabled,
    /// With the token of a role that the policy does not know.
    Stranger,
}

const CALLERS: [Caller; 8] = [
    Caller::NoToken,
    Caller::BadToken,
    Caller::User,
    Caller::Support,
    Caller::Admin,
    Caller::Demoted,
    Caller::Disabled,
    Caller::Stranger,
];

/// What a caller gets.
#[derive(Clone, Copy, Debug)]
enum Gets {
    /// 401: a token is required.
    Required,
    /// 401: it is not good.
    Invalid,
    /// 403.
    Insufficient,
    /// In, with this role.
    In(&'static str),
}

use Gets::{In, Insufficient as No};

/// What the callers get, in the order of [`CALLERS`]; those without a good token get the same
/// everywhere.
fn expected(others: [Gets; 6]) -> impl Iterator<Item = (Caller, Gets)> {
    CALLERS.into_iter().zip([Gets::Required, Gets::Invalid].into_iter().chain(others))
}

/// A caller in a world of their own.
struct Stage {
    auth: Auth<MemoryStore>,
    request: Request<Full<Bytes>>,
    who: Identity,
}

impl Stage {
    async fn of(caller: Caller) -> Self {
        let store = MemoryStore::new();
        let auth = common::auth(store.clone());
        let session = common::log_in(&auth).await;
        let admin = &session.user;
        let put = |role| store.put_user(User { role, ..admin.clone() }, None);
        let of_role = async |role| {
            put(role);
            auth.refresh(session.refresh.token.expose()).await.unwrap().access_token
        };
        let token = match caller {
            Caller::NoToken | Caller::BadToken | Caller::Admin => session.access_token.clone(),
            Caller::User => of_role(Role::USER).await,
            Caller::Support => of_role(SUPPORT).await,
            Caller::Stranger => of_role(Role::from_static("STRANGER")).await,
            Caller::Demoted => {
                put(Role::USER);
                session.access_token.clone()
            }
            Caller::Disabled => {
                let disabled_at = Some(Timestamp::from_millis(0));
                store.put_user(User { disabled_at, ..admin.clone() }, None);
                session.access_token.clone()
            }
        };
        let who = auth.authenticate(token.expose()).unwrap();
        let request = match caller {
            Caller::NoToken => get("/api/orders"),
            Caller::BadToken => bearing(&token.expose()[1..]),
            Caller::User
            | Caller::Support
            | Caller::Admin
            | Caller::Demoted
            | Caller::Disabled
            | Caller::Stranger => bearing(token.expose()),
        };
        Self { auth, request, who }
    }

    fn answer(&self, gets: Gets) -> Answer {
        match gets {
            Gets::Required => required(),
            Gets::Invalid => invalid(),
            Gets::Insufficient => insufficient(),
            In(role) => {
                let body = format!("{} {} {role}", self.who.user_id, self.who.session_id);
                Answer { status: 200, headers: Vec::new(), body }
            }
        }
    }

    /// The answer of the check: to whoever is in, who they are.
    fn checked(&self, gets: Gets) -> Answer {
        let In(role) = gets else { return self.answer(gets) };
        let id = self.who.user_id.to_string();
        let headers = [
            ("cache-control", "no-store"),
            ("content-type", "application/json"),
            ("x-auth-email", common::EMAIL),
            ("x-auth-role", role),
            ("x-auth-user-id", &id),
            ("x-content-type-options", "nosniff"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Answer { status: 204, headers, body: String::new() }
    }
}

/// A guard against everyone.
macro_rules! table {
    ($guard:expr, $others:expr) => {
        for (caller, gets) in expected($others) {
            let stage = Stage::of(caller).await;
            let guard = $guard(stage.auth.clone()).layer(whoami());
            let answer = call(&guard, stage.request.clone()).await;
            assert_eq!(answer, stage.answer(gets), "{caller:?} at {}", stringify!($guard));
        }
    };
}

// In the order of: user, support, admin, demoted, disabled, stranger.

#[tokio::test]
async fn whoever_is_logged_in_is_let_through_by_require_auth() {
    let stranger = In("STRANGER");
    table!(RequireAuth::new, [In("USER"), In("SUPPORT"), In("ADMIN"), In("ADMIN"), In("ADMIN"), stranger]);
    let current = |auth| RequireAuth::new(auth).current();
    table!(current, [In("USER"), In("SUPPORT"), In("ADMIN"), In("USER"), Gets::Invalid, stranger]);
}

#[tokio::test]
async fn a_role_is_exactly_that_role() {
    let admins = |auth| RequireRole::new(auth, Role::ADMIN);
    table!(admins, [No, No, In("ADMIN"), In("ADMIN"), In("ADMIN"), No]);
    let admins_now = |auth| RequireRole::new(auth, Role::ADMIN).current();
    table!(admins_now, [No, No, In("ADMIN"), No, Gets::Invalid, No]);
    // No role stands above another.
    let support = |auth| RequireRole::new(auth, SUPPORT);
    table!(support, [No, In("SUPPORT"), No, No, No, No]);
    let users_now = |auth| RequireRole::new(auth, Role::USER).current();
    table!(users_now, [In("USER"), No, No, In("USER"), Gets::Invalid, No]);
}

#[tokio::test]
async fn a_permission_is_with_the_roles_it_was_given_to() {
    let readers = |auth| RequirePermission::new(auth, can::ReadOrders);
    table!(readers, [No, In("SUPPORT"), In("ADMIN"), In("ADMIN"), In("ADMIN"), No]);
    let readers_now = |auth| RequirePermission::new(auth, can::ReadOrders).current();
    table!(readers_now, [No, In("SUPPORT"), In("ADMIN"), No, Gets::Invalid, No]);
    let writers = |auth| RequirePermission::new(auth, can::WriteOrders);
    table!(writers, [No, No, In("ADMIN"), In("ADMIN"), In("ADMIN"), No]);
    let writers_now = |auth| RequirePermission::new(auth, can::WriteOrders).current();
    table!(writers_now, [No, No, In("ADMIN"), No, Gets::Invalid, No]);
}

#[tokio::test]
async fn whoever_sends_no_token_is_nobody_to_optional_auth_and_everyone_else_as_to_require_auth() {
    let nobody = Answer { status: 200, headers: Vec::new(), body: "nobody".to_owned() };
    let stranger = In("STRANGER");
    let trusting = [In("USER"), In("SUPPORT"), In("ADMIN"), In("ADMIN"), In("ADMIN"), stranger];
    let asking = [In("USER"), In("SUPPORT"), In("ADMIN"), In("USER"), Gets::Invalid, stranger];
    for ((caller, trusted), (_, asked)) in expected(trusting).zip(expected(asking)) {
        let stage = Stage::of(caller).await;
        let [trusted, asked] = match caller {
            Caller::NoToken => [nobody.clone(), nobody.clone()],
            _ => [stage.answer(trusted), stage.answer(asked)],
        };
        let guard = OptionalAuth::new(stage.auth.clone());
        let answer = call(&guard.clone().layer(whoami()), stage.request.clone()).await;
        assert_eq!(answer, trusted, "{caller:?} by the token");
        let answer = call(&guard.current().layer(whoami()), stage.request.clone()).await;
        assert_eq!(answer, asked, "{caller:?} by the store");
    }
}

#[tokio::test]
async fn what_nobody_was_given_nobody_may_do() {
    for name in ["orders:delete", "orders", "orders:read:all"] {
        let nobody = |auth| RequirePermission::new(auth, Permission::parse(name).unwrap());
        table!(nobody, [No, No, No, No, No, No]);
        let nobody_now = |auth| RequirePermission::new(auth, Permission::parse(name).unwrap()).current();
        table!(nobody_now, [No, No, No, No, Gets::Invalid, No]);
    }
}

#[tokio::test]
async fn the_check_for_proxies_is_a_guard_that_asks_the_store() {
    let queries: [(&str, [Gets; 6]); 5] = [
        ("", [In("USER"), In("SUPPORT"), In("ADMIN"), In("USER"), Gets::Invalid, In("STRANGER")]),
        ("?role=ADMIN", [No, No, In("ADMIN"), No, Gets::Invalid, No]),
        ("?permission=orders:read", [No, In("SUPPORT"), In("ADMIN"), No, Gets::Invalid, No]),
        ("?permission=orders:read&role=SUPPORT", [No, In("SUPPORT"), No, No, Gets::Invalid, No]),
        ("?permission=orders:delete", [No, No, No, No, Gets::Invalid, No]),
    ];
    for (query, others) in queries {
        for (caller, gets) in expected(others) {
            let mut stage = Stage::of(caller).await;
            *stage.request.uri_mut() = format!("/api/auth/check{query}").parse().unwrap();
            let answer = call(&AuthRoutes::new(stage.auth.clone()), stage.request.clone()).await;
            assert_eq!(answer, stage.checked(gets), "{caller:?} at {query}");
        }
    }
}

#[test]
fn a_guard_shows_what_it_asks_for_and_no_secret() {
    let auth = common::auth(MemoryStore::new());
    let shown = |guard: &dyn fmt::Debug| format!("{guard:?}");
    let permission = RequirePermission::new(auth.clone(), can::ReadOrders).current();
    assert_eq!(shown(&permission), "RequirePermission { need: Permission(orders:read), kind: Current, .. }");
    let role = RequireRole::new(auth.clone(), SUPPORT);
    assert_eq!(shown(&role), "RequireRole { need: Role(SUPPORT), kind: Stateless, .. }");
    let optional = OptionalAuth::new(auth.clone());
    assert_eq!(shown(&optional), "OptionalAuth { need: NoToken, kind: Stateless, .. }");
    assert_eq!(shown(&RequireAuth::new(auth)), "RequireAuth { need: Nothing, kind: Stateless, .. }");
}

#[cfg(feature = "axum")]
mod extractor {
    use auth_tower::{Authenticated, InRole, Permitted};
    use axum::Router;
    use axum::routing;

    use super::*;

    auth_core::roles! {
        enum Staff { Support = "SUPPORT", Admin = "ADMIN" }
    }

    auth_core::roles! {
        enum Helpers of Staff { Support }
    }

    fn tell(who: &Identity) -> String {
        format!("{} {} {}", who.user_id, who.session_id, who.role)
    }

    async fn read(Permitted(who, _): Permitted<can::ReadOrders>) -> String {
        tell(&who)
    }

    async fn write(
        Permitted(who, _): Permitted<can::WriteOrders>,
        Authenticated(same): Authenticated,
    ) -> String {
        assert_eq!(who, same);
        tell(&who)
    }

    fn app() -> Router {
        Router::new().route("/api/orders", routing::get(read)).route("/api/write", routing::get(write))
    }

    async fn staff(InRole(who, role): InRole<Staff>) -> String {
        assert_eq!(who.role, role.into());
        tell(&who)
    }

    async fn helpers(InRole(who, Helpers::Support): InRole<Helpers>) -> String {
        tell(&who)
    }

    /// Both handlers behind a guard, against everyone.
    macro_rules! handlers {
        ($guard:expr, $read:expr, $write:expr) => {
            handlers!(app, $guard, $read, $write)
        };
        ($app:ident, $guard:expr, $first:expr, $second:expr) => {
            for (path, others) in [("/api/orders", $first), ("/api/write", $second)] {
                for (caller, gets) in expected(others) {
                    let mut stage = Stage::of(caller).await;
                    *stage.request.uri_mut() = path.parse().unwrap();
                    let app = $app().route_layer($guard(stage.auth.clone()));
                    let mut answer = call(&app, stage.request.clone()).await;
                    if answer.status == 200 {
                        // axum's own, of a text.
                        let length = answer.body.len().to_string();
                        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
                        assert_eq!(answer.header("content-length"), Some(length.as_str()));
                        assert_eq!(answer.headers.len(), 2, "{answer:?}");
                        answer.headers.clear();
                    }
                    assert_eq!(
                        answer,
                        stage.answer(gets),
                        "{caller:?} at {path} behind {}",
                        stringify!($guard)
                    );
                }
            }
        };
    }

    #[tokio::test]
    async fn a_handler_takes_a_permission_by_its_name() {
        let read = [No, In("SUPPORT"), In("ADMIN"), In("ADMIN"), In("ADMIN"), No];
        let write = [No, No, In("ADMIN"), In("ADMIN"), In("ADMIN"), No];
        handlers!(RequireAuth::new, read, write);
        let read = [No, In("SUPPORT"), In("ADMIN"), No, Gets::Invalid, No];
        let write = [No, No, In("ADMIN"), No, Gets::Invalid, No];
        let current = |auth| RequireAuth::new(auth).current();
        handlers!(current, read, write);
    }

    #[tokio::test]
    async fn a_guard_and_the_extractor_ask_one_after_the_other() {
        let support = |auth| RequireRole::new(auth, Staff::Support);
        handlers!(support, [No, In("SUPPORT"), No, No, No, No], [No; 6]);
        let admins_now = |auth| RequireRole::new(auth, Staff::Admin).current();
        let admins = [No, No, In("ADMIN"), No, Gets::Invalid, No];
        handlers!(admins_now, admins, admins);
        let readers = |auth| RequirePermission::new(auth, can::ReadOrders);
        let read = [No, In("SUPPORT"), In("ADMIN"), In("ADMIN"), In("ADMIN"), No];
        let write = [No, No, In("ADMIN"), In("ADMIN"), In("ADMIN"), No];
        handlers!(readers, read, write);
    }

    fn by_role() -> Router {
        Router::new().route("/api/orders", routing::get(staff)).route("/api/write", routing::get(helpers))
    }

    #[tokio::test]
    async fn a_handler_takes_one_or_several_roles_by_their_names() {
        let both = [No, In("SUPPORT"), In("ADMIN"), In("ADMIN"), In("ADMIN"), No];
        let support = [No, In("SUPPORT"), No, No, No, No];
        handlers!(by_role, RequireAuth::new, both, support);
        let both = [No, In("SUPPORT"), In("ADMIN"), No, Gets::Invalid, No];
        let support = [No, In("SUPPORT"), No, No, Gets::Invalid, No];
        let current = |auth| RequireAuth::new(auth).current();
        handlers!(by_role, current, both, support);
    }

    #[tokio::test]
    async fn a_handler_may_insist_where_the_guard_does_not() {
        let read = [No, In("SUPPORT"), In("ADMIN"), In("ADMIN"), In("ADMIN"), No];
        let write = [No, No, In("ADMIN"), In("ADMIN"), In("ADMIN"), No];
        handlers!(OptionalAuth::new, read, write);
        let both = [No, In("SUPPORT"), In("ADMIN"), No, Gets::Invalid, No];
        let support = [No, In("SUPPORT"), No, No, Gets::Invalid, No];
        let current = |auth| OptionalAuth::new(auth).current();
        handlers!(by_role, current, both, support);
    }

    #[tokio::test]
    async fn without_a_guard_it_is_the_servers_mistake() {
        let expected = Answer::json(500, &[], r#"{"error":"Internal server error"}"#);
        let stage = Stage::of(Caller::Admin).await;
        for app in [app(), by_role()] {
            assert_eq!(call(&app, stage.request.clone()).await, expected);
            // An identity that no guard has put there says nothing of what the role may do.
            let claimed = app.layer(axum::Extension(stage.who.clone()));
            assert_eq!(call(&claimed, stage.request.clone()).await, expected);
        }
    }
}
