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
//! A store in which accounts can be managed gets a second list, [`managed_store_tests!`], and one that tells
//! what was revoked a third, [`revocation_store_tests!`].
//!
//! Two lists stand apart: [`throttle_store_tests!`] is for what counts wrong passwords, and
//! [`event_store_tests!`] for what keeps events. A store that does either beside its people is
//! tested in the same [`Harness`]; one that does nothing else is wrapped in [`Apart`].
//!
//! What `fresh` returns is a [`Harness`]: the store, two things the tests must do behind its back
//! (put a user in, ask why a session ended), and whatever must be dropped with it, such as a
//! temporary database. Where the store cannot be had, `fresh` says so loudly and returns `None`.
//!
//! A promise is kept on any schedule, so the races are run many times, all contenders starting
//! together on several threads. A store that passes may still have a bug that no race here met;
//! one that fails has one.
//!
//! With the feature `http`, the module `contract` and the macros `contract_tests!` and
//! `account_contract_tests!` are the same for the HTTP contract of `/api/auth/*`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod apart;
#[cfg(feature = "http")]
pub mod contract;
mod failing;
mod harness;
mod race;
pub mod schedules;
mod stage;
pub mod stores;

pub use apart::{Apart, Counting, Recording};
pub use harness::{FreshStore, Harness, Managed};
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
        $crate::store_promises! { [$crate::__store_test] $fresh }
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

