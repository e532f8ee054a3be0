//! What can be wrong with a store that accounts can be managed in, and which promise catches it.

use crate::caught;

caught! {
    a_creation_that_looks_and_then_writes: CreationInTwoSteps by
        managed_races::two_creations_of_one_address_have_one_winner,
        managed_races::two_batches_create_each_address_once;
    a_creation_that_overwrites: CreationOverwrites by
        accounts::a_taken_address_creates_nothing,
        accounts::a_taken_id_creates_nothing,
        accounts::a_thousand_accounts_are_created_at_once;
    a_creation_that_overlooks_its_own_batch: CreationTakesDuplicates by
        accounts::of_two_in_one_batch_the_first_is_created;
    a_creation_told_by_ids: CreationByReturnedIds by
        accounts::a_refused_account_is_not_taken_for_another_of_its_id;
    a_creation_that_tells_the_id_first: CreationTellsIdFirst by
        accounts::a_taken_address_is_told_before_a_taken_id;
    a_creation_of_all_or_nothing: CreationAllOrNothing by accounts::a_batch_tells_what_became_of_each;
    a_creation_with_a_date_of_its_own: CreationForgetsDate by
        accounts::an_account_is_created_as_given,
        accounts::a_strange_account_survives_its_creation;
    a_creation_that_enables: CreationForgetsState by accounts::an_account_is_created_as_given;
    a_last_admin_judged_too_early: LastAdminInTwoSteps by
        managed_races::two_demotions_leave_one_admin,
        managed_races::a_demotion_and_a_disabling_leave_one_admin,
        managed_races::a_demotion_and_a_deletion_leave_one_admin,
        managed_races::two_deletions_leave_one_admin;
    a_last_admin_like_any_other: LastAdminForgotten by
        last_admin::the_last_admin_is_not_demoted_or_disabled,
        last_admin::an_admin_beside_another_can_go,
        deletion::the_last_admin_is_not_deleted,
        deletion::an_admin_beside_another_is_deleted;
    a_last_admin_beside_a_disabled_one: LastAdminCountsDisabled by
        last_admin::a_disabled_admin_is_no_admin,
        deletion::a_disabled_admin_does_not_make_a_deletion_good;
    a_last_admin_who_was_none: LastAdminOfNone by
        last_admin::without_an_admin_anyone_can_be_changed,
        deletion::without_an_admin_anyone_is_deleted;
    a_last_admin_with_half_a_change: LastAdminHalfWritten by
        last_admin::the_last_admin_is_not_demoted_or_disabled;
    a_change_without_the_name: ChangeForgetsName by
        changes::a_name_and_a_role_change_alone,
        search::a_renamed_account_is_found_by_its_new_name,
        last_admin::the_last_admin_can_be_changed_otherwise;
    a_change_without_the_password: ChangeForgetsPassword by
        changes::another_password_ends_the_users_sessions,
        changes::a_user_without_a_password_can_be_given_one,
        managed_races::a_rehash_never_undoes_another_password;
    a_change_that_clears_the_password: ChangeClearsPassword by changes::an_empty_change_changes_nothing;
    a_change_for_everyone: ChangeForAll by changes::a_name_and_a_role_change_alone;
    a_change_that_ends_nothing: ChangeEndsNothing by
        changes::disabling_ends_the_users_sessions_and_no_others,
        changes::another_password_ends_the_users_sessions,
        managed_session_races::a_rotation_never_outlives_a_disabling,
        managed_session_races::a_rotation_never_outlives_another_password;
    a_change_that_ends_everyones_sessions: ChangeEndsEveryones by
        changes::disabling_ends_the_users_sessions_and_no_others,
        changes::another_password_ends_the_users_sessions,
        replacements::a_replacement_ends_the_users_other_sessions;
    a_change_that_counts_the_expired: ChangeCountsTheExpired by
        changes::a_change_counts_the_live_only,
        replacements::a_replacement_counts_the_live_only;
    a_change_that_leaves_the_expired: ChangeLeavesTheExpired by
        changes::a_change_counts_the_live_only,
        replacements::a_replacement_counts_the_live_only;
    a_change_of_role_that_ends_sessions: ChangeOfRoleEnds by changes::a_name_and_a_role_change_alone;
    a_second_date: DisablingAgainDatesAgain by changes::an_account_disabled_again_keeps_its_first_date;
    a_second_disabling_that_ends_nothing: DisablingAgainEndsNothing by
        changes::disabling_the_disabled_ends_what_is_left;
    a_disabling_that_tells_of_the_password: DisablingTellsPassword by changes::everything_can_change_at_once;
    an_enabling_that_revives: EnablingRevives by changes::enabling_revives_no_session;
    a_second_end: EndsAreOverwritten by
        changes::an_account_disabled_again_keeps_its_first_date,
        replacements::a_replacement_counts_the_live_only,
        live_sessions::all_sessions_of_a_user_are_ended;
    a_replacement_with_any_hash: ReplacementWithoutVerified by
        replacements::a_replacement_needs_the_verified_hash,
        replacements::a_replacement_needs_a_user_who_may_log_in,
        managed_races::two_replacements_of_one_hash_have_one_winner;
    a_replacement_that_looks_and_then_writes: ReplacementInTwoSteps by
        managed_races::two_replacements_of_one_hash_have_one_winner;
    a_replacement_for_the_disabled: ReplacementForTheDisabled by
        replacements::a_replacement_needs_a_user_who_may_log_in;
    a_replacement_that_ends_the_kept: ReplacementEndsTheKept by
        replacements::a_replacement_ends_the_users_other_sessions,
        managed_session_races::a_rotation_never_outlives_a_replacement;
    a_replacement_that_ends_nothing: ReplacementEndsNothing by
        replacements::a_replacement_ends_the_users_other_sessions,
        replacements::a_replacement_keeps_only_a_session_of_its_user,
        managed_session_races::an_opening_never_outlives_a_replacement;
    a_deletion_that_leaves_sessions: DeletionLeavesSessions by
        deletion::a_deletion_takes_the_user_and_their_sessions,
        deletion::what_a_deleted_account_had_is_free_again,
        managed_session_races::an_opening_never_outlives_a_deletion;
    a_deletion_of_everyones_sessions: DeletionOfEveryonesSessions by
        deletion::a_deletion_takes_the_user_and_their_sessions;
    an_opening_that_looks_and_then_writes: OpeningInTwoSteps by
        managed_session_races::an_opening_never_outlives_a_disabling,
        managed_session_races::an_opening_never_outlives_another_password,
        managed_session_races::an_opening_never_outlives_a_replacement,
        managed_session_races::an_opening_never_outlives_a_deletion;
    a_rotation_that_saves_what_it_read: RotationSavesWhatItRead by
        managed_session_races::a_rotation_never_outlives_a_disabling,
        managed_session_races::a_rotation_never_outlives_another_password,
        managed_session_races::a_rotation_never_outlives_a_replacement;
    a_rehash_that_looks_and_then_writes: RehashInTwoSteps by
        managed_races::a_rehash_never_undoes_another_password;
    a_limit_that_looks_and_then_writes: LimitInTwoSteps by
        managed_session_races::openings_at_once_keep_to_the_limit;
    a_list_with_the_oldest_first: ListOldestFirst by account_list::the_newest_account_comes_first;
    a_list_without_a_tie_break: ListForgetsTieBreak by
        account_list::of_accounts_at_once_the_greatest_id_comes_first,
        account_list::pages_put_together_are_the_whole_list;
    a_list_that_repeats_the_place: ListIncludesTheCursor by
        account_list::pages_put_together_are_the_whole_list,
        account_list::a_place_lies_between_two_accounts;
    a_list_that_skips_a_millisecond: ListSkipsTheMillisecond by
        account_list::pages_put_together_are_the_whole_list,
        account_list::a_place_lies_between_two_accounts;
    a_list_without_a_limit: ListWithoutLimit by account_list::a_page_keeps_to_its_limit;
    a_list_of_any_role: ListIgnoresRole by account_list::a_role_lists_its_own;
    a_list_of_any_state: ListIgnoresState by
        account_list::a_state_lists_its_own,
        account_list::a_changed_account_is_listed_as_it_is_now;
    a_list_that_searches_without_its_filters: ListForgetsFilterBesideSearch by
        search::a_search_among_thousands_lists_exactly_its_own;
    a_search_by_pattern: SearchTakesWildcards by search::a_search_knows_no_wildcards;
    a_search_that_heeds_case: SearchHeedsCase by
        search::a_search_finds_the_beginning_of_a_name,
        search::a_search_heeds_no_case;
    a_search_that_knows_ascii_alone: SearchFoldsAsciiOnly by search::a_search_heeds_no_case;
    a_search_in_the_middle: SearchInTheMiddle by
        search::a_search_finds_the_beginning_of_an_address,
        search::a_search_finds_the_beginning_of_a_name;
    a_search_of_addresses_alone: SearchOfAddressesAlone by
        search::a_search_finds_the_beginning_of_a_name,
        search::the_first_admin_is_found;
    a_search_that_lists_twice: SearchListsTwice by search::an_account_found_twice_is_listed_once;
    a_search_that_stops_at_a_thousand: SearchStopsAtAThousand by
        search::a_search_among_thousands_lists_exactly_its_own;
    sessions_with_the_oldest_first: LiveOldestFirst by
        live_sessions::the_latest_login_comes_first,
        live_sessions::of_logins_at_once_the_greatest_id_comes_first;
    sessions_with_the_ended: LiveListsTheEnded by live_sessions::only_live_sessions_of_the_user_are_listed;
    sessions_with_the_expired: LiveListsTheExpired by
        live_sessions::only_live_sessions_of_the_user_are_listed;
    sessions_of_everyone: LiveOfEveryone by live_sessions::only_live_sessions_of_the_user_are_listed;
    sessions_without_their_last_use: LiveForgetsTheLastUse by live_sessions::a_listed_session_tells_its_times;
    sessions_without_their_client: LiveForgetsTheClient by live_sessions::a_listed_session_tells_its_client;
    sessions_past_their_absolute_end: LiveIgnoresTheAbsoluteEnd by
        live_sessions::a_listed_session_tells_its_times;
    an_end_by_id_that_looks_and_then_writes: EndOneInTwoSteps by
        managed_session_races::ends_of_any_kind_have_one_winner;
    an_end_of_anyones_session: EndOneOfAnyone by live_sessions::another_users_session_is_not_ended_by_its_id;
    an_end_of_the_expired: EndOneOfTheExpired by live_sessions::a_dead_session_is_not_ended_by_its_id;
    an_end_of_the_excepted: EndAllEndsTheExcepted by live_sessions::all_sessions_but_one_are_ended;
    an_end_of_everyones_sessions: EndAllOfEveryone by
        live_sessions::all_sessions_of_a_user_are_ended,
        live_sessions::all_sessions_but_one_are_ended;
    an_end_that_counts_the_expired: EndAllCountsTheExpired by
        live_sessions::all_that_have_not_ended_are_and_the_live_are_counted;
    an_end_that_leaves_the_expired: EndAllLeavesTheExpired by
        live_sessions::all_that_have_not_ended_are_and_the_live_are_counted;
    an_end_without_its_reason: EndAllForgetsReason by live_sessions::every_reason_is_kept_for_one_and_for_all;
}
