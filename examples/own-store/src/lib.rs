//! A store of one's own: people in a `Vec`, each with a `Vec` of their sessions.
//!
//! Two traits make a store, `UserStore` (in `people.rs`) and `SessionStore` (in `visits.rs`). That
//! is all that logging in and staying so takes: the two for managing accounts, `AccountStore` and
//! `SessionListStore`, are left out here, and nothing misses them until somebody calls a verb that
//! needs them, which then does not compile.
//! What they ask of us is *atomicity*: a verb such as "create the first admin if there is no
//! user" must look and write in one go, because another request may come between the two.
//!
//! Here that is easy. Everything is behind one lock, [`Notebook::open`] takes it, and each verb
//! takes it once, before it looks, and gives it back when it returns, after it wrote. In a
//! database the same is one `UPDATE … WHERE …`, or one transaction. What is never right is to
//! look, to `await` something, and to write what was true before.
//!
//! `tests/conformance.rs` lets the crate `auth-conformance` check all of it.

mod people;
mod visits;

use std::sync::{Arc, Mutex, MutexGuard};

use auth_core::store::SessionKey;
use auth_core::{EndReason, PasswordHash, Session, SessionId, Timestamp, User, UserId};

/// The store. A clone is another handle to the same notebook.
#[derive(Clone, Debug, Default)]
pub struct Notebook {
    pages: Arc<Mutex<Vec<Page>>>,
}

/// One person, and all the times they logged in.
#[derive(Debug)]
struct Page {
    user: User,
    password: Option<PasswordHash>,
    visits: Vec<Visit>,
}

/// One session, when it began, and why it was ended.
#[derive(Debug)]
struct Visit {
    session: Session,
    began_at: Timestamp,
    ended_because: Option<EndReason>,
}

impl Notebook {
    /// An empty notebook.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes a person in, or over the one with the same id, without a question: for imports and
    /// for the tests.
    pub fn write_in(&self, user: User, password: Option<PasswordHash>) {
        let mut pages = self.open();
        match pages.iter_mut().find(|page| page.user.id == user.id) {
            Some(page) => (page.user, page.password) = (user, password),
            None => pages.push(Page { user, password, visits: Vec::new() }),
        }
    }

    /// Why a session was ended, if it was.
    pub fn ended_because(&self, id: SessionId) -> Option<EndReason> {
        self.open().iter().flat_map(|page| &page.visits).find(|visit| visit.session.id == id)?.ended_because
    }

    /// Opens the notebook; whoever else wants to waits until the guard is dropped.
    ///
    /// The lock is the standard library's, not an async one, because nothing is awaited under it.
    fn open(&self) -> MutexGuard<'_, Vec<Page>> {
        self.pages.lock().expect("no verb panics while it has the notebook open")
    }
}

/// The page of this person.
fn page_of(pages: &mut [Page], user: UserId) -> Option<&mut Page> {
    pages.iter_mut().find(|page| page.user.id == user)
}

/// The page and the visit that a refresh token proves. Where the secret differs, it is another
/// session that is meant, so there is none.
fn visit_of<'a>(pages: &'a mut [Page], key: &SessionKey) -> Option<(&'a User, &'a mut Visit)> {
    for Page { user, visits, .. } in pages {
        if let Some(visit) = visits.iter_mut().find(|visit| visit.session.id == key.id) {
            return visit.session.secret.same_as(&key.secret).then_some((&*user, visit));
        }
    }
    None
}

impl Visit {
    /// Ends it, unless it has ended before: the first end stays. Says whether it did.
    fn end(&mut self, why: EndReason, now: Timestamp) -> bool {
        if self.session.ended_at.is_some() {
            return false;
        }
        self.session.ended_at = Some(now);
        self.ended_because = Some(why);
        true
    }
}