/// Hands the list of all promises to a macro of the caller's: what stands behind the brackets, a
/// semicolon, then `module::promise,` for each. [`store_tests!`] is made of it.
///
/// ```
/// macro_rules! count {
///     ($($given:expr)?; $($module:ident :: $promise:ident,)*) => {
///         [$(stringify!($promise)),*].len()
///     };
/// }
///
/// assert!(auth_conformance::store_promises!([count]) > 70);
/// ```
#[macro_export]
macro_rules! store_promises {
    ([$($callback:tt)+] $($given:tt)*) => {
        $($callback)+! {
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
            passwords::a_disabled_account_says_since_when,
            passwords::a_rehash_replaces_the_hash_and_sessions_go_on,
            passwords::a_stale_rehash_changes_nothing,
            passwords::a_rehash_needs_the_user_and_their_own_hash,
            passwords::racing_rehashes_have_one_winner,
            open::a_session_opens_at_generation_zero,
            open::a_stale_hash_opens_nothing,
            open::a_disabled_user_opens_nothing,
            open::an_unknown_user_opens_nothing,
            open::an_opening_ends_the_session_it_replaces,
            open::a_refused_opening_replaces_nothing,
            open::an_opening_replaces_only_with_the_right_secret,
            open::an_opening_leaves_an_earlier_end_as_it_was,
            open::openings_at_once_may_replace_one_session,
            session_limit::an_opening_beyond_the_limit_ends_the_oldest,
            session_limit::a_lower_limit_ends_as_many_as_it_takes,
            session_limit::a_limit_of_one_leaves_the_new_session_alone,
            session_limit::the_highest_limit_ends_nothing,
            session_limit::the_oldest_is_the_earliest_login,
            session_limit::the_ended_and_the_expired_take_up_no_room,
            session_limit::a_session_in_its_last_millisecond_takes_up_room,
            session_limit::the_replaced_session_takes_up_no_room,
            session_limit::another_users_sessions_take_up_no_room,
            session_limit::a_clock_that_steps_back_ends_no_new_session,
            session_limit::sessions_of_one_millisecond_make_room_one_at_a_time,
            session_limit::a_refused_opening_makes_no_room,
            session_limit::however_many_open_at_once_the_limit_holds,
            ended::an_opening_tells_what_it_replaced,
            ended::an_opening_tells_what_the_limit_ended,
            ended::an_opening_that_ends_nothing_tells_of_nothing,
            ended::an_expired_session_that_is_replaced_is_told_of,
            ended::a_session_with_another_secret_makes_room_like_any_other,
            ended::of_openings_at_once_one_tells_of_each_end,
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

/// Lists every promise of a store that accounts can be managed in as a test, beyond those that
/// [`store_tests!`] lists for any store; takes what that takes.
///
/// ```
/// use auth_core::MemoryStore;
///
/// async fn fresh() -> MemoryStore {
///     MemoryStore::new()
/// }
///
/// auth_conformance::store_tests!(fresh);
/// auth_conformance::managed_store_tests!(fresh);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! managed_store_tests {
    ($fresh:expr) => {
        $crate::managed_store_promises! { [$crate::__store_test] $fresh }
    };
}

/// Hands the list of the promises of [`managed_store_tests!`] to a macro of the caller's, as
/// [`store_promises!`] does with those of any store.
#[macro_export]
macro_rules! managed_store_promises {
    ([$($callback:tt)+] $($given:tt)*) => {
        $($callback)+! {
            $($given)*;
            accounts::an_account_is_created_as_given,
            accounts::a_strange_account_survives_its_creation,
            accounts::a_created_account_is_a_user_like_any_other,
            accounts::a_taken_address_creates_nothing,
            accounts::a_taken_id_creates_nothing,
            accounts::a_taken_address_is_told_before_a_taken_id,
            accounts::a_batch_tells_what_became_of_each,
            accounts::of_two_in_one_batch_the_first_is_created,
            accounts::a_refused_account_is_not_taken_for_another_of_its_id,
            accounts::a_thousand_accounts_are_created_at_once,
            accounts::an_empty_batch_creates_nobody,
            accounts::an_account_is_found_by_its_id,
            account_list::the_newest_account_comes_first,
            account_list::of_accounts_at_once_the_greatest_id_comes_first,
            account_list::the_first_admin_is_listed,
            account_list::an_empty_store_lists_nobody,
            account_list::pages_put_together_are_the_whole_list,
            account_list::a_page_keeps_to_its_limit,
            account_list::a_place_outlives_its_account,
            account_list::a_place_lies_between_two_accounts,
            account_list::a_role_lists_its_own,
            account_list::a_state_lists_its_own,
            account_list::a_changed_account_is_listed_as_it_is_now,
            account_list::only_what_was_created_is_listed,
            search::a_search_finds_the_beginning_of_an_address,
            search::a_search_finds_the_beginning_of_a_name,
            search::a_search_heeds_no_case,
            search::a_search_knows_no_wildcards,
            search::a_search_reaches_the_ends_of_the_alphabet,
            search::an_account_found_twice_is_listed_once,
            search::the_first_admin_is_found,
            search::a_renamed_account_is_found_by_its_new_name,
            search::the_longest_search_finds_its_own,
            search::a_search_among_thousands_lists_exactly_its_own,
            changes::a_name_and_a_role_change_alone,
            changes::an_empty_change_changes_nothing,
            changes::everything_can_change_at_once,
            changes::a_change_for_nobody_changes_nothing,
            changes::disabling_ends_the_users_sessions_and_no_others,
            changes::an_account_disabled_again_keeps_its_first_date,
            changes::disabling_the_disabled_ends_what_is_left,
            changes::enabling_revives_no_session,
            changes::another_password_ends_the_users_sessions,
            changes::a_user_without_a_password_can_be_given_one,
            changes::a_change_counts_the_live_only,
            last_admin::the_last_admin_is_not_demoted_or_disabled,
            last_admin::the_last_admin_can_be_changed_otherwise,
            last_admin::an_admin_beside_another_can_go,
            last_admin::a_disabled_admin_is_no_admin,
            last_admin::without_an_admin_anyone_can_be_changed,
            deletion::a_deletion_takes_the_user_and_their_sessions,
            deletion::what_a_deleted_account_had_is_free_again,
            deletion::a_deletion_of_nobody_changes_nothing,
            deletion::the_last_admin_is_not_deleted,
            deletion::an_admin_beside_another_is_deleted,
            deletion::a_disabled_admin_does_not_make_a_deletion_good,
            deletion::without_an_admin_anyone_is_deleted,
            replacements::a_replacement_ends_the_users_other_sessions,
            replacements::a_replaced_hash_opens_nothing,
            replacements::a_replacement_needs_the_verified_hash,
            replacements::a_replacement_needs_a_user_who_may_log_in,
            replacements::a_replacement_keeps_only_a_session_of_its_user,
            replacements::a_replacement_counts_the_live_only,
            live_sessions::the_latest_login_comes_first,
            live_sessions::of_logins_at_once_the_greatest_id_comes_first,
            live_sessions::only_live_sessions_of_the_user_are_listed,
            live_sessions::a_listed_session_tells_its_times,
            live_sessions::a_listed_session_tells_its_client,
            live_sessions::one_session_is_ended_by_its_id,
            live_sessions::another_users_session_is_not_ended_by_its_id,
            live_sessions::a_dead_session_is_not_ended_by_its_id,
            live_sessions::all_sessions_of_a_user_are_ended,
            live_sessions::all_sessions_but_one_are_ended,
            live_sessions::all_that_have_not_ended_are_and_the_live_are_counted,
            live_sessions::every_reason_is_kept_for_one_and_for_all,
            managed_races::two_demotions_leave_one_admin,
            managed_races::a_demotion_and_a_disabling_leave_one_admin,
            managed_races::a_demotion_and_a_deletion_leave_one_admin,
            managed_races::two_deletions_leave_one_admin,
            managed_races::two_creations_of_one_address_have_one_winner,
            managed_races::two_batches_create_each_address_once,
            managed_races::two_replacements_of_one_hash_have_one_winner,
            managed_races::a_rehash_never_undoes_another_password,
            managed_session_races::a_rotation_never_outlives_a_disabling,
            managed_session_races::an_opening_never_outlives_a_disabling,
            managed_session_races::a_rotation_never_outlives_another_password,
            managed_session_races::an_opening_never_outlives_another_password,
            managed_session_races::a_rotation_never_outlives_a_replacement,
            managed_session_races::an_opening_never_outlives_a_replacement,
            managed_session_races::openings_at_once_keep_to_the_limit,
            managed_session_races::openings_that_end_each_others_sessions_both_open,
            managed_session_races::an_opening_never_outlives_a_deletion,
            managed_session_races::ends_of_any_kind_have_one_winner,
            managed_faults::a_failed_password_change_is_whole_or_nothing,
            managed_faults::a_failed_creation_is_whole_or_nothing,
            managed_faults::a_failed_disabling_is_whole_or_nothing,
        }
    };
}

/// Lists every promise of a managed store that tells what was revoked as a test; takes what
/// [`managed_store_tests!`] takes.
///
/// ```
/// use auth_core::MemoryStore;
///
/// async fn fresh() -> MemoryStore {
///     MemoryStore::new()
/// }
///
/// auth_conformance::revocation_store_tests!(fresh);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! revocation_store_tests {
    ($fresh:expr) => {
        $crate::revocation_store_promises! { [$crate::__store_test] $fresh }
    };
}

/// Hands the list of the promises of [`revocation_store_tests!`] to a macro of the caller's, as
/// [`store_promises!`] does with those of any store.
#[macro_export]
macro_rules! revocation_store_promises {
    ([$($callback:tt)+] $($given:tt)*) => {
        $($callback)+! {
            $($given)*;
            revocations::every_end_of_a_session_is_told,
            revocations::every_change_of_a_user_that_counts_is_told,
            revocations::what_revokes_nothing_is_not_told,
            revocations::a_page_of_revocations_keeps_to_its_limit,
            revocations::no_revocation_at_once_is_missed,
            revocations::a_sweep_of_revocations_goes_by_their_time,
        }
    };
}

/// Lists every promise of a store that counts wrong passwords as a test; takes an async function
/// without parameters that returns a fresh one, an [`Apart`] or a [`Harness`], or an `Option` of it.
///
/// ```
/// use auth_conformance::Apart;
/// use auth_core::MemoryThrottle;
///
/// async fn fresh() -> Apart<MemoryThrottle> {
///     Apart::new(MemoryThrottle::new())
/// }
///
/// auth_conformance::throttle_store_tests!(fresh);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! throttle_store_tests {
    ($fresh:expr) => {
        $crate::throttle_store_promises! { [$crate::__store_test] $fresh }
    };
}

