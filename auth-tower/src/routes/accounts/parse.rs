//! From an errand to an order: what the body and the query say, then whether an id is one.

use std::str::FromStr;

use auth_core::{
    AccountChange, AccountQuery, AccountState, Email, EventQuery, Flaw, Name, NewAccount, OwnSessions,
    Password, PasswordChange, Refusal, Role, Search, Timestamp,
};

use crate::routes::{fields, names, query, time};
use crate::status::{BodyFlaw, Denial, QueryFlaw, Rejection};

use super::errand::Errand;
use super::order::Order;

/// Reads all that is left of a request.
pub(super) fn order(errand: Errand, query: Option<&str>, body: &[u8]) -> Result<Order, Denial> {
    Ok(match errand {
        Errand::Rename => Order::Rename(rename(body)?),
        Errand::ChangePassword => Order::ChangePassword(password_change(body)?),
        Errand::OwnSessions => Order::OwnSessions,
        Errand::EndOwnSession(session) => Order::EndOwnSession(known(session)?),
        Errand::EndOwnSessions => Order::EndOwnSessions(which(query)?),
        Errand::List => Order::List(account_query(query)?),
        Errand::Create => Order::Create(new_account(body)?),
        Errand::Show(user) => Order::Show(known(user)?),
        Errand::Change(user) => {
            let change = account_change(body)?;
            Order::Change(known(user)?, change)
        }
        Errand::Delete(user) => Order::Delete(known(user)?),
        Errand::Sessions(user) => Order::Sessions(known(user)?),
        Errand::EndSession(user, session) => Order::EndSession(known(user)?, known(session)?),
        Errand::EndSessions(user) => Order::EndSessions(known(user)?),
        Errand::Unlock(user) => Order::Unlock(known(user)?),
        Errand::Events => {
            let (query, email) = event_query(query)?;
            Order::Events(query, email)
        }
    })
}

/// What is no id is the id of nothing.
fn known<T>(id: Option<T>) -> Result<T, Refusal> {
    id.ok_or(Refusal::NotFound)
}

fn rename(body: &[u8]) -> Result<Name, Denial> {
    let [name] = fields::texts(body, names::body::RENAME).map_err(Rejection::Body)?;
    Ok(Name::parse(&name).map_err(unacceptable)?)
}

fn password_change(body: &[u8]) -> Result<PasswordChange, Denial> {
    let [current, new] = fields::texts(body, names::body::CHANGE_PASSWORD).map_err(Rejection::Body)?;
    Ok(PasswordChange {
        current: Password::parse(&current).map_err(Flaw::CurrentPassword).map_err(unacceptable)?,
        new: Password::parse(&new).map_err(Flaw::NewPassword).map_err(unacceptable)?,
    })
}

fn new_account(body: &[u8]) -> Result<NewAccount, Denial> {
    let [email, name, role, password] = fields::texts(body, names::body::CREATE).map_err(Rejection::Body)?;
    Ok(NewAccount {
        email: Email::parse(&email).map_err(unacceptable)?,
        name: Name::parse(&name).map_err(unacceptable)?,
        role: parsed_role(&role)?,
        password: Password::parse(&password).map_err(unacceptable)?,
    })
}

fn account_change(body: &[u8]) -> Result<AccountChange, Denial> {
    let [name, role, disabled, password] =
        fields::read(body, names::body::CHANGE).map_err(Rejection::Body)?;
    let read = || {
        Ok::<_, BodyFlaw>((
            name.optional_text()?,
            role.optional_text()?,
            disabled.optional_flag()?,
            password.optional_text()?,
        ))
    };
    let (name, role, disabled, password) = read().map_err(Rejection::Body)?;
    Ok(AccountChange {
        name: name.map(|name| Name::parse(&name)).transpose().map_err(unacceptable)?,
        role: role.map(|role| parsed_role(&role)).transpose()?,
        state: disabled.map(|disabled| if disabled { AccountState::Disabled } else { AccountState::Enabled }),
        password: password.map(|password| Password::parse(&password)).transpose().map_err(unacceptable)?,
    })
}

