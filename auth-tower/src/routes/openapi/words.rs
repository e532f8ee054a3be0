//! What each route is called, and what is said of it.

use crate::routes::accounts::Errand;
use crate::routes::endpoint::Endpoint;
use crate::routes::route::Route;

/// The words for one operation.
pub(super) struct Words {
    /// Reads well as the name of a function.
    pub(super) id: &'static str,
    pub(super) tag: Tag,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
}

/// What an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Authentication,
    OwnAccount,
    Accounts,
    Audit,
    Keys,
    Document,
}

impl Tag {
    pub(super) const ALL: [Self; 6] =
        [Self::Authentication, Self::OwnAccount, Self::Accounts, Self::Audit, Self::Keys, Self::Document];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Authentication => "Authentication",
            Self::OwnAccount => "Own account",
            Self::Accounts => "Accounts",
            Self::Audit => "Audit",
            Self::Keys => "Keys",
            Self::Document => "Document",
        }
    }

    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::Authentication => "Logging in and staying so.",
            Self::OwnAccount => "For whoever is logged in, about themselves.",
            Self::Accounts => "For admins, about anyone. Who is an admin is asked of the store each time.",
            Self::Audit => "For admins: what happened.",
            Self::Keys => "For services that verify access tokens themselves.",
            Self::Document => "This description.",
        }
    }
}

pub(super) const fn of(route: Route) -> Words {
    match route {
        Route::Endpoint(endpoint) => of_endpoint(endpoint),
        Route::Account(errand) => of_errand(errand),
        Route::Keys => words(
            "getKeys",
            Tag::Keys,
            "The public keys of access tokens",
            "A JWK Set (RFC 7517), by which any service verifies them; empty where they are signed with secrets. \
             The server has it at `/.well-known/jwks.json`, too.",
        ),
        Route::Document => words(
            "getOpenApi",
            Tag::Document,
            "This document",
            "What the routes take and answer, as OpenAPI 3.1.",
        ),
    }
}

const fn of_endpoint(endpoint: Endpoint) -> Words {
    use Tag::Authentication;
    match endpoint {
        Endpoint::Login => words(
            "login",
            Authentication,
            "Log in",
            "Answers with an access token and sets the refresh token's cookie. An unknown address, a wrong \
             password and a disabled account get one and the same refusal. A valid `refresh_token` that comes \
             along ends its session.",
        ),
        Endpoint::Refresh => words(
            "refresh",
            Authentication,
            "Get a new access token",
            "Rotates the cookie at most once in the grace (10 s unless configured otherwise), so that several \
             tabs may ask at once; a token that was replaced long ago ends the session. A refusal clears the \
             cookie; a 503 does not.",
        ),
        Endpoint::Logout => words(
            "logout",
            Authentication,
            "Log out",
            "Ends the cookie's session, whose access tokens are refused from then on wherever the store is \
             asked. A cookie that is not good any more is cleared all the same.",
        ),
        Endpoint::Me => words("getMe", Authentication, "Who is asking", "As the store knows them now."),
        Endpoint::Check => words(
            "check",
            Authentication,
            "May they pass?",
            "For a proxy that asks before it passes a request on: whether the access token is good, and its user \
             in the role and with the permission that the query names. A logout, a demotion or a disabled account \
             counts at once, unless a delay is configured. Changes nothing.",
        ),
        Endpoint::Bootstrap => words(
            "bootstrap",
            Authentication,
            "Create the first admin",
            "Only while there is no user. Closed in production unless configured otherwise. Where a token is \
             configured, it stands in `X-Bootstrap-Token`.",
        ),
    }
}

const fn of_errand(errand: Errand) -> Words {
    use Tag::{Accounts, Audit, OwnAccount};
    match errand {
        Errand::Rename => words("updateMe", OwnAccount, "Change one's name", "The name one is shown by."),
        Errand::ChangePassword => words(
            "changePassword",
            OwnAccount,
            "Change one's password",
            "Ends all other sessions. A wrong current password is a 403 and counts as a failed login.",
        ),
        Errand::OwnSessions => words(
            "listSessions",
            OwnAccount,
            "One's live sessions",
            "The latest login first; `current` is the one that asks.",
        ),
        Errand::EndOwnSession(_) => words(
            "endSession",
            OwnAccount,
            "End one of one's sessions",
            "Its access tokens are refused from then on wherever the store is asked. Ending the one that asks \
             clears the cookie.",
        ),
        Errand::EndOwnSessions => words(
            "endSessions",
            OwnAccount,
            "End one's other sessions",
            "All but the one that asks; with `current=true` that one, too.",
        ),
        Errand::List => words(
            "listUsers",
            Accounts,
            "A page of accounts",
            "The newest first. `nextCursor` of one page is the `cursor` of the next.",
        ),
        Errand::Create => words("createUser", Accounts, "Create an account", "Its path is in `Location`."),
        Errand::Show(_) => words("getUser", Accounts, "One account", "As it is now."),
        Errand::Change(_) => words(
            "updateUser",
            Accounts,
            "Change an account",
            "What is left out stays. Disabling and a new password end all sessions of the account. The last \
             enabled admin can be neither demoted nor disabled.",
        ),
        Errand::Delete(_) => words(
            "deleteUser",
            Accounts,
            "Delete an account",
            "With all its sessions. The last enabled admin cannot be deleted.",
        ),
        Errand::Sessions(_) => {
            words("listUserSessions", Accounts, "The live sessions of an account", "The latest login first.")
        }
        Errand::EndSession(..) => words(
            "endUserSession",
            Accounts,
            "End a session of an account",
            "Ending the one that asks clears the cookie.",
        ),
        Errand::EndSessions(_) => words(
            "endUserSessions",
            Accounts,
            "End all sessions of an account",
            "An admin's own as well, with the one that asks.",
        ),
        Errand::Unlock(_) => words(
            "unlockUser",
            Accounts,
            "Let an account try again",
            "At once, where its password was guessed too often.",
        ),
        Errand::Events => words(
            "listEvents",
            Audit,
            "A page of events",
            "The latest first. `nextCursor` of one page is the `cursor` of the next.",
        ),
    }
}

const fn words(id: &'static str, tag: Tag, summary: &'static str, description: &'static str) -> Words {
    Words { id, tag, summary, description }
}
