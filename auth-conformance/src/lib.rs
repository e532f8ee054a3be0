//! The promises of [`auth_core`]'s storage traits, and of the HTTP contract, as tests.
//!
//! Each promise is one public async function; a macro lists them all as tests. Whoever writes a
//! store says how a fresh one is made, and gets the whole list:
//!
//! ```
//! use auth_core::MemoryStore;
//!
//! async fn fresh() -> MemoryStore {
//!     MemoryStore::new()
//! }
//!
//! auth_conformance::store_tests!(fresh);
//! # fn main() {}
//! ```
//!
//! What `fresh` returns is a [`Harness`]: the store, two things the tests must do behind its back
//! (put a user in, ask why a session ended), and whatever must be dropped with it, such as a
//! temporary database. Where the store cannot be had, `fresh` says so loudly and returns `None`.
//!
//! A promise is kept on any schedule, so the races are run many times, all contenders starting
//! together on several threads. A store that passes may still have a bug that no race here met;
//! one that fails has one.
//!
//! With the feature `http`, `contract` is the same for `/api/auth/*`.

mod failing;
mod harness;
mod race;
pub mod schedules;
mod stage;
pub mod stores;

pub use harness::{FreshStore, Harness};
pub use race::check_store;

/// Lists every promise of a store as a test; takes an async function without parameters that
/// returns a fresh [`Harness`] or, where there may be none, an `Option` of one.
///
/// ```
/// use auth_core::MemoryStore;
///
/// async fn fresh() -> Option<MemoryStore> {
///     Some(MemoryStore::new())
/// }
///
/// auth_conformance::store_tests!(fresh);
/// # fn main() {}
/// ```
///
/// Each test is a plain `#[test]` with a multi-threaded runtime of its own, so that the crate
/// which lists them needs no runtime in its dependencies.
#[macro_export]
macro_rules! store_tests {
    ($fresh:expr) => {
        $crate::store_promises! { $crate::__store_test, $fresh }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __store_test {
    ($fresh:expr; $($module:ident :: $promise:ident,)*) => {
        $(
            #[test]
            fn $promise() {
                $crate::check_store($fresh, $crate::stores::$module::$promise);
            }
        )*
    };
}

/// Hands the list of all promises to a macro of the caller's, as `module::promise,` and so on,
/// after the tokens given; [`store_tests!`] is one such macro.
#[macro_export]
macro_rules! store_promises {
    ($callback:path, $($given:tt)*) => {
        $callback! {
            $($given)*;
            bootstrap::an_empty_store_has_no_user,
            bootstrap::the_first_admin_is_created_as_given,
            bootstrap::a_second_admin_is_refused_and_leaves_no_trace,
            bootstrap::the_same_admin_again_is_refused_and_replaces_nothing,
            bootstrap::a_disabled_user_keeps_bootstrap_shut,
            bootstrap::a_user_of_any_kind_keeps_bootstrap_shut,
            bootstrap::fifty_bootstraps_have_one_winner,
            bootstrap::fifty_bootstraps_of_one_address_have_one_winner,
            passwords::credentials_are_found_by_the_normalised_address,
            passwords::an_unknown_address_has_no_credentials,
            passwords::a_user_without_a_password_has_credentials_without_one,
            passwords::a_rehash_replaces_the_hash_and_sessions_go_on,
            passwords::a_stale_rehash_changes_nothing,
            passwords::a_rehash_needs_the_user_and_their_own_hash,
            passwords::racing_rehashes_have_one_winner,
            passwords::a_rehash_never_undoes_a_replacement,
            passwords::a_replacement_ends_the_users_sessions_and_no_others,
            passwords::a_replacement_leaves_earlier_ends_as_they_were,
            passwords::a_replacement_for_nobody_changes_nothing,
            passwords::a_user_without_a_password_can_be_given_one,
            disable::a_disabled_account_says_since_when,
            disable::disabling_ends_the_users_sessions_and_no_others,
            disable::an_account_disabled_again_keeps_its_first_date,
            disable::disabling_nobody_changes_nothing,
            open::a_session_opens_at_generation_zero,
            open::a_stale_hash_opens_nothing,
            open::a_disabled_user_opens_nothing,
            open::an_unknown_user_opens_nothing,
            open::an_opening_ends_the_session_it_replaces,
            open::a_refused_opening_replaces_nothing,
            open::an_opening_replaces_only_with_the_right_secret,
            open::an_opening_leaves_an_earlier_end_as_it_was,
            open::openings_at_once_may_replace_one_session,
            rotate::a_rotation_makes_exactly_its_step,
            rotate::a_rotation_returns_the_user_as_they_are_now,
            rotate::the_parent_is_kept_as_given,
            rotate::the_sliding_end_stops_at_the_absolute_one,
            rotate::a_wrong_secret_makes_no_step,
            rotate::an_unknown_session_makes_no_step,
            rotate::another_generation_makes_no_step,
            rotate::a_session_that_has_not_settled_makes_no_step,
            rotate::a_session_never_rotated_has_settled,
            rotate::an_expired_session_makes_no_step,
            rotate::a_session_past_its_absolute_end_makes_no_step,
            rotate::an_ended_session_makes_no_step,
            rotate::a_disabled_users_session_makes_no_step,
            races::two_rotations_of_one_token_have_one_winner,
            races::ten_rotations_of_one_token_have_one_winner,
            races::a_hundred_rotations_of_one_token_have_one_winner,
            races::an_advance_and_a_step_past_have_one_winner,
            races::a_rotation_never_undoes_an_end,
            races::a_rotation_never_outlives_a_disabling,
            races::a_rotation_never_outlives_a_password_replacement,
            races::an_opening_never_outlives_a_password_replacement,
            races::an_opening_never_outlives_a_disabling,
            races::ends_at_once_have_one_winner,
            end::an_end_sets_its_time_and_nothing_else,
            end::every_reason_is_kept,
            end::a_second_end_changes_nothing,
            end::a_wrong_secret_ends_nothing,
            end::a_dead_session_is_found_like_a_live_one,
            end::a_session_shows_its_user_as_they_are_now,
            sweep::a_sweep_deletes_up_to_its_time,
            sweep::a_sweep_leaves_the_dead_until_their_absolute_end,
            sweep::a_sweep_keeps_to_its_limit,
            sweep::sweeps_at_once_delete_each_session_once,
            sweep::a_swept_session_is_gone,
            fidelity::any_name_survives,
            fidelity::any_address_survives,
            fidelity::a_strange_first_admin_survives,
            fidelity::ids_and_secrets_of_any_bytes_survive,
            fidelity::any_role_survives,
            fidelity::times_survive_to_the_millisecond,
            fidelity::a_session_may_last_to_the_end_of_time,
            faults::a_failed_refresh_leaves_the_token_good,
            faults::a_failed_late_retry_leaves_the_token_good,
            faults::a_failed_logout_leaves_the_token_good,
            faults::a_failed_login_leaves_the_presented_token_good,
            faults::a_failed_bootstrap_is_whole_or_nothing,
            faults::a_bootstrap_whose_answer_was_lost_has_created_the_user,
        }
    };
}