/// Hands the list of the promises of [`throttle_store_tests!`] to a macro of the caller's, as
/// [`store_promises!`] does with those of any store.
#[macro_export]
macro_rules! throttle_store_promises {
    ([$($callback:tt)+] $($given:tt)*) => {
        $($callback)+! {
            $($given)*;
            reservations::a_count_that_is_not_there_stands_at_zero,
            reservations::free_attempts_are_granted_side_by_side,
            reservations::free_attempts_do_not_wait,
            reservations::a_refusal_writes_nothing,
            reservations::beyond_the_free_ones_attempts_come_one_at_a_time,
            reservations::an_attempt_waits_until_the_count_opens,
            reservations::beyond_the_most_there_is_no_place,
            reservations::where_nobody_may_try_nobody_is_counted,
            reservations::an_attempt_that_nobody_settles_counts_as_a_wrong_one,
            reservations::each_attempt_renews_the_lease,
            reservations::every_account_and_every_device_counts_apart,
            reservations::keys_of_any_bytes_are_told_apart,
            reservations::extreme_times_and_numbers_survive,
            settlements::a_wrong_password_stays_counted,
            settlements::the_opening_moves_ahead_and_never_back,
            settlements::an_attempt_can_hold_others_up_before_it_is_judged,
            settlements::an_attempt_that_was_not_judged_is_counted_no_more,
            settlements::no_count_falls_below_zero,
            settlements::a_settlement_concerns_its_own_count,
            settlements::the_right_password_starts_the_account_anew,
            settlements::the_right_password_opens_the_count,
            settlements::stragglers_of_a_success_stay_counted,
            settlements::right_passwords_make_room_for_each_other,
            forgetting::all_counts_of_an_account_are_forgotten,
            forgetting::forgetting_says_whether_anything_was_counted,
            forgetting::a_forgotten_account_is_free_again,
            forgetting::what_was_forgotten_stays_forgotten,
            forgetting::a_sweep_deletes_what_counts_for_no_account,
            forgetting::a_sweep_leaves_what_counts_for_an_account,
            forgetting::a_sweep_deletes_what_counts_nothing,
            forgetting::a_sweep_goes_by_the_last_touch,
            forgetting::a_sweep_of_counts_keeps_to_its_limit,
            forgetting::sweeps_of_counts_at_once_delete_each_once,
            throttle_races::of_two_hundred_at_once_only_the_free_are_granted,
            throttle_races::of_fifty_beyond_the_free_one_is_granted,
            throttle_races::of_fifty_after_a_lease_one_is_granted,
            throttle_races::the_most_hold_however_many_try_at_once,
            throttle_races::of_settlements_at_once_none_is_lost,
            throttle_races::a_success_loses_no_attempt_that_comes_with_it,
            throttle_races::successes_and_forgetting_at_once_do_not_hinder_each_other,
        }
    };
}

