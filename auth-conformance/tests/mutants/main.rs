//! The suite itself is put to the test: stores that are wrong in one way each, and for each the
//! promise that must catch it.

mod account_list;
mod accounts;
mod any_store;
mod counting_store;
mod counts;
mod event_store;
mod events;
mod flaw;
mod managed_store;
mod session_list;
mod sessions;
mod store;
mod users;

use flaw::Flaw;

/// Whether the promise is broken by a store with this flaw; it must be kept by one without.
macro_rules! caught {
    ($($test:ident: $flaw:ident by $($module:ident :: $promise:ident),+;)*) => {
        $(
            #[test]
            fn $test() {
                $({
                    let check = |flaw| {
                        let promise = auth_conformance::stores::$module::$promise;
                        let check = || {
                            auth_conformance::check_store(async || crate::store::Mutant::new(flaw), promise);
                        };
                        std::panic::catch_unwind(std::panic::AssertUnwindSafe(check))
                    };
                    let (module, promise) = (stringify!($module), stringify!($promise));
                    assert!(check(crate::Flaw::None).is_ok(), "{module}::{promise} is kept without a flaw");
                    // On a busy machine, a race that is run once may be none: so it is run again.
                    let broken = (0..5).any(|_| check(crate::Flaw::$flaw).is_err());
                    assert!(broken, "{module}::{promise} is broken with it");
                })+
            }
        )*

        /// The flaws with a test here.
        pub(crate) const CAUGHT: &[crate::Flaw] = &[$(crate::Flaw::$flaw),*];

        /// The promises that catch them.
        pub(crate) const BROKEN: &[&str] = &[$($(concat!(stringify!($module), "::", stringify!($promise))),+),*];
    };
}

use caught;

#[test]
fn every_flaw_is_caught() {
    for flaw in Flaw::ALL {
        let lists = [any_store::CAUGHT, managed_store::CAUGHT, counting_store::CAUGHT, event_store::CAUGHT];
        assert!(lists.iter().any(|list| list.contains(flaw)), "{flaw:?}");
    }
}

macro_rules! names {
    (; $($module:ident :: $name:ident,)*) => {
        [$(concat!(stringify!($module), "::", stringify!($name))),*]
    };
}

#[test]
fn every_promise_of_counts_and_events_and_of_what_was_ended_catches_a_flaw() {
    let lists = [any_store::BROKEN, managed_store::BROKEN, counting_store::BROKEN, event_store::BROKEN];
    let ended = auth_conformance::store_promises!([names]);
    let ended = ended.into_iter().filter(|promise| promise.starts_with("ended::"));
    let promises = ended
        .chain(auth_conformance::throttle_store_promises!([names]))
        .chain(auth_conformance::event_store_promises!([names]));
    for promise in promises {
        assert!(lists.iter().any(|list| list.contains(&promise)), "{promise}");
    }
}
