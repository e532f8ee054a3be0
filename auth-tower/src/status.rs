//! The table: every way to say no, with its status, its challenge and its sentence.
//!
//! Neither function has a wildcard arm, so a new refusal does not compile before it has a row.

use std::borrow::Cow;

use auth_core::{Fault, Refusal};
use http::StatusCode;

/// How one refusal looks to a client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) status: StatusCode,
    pub(crate) challenge: Challenge,
    pub(crate) sentence: Cow<'static, str>,
}

/// What `WWW-Authenticate` says: something with every 401, nothing with any other status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// No such header.
    None,
    /// `Bearer`.
    Bearer,
    /// `Bearer error="invalid_token"`: a bearer token was sent and is not good (RFC 6750 §3).
    InvalidToken,
}

impl Challenge {
    /// The value of `WWW-Authenticate`, where there is one.
    pub(crate) const fn header(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Bearer => Some("Bearer"),
            Self::InvalidToken => Some("Bearer error=\"invalid_token\""),
        }
    }
}

/// Everything this crate refuses before the core is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// Nothing lives at this path.
    NotFound,
    /// Something does, but not for this method; these are its methods.
    MethodNotAllowed(&'static str),
    /// Another site's page sent it.
    CrossOrigin,
    /// The body is announced as something else than JSON in UTF-8.
    NotJsonType,
    /// The body is compressed.
    Encoded,
    /// The cookie is there twice.
    RepeatedCookie,
    /// `Authorization` is there twice.
    RepeatedAuthorization,
    /// `X-Bootstrap-Token` is there twice.
    RepeatedBootstrapToken,
    /// The body is longer than [`LIMIT`](crate::body::LIMIT).
    TooLarge,
    /// The client went away, or its body broke off.
    Unreadable,
    /// The body says something that cannot be used.
    Body(BodyFlaw),
    /// The query says something that cannot be used.
    Query(QueryFlaw),
    /// `/refresh` and `/logout` without the cookie.
    RefreshTokenRequired,
    /// `/me`, the check, what manages accounts and sessions, and the guards, without a bearer token.
    AccessTokenRequired,
}