/// Lists every promise of a store that keeps events as a test; takes an async function without
/// parameters that returns a fresh one, an [`Apart`] or a [`Harness`], or an `Option` of it.
///
/// ```
/// use auth_core::MemoryStore;
///
/// async fn fresh() -> MemoryStore {
///     MemoryStore::new()
/// }
///
/// auth_conformance::event_store_tests!(fresh);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! event_store_tests {
    ($fresh:expr) => {
        $crate::event_store_promises! { [$crate::__store_test] $fresh }
    };
}

/// Hands the list of the promises of [`event_store_tests!`] to a macro of the caller's, as
/// [`store_promises!`] does with those of any store.
#[macro_export]
macro_rules! event_store_promises {
    ([$($callback:tt)+] $($given:tt)*) => {
        $($callback)+! {
            $($given)*;
            event_list::an_event_is_kept_as_it_is,
            event_list::every_kind_and_every_cause_is_kept,
            event_list::ids_of_any_bytes_are_kept,
            event_list::strange_events_are_kept,
            event_list::the_latest_event_comes_first,
            event_list::an_empty_record_tells_nothing,
            event_list::a_page_of_events_keeps_to_its_limit,
            event_list::pages_of_events_put_together_are_the_list,
            event_list::an_event_that_is_there_stays_as_it_is,
            event_list::a_batch_of_thousands_is_kept,
            event_list::a_batch_is_kept_in_one_step,
            event_list::batches_at_once_keep_each_event_once,
            event_filters::events_of_a_user_are_found,
            event_filters::events_about_an_address_are_found,
            event_filters::events_of_a_kind_are_found,
            event_filters::events_of_a_time_are_found,
            event_filters::the_ends_of_time_bound_nothing,
            event_filters::filters_count_together,
            event_sessions::the_events_of_a_session_are_found,
            event_sessions::what_ended_a_session_unnamed_is_found,
            event_sessions::what_ended_another_users_sessions_is_not_found,
            event_sessions::what_comes_after_a_login_goes_by_the_ids,
            event_sessions::a_session_without_a_login_has_its_own_events_alone,
            event_sessions::the_story_of_a_session_comes_in_pages_and_filtered,
            event_sweep::a_sweep_deletes_what_happened_before,
            event_sweep::a_sweep_of_events_keeps_to_its_limit,
            event_sweep::sweeps_of_events_at_once_delete_each_once,
            event_sweep::a_swept_login_leaves_what_names_its_session,
        }
    };
}

