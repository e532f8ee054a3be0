//! Everything that each route may be refused with, as rows of the table in `status`.

use auth_core::{
    EmailFlaw, Fault, Flaw, InvalidCursor, InvalidSearch, NameFlaw, PasswordFlaw, Policy, Refusal, RetryAfter,
};

use crate::routes::accounts::{Audience, Errand, Payload};
use crate::routes::endpoint::Endpoint;
use crate::routes::names::{body, query};
use crate::routes::route::Route;
use crate::status::{self, BodyFlaw, QueryFlaw, Rejection, Row};

/// The refusals of one route, each sentence once, with a status only once in a row.
pub(super) fn of(route: Route, policy: &Policy) -> Vec<Row> {
    let mut all = Refusals { rows: Vec::new(), min: policy.password_min_length };
    match route {
        Route::Endpoint(endpoint) => all.of_endpoint(endpoint),
        Route::Account(errand) => all.of_errand(errand),
        // They stand ready, and ask nobody.
        Route::Keys | Route::Document => return Vec::new(),
    }
    all.faults();
    all.rows.sort_by_key(|row| row.status);
    all.rows
}

struct Refusals {
    rows: Vec<Row>,
    /// The fewest characters of a new password.
    min: usize,
}

impl Refusals {
    fn of_endpoint(&mut self, endpoint: Endpoint) {
        match endpoint {
            Endpoint::Login => {
                self.rejected([Rejection::RepeatedCookie]);
                self.json(&body::LOGIN);
                self.fields([email(), old_password(Flaw::Password)].concat());
                self.refused([Refusal::InvalidCredentials, too_many()]);
            }
            Endpoint::Refresh => {
                self.rejected([Rejection::RepeatedCookie, Rejection::RefreshTokenRequired]);
                self.body();
                self.refused([Refusal::InvalidRefreshToken]);
            }
            Endpoint::Logout => {
                self.rejected([Rejection::RepeatedCookie, Rejection::RefreshTokenRequired]);
                self.body();
            }
            Endpoint::Me => self.bearer(),
            Endpoint::Check => {
                self.bearer();
                self.query(&query::CHECK, [QueryFlaw::NotAPermission, QueryFlaw::Unknown]);
                self.fields(vec![Flaw::UnknownRole]);
                self.refused([Refusal::InsufficientRole]);
            }
            Endpoint::Bootstrap => {
                self.rejected([Rejection::RepeatedBootstrapToken]);
                self.json(&body::BOOTSTRAP);
                self.fields([email(), new_password(Flaw::Password, self.min), name()].concat());
                self.refused([
                    Refusal::BootstrapDisabled,
                    Refusal::BootstrapTokenRequired,
                    Refusal::AdminExists,
                ]);
            }
        }
    }

    fn of_errand(&mut self, errand: Errand) {
        self.bearer();
        if errand.audience() == Audience::Admins {
            self.refused([Refusal::InsufficientRole]);
        }
        match errand.payload() {
            Payload::Ignored => self.body(),
            // What is wrong with JSON follows with its fields.
            Payload::Unread | Payload::Json => {}
        }
        match errand {
            Errand::Rename => {
                self.json(&body::RENAME);
                self.fields(name());
            }
            Errand::ChangePassword => {
                self.json(&body::CHANGE_PASSWORD);
                self.fields(old_password(Flaw::CurrentPassword));
                self.fields(new_password(Flaw::NewPassword, self.min));
                self.refused([Refusal::WrongPassword, too_many()]);
            }
            Errand::Create => {
                self.json(&body::CREATE);
                self.fields([email(), name(), vec![Flaw::UnknownRole]].concat());
                self.fields(new_password(Flaw::Password, self.min));
                self.refused([Refusal::EmailTaken]);
            }
            Errand::Change(_) => {
                self.optional_json(&body::CHANGE);
                self.fields([name(), vec![Flaw::UnknownRole]].concat());
                self.fields(new_password(Flaw::Password, self.min));
                self.refused([Refusal::NotFound, Refusal::LastAdmin]);
            }
            Errand::Delete(_) => self.refused([Refusal::NotFound, Refusal::LastAdmin]),
            Errand::EndOwnSession(_)
            | Errand::Show(_)
            | Errand::Sessions(_)
            | Errand::EndSession(..)
            | Errand::EndSessions(_)
            | Errand::Unlock(_) => self.refused([Refusal::NotFound]),
            Errand::EndOwnSessions => self.query(&query::END_SESSIONS, [QueryFlaw::NotFlag("current")]),
            Errand::List => {
                self.query(&query::ACCOUNTS, [QueryFlaw::UnknownState]);
                let flaws = [
                    Flaw::Limit,
                    Flaw::Cursor(InvalidCursor),
                    Flaw::Search(InvalidSearch),
                    Flaw::UnknownRole,
                ];
                self.fields(flaws.to_vec());
            }
            Errand::Events => {
                self.query(&query::EVENTS, ["cursor", "user", "session"].map(QueryFlaw::NotAnId));
                let more = ["since", "until"].map(QueryFlaw::NotATime).into_iter();
                self.rejected(more.chain([QueryFlaw::UnknownKind]).map(Rejection::Query));
                self.fields([vec![Flaw::Limit], email()].concat());
            }
            Errand::OwnSessions => {}
        }
    }

