//! The row of one session, and the store's statements on it.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::email::Email;
use crate::id::UserId;
use crate::model::{EndReason, Session, SessionRecord, User};
use crate::name::Name;
use crate::role::Role;
use crate::store::{Rotation, SessionKey};

/// The time is whole ticks, counted back from now: nothing but distances matters.
pub(super) type Ticks = u8;

const TICK: Duration = Duration::from_secs(1);
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const DAY: Duration = Duration::from_hours(24);

/// The time so many ticks before now.
pub(super) fn ago(ticks: Ticks) -> Timestamp {
    NOW - span(ticks)
}

pub(super) fn span(ticks: Ticks) -> Duration {
    TICK * u32::from(ticks)
}

/// How many ticks before now a time was; `None` where it lies ahead, for ever.
pub(super) fn ticks_since(time: Timestamp) -> Option<Ticks> {
    let ticks = NOW.since(time).as_secs();
    (time <= NOW).then(|| Ticks::try_from(ticks).expect("a model's times are near"))
}

/// A session's row, as far as rotation goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Row {
    pub(super) current: u32,
    pub(super) parent: Option<u32>,
    /// How long ago `rotated_at` is; `None` until the first rotation.
    pub(super) age: Option<Ticks>,
    pub(super) ended: Option<EndReason>,
}

/// A store, or one that has forgotten a condition of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Store {
    Sound,
    /// `rotate` without `generation = ?`.
    ForgetsTheGeneration,
    /// `rotate` without `rotated_at <= ?`.
    ForgetsToSettle,
    /// `rotate` without `ended_at IS NULL`.
    ForgetsTheEnd,
    /// `end` without `ended_at IS NULL`.
    EndsTwice,
}

impl Row {
    /// The row of a login.
    pub(super) const FRESH: Self = Self { current: 0, parent: None, age: None, ended: None };

    /// One statement: compare and exchange. The generation that is current afterwards, or `None`
    /// where it wrote nothing. `arrived` is the `now` that it writes.
    pub(super) fn rotate(&mut self, store: Store, step: &Rotation, arrived: Ticks) -> Option<u32> {
        let may = (self.current == step.generation || store == Store::ForgetsTheGeneration)
            && (self.age.is_none_or(|age| ago(age) <= step.settled_by) || store == Store::ForgetsToSettle)
            && (self.ended.is_none() || store == Store::ForgetsTheEnd);
        if !may {
            return None;
        }
        self.current += 1;
        self.parent = Some(step.parent);
        self.age = Some(arrived);
        Some(self.current)
    }

    /// One statement: ends the session unless it has ended.
    pub(super) fn end(&mut self, store: Store, why: EndReason) {
        if self.ended.is_none() || store == Store::EndsTwice {
            self.ended = Some(why);
        }
    }

    /// One statement: what the store reports of the session to those who hold `key`.
    pub(super) fn find(&self, key: &SessionKey) -> SessionRecord {
        let id = UserId::from_bytes([1; 16]);
        SessionRecord {
            session: Session {
                id: key.id,
                user_id: id,
                secret: key.secret,
                generation: self.current,
                parent: self.parent,
                rotated_at: self.age.map(ago),
                expires_at: NOW + DAY,
                ends_at: NOW + DAY,
                ended_at: self.ended.map(|_| NOW),
            },
            user: User {
                id,
                email: Email::parse("a@b").expect("a good address"),
                name: Name::parse("A").expect("a good name"),
                role: Role::USER,
                created_at: NOW - DAY,
                disabled_at: None,
            },
        }
    }
}
