//! The verbs for sessions.

use auth_core::store::{Ended, Opened, Opening, Rotation, SessionKey, SessionStore, StoreError};
use auth_core::{EndReason, Session, SessionId, SessionRecord, Timestamp, UserId};

use crate::{Notebook, Page, Visit, page_of, visit_of};

impl SessionStore for Notebook {
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        let mut pages = Notebook::open(self);

        // Verifying a password takes a while. Is the hash that was verified still theirs?
        let Some(page) = page_of(&mut pages, opening.user) else { return Ok(Opened::Stale) };
        let still_theirs = page.password.as_ref().is_some_and(|hash| hash.same_as(&opening.verified));
        if !still_theirs || page.user.disabled_at.is_some() {
            return Ok(Opened::Stale);
        }

        // The session that the same browser had before may be on anyone's page. It goes first, so
        // that it takes up no room.
        let mut ended = Vec::new();
        if let Some((user, replaced)) = opening.replaces.as_ref().and_then(|key| visit_of(&mut pages, key))
            && replaced.end(EndReason::Replaced, now)
        {
            ended.push(Ended { session: replaced.session.id, user: user.id, why: EndReason::Replaced });
        }
        // From where they log in, `opening.client`, is for a list of sessions, which this store
        // does not offer; so it is not kept.
        let session = first_generation(opening);
        if let Some(page) = page_of(&mut pages, opening.user) {
            ended.extend(page.make_room(opening.limit, now));
            page.visits.push(Visit { session, began_at: now, ended_because: None });
        }
        Ok(Opened::Opened { ended })
    }

    async fn rotate(&self, rotation: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let mut pages = Notebook::open(self);
        let Some((user, visit)) = visit_of(&mut pages, &rotation.key) else { return Ok(None) };
        let session = &mut visit.session;

        // All conditions first. Of a hundred calls for one generation, the first one through here
        // raises it, so that the other ninety-nine find another one.
        let settled = session.rotated_at.is_none_or(|then| then <= rotation.settled_by);
        if session.generation != rotation.generation
            || !settled
            || !session.is_live(now)
            || user.disabled_at.is_some()
        {
            return Ok(None);
        }

        session.generation += 1;
        session.parent = Some(rotation.parent);
        session.rotated_at = Some(now);
        session.expires_at = rotation.expires_at.min(session.ends_at);
        Ok(Some(SessionRecord { session: session.clone(), user: user.clone() }))
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        // Dead or alive: the store reports, and the core judges.
        let pages = Notebook::open(self);
        let mut all = pages.iter().flat_map(|page| page.visits.iter().map(move |visit| (page, visit)));
        let found = all.find(|(_, visit)| visit.session.id == id);
        Ok(found
            .map(|(page, visit)| SessionRecord { session: visit.session.clone(), user: page.user.clone() }))
    }

    async fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        let mut pages = Notebook::open(self);
        let Some((user, visit)) = visit_of(&mut pages, key) else { return Ok(None) };
        Ok(visit.end(why, now).then_some(user.id))
    }

    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut left = limit;
        let mut swept = 0;
        for page in Notebook::open(self).iter_mut() {
            page.visits.retain(|visit| {
                let sweep = left > 0 && visit.session.ends_at <= before;
                left -= u32::from(sweep);
                swept += u64::from(sweep);
                !sweep
            });
        }
        Ok(swept)
    }
}

impl Page {
    /// Ends the oldest live sessions of this person, so that one more is within the limit, and says
    /// which.
    ///
    /// The new one is not here yet: should the clock have stepped back, it would look like the
    /// oldest of all.
    fn make_room(&mut self, limit: u32, now: Timestamp) -> Vec<Ended> {
        let mut live: Vec<_> = self.visits.iter_mut().filter(|visit| visit.session.is_live(now)).collect();
        live.sort_by_key(|visit| visit.began_at);
        let beyond = (live.len() + 1).saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX));
        let (user, why) = (self.user.id, EndReason::SessionLimit);
        let oldest = live.into_iter().take(beyond);
        let ended = oldest.map(|visit| {
            visit.end(why, now);
            Ended { session: visit.session.id, user, why }
        });
        ended.collect()
    }
}

/// A session as it begins.
fn first_generation(opening: &Opening) -> Session {
    Session {
        id: opening.key.id,
        user_id: opening.user,
        secret: opening.key.secret,
        generation: 0,
        parent: None,
        rotated_at: None,
        expires_at: opening.expires_at,
        ends_at: opening.ends_at,
        ended_at: None,
    }
}
