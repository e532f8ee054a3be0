//! The rotation table, written down a second time and in another way: what the real code is held
//! against.

use auth_core::{LateRetry, Timestamp};

/// A session's row, as far as rotation goes. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) current: u32,
    pub(super) parent: Option<u32>,
    pub(super) rotated: Option<i64>,
    pub(super) ended: bool,
    /// Whether its user is disabled.
    pub(super) disabled: bool,
}

/// The choices of a policy that the table depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) grace_millis: i64,
    pub(super) late_retry: LateRetry,
}

/// What whoever presented a token is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The token that was presented, again.
    Same,
    /// An access token alone.
    AccessOnly,
    /// The token of this generation.
    Next(u32),
    /// Nothing.
    Refused,
}

impl Row {
    /// The row of a login.
    pub(super) const FRESH: Self =
        Self { current: 0, parent: None, rotated: None, ended: false, disabled: false };

    /// Whether the current generation is older than the grace. A fresh login has never rotated, so
    /// it is; a rotation that lies ahead has no age.
    pub(super) fn is_old(self, rules: Rules, now: Timestamp) -> bool {
        let age = self.rotated.map(|then| (now.millis() - then).max(0));
        age.is_none_or(|age| age >= rules.grace_millis)
    }

    /// The answer to a token of generation `presented`, and the row afterwards.
    pub(super) fn refresh(self, presented: u32, rules: Rules, now: Timestamp) -> (Answer, Self) {
        if self.ended || self.disabled {
            return (Answer::Refused, self);
        }
        let old = self.is_old(rules, now);
        let next = Self { current: self.current + 1, rotated: Some(now.millis()), ..self };
        if presented == self.current {
            if old {
                return (Answer::Next(next.current), Self { parent: Some(presented), ..next });
            }
            return (Answer::Same, self);
        }
        if Some(presented) == self.parent {
            if !old {
                return (Answer::AccessOnly, self);
            }
            if rules.late_retry == LateRetry::Allowed {
                return (Answer::Next(next.current), next);
            }
        }
        (Answer::Refused, Self { ended: true, ..self })
    }
}
