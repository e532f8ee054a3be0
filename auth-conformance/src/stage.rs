//! What the promises are played with: people, hashes, keys, and the store's verbs in short.

use std::sync::Arc;
use std::time::Duration;

use auth_core::store::{
    AccountStore, Change, Changed, Creation, Deletion, FirstAdmin, Opened, Opening, Replaced, Replacement,
    Rotation, SessionKey, SessionListStore, SessionStore, UserStore,
};
use auth_core::{
    AccountQuery, AccountState, Client, Credentials, Cursor, Email, EndReason, LiveSession, Name, NewUser,
    PasswordHash, Role, SecretHash, Session, SessionId, SessionRecord, Timestamp, User, UserId,
};

use crate::harness::{Harness, Managed};

/// When every play begins: some day in 2027.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_123);

const DAY: i64 = 24 * 60 * 60;
const ANSWERED: &str = "the store does its work without an error";

/// So many seconds after the beginning; before it where negative.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOW.millis() + 1_000 * seconds)
}

/// The millisecond after.
pub(crate) fn just_after(time: Timestamp) -> Timestamp {
    time + Duration::from_millis(1)
}

/// The millisecond before.
pub(crate) fn just_before(time: Timestamp) -> Timestamp {
    time - Duration::from_millis(1)
}

/// The person of that number, who has a password.
pub(crate) fn person(number: u16) -> NewUser {
    NewUser {
        id: UserId::from_bytes(numbered(*b"user", number)),
        email: Email::parse(&format!("person-{number}@example.com")).expect("the address is a good one"),
        name: Name::parse(&format!("Person {number}")).expect("the name is a good one"),
        role: Role::ADMIN,
        password: hash(&format!("first-of-{number}")),
    }
}

/// The user that becomes of a new one who is created at the beginning.
pub(crate) fn user(new: &NewUser) -> User {
    let NewUser { id, email, name, role, .. } = new.clone();
    User { id, email, name, role, created_at: NOW, disabled_at: None }
}

/// The account of the person of that number, created at the beginning.
pub(crate) fn account(number: u16) -> Credentials {
    let new = person(number);
    Credentials { user: user(&new), password: Some(new.password) }
}

/// The user of that number, who is no admin.
pub(crate) fn plain_user(number: u16) -> User {
    User { role: Role::USER, ..user(&person(number)) }
}

/// A replacement of this person's first hash by the one of this text.
pub(crate) fn replacement(user: &NewUser, text: &str, keeps: SessionKey) -> Replacement {
    Replacement { user: user.id, verified: user.password.clone(), new: hash(text), keeps: keeps.id }
}

/// A change that puts an account out of use.
pub(crate) fn disabling() -> Change {
    Change { state: Some(AccountState::Disabled), ..Change::default() }
}

/// A change that puts an account into use.
pub(crate) fn enabling() -> Change {
    Change { state: Some(AccountState::Enabled), ..Change::default() }
}

/// A change that makes someone a plain user.
pub(crate) fn demoting() -> Change {
    Change { role: Some(Role::USER), ..Change::default() }
}

/// A change to the hash of this text.
pub(crate) fn with_password(text: &str) -> Change {
    Change { password: Some(hash(text)), ..Change::default() }
}

/// Something that looks like a hash, another one for each text.
pub(crate) fn hash(text: &str) -> PasswordHash {
    PasswordHash::new(format!("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA${text}/+"))
}

/// The session key of that number.
pub(crate) fn key(number: u16) -> SessionKey {
    let mut secret = [0xA5; 32];
    secret[..2].copy_from_slice(&number.to_be_bytes());
    SessionKey {
        id: SessionId::from_bytes(numbered(*b"sess", number)),
        secret: SecretHash::from_bytes(secret),
    }
}

/// The same session, and a secret that is not its own.
pub(crate) fn with_another_secret(key: SessionKey) -> SessionKey {
    let mut secret = *key.secret.as_bytes();
    secret[31] ^= 1;
    SessionKey { secret: SecretHash::from_bytes(secret), ..key }
}

