//! What was revoked, in memory: numbered in the order in which it was.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::model::User;
use crate::store::{Feed, FeedPlace, RevocationStore, Revoked, StoreError};

use super::MemoryStore;

#[derive(Debug)]
pub(super) struct Notes {
    noted: BTreeMap<u64, (Revoked, Timestamp)>,
    last: u64,
    /// The latest time that was told: the clock for what is told none.
    latest: Timestamp,
}

impl Default for Notes {
    fn default() -> Self {
        Self { noted: BTreeMap::new(), last: 0, latest: Timestamp::from_millis(0) }
    }
}

impl Notes {
    pub(super) fn note(&mut self, revoked: Revoked, now: Timestamp) {
        self.latest = self.latest.max(now);
        self.last += 1;
        self.noted.insert(self.last, (revoked, now));
    }

    /// Notes what is revoked without being told when.
    pub(super) fn note_untimed(&mut self, revoked: Revoked) {
        self.note(revoked, self.latest);
    }

    /// Notes the user, where their tokens say what is no longer so.
    pub(super) fn note_change(&mut self, before: &User, after: &User) {
        if before.role != after.role || before.disabled_at.is_some() != after.disabled_at.is_some() {
            self.note_untimed(Revoked::User(after.id));
        }
    }
}

impl RevocationStore for MemoryStore {
    async fn revoked_since(&self, place: FeedPlace, limit: u32) -> Result<Feed, StoreError> {
        let Notes { noted, last, .. } = &self.tables().notes;
        let news = noted.range(place.number() + 1..).map(|(_, (revoked, _))| *revoked);
        let revoked = news.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
        Ok(Feed { revoked, place: FeedPlace::new(*last) })
    }

    async fn sweep_revocations(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let noted = &mut self.tables().notes.noted;
        let old = noted.iter().filter(|(_, (_, at))| *at <= before).map(|(number, _)| *number);
        let old: Vec<_> = old.take(usize::try_from(limit).unwrap_or(usize::MAX)).collect();
        for number in &old {
            noted.remove(number);
        }
        Ok(old.len() as u64)
    }
}
