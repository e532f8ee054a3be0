//! The list of accounts.

use std::cmp::Reverse;

use auth_core::{AccountQuery, AccountState, Cursor, Search, User};

use crate::flaw::Flaw;
use crate::store::{Mutant, Tables};

impl Mutant {
    /// The users that the query asks for.
    pub(crate) fn listed(&self, tables: &Tables, query: &AccountQuery) -> Vec<User> {
        let AccountQuery { search, role, state, after, limit } = query;
        let mut users: Vec<User> = Vec::new();
        for held in &tables.users {
            let user = &held.user;
            let found = search.as_ref().map_or(1, |search| self.found(search, user));
            users.extend(std::iter::repeat_n(user.clone(), found));
        }
        if search.is_some() && self.has(Flaw::SearchStopsAtAThousand) {
            users.truncate(1_000);
        }
        let without_role = self.has(Flaw::ListIgnoresRole)
            || (search.is_some() && self.has(Flaw::ListForgetsFilterBesideSearch));
        users.retain(|user| {
            role.as_ref().is_none_or(|role| user.role == *role || without_role)
                && state
                    .is_none_or(|state| AccountState::of(user) == state || self.has(Flaw::ListIgnoresState))
                && after.is_none_or(|place| self.precedes(&place, user))
        });
        match self.flaw {
            Flaw::ListForgetsTieBreak => users.sort_by_key(|user| Reverse(user.created_at)),
            Flaw::ListOldestFirst => users.sort_by_key(|user| (user.created_at, user.id)),
            _ => users.sort_by_key(|user| Reverse((user.created_at, user.id))),
        }
        if !self.has(Flaw::ListWithoutLimit) {
            users.truncate(*limit as usize);
        }
        users
    }

    fn precedes(&self, place: &Cursor, user: &User) -> bool {
        match self.flaw {
            Flaw::ListIncludesTheCursor => (user.created_at, user.id) <= (place.created_at(), place.id()),
            Flaw::ListSkipsTheMillisecond => user.created_at < place.created_at(),
            _ => place.precedes(user),
        }
    }

    /// How often this user is found.
    fn found(&self, search: &Search, user: &User) -> usize {
        let (text, email) = (search.as_str(), user.email.as_str());
        let name = match self.flaw {
            Flaw::SearchHeedsCase => user.name.as_str().to_owned(),
            Flaw::SearchFoldsAsciiOnly => user.name.as_str().to_ascii_lowercase(),
            _ => user.name.folded(),
        };
        let begins = |whole: &str| match self.flaw {
            Flaw::SearchTakesWildcards => is_like(whole, &format!("{text}%")),
            Flaw::SearchInTheMiddle => whole.contains(text),
            _ => whole.starts_with(text),
        };
        let by_name = begins(&name) && !self.has(Flaw::SearchOfAddressesAlone);
        let found = usize::from(begins(email)) + usize::from(by_name);
        if self.has(Flaw::SearchListsTwice) { found } else { found.min(1) }
    }
}

/// `LIKE`, as databases have it.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut left = pattern.chars();
    match left.next() {
        None => text.is_empty(),
        Some('%') => {
            is_like(text, left.as_str())
                || text.char_indices().any(|(at, c)| is_like(&text[at + c.len_utf8()..], left.as_str()))
        }
        Some(wanted) => {
            let mut chars = text.chars();
            chars
                .next()
                .is_some_and(|c| (c == wanted || wanted == '_') && is_like(chars.as_str(), left.as_str()))
        }
    }
}