    fn bearer(&mut self) {
        self.rejected([Rejection::RepeatedAuthorization, Rejection::AccessTokenRequired]);
        self.refused([Refusal::InvalidAccessToken]);
    }

    /// What a body is refused for that means nothing; only what changes something has one.
    fn body(&mut self) {
        self.rejected([Rejection::CrossOrigin, Rejection::TooLarge, Rejection::Unreadable]);
    }

    fn json(&mut self, fields: &[&'static str]) {
        self.optional_json(fields);
        self.rejected(fields.iter().map(|field| Rejection::Body(BodyFlaw::Missing(field))));
    }

    fn optional_json(&mut self, fields: &[&'static str]) {
        self.body();
        self.rejected([Rejection::NotJsonType, Rejection::Encoded]);
        self.rejected([BodyFlaw::NotAnObject, BodyFlaw::RepeatedUnknown].map(Rejection::Body));
        for field in fields {
            let rejections = match *field {
                "disabled" => vec![BodyFlaw::NotFlag(field)],
                field => vec![BodyFlaw::NotText(field), BodyFlaw::Empty(field)],
            };
            let rejections = rejections.into_iter().chain([BodyFlaw::Repeated(field)]);
            self.rejected(rejections.map(Rejection::Body));
        }
    }

    fn query<const N: usize>(&mut self, names: &[&'static str], flaws: [QueryFlaw; N]) {
        let repeated = names.iter().map(|name| QueryFlaw::Repeated(name));
        self.rejected(repeated.chain(flaws).map(Rejection::Query));
    }

    fn fields(&mut self, flaws: Vec<Flaw>) {
        self.refused(flaws.into_iter().map(Refusal::Unacceptable));
    }

    fn refused(&mut self, refusals: impl IntoIterator<Item = Refusal>) {
        for refusal in refusals {
            self.add(status::of_refusal(refusal));
        }
    }

    fn rejected(&mut self, rejections: impl IntoIterator<Item = Rejection>) {
        for rejection in rejections {
            self.add(status::of_rejection(rejection));
        }
    }

    fn faults(&mut self) {
        for fault in [Fault::Internal("a bug"), Fault::Busy] {
            self.add(status::of_fault(&fault));
        }
    }

    fn add(&mut self, row: Row) {
        if !self.rows.contains(&row) {
            self.rows.push(row);
        }
    }
}

fn too_many() -> Refusal {
    Refusal::TooManyAttempts { retry_after: RetryAfter::at_least(std::time::Duration::ZERO) }
}

fn email() -> Vec<Flaw> {
    [EmailFlaw::Empty, EmailFlaw::TooLong, EmailFlaw::Malformed].map(Flaw::Email).to_vec()
}

fn name() -> Vec<Flaw> {
    [NameFlaw::Empty, NameFlaw::TooLong, NameFlaw::Control].map(Flaw::Name).to_vec()
}

/// A password that is compared.
fn old_password(field: fn(PasswordFlaw) -> Flaw) -> Vec<Flaw> {
    [PasswordFlaw::TooLong, PasswordFlaw::Nul].map(field).to_vec()
}

/// A password that is set.
fn new_password(field: fn(PasswordFlaw) -> Flaw, min: usize) -> Vec<Flaw> {
    let more = [PasswordFlaw::TooShort { min }, PasswordFlaw::Common, PasswordFlaw::Personal].map(field);
    old_password(field).into_iter().chain(more).collect()
}
