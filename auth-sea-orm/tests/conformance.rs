//! Every promise of a store, and the rotation protocol under random schedules, on each database.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop at the first surprise")]

mod common;

mod sqlite_file {
    auth_conformance::store_tests!(super::common::sqlite_file);
    auth_conformance::managed_store_tests!(super::common::sqlite_file);
    auth_conformance::throttle_store_tests!(super::common::sqlite_file);
    auth_conformance::event_store_tests!(super::common::sqlite_file);
    auth_conformance::revocation_store_tests!(super::common::sqlite_file);
}

mod sqlite_memory {
    auth_conformance::store_tests!(super::common::sqlite_memory);
    auth_conformance::managed_store_tests!(super::common::sqlite_memory);
    auth_conformance::throttle_store_tests!(super::common::sqlite_memory);
    auth_conformance::event_store_tests!(super::common::sqlite_memory);
    auth_conformance::revocation_store_tests!(super::common::sqlite_memory);
}

mod postgres {
    auth_conformance::store_tests!(super::common::postgres);
    auth_conformance::managed_store_tests!(super::common::postgres);
    auth_conformance::throttle_store_tests!(super::common::postgres);
    auth_conformance::event_store_tests!(super::common::postgres);
    auth_conformance::revocation_store_tests!(super::common::postgres);
}

/// Each promise once more, on connections that change with each transaction.
mod behind_a_pooler {
    auth_conformance::store_tests!(super::common::pooled);
    auth_conformance::managed_store_tests!(super::common::pooled);
    auth_conformance::revocation_store_tests!(super::common::pooled);
}

mod schedules {
    use auth_conformance::schedules;

    use super::common;

    const CASES: u32 = 16;

    #[test]
    fn honest_sessions_live_on_in_sqlite() {
        schedules::honest_sessions_live_on(common::sqlite_file, CASES);
    }

    #[test]
    fn honest_sessions_live_on_in_postgres() {
        schedules::honest_sessions_live_on(common::postgres, CASES);
    }

    #[test]
    fn owner_and_thief_part_in_sqlite() {
        schedules::owner_and_thief_part(common::sqlite_file, CASES);
    }

    #[test]
    fn owner_and_thief_part_in_postgres() {
        schedules::owner_and_thief_part(common::postgres, CASES);
    }

    #[test]
    fn every_answer_follows_the_table_in_sqlite() {
        schedules::every_answer_follows_the_table(common::sqlite_file, CASES);
    }

    #[test]
    fn every_answer_follows_the_table_in_postgres() {
        schedules::every_answer_follows_the_table(common::postgres, CASES);
    }
}
