//! `session why`: why was this person logged out?

use auth_core::{Cause, Event, EventKind, EventQuery, SessionId, UserAgent};

use crate::cli::database::with_auth;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::Output;
use crate::cli::table::Table;
use crate::cli::time::rfc3339;
use crate::cli::wire::Events;

pub(super) fn why(session: &str, output: Output) -> Outcome {
    let unknown = || {
        Failure::Refused(format!(
            "nothing is known of a session {session:?}: there never was one, or its events are older than AUDIT_RETENTION"
        ))
    };
    let id: SessionId = session.parse().map_err(|_| unknown())?;
    let events = with_auth(async |auth| {
        let query = EventQuery { limit: EventQuery::MAX_LIMIT, ..EventQuery::about(id) };
        Ok(auth.as_operator().events(&query).await?.events)
    })?;
    if events.is_empty() {
        return Err(unknown());
    }
    output.print(&Events::from(&*events), || {
        let mut table = Table::new(["AT", "WHAT", "BY", "ADDRESS", "USER AGENT"]);
        let rows: Vec<_> = events.iter().map(row).collect();
        format!("{}\n\n{}", verdict(&events, id), table.lines(&rows).trim_end())
    })
}

/// What ended it, in a sentence. What names the session comes before what may have ended it.
fn verdict(events: &[Event], session: SessionId) -> String {
    let named = |event: &&Event| event.session == Some(session) && is_an_end(event);
    let end = events.iter().find(named).or_else(|| {
        let others = |event: &&Event| event.kind.ends_sessions() && event.session != Some(session);
        events.iter().rev().find(others)
    });
    match end {
        Some(end) => format!("It ended at {}: {}.", rfc3339(end.at), reason(end)),
        None => "No event has ended it: it goes on, or it has expired.".to_owned(),
    }
}

fn is_an_end(event: &Event) -> bool {
    matches!(event.kind, EventKind::SessionEnded | EventKind::RefreshReused)
}

fn reason(end: &Event) -> &'static str {
    match (end.kind, end.cause) {
        (EventKind::RefreshReused, _) => {
            "a refresh token that had been replaced was presented again, so two held the session, and one of them may be a thief"
        }
        (EventKind::PasswordChanged, _) => "its user changed their password in another session",
        (EventKind::PasswordReset, _) => "its user was given another password",
        (EventKind::UserDisabled, _) => "the account was disabled",
        (EventKind::UserDeleted, _) => "the account was deleted",
        (_, Some(Cause::Logout)) => "its user logged out",
        (_, Some(Cause::Replaced)) => "the same browser logged in anew",
        (_, Some(Cause::Revoked)) => "its user ended it, from this session or another",
        (_, Some(Cause::RevokedByAdmin)) => "an admin, or the operator, ended it",
        (_, Some(Cause::SessionLimit)) => {
            "its user logged in once more than SESSION_LIMIT allows, and it was the oldest"
        }
        _ => "see below",
    }
}

fn row(event: &Event) -> [String; 5] {
    let client = &event.client;
    let what = event.cause.map_or(event.kind.to_string(), |cause| format!("{} ({cause})", event.kind));
    [
        rfc3339(event.at),
        what,
        event.by.map_or_else(|| "-".to_owned(), |by| by.to_string()),
        client.ip_address.map_or_else(|| "-".to_owned(), |address| address.to_string()),
        client.user_agent.as_ref().map_or("-", UserAgent::as_str).to_owned(),
    ]
}
