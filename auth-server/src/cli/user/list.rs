//! `user list`: accounts, page by page.

use auth_core::{
    AccountPage, AccountQuery, AccountState, Cursor, Flaw, InvalidCursor, InvalidSearch, Search, User,
};
use clap::{Args, ValueEnum};

use super::create::role;
use crate::cli::database::with_auth;
use crate::cli::failure::{Outcome, complain};
use crate::cli::output::{Output, json, write};
use crate::cli::table::Table;
use crate::cli::time::rfc3339;
use crate::cli::wire::{Account, state};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Only those whose address or name begins like this.
    #[arg(long)]
    search: Option<String>,
    /// Only those in this role.
    #[arg(long)]
    role: Option<String>,
    /// Only those in this state.
    #[arg(long)]
    state: Option<State>,
    /// The most to list, 1 to 200.
    #[arg(long, default_value_t = AccountQuery::default().limit)]
    limit: u32,
    /// Goes on where an earlier list ended: what it said then.
    #[arg(long)]
    cursor: Option<String>,
    /// Lists them all, however many there are.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum State {
    /// Those who can log in.
    Enabled,
    /// Those who cannot.
    Disabled,
}

impl Arguments {
    fn query(&self) -> Result<AccountQuery, Flaw> {
        let state = self.state.map(|state| match state {
            State::Enabled => AccountState::Enabled,
            State::Disabled => AccountState::Disabled,
        });
        let search: Result<_, InvalidSearch> = self.search.as_deref().map(Search::parse).transpose();
        let after: Result<Option<Cursor>, InvalidCursor> = self.cursor.as_deref().map(str::parse).transpose();
        Ok(AccountQuery {
            search: search?,
            role: self.role.as_deref().map(role).transpose()?,
            state,
            after: after?,
            limit: if self.all { AccountQuery::MAX_LIMIT } else { self.limit },
        })
    }
}

pub(super) fn list(arguments: &Arguments, output: Output) -> Outcome {
    let mut query = arguments.query()?;
    with_auth(async |auth| {
        let mut listing = Listing::new(output);
        loop {
            let page = auth.as_operator().list(&query).await?;
            listing.add(&page)?;
            match page.next {
                Some(next) if arguments.all => query.after = Some(next),
                next => return listing.end(next),
            }
        }
    })
}

/// The pages as they are written, one after the other: a million accounts do not have to be in
/// memory to be listed.
struct Listing {
    output: Output,
    table: Table<6>,
    listed: bool,
}

impl Listing {
    fn new(output: Output) -> Self {
        let table = Table::new(["ID", "EMAIL", "ROLE", "STATE", "CREATED", "NAME"]);
        Self { output, table, listed: false }
    }

    fn add(&mut self, page: &AccountPage) -> Outcome {
        let text = match self.output {
            Output::Text if page.users.is_empty() => String::new(),
            Output::Text => self.table.lines(&page.users.iter().map(row).collect::<Vec<_>>()),
            Output::Json => {
                let mut text = String::new();
                for (at, user) in page.users.iter().enumerate() {
                    text.push_str(match (self.listed, at) {
                        (false, 0) => "{\"users\":[",
                        _ => ",",
                    });
                    text.push_str(&json(&Account::from(user))?);
                }
                text
            }
        };
        self.listed |= !page.users.is_empty();
        write(&text)
    }

    fn end(self, next: Option<Cursor>) -> Outcome {
        match self.output {
            Output::Json => {
                let begin = if self.listed { "" } else { "{\"users\":[" };
                let next = json(&next.map(|next| next.to_string()))?;
                write(&format!("{begin}],\"nextCursor\":{next}}}\n"))
            }
            Output::Text => {
                if !self.listed {
                    complain(&"There is no such user.");
                }
                if let Some(next) = next {
                    complain(&format_args!("There are more: --cursor {next} goes on, --all lists them all."));
                }
                Ok(())
            }
        }
    }
}

fn row(user: &User) -> [String; 6] {
    [
        user.id.to_string(),
        user.email.to_string(),
        user.role.to_string(),
        state(user).to_owned(),
        rfc3339(user.created_at),
        user.name.to_string(),
    ]
}
