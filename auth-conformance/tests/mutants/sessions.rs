//! The verbs for sessions.

use auth_core::store::{Ended, Opened, Opening, Rotation, SessionKey, SessionStore, StoreError};
use auth_core::{EndReason, Session, SessionId, SessionRecord, Timestamp, UserId};

use crate::flaw::Flaw;
use crate::store::{Mutant, Row, Tables, a_moment};

impl Mutant {
    /// The sessions that must end so that there is room for this one.
    fn beyond(&self, tables: &Tables, opening: &Opening, now: Timestamp) -> Vec<SessionId> {
        let counts = |row: &&Row| {
            (row.session.user_id == opening.user || self.has(Flaw::LimitCountsEveryone))
                && (row.session.ended_at.is_none() || self.has(Flaw::LimitCountsTheEnded))
                && (row.is_unexpired(now) || self.has(Flaw::LimitCountsTheExpired))
                && !(self.has(Flaw::LimitSparesTheForged)
                    && opening.replaces.is_some_and(|old| old.id == row.session.id))
        };
        let mut live: Vec<_> = tables.sessions.iter().filter(counts).collect();
        live.sort_by_key(|row| match self.flaw {
            Flaw::LimitEndsTheIdlest => row.session.rotated_at.unwrap_or(row.created_at),
            Flaw::LimitEndsTheLeastId => Timestamp::from_millis(0),
            _ => row.created_at,
        });
        match self.flaw {
            Flaw::LimitEndsTheNewest => live.reverse(),
            Flaw::LimitEndsTheLeastId => live.sort_by_key(|row| row.session.id),
            _ => {}
        }
        let roomy = self.has(Flaw::LimitAllowsOneMore) || self.has(Flaw::LimitEndsTheNewOne);
        let stay = opening.limit as usize - usize::from(!roomy);
        let most = if self.has(Flaw::LimitEndsOneAtMost) { 1 } else { usize::MAX };
        live.iter().take(live.len().saturating_sub(stay).min(most)).map(|row| row.session.id).collect()
    }

    fn make_room(&self, tables: &mut Tables, beyond: &[SessionId], now: Timestamp) -> Vec<Ended> {
        let mut ended = Vec::new();
        let forgotten = self.has(Flaw::LimitReasonForgotten);
        let why = if forgotten { EndReason::Logout } else { EndReason::SessionLimit };
        for row in tables.sessions.iter_mut().filter(|row| beyond.contains(&row.session.id)) {
            row.end(why, now);
            ended.push(Ended { session: row.session.id, user: row.session.user_id, why });
        }
        ended
    }

    fn replace(&self, tables: &mut Tables, opening: &Opening, now: Timestamp) -> Vec<Ended> {
        let Some(old) = opening.replaces else { return Vec::new() };
        let judged = self.end_judged(tables, &old);
        let Some(row) = tables.session(old.id) else { return Vec::new() };
        if judged {
            row.end(EndReason::Replaced, now);
        } else if !self.has(Flaw::EndedToldAgain) {
            return Vec::new();
        }
        vec![Ended { session: old.id, user: row.session.user_id, why: EndReason::Replaced }]
    }

    /// What is told of the sessions that an opening has ended.
    fn told(&self, opening: &Opening, ended: Vec<Ended>) -> Vec<Ended> {
        let told = ended.into_iter().map(|ended| match self.flaw {
            Flaw::EndedOfTheOpener => Ended { user: opening.user, ..ended },
            Flaw::EndedAsReplaced => Ended { why: EndReason::Replaced, ..ended },
            _ => ended,
        });
        told.filter(|_| !self.has(Flaw::EndedToldToNobody)).collect()
    }

    fn may_open(&self, tables: &mut Tables, opening: &Opening) -> bool {
        tables.user(opening.user).is_some_and(|held| {
            let theirs = held.password.as_ref().is_some_and(|hash| hash.same_as(&opening.verified));
            (theirs || self.has(Flaw::OpeningWithAnyHash))
                && (held.user.disabled_at.is_none() || self.has(Flaw::OpeningForTheDisabled))
        })
    }

    fn insert(
        &self,
        tables: &mut Tables,
        opening: &Opening,
        early: Option<&[SessionId]>,
        now: Timestamp,
    ) -> Vec<Ended> {
        let too_early = self.has(Flaw::LimitCountsTheReplaced).then(|| self.beyond(tables, opening, now));
        let mut ended = Vec::new();
        if !self.has(Flaw::OpeningReplacesNothing) {
            ended = self.replace(tables, opening, now);
        }
        let row = Row {
            session: Session {
                id: opening.key.id,
                user_id: opening.user,
                secret: opening.key.secret,
                generation: 0,
                parent: None,
                rotated_at: None,
                expires_at: opening.expires_at,
                ends_at: opening.ends_at,
                ended_at: None,
            },
            created_at: now,
            client: opening.client.clone(),
            reason: None,
        };
        if self.has(Flaw::LimitEndsTheNewOne) {
            tables.sessions.push(row);
            let beyond = self.beyond(tables, opening, now);
            ended.extend(self.make_room(tables, &beyond, now));
            return ended;
        }
        let beyond = match early {
            Some(early) => early.to_vec(),
            None => too_early.unwrap_or_else(|| self.beyond(tables, opening, now)),
        };
        ended.extend(self.make_room(tables, &beyond, now));
        tables.sessions.push(row);
        ended
    }
}