fn numbered(what: [u8; 4], number: u16) -> [u8; 16] {
    let mut bytes = [0x42; 16];
    bytes[..4].copy_from_slice(&what);
    bytes[14..].copy_from_slice(&number.to_be_bytes());
    bytes
}

/// A login of this person: seven days, thirty at most, in place of no other session, with more room
/// than most plays need.
pub(crate) fn opening(user: &NewUser, key: SessionKey) -> Opening {
    Opening {
        key,
        user: user.id,
        verified: user.password.clone(),
        expires_at: at(7 * DAY),
        ends_at: at(30 * DAY),
        replaces: None,
        limit: 1_000,
        client: Client::default(),
    }
}

/// An advance from this generation, however recently the session was rotated.
pub(crate) fn advance(key: SessionKey, generation: u32) -> Rotation {
    Rotation { key, generation, parent: generation, settled_by: Timestamp::MAX, expires_at: at(8 * DAY) }
}

/// The first page of all accounts, of this size.
pub(crate) fn first(limit: u32) -> AccountQuery {
    AccountQuery { limit, ..AccountQuery::default() }
}

/// Creates these users, with a password each; all must be new.
pub(crate) async fn create_all<H: Managed>(stage: &Stage<H>, users: &[User]) {
    let accounts: Vec<_> =
        users.iter().map(|user| Credentials { user: user.clone(), password: Some(hash("first")) }).collect();
    let told = stage.create(accounts).await;
    assert_eq!(told.len(), users.len(), "each account is told of");
    assert!(told.iter().all(|creation| *creation == Creation::Created), "all are created");
}

/// All pages that begin with this one, one after the other.
pub(crate) async fn pages<H: Managed>(stage: &Stage<H>, first: AccountQuery) -> Vec<User> {
    let mut query = first;
    let mut users = Vec::new();
    loop {
        let page = stage.accounts(query.clone()).await;
        assert!(page.len() <= query.limit as usize, "a page keeps to its limit");
        let Some(last) = page.last() else { return users };
        query.after = Some(Cursor::after(last));
        users.extend(page);
        assert!(users.len() <= 10_000, "a list comes to its end");
    }
}

/// A session's row in a form that can be compared and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) id: SessionId,
    pub(crate) user: UserId,
    pub(crate) secret: [u8; 32],
    pub(crate) generation: u32,
    pub(crate) parent: Option<u32>,
    pub(crate) rotated_at: Option<Timestamp>,
    pub(crate) expires_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

impl Facts {
    /// What a session must be right after this opening.
    pub(crate) fn of(opening: &Opening) -> Self {
        Self {
            id: opening.key.id,
            user: opening.user,
            secret: *opening.key.secret.as_bytes(),
            generation: 0,
            parent: None,
            rotated_at: None,
            expires_at: opening.expires_at,
            ends_at: opening.ends_at,
            ended_at: None,
        }
    }
}

impl From<&Session> for Facts {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id,
            user: session.user_id,
            secret: *session.secret.as_bytes(),
            generation: session.generation,
            parent: session.parent,
            rotated_at: session.rotated_at,
            expires_at: session.expires_at,
            ends_at: session.ends_at,
            ended_at: session.ended_at,
        }
    }
}

/// A store on the stage: each verb takes its arguments by value and insists on an answer, so that
/// its future can be awaited in place or sent into a race.
pub(crate) struct Stage<H> {
    harness: Arc<H>,
}

impl<H: Harness> Stage<H> {
    pub(crate) fn new(harness: H) -> Self {
        Self { harness: Arc::new(harness) }
    }

    /// The first admin, created through the front door.
    pub(crate) async fn admin(&self) -> NewUser {
        let admin = person(1);
        assert_eq!(self.create_first_admin(admin.clone()).await, FirstAdmin::Created);
        admin
    }

    /// One more person, put in through the back door.
    pub(crate) async fn someone(&self, number: u16) -> NewUser {
        let someone = person(number);
        self.put(&user(&someone), Some(&someone.password)).await;
        someone
    }

    /// Puts a user in through the back door.
    pub(crate) async fn put(&self, user: &User, password: Option<&PasswordHash>) {
        self.harness.put_user(user, password).await;
    }

