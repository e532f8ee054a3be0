//! What the promises are played with: people, hashes, keys, and the store's verbs in short.

mod counts;
mod facts;
mod props;
mod record;

use std::sync::Arc;

use auth_core::store::{
    AccountStore, Change, Changed, Creation, Deletion, Feed, FeedPlace, FirstAdmin, Opened, Opening,
    Replaced, Replacement, RevocationStore, Rotation, SessionKey, SessionListStore, SessionStore, UserStore,
};
use auth_core::{
    AccountQuery, Credentials, Cursor, Email, EndReason, LiveSession, NewUser, PasswordHash, SessionId,
    SessionRecord, Timestamp, User, UserId,
};

use crate::harness::{Harness, Managed};
use crate::race::{RACES, all_at_once};

pub(crate) use counts::{Counts, FREE, counted, granted, on_device, place, unknown, wrong};
pub(crate) use facts::Facts;
pub(crate) use props::{
    NOW, account, advance, at, demoting, disabling, enabling, first, hash, just_after, just_before, key,
    opening, person, plain_user, replacement, user, with_another_secret, with_password,
};
pub(crate) use record::{Record, event, event_id, latest, sitting, victim};

const ANSWERED: &str = "the store does its work without an error";

/// A store on the stage: each verb takes its arguments by value and insists on an answer, so that
/// its future can be awaited in place or sent into a race.
pub(crate) struct Stage<H> {
    harness: Arc<H>,
}

impl<H: Harness> Stage<H> {
    pub(crate) fn new(harness: H) -> Self {
        Self { harness: Arc::new(harness) }
    }

    /// Asks something of the store many times at once, so that its connections are open: a store
    /// that opens them when they are first needed would start its first race with one.
    pub(crate) async fn warm_up(&self) {
        all_at_once((0..8).map(|_| self.any_user())).await;
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
        assert!(self.open(opening(user, key), NOW).await.is_opened());
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

verbs! { [Managed<Store: RevocationStore>]
    revoked_since(place: FeedPlace as place, limit: u32 as limit) -> Feed;
    sweep_revocations(before: Timestamp as before, limit: u32 as limit) -> u64;
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

/// A store whose connections are open, with a person for each race, who has a password.
pub(crate) async fn crowded<H: Managed>(harness: H) -> Stage<H> {
    let stage = Stage::new(harness);
    stage.warm_up().await;
    let told = stage.create((0..RACES).map(account).collect()).await;
    assert!(told.iter().all(|creation| *creation == Creation::Created), "all are created");
    stage
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
