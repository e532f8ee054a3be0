//! Why an extractor keeps a request from its handler.

use auth_core::{Fault, Refusal};
use axum::response::{IntoResponse, Response};

use crate::refuse;
use crate::status::{Denial, Rejection};

/// There is no guard in front of the handler: the application's mistake, answered with 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unguarded;

/// Why [`Authenticated`](crate::Authenticated) keeps a request from its handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAuthenticated {
    /// The guard takes those who send no token, and the handler does not: 401.
    TokenRequired,
    /// Nobody has asked who it is.
    Unguarded(Unguarded),
}

/// Why [`Permitted`](crate::Permitted) or [`InRole`](crate::InRole) keeps a request from its handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPermitted {
    /// The role does not permit it, or is another: 403.
    Insufficient,
    /// Nobody knows who it is.
    NotAuthenticated(NotAuthenticated),
}

impl From<Unguarded> for NotAuthenticated {
    fn from(unguarded: Unguarded) -> Self {
        Self::Unguarded(unguarded)
    }
}

impl From<NotAuthenticated> for NotPermitted {
    fn from(unknown: NotAuthenticated) -> Self {
        Self::NotAuthenticated(unknown)
    }
}

impl IntoResponse for Unguarded {
    fn into_response(self) -> Response {
        answer(&Denial::Failed(Fault::Internal(
            "an extractor of `auth_tower` is used without a guard in front of it, such as `RequireAuth` or `OptionalAuth`",
        )))
    }
}

impl IntoResponse for NotAuthenticated {
    fn into_response(self) -> Response {
        match self {
            Self::TokenRequired => answer(&Rejection::AccessTokenRequired.into()),
            Self::Unguarded(unguarded) => unguarded.into_response(),
        }
    }
}

impl IntoResponse for NotPermitted {
    fn into_response(self) -> Response {
        match self {
            Self::Insufficient => answer(&Refusal::InsufficientRole.into()),
            Self::NotAuthenticated(unknown) => unknown.into_response(),
        }
    }
}

fn answer(denial: &Denial) -> Response {
    refuse::denied(denial, "extractor").into_response()
}
