//! `MemoryStore` and `MemoryThrottle`, the references, keep every promise.

use auth_conformance::Apart;
use auth_core::{MemoryStore, MemoryThrottle};

async fn fresh() -> MemoryStore {
    MemoryStore::new()
}

async fn counts() -> Apart<MemoryThrottle> {
    Apart::new(MemoryThrottle::new())
}

auth_conformance::store_tests!(fresh);
auth_conformance::managed_store_tests!(fresh);
auth_conformance::event_store_tests!(fresh);
auth_conformance::revocation_store_tests!(fresh);
auth_conformance::throttle_store_tests!(counts);
