//! `MemoryStore`, the reference, keeps every promise.

use auth_core::MemoryStore;

async fn fresh() -> MemoryStore {
    MemoryStore::new()
}

auth_conformance::store_tests!(fresh);
auth_conformance::managed_store_tests!(fresh);