/// Lists every line of the HTTP contract as a test; takes an async function without parameters
/// that returns a [`Door`](contract::Door) or, where there may be none, an `Option` of one.
///
/// ```no_run
/// use auth_conformance::contract::{App, Door, Settings};
/// use bytes::Bytes;
/// use http::{Request, Response};
///
/// struct InProcess;
///
/// impl Door for InProcess {
///     type App = Routes;
///
///     async fn open(&self, settings: Settings) -> Routes {
///         // Here the routes would be built, over `settings.auth(MemoryStore::new())`.
///         let _ = settings;
///         Routes
///     }
/// }
///
/// struct Routes;
///
/// impl App for Routes {
///     async fn call(&self, _request: Request<Bytes>) -> Response<Bytes> {
///         // And here they would be called.
///         Response::new(Bytes::new())
///     }
/// }
///
/// async fn door() -> InProcess {
///     InProcess
/// }
///
/// auth_conformance::contract_tests!(door);
/// # fn main() {}
/// ```
#[cfg(feature = "http")]
#[macro_export]
macro_rules! contract_tests {
    ($door:expr) => {
        $crate::contract_lines! { [$crate::__contract_test] $door }
    };
}

#[doc(hidden)]
#[cfg(feature = "http")]
#[macro_export]
macro_rules! __contract_test {
    ($door:expr; $($module:ident :: $line:ident,)*) => {
        $(
            #[test]
            fn $line() {
                $crate::contract::check_contract($door, $crate::contract::$module::$line);
            }
        )*
    };
}