    /// Puts this person out of use through the back door; their sessions are not told.
    pub(crate) async fn put_out_of_use(&self, new: &NewUser, then: Timestamp) {
        self.put(&User { disabled_at: Some(then), ..user(new) }, Some(&new.password)).await;
    }

    /// Gives this person another hash through the back door; their sessions are not told.
    pub(crate) async fn put_hash(&self, new: &NewUser, hash: &PasswordHash) {
        self.put(&user(new), Some(hash)).await;
    }

    /// A session of this person, just opened.
    pub(crate) async fn session(&self, user: &NewUser, number: u16) -> SessionKey {
        let key = key(number);
        assert_eq!(self.open(opening(user, key), NOW).await, Opened::Opened);
        key
    }

    /// The session's row, which must be there.
    pub(crate) async fn row(&self, key: SessionKey) -> Facts {
        Facts::from(&self.find(key.id).await.expect("the session is there").session)
    }

    pub(crate) async fn end_reason(&self, key: SessionKey) -> Option<EndReason> {
        self.harness.end_reason(key.id).await
    }

    /// Insists that the session was ended for this reason, then.
    pub(crate) async fn assert_ended(&self, key: SessionKey, why: EndReason, then: Timestamp) {
        assert_eq!(self.row(key).await.ended_at, Some(then), "the session has ended, and then");
        assert_eq!(self.end_reason(key).await, Some(why), "the reason is kept");
    }

    /// Insists that the session has not been ended.
    pub(crate) async fn assert_not_ended(&self, key: SessionKey) {
        assert_eq!(self.row(key).await.ended_at, None, "the session goes on");
        assert_eq!(self.end_reason(key).await, None, "there is no reason for an end");
    }
}

macro_rules! verbs {
    ([$($bound:tt)+] $($verb:ident($($argument:ident: $type:ty as $pass:expr),*) -> $answer:ty;)*) => {
        impl<H: $($bound)+> Stage<H> {$(
            pub(crate) fn $verb(
                &self,
                $($argument: $type),*
            ) -> impl Future<Output = $answer> + Send + use<H> {
                let harness = Arc::clone(&self.harness);
                async move { harness.store().$verb($($pass),*).await.expect(ANSWERED) }
            }
        )*}
    };
}

verbs! { [Harness]
    any_user() -> bool;
    credentials(email: Email as &email) -> Option<Credentials>;
    rehash(user: UserId as user, old: PasswordHash as &old, new: PasswordHash as &new) -> bool;
    open(opening: Opening as &opening, now: Timestamp as now) -> Opened;
    rotate(rotation: Rotation as &rotation, now: Timestamp as now) -> Option<SessionRecord>;
    find(id: SessionId as id) -> Option<SessionRecord>;
    end(key: SessionKey as &key, why: EndReason as why, now: Timestamp as now) -> Option<UserId>;
    sweep(before: Timestamp as before, limit: u32 as limit) -> u64;
}

verbs! { [Managed]
    create(accounts: Vec<Credentials> as &accounts) -> Vec<Creation>;
    account(id: UserId as id) -> Option<Credentials>;
    accounts(query: AccountQuery as &query) -> Vec<User>;
    change(id: UserId as id, change: Change as &change, now: Timestamp as now) -> Changed;
    replace_password(replacement: Replacement as &replacement, now: Timestamp as now) -> Replaced;
    delete(id: UserId as id) -> Deletion;
    live_sessions(user: UserId as user, now: Timestamp as now) -> Vec<LiveSession>;
    end_one(user: UserId as user, id: SessionId as id, why: EndReason as why, now: Timestamp as now) -> bool;
    end_all(
        user: UserId as user,
        except: Option<SessionId> as except,
        why: EndReason as why,
        now: Timestamp as now
    ) -> u64;
}

impl<H: Harness> Stage<H> {
    pub(crate) fn create_first_admin(
        &self,
        user: NewUser,
    ) -> impl Future<Output = FirstAdmin> + Send + use<H> {
        let harness = Arc::clone(&self.harness);
        async move { harness.store().create_first_admin(&user, NOW).await.expect(ANSWERED) }
    }
}
