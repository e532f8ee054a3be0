//! What the core is to do about accounts and sessions.

use auth_core::{
    AccountChange, AccountQuery, Email, EventQuery, Identity, Name, NewAccount, OwnSessions, PasswordChange,
    SessionId, UserId,
};

/// What the core is to do, once all of a request has been read.
#[derive(Debug)]
pub(super) enum Order {
    Rename(Name),
    ChangePassword(PasswordChange),
    OwnSessions,
    EndOwnSession(SessionId),
    EndOwnSessions(OwnSessions),
    List(AccountQuery),
    Create(NewAccount),
    Show(UserId),
    Change(UserId, AccountChange),
    Delete(UserId),
    Sessions(UserId),
    EndSession(UserId, SessionId),
    EndSessions(UserId),
    Unlock(UserId),
    /// The address, where one is asked for, is known to the core by its digest alone.
    Events(EventQuery, Option<Email>),
}

/// What becomes of the cookie of the browser that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Farewell {
    /// It is left alone.
    Stay,
    /// It is cleared: its session was ended on request.
    Leave,
}

impl Order {
    /// What becomes of the cookie of `who` when this has been done.
    pub(super) fn farewell(&self, who: &Identity) -> Farewell {
        let ends_this_one = match self {
            Self::EndOwnSession(session) | Self::EndSession(_, session) => *session == who.session_id,
            Self::EndOwnSessions(OwnSessions::All) => true,
            Self::EndSessions(user) => *user == who.user_id,
            Self::EndOwnSessions(OwnSessions::Others)
            | Self::Rename(_)
            | Self::ChangePassword(_)
            | Self::OwnSessions
            | Self::List(_)
            | Self::Create(_)
            | Self::Show(_)
            | Self::Change(..)
            | Self::Delete(_)
            | Self::Sessions(_)
            | Self::Unlock(_)
            | Self::Events(..) => false,
        };
        if ends_this_one { Farewell::Leave } else { Farewell::Stay }
    }
}

#[cfg(test)]
mod tests {
    use auth_core::{Role, Timestamp};

    use super::*;

    #[test]
    fn whoever_ends_the_session_they_ask_from_loses_its_cookie() {
        let (me, mine) = (UserId::from_bytes([1; 16]), SessionId::from_bytes([1; 16]));
        let (you, yours) = (UserId::from_bytes([2; 16]), SessionId::from_bytes([2; 16]));
        let who = Identity {
            user_id: me,
            session_id: mine,
            role: Role::ADMIN,
            expires_at: Timestamp::from_millis(0),
        };
        for order in [
            Order::EndOwnSession(mine),
            Order::EndOwnSessions(OwnSessions::All),
            Order::EndSession(me, mine),
            Order::EndSessions(me),
        ] {
            assert_eq!(order.farewell(&who), Farewell::Leave, "{order:?}");
        }
        for order in [
            Order::EndOwnSession(yours),
            Order::EndOwnSessions(OwnSessions::Others),
            Order::EndSession(me, yours),
            Order::EndSession(you, yours),
            Order::EndSessions(you),
            Order::OwnSessions,
            Order::Sessions(me),
        ] {
            assert_eq!(order.farewell(&who), Farewell::Stay, "{order:?}");
        }
    }
}