impl SessionStore for Mutant {
    async fn open(&self, opening: &Opening, now: Timestamp) -> Result<Opened, StoreError> {
        if self.has(Flaw::OpeningReplacesFirst) {
            self.replace(&mut self.tables(), opening, now);
        }
        if self.has(Flaw::LimitBeforeJudging) {
            let tables = &mut *self.tables();
            let beyond = self.beyond(tables, opening, now);
            self.make_room(tables, &beyond, now);
        }
        let early = self.has(Flaw::LimitInTwoSteps).then(|| self.beyond(&self.tables(), opening, now));
        if early.is_some() {
            a_moment().await;
        }
        let opened = self.write_if(
            Flaw::OpeningInTwoSteps,
            |tables| self.may_open(tables, opening),
            |tables| self.insert(tables, opening, early.as_deref(), now),
        );
        Ok(opened.await.map_or(Opened::Stale, |ended| Opened::Opened { ended: self.told(opening, ended) }))
    }

    async fn rotate(&self, rotation: &Rotation, now: Timestamp) -> Result<Option<SessionRecord>, StoreError> {
        let may = |tables: &mut Tables| {
            let Some(Row { session, .. }) = tables.session(rotation.key.id).cloned() else { return false };
            let Some(held) = tables.user(session.user_id) else { return false };
            let settled = session.rotated_at.is_none_or(|then| match self.flaw {
                Flaw::RotationBeforeSettled => true,
                Flaw::RotationSettledExclusive => then < rotation.settled_by,
                _ => then <= rotation.settled_by,
            });
            let unexpired = now < session.expires_at && now < session.ends_at;
            settled
                && (session.secret.same_as(&rotation.key.secret) || self.has(Flaw::RotationWithAnySecret))
                && (session.generation == rotation.generation || self.has(Flaw::RotationOfAnyGeneration))
                && (unexpired || self.has(Flaw::RotationOfTheExpired))
                && (session.ended_at.is_none() || self.has(Flaw::RotationRevives))
                && (held.user.disabled_at.is_none() || self.has(Flaw::RotationForTheDisabled))
        };
        let write = |tables: &mut Tables| {
            let Row { session, .. } = tables.session(rotation.key.id)?;
            session.generation += 1;
            let own = self.has(Flaw::RotationIgnoresParent);
            session.parent = Some(if own { rotation.generation } else { rotation.parent });
            session.rotated_at = Some(match self.flaw {
                Flaw::TimesInSeconds => Timestamp::from_millis(now.seconds() * 1_000),
                _ => now,
            });
            let uncapped = self.has(Flaw::RotationUncapped);
            session.expires_at =
                if uncapped { rotation.expires_at } else { rotation.expires_at.min(session.ends_at) };
            let session = session.clone();
            let user = tables.user(session.user_id)?.user.clone();
            Some(SessionRecord { session, user })
        };
        if self.has(Flaw::RotationSavesWhatItRead) {
            let Some(read) = self.tables().session(rotation.key.id).cloned() else { return Ok(None) };
            if !may(&mut self.tables()) {
                return Ok(None);
            }
            a_moment().await;
            let tables = &mut *self.tables();
            if let Some(row) = tables.session(rotation.key.id) {
                *row = read;
            }
            return Ok(write(tables));
        }
        Ok(self.write_if(Flaw::RotationInTwoSteps, may, write).await.flatten())
    }

    async fn find(&self, id: SessionId) -> Result<Option<SessionRecord>, StoreError> {
        let mut tables = self.tables();
        let Some(Row { session, .. }) = tables.session(id).cloned() else { return Ok(None) };
        if session.ended_at.is_some() && self.has(Flaw::FindOnlyTheLiving) {
            return Ok(None);
        }
        Ok(tables.user(session.user_id).map(|held| SessionRecord { session, user: held.user.clone() }))
    }

    async fn end(
        &self,
        key: &SessionKey,
        why: EndReason,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        let ended = self.write_if(
            Flaw::EndInTwoSteps,
            |tables| self.end_judged(tables, key),
            |tables| {
                let row = tables.session(key.id)?;
                row.end(if self.has(Flaw::EndForgetsReason) { EndReason::Logout } else { why }, now);
                Some(row.session.user_id)
            },
        );
        Ok(ended.await.flatten())
    }

    async fn sweep(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut left = if self.has(Flaw::SweepWithoutLimit) { u32::MAX } else { limit };
        let mut tables = self.tables();
        let had = tables.sessions.len();
        tables.sessions.retain(|Row { session, .. }| {
            let over = match self.flaw {
                Flaw::SweepExclusive => session.ends_at < before,
                Flaw::SweepOfTheEnded => session.ends_at <= before || session.ended_at.is_some(),
                _ => session.ends_at <= before,
            };
            let swept = left > 0 && over;
            left -= u32::from(swept);
            !swept
        });
        Ok((had - tables.sessions.len()) as u64)
    }
}
