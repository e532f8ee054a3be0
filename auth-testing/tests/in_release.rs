//! What the kit does where it must not be: `.ci/features` runs this without debug assertions, too.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use auth_testing::{CountingEntropy, TestClock, TestKit, cheap_hashing};

#[test]
fn a_build_without_debug_assertions_gets_nothing_that_protects_nobody() {
    let all: [(&str, fn()); 4] = [
        ("TestKit", || drop(TestKit::new())),
        ("TestClock", || drop(TestClock::new())),
        ("CountingEntropy", || drop(CountingEntropy::default())),
        ("cheap_hashing", || assert!(cheap_hashing().queue > 0)),
    ];
    for (what, use_it) in all {
        let outcome = catch_unwind(AssertUnwindSafe(use_it));
        if cfg!(any(debug_assertions, feature = "insecure-in-release")) {
            assert!(outcome.is_ok(), "{what}");
        } else {
            let text = *outcome.unwrap_err().downcast::<String>().unwrap();
            assert!(text.contains("protects nobody") && text.contains("insecure-in-release"), "{text}");
        }
    }
}