fn which(query: Option<&str>) -> Result<OwnSessions, Rejection> {
    let [current] = query::read(query, names::query::END_SESSIONS).map_err(Rejection::Query)?;
    Ok(match query::flag("current", current.as_deref()).map_err(Rejection::Query)? {
        Some(true) => OwnSessions::All,
        Some(false) | None => OwnSessions::Others,
    })
}

fn account_query(query: Option<&str>) -> Result<AccountQuery, Denial> {
    let [limit, cursor, search, role, state] =
        query::read(query, names::query::ACCOUNTS).map_err(Rejection::Query)?;
    let limit = limit.map(|limit| parsed_limit(&limit).ok_or(Flaw::Limit)).transpose();
    Ok(AccountQuery {
        limit: limit.map_err(unacceptable)?.unwrap_or(AccountQuery::default().limit),
        after: cursor.map(|cursor| cursor.parse()).transpose().map_err(Flaw::Cursor).map_err(unacceptable)?,
        search: search
            .map(|search| Search::parse(&search))
            .transpose()
            .map_err(Flaw::Search)
            .map_err(unacceptable)?,
        role: role.map(|role| parsed_role(&role)).transpose()?,
        state: state.map(|state| parsed_state(&state)).transpose().map_err(Rejection::Query)?,
    })
}

fn event_query(query: Option<&str>) -> Result<(EventQuery, Option<Email>), Denial> {
    let [limit, cursor, user, session, email, kind, since, until] =
        query::read(query, names::query::EVENTS).map_err(Rejection::Query)?;
    let limit = limit.map(|limit| parsed_limit(&limit).ok_or(Flaw::Limit)).transpose();
    let read = || {
        Ok(EventQuery {
            user: parsed_id("user", user.as_deref())?,
            session: parsed_id("session", session.as_deref())?,
            email: None,
            kind: kind.map(|kind| kind.parse()).transpose().map_err(|_| QueryFlaw::UnknownKind)?,
            since: parsed_time("since", since.as_deref())?,
            until: parsed_time("until", until.as_deref())?,
            after: parsed_id("cursor", cursor.as_deref())?,
            ..EventQuery::default()
        })
    };
    let limit = limit.map_err(unacceptable)?.unwrap_or(EventQuery::default().limit);
    let query = EventQuery { limit, ..read().map_err(Rejection::Query)? };
    Ok((query, email.map(|email| Email::parse(&email)).transpose().map_err(unacceptable)?))
}

fn parsed_id<T: FromStr>(name: &'static str, text: Option<&str>) -> Result<Option<T>, QueryFlaw> {
    text.map(str::parse).transpose().map_err(|_| QueryFlaw::NotAnId(name))
}

fn parsed_time(name: &'static str, text: Option<&str>) -> Result<Option<Timestamp>, QueryFlaw> {
    text.map(|text| time::parse(text).ok_or(QueryFlaw::NotATime(name))).transpose()
}

/// Digits and nothing else: `+5` is no way to write a limit.
fn parsed_limit(text: &str) -> Option<u32> {
    let limit = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    (1..=AccountQuery::MAX_LIMIT).contains(&limit).then_some(limit)
}

fn parsed_state(text: &str) -> Result<AccountState, QueryFlaw> {
    match text {
        "enabled" => Ok(AccountState::Enabled),
        "disabled" => Ok(AccountState::Disabled),
        _ => Err(QueryFlaw::UnknownState),
    }
}

/// A word that has not the form of a role is a role that nobody has.
fn parsed_role(text: &str) -> Result<Role, Refusal> {
    Role::parse(text).map_err(|_| unacceptable(Flaw::UnknownRole))
}

fn unacceptable(flaw: impl Into<Flaw>) -> Refusal {
    Refusal::Unacceptable(flaw.into())
}

#[cfg(test)]
mod tests;
