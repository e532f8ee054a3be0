//! `session`: who is logged in, and from where; and why somebody no longer is.

mod why;

use auth_core::{LiveSession, Refusal, SessionId, UserAgent};
use clap::Subcommand;
use serde_json::json;

use super::database::with_auth;
use super::failure::{Failure, Outcome};
use super::help;
use super::output::Output;
use super::table::Table;
use super::time::rfc3339;
use super::user::Who;
use super::wire::{Session, counted};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lists the live sessions of a user, the latest login first.
    #[command(after_help = help::SESSION_LIST)]
    List {
        #[command(flatten)]
        who: Who,
    },
    /// Ends one session of a user.
    #[command(after_help = help::SESSION_END)]
    End {
        #[command(flatten)]
        who: Who,
        /// The id of the session, as `session list` shows it.
        session: String,
    },
    /// Ends all sessions of a user.
    #[command(after_help = help::SESSION_END_ALL)]
    EndAll {
        #[command(flatten)]
        who: Who,
    },
    /// Tells what became of a session, and why.
    #[command(after_help = help::SESSION_WHY)]
    Why {
        /// The id of the session: the sid of its access tokens, or as the log and the events have it.
        session: String,
    },
}

pub(super) fn run(command: &Command, output: Output) -> Outcome {
    match command {
        Command::List { who } => list(who, output),
        Command::End { who, session } => end(who, session, output),
        Command::EndAll { who } => end_all(who, output),
        Command::Why { session } => why::why(session, output),
    }
}

fn list(who: &Who, output: Output) -> Outcome {
    let (user, sessions) = with_auth(async |auth| {
        let user = who.find(auth).await?;
        let sessions = auth.as_operator().sessions(user.id).await?;
        Ok((user, sessions))
    })?;
    let document: Vec<_> = sessions.iter().map(Session::from).collect();
    output.print(&json!({ "sessions": document }), || {
        if sessions.is_empty() {
            return format!("{} has no live session.", user.email);
        }
        let mut table = Table::new(["ID", "LOGGED IN", "LAST USED", "EXPIRES", "ADDRESS", "USER AGENT"]);
        table.lines(&sessions.iter().map(row).collect::<Vec<_>>()).trim_end().to_owned()
    })
}

fn end(who: &Who, session: &str, output: Output) -> Outcome {
    let user = with_auth(async |auth| {
        let user = who.find(auth).await?;
        let unknown = || {
            Failure::Refused(format!("{}: {} has no live session {session:?}", Refusal::NotFound, user.email))
        };
        let id: SessionId = session.parse().map_err(|_| unknown())?;
        match auth.as_operator().end_session(user.id, id).await {
            Err(auth_core::Error::Refused(Refusal::NotFound)) => Err(unknown()),
            other => Ok(other?),
        }?;
        Ok(user)
    })?;
    output.print(&json!({ "ended": 1 }), || format!("A session of {} has ended.", user.email))
}

fn end_all(who: &Who, output: Output) -> Outcome {
    let (user, ended) = with_auth(async |auth| {
        let user = who.find(auth).await?;
        let ended = auth.as_operator().end_sessions(user.id).await?;
        Ok((user, ended))
    })?;
    output.print(&json!({ "ended": ended }), || match ended {
        0 => format!("{} had no live session.", user.email),
        1 => format!("A session of {} has ended.", user.email),
        many => format!("{} of {} have ended.", counted(many, "session"), user.email),
    })
}

fn row(session: &LiveSession) -> [String; 6] {
    let client = &session.client;
    [
        session.id.to_string(),
        rfc3339(session.created_at),
        rfc3339(session.last_used_at),
        rfc3339(session.expires_at),
        client.ip_address.map_or_else(|| "-".to_owned(), |address| address.to_string()),
        client.user_agent.as_ref().map_or("-", UserAgent::as_str).to_owned(),
    ]
}
