//! From rows to the core's values and back. No row is trusted: others can write to the tables.

use auth_core::store::StoreError;
use auth_core::{
    Client, Credentials, Email, LiveSession, Name, PasswordHash, Role, SecretHash, Session, SessionId,
    SessionRecord, Timestamp, User, UserAgent, UserId,
};
use sea_orm::{DbErr, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use crate::entity::{HashBytes, HashText, users};
use crate::error::StoreTrouble;

/// A session's row together with the columns of its user's row that anybody needs.
#[derive(FromQueryResult)]
pub(crate) struct RecordRow {
    id: Uuid,
    user_id: Uuid,
    secret_hash: HashBytes,
    generation: i64,
    parent: Option<i64>,
    rotated_at: Option<i64>,
    expires_at: i64,
    ends_at: i64,
    ended_at: Option<i64>,
    email: String,
    name: String,
    role: String,
    user_created_at: i64,
    disabled_at: Option<i64>,
}

/// What answers one of several questions of a statement, the `nth` of an ordinality.
pub(crate) struct Nth<T> {
    /// Which question, from 0.
    pub(crate) index: usize,
    pub(crate) row: T,
}

impl<T: FromQueryResult> FromQueryResult for Nth<T> {
    fn from_query_result(result: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let nth: i64 = result.try_get(prefix, "nth")?;
        let index =
            usize::try_from(nth - 1).map_err(|_| DbErr::Type("an ordinality counts from 1".to_owned()))?;
        Ok(Self { index, row: T::from_query_result(result, prefix)? })
    }
}

/// What answers each of `count` questions, in their order; `None` where nothing does.
pub(crate) fn in_order<T>(count: usize, rows: Vec<Nth<T>>) -> Vec<Option<T>> {
    let mut answers: Vec<_> = (0..count).map(|_| None).collect();
    for Nth { index, row } in rows {
        if let Some(answer) = answers.get_mut(index) {
            *answer = Some(row);
        }
    }
    answers
}

/// A user's row without the hash of the password.
#[derive(FromQueryResult)]
pub(crate) struct UserRow {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    created_at: i64,
    disabled_at: Option<i64>,
}

impl UserRow {
    pub(crate) fn into_user(self) -> Result<User, StoreError> {
        // A value that parses, but not to itself, was not written by this crate: it is refused as
        // well, because a person whose address is stored in another form could never be found.
        let email = Email::parse(&self.email).ok().filter(|parsed| parsed.as_str() == self.email);
        let name = Name::parse(&self.name).ok().filter(|parsed| parsed.as_str() == self.name);
        Ok(User {
            id: UserId::from_bytes(self.id.into_bytes()),
            email: email.ok_or_else(|| in_user("email"))?,
            name: name.ok_or_else(|| in_user("name"))?,
            role: Role::parse(&self.role).map_err(|_| in_user("role"))?,
            created_at: Timestamp::from_millis(self.created_at),
            disabled_at: self.disabled_at.map(Timestamp::from_millis),
        })
    }
}

/// The columns of a session's row that its user sees.
#[derive(FromQueryResult)]
pub(crate) struct LiveRow {
    id: Uuid,
    created_at: i64,
    rotated_at: Option<i64>,
    expires_at: i64,
    ends_at: i64,
    user_agent: Option<String>,
    ip_address: Option<String>,
}

impl LiveRow {
    /// What the client said of itself is there to be recognised by a person and decides nothing:
    /// where it makes no sense it is left out, so that nobody loses sight of their sessions.
    pub(crate) fn into_session(self) -> LiveSession {
        LiveSession {
            id: SessionId::from_bytes(self.id.into_bytes()),
            created_at: Timestamp::from_millis(self.created_at),
            last_used_at: Timestamp::from_millis(self.rotated_at.unwrap_or(self.created_at)),
            expires_at: Timestamp::from_millis(self.expires_at.min(self.ends_at)),
            client: Client {
                user_agent: self.user_agent.and_then(|text| UserAgent::new(&text)),
                ip_address: self.ip_address.and_then(|text| text.parse().ok()),
                request_id: None,
            },
        }
    }
}

impl RecordRow {
    pub(crate) fn into_record(self) -> Result<SessionRecord, StoreError> {
        let user_id = UserId::from_bytes(self.user_id.into_bytes());
        let secret = self.secret_hash.0.try_into().map_err(|_| in_session("secret_hash"))?;
        let generation = |value: i64, column| u32::try_from(value).map_err(|_| in_session(column));
        let session = Session {
            id: SessionId::from_bytes(self.id.into_bytes()),
            user_id,
            secret: SecretHash::from_bytes(secret),
            generation: generation(self.generation, "generation")?,
            parent: self.parent.map(|parent| generation(parent, "parent")).transpose()?,
            rotated_at: self.rotated_at.map(Timestamp::from_millis),
            expires_at: Timestamp::from_millis(self.expires_at),
            ends_at: Timestamp::from_millis(self.ends_at),
            ended_at: self.ended_at.map(Timestamp::from_millis),
        };
        let user = UserRow {
            id: self.user_id,
            email: self.email,
            name: self.name,
            role: self.role,
            created_at: self.user_created_at,
            disabled_at: self.disabled_at,
        };
        Ok(SessionRecord { session, user: user.into_user()? })
    }
}

pub(crate) fn credentials(row: users::Model) -> Result<Credentials, StoreError> {
    let users::Model { id, email, name, name_folded: _, role, password_hash, created_at, disabled_at } = row;
    let user = UserRow { id, email, name, role, created_at, disabled_at }.into_user()?;
    Ok(Credentials { user, password: password_hash.map(|HashText(hash)| PasswordHash::new(hash)) })
}

fn in_session(column: &'static str) -> StoreError {
    StoreError::broken(StoreTrouble::Row { table: "sessions", column })
}

fn in_user(column: &'static str) -> StoreError {
    StoreError::broken(StoreTrouble::Row { table: "users", column })
}

pub(crate) fn uuid_of(bytes: [u8; 16]) -> Uuid {
    Uuid::from_bytes(bytes)
}

pub(crate) fn secret_value(secret: &SecretHash) -> Value {
    HashBytes(secret.as_bytes().to_vec()).into()
}

pub(crate) fn password_value(hash: &PasswordHash) -> Value {
    HashText(hash.expose().to_owned()).into()
}

/// Null for an account without a password.
pub(crate) fn optional_password_value(hash: Option<&PasswordHash>) -> Value {
    hash.map(|hash| hash.expose().to_owned()).into()
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use auth_core::store::StoreErrorKind;
    use proptest::prelude::*;

    use super::*;

    fn good() -> RecordRow {
        RecordRow {
            id: Uuid::from_bytes([1; 16]),
            user_id: Uuid::from_bytes([2; 16]),
            secret_hash: HashBytes(vec![3; 32]),
            generation: 4,
            parent: Some(3),
            rotated_at: Some(5),
            expires_at: 6,
            ends_at: 7,
            ended_at: None,
            email: "admin@example.com".to_owned(),
            name: "Admin".to_owned(),
            role: "ADMIN".to_owned(),
            user_created_at: 8,
            disabled_at: None,
        }
    }

    #[test]
    fn a_good_row_becomes_a_record() {
        let SessionRecord { session, user } = good().into_record().expect("it is good");
        assert_eq!(session.id.to_bytes(), [1; 16]);
        assert_eq!((session.user_id, user.id.to_bytes()), (user.id, [2; 16]));
        assert!(session.secret.same_as(&SecretHash::from_bytes([3; 32])));
        assert_eq!((session.generation, session.parent), (4, Some(3)));
        assert_eq!(session.rotated_at, Some(Timestamp::from_millis(5)));
        assert_eq!((session.expires_at.millis(), session.ends_at.millis(), session.ended_at), (6, 7, None));
        assert_eq!(
            (user.email.as_str(), user.name.as_str(), user.role),
            ("admin@example.com", "Admin", Role::ADMIN)
        );
        assert_eq!((user.created_at.millis(), user.disabled_at), (8, None));
    }

    #[test]
    fn what_a_client_said_is_left_out_where_it_makes_no_sense() {
        let row = |agent: Option<&str>, address: Option<&str>| LiveRow {
            id: Uuid::from_bytes([1; 16]),
            created_at: 2,
            rotated_at: None,
            expires_at: 9,
            ends_at: 7,
            user_agent: agent.map(str::to_owned),
            ip_address: address.map(str::to_owned),
        };
        let good = row(Some("curl/8.5"), Some("2001:db8::1")).into_session();
        assert_eq!(good.client.user_agent, UserAgent::new("curl/8.5"));
        assert_eq!(good.client.ip_address, "2001:db8::1".parse().ok());
        assert_eq!((good.last_used_at.millis(), good.expires_at.millis()), (2, 7));
        for bad in ["", "\u{7}", " "] {
            assert_eq!(row(Some(bad), Some(bad)).into_session().client, Client::default(), "{bad:?}");
        }
        for bad in ["hunter2", "192.0.2.7/32", "192.0.2.256", "::g"] {
            assert_eq!(row(None, Some(bad)).into_session().client, Client::default(), "{bad:?}");
        }
    }

    #[test]
    fn a_bad_row_is_told_by_table_and_column_and_not_by_value() {
        type Spoil = fn(&mut RecordRow);
        let cases: [(&str, Spoil); 11] = [
            ("sessions.secret_hash", |row| row.secret_hash = HashBytes(vec![77; 31])),
            ("sessions.generation", |row| row.generation = -77),
            ("sessions.generation", |row| row.generation = 4_294_967_296),
            ("sessions.parent", |row| row.parent = Some(-77)),
            ("users.email", |row| row.email = "hunter2".to_owned()),
            ("users.email", |row| row.email = "Hunter2@example.com".to_owned()),
            ("users.name", |row| row.name = "hunter2\n2".to_owned()),
            ("users.name", |row| row.name = " hunter2 ".to_owned()),
            ("users.name", |row| row.name.clear()),
            ("users.role", |row| row.role = "hunter2".to_owned()),
            ("users.role", |row| row.role.clear()),
        ];
        for (place, spoil) in cases {
            let mut row = good();
            spoil(&mut row);
            let error = row.into_record().expect_err(place);
            assert_eq!(error.kind(), StoreErrorKind::Broken, "{place}");
            let cause = error.source().expect("it has a cause");
            let told = format!("{error} {error:?} {cause} {cause:?}");
            let (table, column) = place.split_once('.').expect("a dot");
            assert!(told.contains(table) && told.contains(column), "{place}: {told}");
            assert!(!told.to_lowercase().contains("hunter2") && !told.contains("77"), "{place}: {told}");
        }
    }

    proptest! {
        #[test]
        fn no_row_makes_it_panic(
            (id, user_id, secret_hash) in (any::<[u8; 16]>(), any::<[u8; 16]>(), prop::collection::vec(any::<u8>(), 0..40)),
            (generation, parent, rotated_at) in (any::<i64>(), any::<Option<i64>>(), any::<Option<i64>>()),
            (expires_at, ends_at, ended_at) in (any::<i64>(), any::<i64>(), any::<Option<i64>>()),
            (email, name, role, disabled_at) in (any::<String>(), any::<String>(), any::<String>(), any::<Option<i64>>()),
            (hash, agent, address) in (any::<Option<String>>(), any::<Option<String>>(), any::<Option<String>>()),
        ) {
            let (id, user_id) = (Uuid::from_bytes(id), Uuid::from_bytes(user_id));
            let row = users::Model {
                id: user_id,
                email: email.clone(),
                name: name.clone(),
                name_folded: name.clone(),
                role: role.clone(),
                password_hash: hash.map(HashText),
                created_at: ends_at,
                disabled_at,
            };
            let _ = credentials(row);
            let _ = LiveRow {
                id, created_at: generation, rotated_at, expires_at, ends_at, user_agent: agent, ip_address: address,
            }
            .into_session();
            let secret_hash = HashBytes(secret_hash);
            let _ = RecordRow {
                id, user_id, secret_hash, generation, parent, rotated_at, expires_at, ends_at, ended_at,
                email, name, role, user_created_at: generation, disabled_at,
            }
            .into_record();
        }
    }
}
