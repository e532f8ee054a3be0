//! The store keeps every promise of a store.

use auth_conformance::Harness;
use auth_core::{EndReason, PasswordHash, SessionId, User};
use example_own_store::Notebook;

/// What the tests need beyond the two traits: a back door, and the store itself.
struct Fresh(Notebook);

impl Harness for Fresh {
    type Store = Notebook;

    fn store(&self) -> &Notebook {
        &self.0
    }

    async fn put_user(&self, user: &User, password: Option<&PasswordHash>) {
        self.0.write_in(user.clone(), password.cloned());
    }

    async fn end_reason(&self, id: SessionId) -> Option<EndReason> {
        self.0.ended_because(id)
    }
}

async fn fresh() -> Fresh {
    Fresh(Notebook::new())
}

auth_conformance::store_tests!(fresh);