/// What is wrong with a body, before the core looks at its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFlaw {
    /// It is no JSON object in UTF-8.
    NotAnObject,
    /// A field is there twice, and readers differ in which they believe (RFC 8259 §4).
    Repeated(&'static str),
    /// A key that means nothing here is there twice; it is not quoted, because a client chose it.
    RepeatedUnknown,
    /// A field that must be there is not.
    Missing(&'static str),
    /// A field is something else than a string.
    NotText(&'static str),
    /// A field is something else than `true` or `false`.
    NotFlag(&'static str),
    /// A field is the empty string.
    Empty(&'static str),
}

/// What is wrong with a query, before the core looks at its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueryFlaw {
    /// A parameter is there twice.
    Repeated(&'static str),
    /// A parameter is something else than `true` or `false`.
    NotFlag(&'static str),
    /// `state` is none of the two that there are.
    UnknownState,
    /// A parameter is something else than an id.
    NotAnId(&'static str),
    /// A parameter is something else than a time.
    NotATime(&'static str),
    /// `kind` is none that there are.
    UnknownKind,
    /// `permission` has not the form of one.
    NotAPermission,
    /// The check is asked for something it knows nothing of; it is not quoted, because a client
    /// chose it.
    Unknown,
}

/// Everything that can keep a request from its answer.
#[derive(Debug)]
pub(crate) enum Denial {
    Rejected(Rejection),
    Refused(Refusal),
    Failed(Fault),
}

impl From<Rejection> for Denial {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<Refusal> for Denial {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<auth_core::Error> for Denial {
    fn from(error: auth_core::Error) -> Self {
        match error {
            auth_core::Error::Refused(refusal) => Self::Refused(refusal),
            auth_core::Error::Failed(fault) => Self::Failed(fault),
        }
    }
}

/// The core's refusals.
pub(crate) fn of_refusal(refusal: Refusal) -> Row {
    use Challenge::{Bearer, InvalidToken, None};
    match refusal {
        // A flaw's own sentence names the field, and never the value.
        Refusal::Unacceptable(flaw) => row(StatusCode::BAD_REQUEST, None, flaw.to_string()),
        Refusal::InvalidCredentials => row(StatusCode::UNAUTHORIZED, Bearer, "Invalid email or password"),
        Refusal::TooManyAttempts { retry_after: _ } => {
            row(StatusCode::TOO_MANY_REQUESTS, None, "Too many attempts, try again later")
        }
        Refusal::InvalidRefreshToken => row(StatusCode::UNAUTHORIZED, Bearer, "Invalid or expired token"),
        Refusal::InvalidAccessToken => {
            row(StatusCode::UNAUTHORIZED, InvalidToken, "Invalid or expired token")
        }
        Refusal::InsufficientRole => row(StatusCode::FORBIDDEN, None, "Insufficient permissions"),
        Refusal::AdminExists => row(StatusCode::CONFLICT, None, "Admin user already exists"),
        // 403 and not 401, so that no client takes it for a token that has expired.
        Refusal::WrongPassword => row(StatusCode::FORBIDDEN, None, "Current password is incorrect"),
        Refusal::NotFound => row(StatusCode::NOT_FOUND, None, "Not found"),
        Refusal::EmailTaken => row(StatusCode::CONFLICT, None, "Email already in use"),
        Refusal::LastAdmin => {
            row(StatusCode::CONFLICT, None, "The last admin cannot be demoted, disabled or deleted")
        }
        Refusal::BootstrapDisabled => row(StatusCode::FORBIDDEN, None, "Bootstrap is disabled"),
        Refusal::BootstrapTokenRequired => row(StatusCode::UNAUTHORIZED, Bearer, "Bootstrap token required"),
    }
}

/// This crate's own refusals.
pub(crate) fn of_rejection(rejection: Rejection) -> Row {
    use Challenge::{Bearer, None};
    match rejection {
        Rejection::NotFound => row(StatusCode::NOT_FOUND, None, "Not found"),
        Rejection::MethodNotAllowed(_) => row(StatusCode::METHOD_NOT_ALLOWED, None, "Method not allowed"),
        Rejection::CrossOrigin => row(StatusCode::FORBIDDEN, None, "Cross-origin request refused"),
        Rejection::NotJsonType => {
            row(StatusCode::UNSUPPORTED_MEDIA_TYPE, None, "Content-Type must be application/json in UTF-8")
        }
        Rejection::Encoded => {
            row(StatusCode::UNSUPPORTED_MEDIA_TYPE, None, "Content-Encoding must be identity or absent")
        }
        Rejection::RepeatedCookie => {
            row(StatusCode::BAD_REQUEST, None, "Cookie refresh_token must be sent only once")
        }
        Rejection::RepeatedAuthorization => {
            row(StatusCode::BAD_REQUEST, None, "Authorization must be sent only once")
        }
        Rejection::RepeatedBootstrapToken => {
            row(StatusCode::BAD_REQUEST, None, "X-Bootstrap-Token must be sent only once")
        }
        Rejection::TooLarge => {
            row(StatusCode::PAYLOAD_TOO_LARGE, None, "Request body must be at most 16 KiB")
        }
        Rejection::Unreadable => row(StatusCode::BAD_REQUEST, None, "Request body could not be read"),
        Rejection::Body(flaw) => row(StatusCode::BAD_REQUEST, None, of_body(flaw)),
        Rejection::Query(flaw) => row(StatusCode::BAD_REQUEST, None, of_query(flaw)),
        Rejection::RefreshTokenRequired => row(StatusCode::UNAUTHORIZED, Bearer, "Refresh token required"),
        Rejection::AccessTokenRequired => row(StatusCode::UNAUTHORIZED, Bearer, "Access token required"),
    }
}

fn of_body(flaw: BodyFlaw) -> Cow<'static, str> {
    match flaw {
        BodyFlaw::NotAnObject => "Request body must be a JSON object".into(),
        BodyFlaw::Repeated(field) => format!("{field} must not be there twice").into(),
        BodyFlaw::RepeatedUnknown => "Request body must not have a key twice".into(),
        BodyFlaw::Missing(field) => format!("{field} is required").into(),
        BodyFlaw::NotText(field) => format!("{field} must be a string").into(),
        BodyFlaw::NotFlag(field) => format!("{field} must be true or false").into(),
        BodyFlaw::Empty(field) => format!("{field} must not be empty").into(),
    }
}

fn of_query(flaw: QueryFlaw) -> Cow<'static, str> {
    match flaw {
        QueryFlaw::Repeated(name) => format!("{name} must not be there twice").into(),
        QueryFlaw::NotFlag(name) => format!("{name} must be true or false").into(),
        QueryFlaw::UnknownState => "state must be enabled or disabled".into(),
        QueryFlaw::NotAnId(name) => format!("{name} must be a UUID").into(),
        QueryFlaw::NotATime(name) => {
            format!("{name} must be a time such as 2026-11-26T09:30:00Z, in UTC").into()
        }
        QueryFlaw::UnknownKind => "kind must be a kind of event".into(),
        QueryFlaw::NotAPermission => "permission must be a name such as orders:read".into(),
        QueryFlaw::Unknown => "The query may hold role and permission and nothing else".into(),
    }
}

/// Accidents: one of two answers, whatever broke.
pub(crate) fn of_fault(fault: &Fault) -> Row {
    if fault.is_temporary() {
        row(StatusCode::SERVICE_UNAVAILABLE, Challenge::None, "Service unavailable")
    } else {
        row(StatusCode::INTERNAL_SERVER_ERROR, Challenge::None, "Internal server error")
    }
}

fn row(status: StatusCode, challenge: Challenge, sentence: impl Into<Cow<'static, str>>) -> Row {
    Row { status, challenge, sentence: sentence.into() }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use auth_core::{EmailFlaw, Flaw, InvalidCursor, InvalidSearch, NameFlaw, PasswordFlaw, RetryAfter};

    use super::*;

    /// One of everything.
    pub(crate) fn rows() -> Vec<Row> {
        use BodyFlaw::{Empty, Missing, NotAnObject, NotFlag, NotText, Repeated, RepeatedUnknown};
        let refusals = [
            Refusal::Unacceptable(Flaw::Email(EmailFlaw::Malformed)),
            Refusal::Unacceptable(Flaw::Name(NameFlaw::Control)),
            Refusal::Unacceptable(Flaw::CurrentPassword(PasswordFlaw::TooLong)),
            Refusal::Unacceptable(Flaw::NewPassword(PasswordFlaw::TooLong)),
            Refusal::Unacceptable(Flaw::UnknownRole),
            Refusal::Unacceptable(Flaw::Search(InvalidSearch)),
            Refusal::Unacceptable(Flaw::Cursor(InvalidCursor)),
            Refusal::Unacceptable(Flaw::Limit),
            Refusal::InvalidCredentials,
            Refusal::TooManyAttempts { retry_after: RetryAfter::at_least(Duration::from_secs(7)) },
            Refusal::InvalidRefreshToken,
            Refusal::InvalidAccessToken,
            Refusal::InsufficientRole,
            Refusal::AdminExists,
            Refusal::WrongPassword,
            Refusal::NotFound,
            Refusal::EmailTaken,
            Refusal::LastAdmin,
            Refusal::BootstrapDisabled,
            Refusal::BootstrapTokenRequired,
        ];
        let rejections = [
            Rejection::NotFound,
            Rejection::MethodNotAllowed("POST"),
            Rejection::CrossOrigin,
            Rejection::NotJsonType,
            Rejection::Encoded,
            Rejection::RepeatedCookie,
            Rejection::RepeatedAuthorization,
            Rejection::RepeatedBootstrapToken,
            Rejection::TooLarge,
            Rejection::Unreadable,
            Rejection::RefreshTokenRequired,
            Rejection::AccessTokenRequired,
        ];
        let flaws = [
            NotAnObject,
            Repeated("email"),
            RepeatedUnknown,
            Missing("email"),
            NotText("name"),
            NotFlag("disabled"),
            Empty("password"),
        ];
        let queries = [
            QueryFlaw::Repeated("limit"),
            QueryFlaw::NotFlag("current"),
            QueryFlaw::UnknownState,
            QueryFlaw::NotAnId("user"),
            QueryFlaw::NotATime("since"),
            QueryFlaw::UnknownKind,
            QueryFlaw::NotAPermission,
            QueryFlaw::Unknown,
        ];
        let faults = [Fault::Busy, Fault::Internal("a word that nobody may see")];
        refusals
            .map(of_refusal)
            .into_iter()
            .chain(rejections.map(of_rejection))
            .chain(flaws.map(|flaw| of_rejection(Rejection::Body(flaw))))
            .chain(queries.map(|flaw| of_rejection(Rejection::Query(flaw))))
            .chain(faults.iter().map(of_fault))
            .collect()
    }

    #[test]
    fn every_401_is_challenged_and_nothing_else_is() {
        for row in rows() {
            assert_eq!(row.challenge != Challenge::None, row.status == StatusCode::UNAUTHORIZED, "{row:?}");
        }
    }

    #[test]
    fn every_sentence_is_one_sentence() {
        for row in rows() {
            let sentence = &row.sentence;
            assert!(!sentence.is_empty() && !sentence.ends_with('.') && !sentence.contains('\n'), "{row:?}");
            assert!(!sentence.contains("nobody may see"), "{row:?}");
        }
    }
}