/// Hands the list of all lines of the contract to a macro of the caller's, as
/// [`store_promises!`] does with the promises of a store.
#[cfg(feature = "http")]
#[macro_export]
macro_rules! contract_lines {
    ([$($callback:tt)+] $($given:tt)*) => {
        $($callback)+! {
            $($given)*;
            bootstrap::bootstrap_creates_the_first_admin,
            bootstrap::bootstrap_works_only_once,
            bootstrap::bootstrap_is_closed_in_production,
            bootstrap::bootstrap_can_be_opened_in_production,
            bootstrap::fifty_bootstraps_at_once_create_one_admin,
            bootstrap::an_email_is_normalised,
            bootstrap::a_malformed_email_is_refused,
            bootstrap::the_longest_and_strangest_email_is_accepted,
            bootstrap::a_bad_name_is_refused,
            bootstrap::the_longest_name_is_accepted,
            bootstrap::a_bad_new_password_is_refused,
            bootstrap::a_password_needs_no_special_characters,
            bootstrap::the_shortest_password_can_be_set_higher,
            bootstrap::a_password_is_used_exactly_as_received,
            bootstrap::a_password_is_the_same_in_either_normal_form,
            bootstrap::unknown_fields_never_reach_the_record,
            bootstrap_token::the_first_admin_needs_the_token,
            bootstrap_token::a_stranger_learns_nothing_of_bodies_and_users,
            bootstrap_token::with_the_token_a_mistake_is_named,
            bootstrap_token::two_bootstrap_tokens_are_refused,
            bootstrap_token::a_token_that_nobody_asked_for_is_ignored,
            login::login_answers_with_token_user_and_cookie,
            login::the_cookie_is_secure_in_production,
            login::the_cookie_lives_as_long_as_the_session,
            login::every_login_opens_a_session_of_its_own,
            login::an_unknown_email_and_a_wrong_password_get_one_answer,
            login::login_applies_only_the_byte_limit,
            login::a_login_ends_the_session_of_the_presented_cookie,
            login::a_failed_login_leaves_the_presented_cookie_alone,
            login::a_worthless_cookie_does_not_hinder_a_login,
            refresh::the_first_refresh_rotates,
            refresh::a_refresh_needs_its_cookie,
            refresh::within_the_grace_the_current_token_answers_with_itself,
            refresh::within_the_grace_the_predecessor_leaves_the_cookie_alone,
            refresh::without_a_grace_every_refresh_rotates,
            refresh::a_lost_answer_is_made_up_for_and_leaves_an_orphan,
            refresh::a_spent_token_ends_its_session_and_no_other,
            refresh::without_late_retry_the_predecessor_ends_the_session,
            refresh::ten_tabs_may_refresh_at_once,
            refresh::every_worthless_token_gets_one_answer,
            refresh::a_mangled_token_is_worth_nothing,
            refresh::a_session_ends_at_its_longest_lifetime,
            refresh::a_refresh_ignores_its_body,
            refresh::a_refresh_refuses_an_oversized_body,
            throttle::who_guesses_too_often_has_to_wait_whether_there_is_an_account_or_not,
            throttle::a_browser_that_has_logged_in_before_is_not_kept_out,
            throttle::sessions_go_on_while_their_password_is_guessed,
            throttle::twenty_right_logins_at_once_all_succeed,
            throttle::guesses_at_once_count_one_by_one,
            logout::logout_ends_the_session_at_once,
            logout::logout_ends_no_other_session,
            logout::logout_needs_its_cookie,
            logout::a_worthless_cookie_is_cleared_all_the_same,
            logout::the_predecessor_logs_out_as_well,
            me::me_answers_with_the_user,
            me::me_needs_an_access_token,
            me::an_access_token_outlives_a_refresh,
            me::head_me_answers_without_a_body,
            check::the_check_says_who_is_asking,
            check::the_check_needs_an_access_token,
            check::the_check_refuses_whoever_lacks_what_is_asked_for,
            check::the_check_refuses_what_is_misspelt,
            check::the_check_sees_a_logout_at_once,
            bearer::the_scheme_may_be_in_any_case,
            bearer::another_scheme_is_no_bearer_token,
            bearer::two_authorization_headers_are_refused,
            bearer::a_bearer_token_that_is_none_is_refused,
            access_tokens::an_access_token_has_its_header_and_claims,
            access_tokens::every_access_token_has_an_id_of_its_own,
            access_tokens::lifetime_issuer_and_audience_can_be_set,
            access_tokens::a_wrong_signature_is_refused,
            access_tokens::another_algorithm_is_refused,
            access_tokens::another_type_is_refused,
            access_tokens::a_header_that_brings_its_own_key_is_refused,
            access_tokens::an_unknown_key_id_is_refused,
            access_tokens::a_missing_claim_is_refused,
            access_tokens::an_ill_typed_claim_is_refused,
            access_tokens::another_issuer_or_audience_is_refused,
            access_tokens::a_token_out_of_its_time_is_refused,
            access_tokens::a_token_of_no_session_is_refused,
            access_tokens::an_oversized_token_is_refused,
            bodies::another_content_type_is_refused,
            bodies::json_may_be_announced_in_any_case_and_with_parameters,
            bodies::an_encoded_body_is_refused,
            bodies::a_body_above_16_kib_is_refused,
            bodies::a_body_that_is_no_json_object_is_refused,
            bodies::a_missing_empty_or_ill_typed_field_is_named,
            bodies::a_duplicate_key_is_named,
            bodies::unknown_fields_are_ignored,
            bodies::validation_comes_before_any_look_up,
            cookies::the_cookie_is_found_among_others,
            cookies::the_name_is_matched_exactly,
            cookies::the_value_is_taken_byte_for_byte,
            cookies::two_cookies_of_the_name_are_refused,
            cross_site::a_login_from_another_site_is_refused,
            cross_site::a_refresh_from_another_site_consumes_nothing,
            cross_site::a_logout_from_another_site_ends_nothing,
            cross_site::a_bootstrap_from_another_site_creates_nobody,
            cross_site::a_request_of_the_same_origin_is_answered,
            cross_site::another_port_is_another_origin,
            cross_site::me_is_answered_to_anyone_with_a_token,
            cors::only_the_exact_origin_is_trusted,
            cors::a_page_of_a_trusted_origin_is_served,
            cors::a_trusted_origin_may_read_refusals,
            cors::others_are_answered_as_ever,
            cors::a_preflight_of_a_trusted_origin_is_answered,
            cors::another_preflight_is_not_allowed,
            keys::a_secret_is_no_key_to_publish,
            keys::anyone_may_read_the_keys,
            keys::head_of_the_keys_is_get_without_a_body,
            paths::another_method_is_not_allowed,
            paths::an_unknown_path_is_not_found,
            paths::a_path_is_matched_exactly,
        }
    };
}

