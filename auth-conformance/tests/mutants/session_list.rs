//! The verbs for the sessions of one user, seen together.

use std::cmp::Reverse;

use auth_core::store::{SessionListStore, StoreError};
use auth_core::{Client, EndReason, LiveSession, SessionId, Timestamp, UserId};

use crate::flaw::Flaw;
use crate::store::{Mutant, Row, Tables};

/// Which sessions are to end, and how it goes wrong.
pub(crate) struct Ending {
    pub(crate) user: UserId,
    pub(crate) except: Option<SessionId>,
    pub(crate) why: EndReason,
    pub(crate) everyones: bool,
    pub(crate) counts_the_expired: bool,
    pub(crate) leaves_the_expired: bool,
}

impl Ending {
    /// All sessions of a user.
    pub(crate) fn new(user: UserId, why: EndReason) -> Self {
        let (everyones, counts_the_expired, leaves_the_expired) = (false, false, false);
        Self { user, except: None, why, everyones, counts_the_expired, leaves_the_expired }
    }
}

impl Mutant {
    pub(crate) fn end_sessions(&self, tables: &mut Tables, ending: &Ending, now: Timestamp) -> u64 {
        let mut live = 0;
        for row in &mut tables.sessions {
            let theirs = row.session.user_id == ending.user || ending.everyones;
            let open = row.session.ended_at.is_none() || self.has(Flaw::EndsAreOverwritten);
            let unexpired = row.is_unexpired(now);
            if theirs
                && open
                && Some(row.session.id) != ending.except
                && (unexpired || !ending.leaves_the_expired)
            {
                live += u64::from(unexpired || ending.counts_the_expired);
                row.end(ending.why, now);
            }
        }
        live
    }
}

impl SessionListStore for Mutant {
    async fn live_sessions(&self, user: UserId, now: Timestamp) -> Result<Vec<LiveSession>, StoreError> {
        let tables = self.tables();
        let listed = |row: &&Row| {
            (row.session.user_id == user || self.has(Flaw::LiveOfEveryone))
                && (row.session.ended_at.is_none() || self.has(Flaw::LiveListsTheEnded))
                && (row.is_unexpired(now) || self.has(Flaw::LiveListsTheExpired))
        };
        let mut live: Vec<_> = tables.sessions.iter().filter(listed).collect();
        live.sort_by_key(|row| Reverse((row.created_at, row.session.id)));
        if self.has(Flaw::LiveOldestFirst) {
            live.reverse();
        }
        let shown = |row: &Row| LiveSession {
            id: row.session.id,
            created_at: row.created_at,
            last_used_at: match row.session.rotated_at {
                Some(at) if !self.has(Flaw::LiveForgetsTheLastUse) => at,
                _ => row.created_at,
            },
            expires_at: match self.flaw {
                Flaw::LiveIgnoresTheAbsoluteEnd => row.session.expires_at,
                _ => row.session.expires_at.min(row.session.ends_at),
            },
            client: match self.flaw {
                Flaw::LiveForgetsTheClient => Client { user_agent: None, ..row.client.clone() },
                _ => row.client.clone(),
            },
        };
        Ok(live.into_iter().map(shown).collect())
    }

    async fn end_one(
        &self,
        user: UserId,
        session: SessionId,
        why: EndReason,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ended = self.write_if(
            Flaw::EndOneInTwoSteps,
            |tables| {
                tables.session(session).is_some_and(|row| {
                    (row.session.user_id == user || self.has(Flaw::EndOneOfAnyone))
                        && row.session.ended_at.is_none()
                        && (row.is_unexpired(now) || self.has(Flaw::EndOneOfTheExpired))
                })
            },
            |tables| tables.session(session).map(|row| row.end(why, now)),
        );
        Ok(ended.await.is_some())
    }

    async fn end_all(
        &self,
        user: UserId,
        except: Option<SessionId>,
        why: EndReason,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let forgotten = self.has(Flaw::EndAllForgetsReason);
        let ending = Ending {
            except: except.filter(|_| !self.has(Flaw::EndAllEndsTheExcepted)),
            everyones: self.has(Flaw::EndAllOfEveryone),
            counts_the_expired: self.has(Flaw::EndAllCountsTheExpired),
            leaves_the_expired: self.has(Flaw::EndAllLeavesTheExpired),
            ..Ending::new(user, if forgotten { EndReason::Logout } else { why })
        };
        Ok(self.end_sessions(&mut self.tables(), &ending, now))
    }
}