/// Lists every line of the contract of the account routes as a test, over the same kind of door
/// as [`contract_tests!`], which answers those routes as well.
///
/// ```no_run
/// # use auth_conformance::contract::{App, Door, Settings};
/// # use bytes::Bytes;
/// # use http::{Request, Response};
/// # struct InProcess;
/// # impl Door for InProcess {
/// #     type App = Routes;
/// #     async fn open(&self, _: Settings) -> Routes {
/// #         Routes
/// #     }
/// # }
/// # struct Routes;
/// # impl App for Routes {
/// #     async fn call(&self, _: Request<Bytes>) -> Response<Bytes> {
/// #         Response::new(Bytes::new())
/// #     }
/// # }
/// async fn door() -> InProcess {
///     InProcess
/// }
///
/// auth_conformance::contract_tests!(door);
/// auth_conformance::account_contract_tests!(door);
/// # fn main() {}
/// ```
#[cfg(feature = "http")]
#[macro_export]
macro_rules! account_contract_tests {
    ($door:expr) => {
        $crate::account_contract_lines! { [$crate::__account_contract_test] $door }
    };
}

#[doc(hidden)]
#[cfg(feature = "http")]
#[macro_export]
macro_rules! __account_contract_test {
    ($door:expr; $($module:ident :: $line:ident,)*) => {
        $(
            #[test]
            fn $line() {
                $crate::contract::check_contract($door, $crate::contract::accounts::$module::$line);
            }
        )*
    };
}

/// Hands the list of all lines of the account routes to a macro of the caller's, as
/// [`contract_lines!`] does with those of the five endpoints.
#[cfg(feature = "http")]
#[macro_export]
macro_rules! account_contract_lines {
    ([$($callback:tt)+] $($given:tt)*) => {
        $($callback)+! {
            $($given)*;
            audit::what_happened_to_someone_is_listed_the_latest_first,
            audit::why_a_session_ended_is_one_question,
            audit::events_are_paged_without_a_gap,
            audit::a_bad_query_for_events_is_refused,
            audit::no_event_holds_an_address_a_name_or_a_secret,
            unlocking::an_account_that_was_guessed_too_often_is_unlocked,
            unlocking::a_new_password_unlocks_as_well,
            unlocking::a_stranger_cannot_be_unlocked,
            own_sessions::own_sessions_are_listed_the_latest_login_first,
            own_sessions::head_sessions_answers_without_a_body,
            own_sessions::another_session_of_ones_own_can_be_ended,
            own_sessions::a_session_can_end_itself,
            own_sessions::a_strange_session_is_not_found,
            own_sessions::all_other_sessions_can_be_ended,
            own_sessions::all_sessions_can_be_ended,
            own_sessions::current_must_be_true_or_false,
            session_shape::a_session_shows_when_it_began_and_when_it_ends,
            session_shape::a_refresh_shows_as_the_last_use,
            session_shape::the_user_agent_is_what_the_login_sent,
            own_account::a_name_of_ones_own_can_be_changed,
            own_account::only_the_name_of_ones_own_can_be_changed,
            own_account::a_bad_name_of_ones_own_is_refused,
            password::a_password_of_ones_own_can_be_changed,
            password::a_password_change_ends_the_other_sessions,
            password::a_wrong_current_password_changes_nothing,
            password::a_flawed_password_is_named_by_its_field,
            password::a_changed_password_keeps_to_the_shortest_length,
            listing::the_accounts_are_listed_the_newest_first,
            listing::the_pages_together_are_the_list,
            listing::pages_stand_firm_while_the_list_changes,
            listing::a_page_has_fifty_unless_told_otherwise,
            listing::accounts_can_be_filtered,
            listing::accounts_can_be_searched,
            queries::a_bad_query_is_refused,
            queries::a_parameter_twice_is_refused,
            queries::unknown_parameters_are_ignored,
            creating::an_admin_creates_an_account,
            creating::a_new_accounts_address_is_normalised,
            creating::a_taken_address_is_refused,
            creating::a_field_of_a_new_account_is_named,
            creating::a_bad_value_of_a_new_account_is_refused,
            creating::a_new_account_keeps_to_the_shortest_length,
            creating::other_fields_of_a_new_account_are_ignored,
            changing::an_account_is_shown_to_an_admin,
            changing::a_strange_account_is_not_found,
            changing::a_change_touches_only_what_it_names,
            changing::an_admin_can_change_themselves,
            changing::an_ill_typed_change_is_refused,
            changing::a_bad_change_is_refused,
            changing::a_disabled_account_cannot_log_in,
            changing::an_admin_can_give_a_new_password,
            deleting::a_deleted_account_is_gone,
            deleting::a_deleted_accounts_address_is_free,
            deleting::an_admin_can_delete_themselves,
            last_admin::the_last_admin_stays,
            last_admin::only_an_enabled_admin_counts,
            last_admin::one_of_two_admins_may_go,
            last_admin::the_last_admin_may_change_otherwise,
            their_sessions::an_admin_sees_the_sessions_of_an_account,
            their_sessions::an_account_without_sessions_has_an_empty_list,
            their_sessions::an_admin_ends_a_session,
            their_sessions::an_admin_ends_all_sessions_of_an_account,
            their_sessions::a_session_is_found_only_under_its_own_account,
            their_sessions::an_admin_can_end_the_session_that_asks,
            at_once::a_disabled_account_is_out_at_once,
            at_once::a_deleted_account_is_out_at_once,
            at_once::another_role_counts_at_once,
            at_once::a_password_from_an_admin_ends_all_sessions,
            at_once::a_password_from_its_owner_ends_the_others,
            at_once::an_ended_session_is_out_at_once,
            at_once::another_name_ends_no_session,
            authorization::everyone_gets_what_the_table_says,
            order::a_place_allows_exactly_its_methods,
            order::a_path_beside_them_is_not_found,
            order::the_first_thing_that_is_wrong_is_the_answer,
            order::a_strange_id_is_told_only_to_those_who_may_ask,
            order::two_tokens_change_nothing,
            order::only_the_header_carries_a_token,
            cross_site::a_change_from_another_site_is_refused,
            cross_site::a_change_from_the_same_origin_is_answered,
            cross_site::lists_are_answered_to_anyone_with_a_token,
            cors::each_route_is_for_pages_of_trusted_origins,
            cors::a_preflight_is_told_the_methods_of_each_place,
            bodies::an_account_body_must_be_announced_as_json,
            bodies::an_account_body_above_16_kib_is_refused,
            bodies::an_account_body_must_be_a_json_object,
            bodies::a_key_of_an_account_body_twice_is_refused,
            bodies::a_delete_ignores_its_body,
            roles::a_role_that_does_not_exist_is_refused,
            roles::a_role_can_be_added,
            session_limit::one_login_too_many_ends_the_oldest_session,
            session_limit::only_live_sessions_count,
            session_limit::there_may_be_one_session_only,
            session_limit::logins_at_once_keep_to_the_limit,
            admin_races::the_last_two_admins_cannot_step_down_at_once,
            admin_races::the_last_two_admins_cannot_demote_each_other_at_once,
            admin_races::the_last_two_admins_cannot_disable_each_other_at_once,
            admin_races::the_last_two_admins_cannot_delete_each_other_at_once,
            races::creations_of_one_address_have_one_winner,
            races::no_refresh_outlives_a_disabling,
            races::no_refresh_outlives_a_password_change,
            races::no_login_outlives_a_password_change,
            races::password_changes_at_once_have_one_winner,
        }
    };
}
