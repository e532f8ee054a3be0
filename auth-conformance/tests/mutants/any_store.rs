//! What can be wrong with any store, and which promise catches it.

use crate::caught;

caught! {
    a_bootstrap_that_looks_and_then_writes: BootstrapInTwoSteps by
        bootstrap::fifty_bootstraps_have_one_winner,
        bootstrap::fifty_bootstraps_of_one_address_have_one_winner;
    a_bootstrap_that_overlooks_the_disabled: BootstrapOverlooksDisabled by bootstrap::a_disabled_user_keeps_bootstrap_shut;
    an_address_that_is_taken_for_a_pattern: CredentialsByPattern by passwords::an_unknown_address_has_no_credentials;
    a_rehash_that_looks_and_then_writes: RehashInTwoSteps by
        passwords::racing_rehashes_have_one_winner;
    a_rehash_without_its_condition: RehashWithoutOld by passwords::a_stale_rehash_changes_nothing;
    an_opening_with_any_hash: OpeningWithAnyHash by open::a_stale_hash_opens_nothing;
    an_opening_for_the_disabled: OpeningForTheDisabled by open::a_disabled_user_opens_nothing;
    an_opening_that_replaces_nothing: OpeningReplacesNothing by open::an_opening_ends_the_session_it_replaces;
    an_opening_that_replaces_too_early: OpeningReplacesFirst by open::a_refused_opening_replaces_nothing;
    a_limit_that_looks_and_then_writes: LimitInTwoSteps by session_limit::however_many_open_at_once_the_limit_holds;
    a_limit_that_counts_the_expired: LimitCountsTheExpired by session_limit::the_ended_and_the_expired_take_up_no_room;
    a_limit_that_counts_the_ended: LimitCountsTheEnded by session_limit::the_ended_and_the_expired_take_up_no_room;
    a_limit_that_counts_the_replaced: LimitCountsTheReplaced by session_limit::the_replaced_session_takes_up_no_room;
    a_limit_for_all_together: LimitCountsEveryone by session_limit::another_users_sessions_take_up_no_room;
    a_limit_that_ends_the_newest: LimitEndsTheNewest by session_limit::an_opening_beyond_the_limit_ends_the_oldest;
    a_limit_that_ends_the_idlest: LimitEndsTheIdlest by session_limit::the_oldest_is_the_earliest_login;
    a_limit_that_goes_by_ids: LimitEndsTheLeastId by session_limit::an_opening_beyond_the_limit_ends_the_oldest;
    a_limit_that_ends_the_new_one: LimitEndsTheNewOne by session_limit::a_clock_that_steps_back_ends_no_new_session;
    a_limit_that_ends_one_at_most: LimitEndsOneAtMost by session_limit::a_lower_limit_ends_as_many_as_it_takes;
    a_limit_that_allows_one_more: LimitAllowsOneMore by
        session_limit::an_opening_beyond_the_limit_ends_the_oldest,
        session_limit::a_limit_of_one_leaves_the_new_session_alone,
        session_limit::a_session_in_its_last_millisecond_takes_up_room;
    a_limit_that_ends_before_it_judges: LimitBeforeJudging by session_limit::a_refused_opening_makes_no_room;
    a_limit_without_its_reason: LimitReasonForgotten by session_limit::an_opening_beyond_the_limit_ends_the_oldest;
    a_limit_that_spares_the_forged: LimitSparesTheForged by
        ended::a_session_with_another_secret_makes_room_like_any_other;
    an_opening_that_tells_of_nothing: EndedToldToNobody by
        ended::an_opening_tells_what_it_replaced,
        ended::an_opening_tells_what_the_limit_ended,
        ended::an_expired_session_that_is_replaced_is_told_of,
        ended::of_openings_at_once_one_tells_of_each_end;
    an_opening_that_takes_all_for_its_own: EndedOfTheOpener by ended::an_opening_tells_what_it_replaced;
    an_opening_that_knows_one_reason: EndedAsReplaced by ended::an_opening_tells_what_the_limit_ended;
    an_opening_that_tells_of_what_had_ended: EndedToldAgain by
        ended::an_opening_that_ends_nothing_tells_of_nothing;
    a_rotation_that_looks_and_then_writes: RotationInTwoSteps by
        races::two_rotations_of_one_token_have_one_winner,
        races::ten_rotations_of_one_token_have_one_winner,
        races::a_hundred_rotations_of_one_token_have_one_winner,
        races::an_advance_and_a_step_past_have_one_winner;
    a_rotation_that_saves_what_it_read: RotationSavesWhatItRead by
        races::two_rotations_of_one_token_have_one_winner,
        races::a_rotation_never_undoes_an_end;
    a_rotation_of_any_generation: RotationOfAnyGeneration by
        rotate::another_generation_makes_no_step,
        races::two_rotations_of_one_token_have_one_winner;
    a_rotation_with_any_secret: RotationWithAnySecret by rotate::a_wrong_secret_makes_no_step;
    a_rotation_before_it_has_settled: RotationBeforeSettled by rotate::a_session_that_has_not_settled_makes_no_step;
    a_rotation_that_settles_too_late: RotationSettledExclusive by rotate::a_session_that_has_not_settled_makes_no_step;
    a_rotation_with_its_own_parent: RotationIgnoresParent by
        rotate::the_parent_is_kept_as_given,
        faults::a_failed_late_retry_leaves_the_token_good;
    a_rotation_past_the_absolute_end: RotationUncapped by rotate::the_sliding_end_stops_at_the_absolute_one;
    a_rotation_of_the_expired: RotationOfTheExpired by rotate::an_expired_session_makes_no_step;
    a_rotation_of_the_ended: RotationRevives by
        rotate::an_ended_session_makes_no_step,
        races::a_rotation_never_undoes_an_end;
    a_rotation_for_the_disabled: RotationForTheDisabled by rotate::a_disabled_users_session_makes_no_step;
    an_end_that_looks_and_then_writes: EndInTwoSteps by races::ends_at_once_have_one_winner;
    an_end_that_comes_twice: EndTwice by end::a_second_end_changes_nothing;
    an_end_with_any_secret: EndWithAnySecret by end::a_wrong_secret_ends_nothing;
    an_end_without_its_reason: EndForgetsReason by end::every_reason_is_kept;
    a_search_for_the_living_only: FindOnlyTheLiving by end::a_dead_session_is_found_like_a_live_one;
    a_sweep_that_stops_too_early: SweepExclusive by sweep::a_sweep_deletes_up_to_its_time;
    a_sweep_without_a_limit: SweepWithoutLimit by sweep::a_sweep_keeps_to_its_limit;
    a_sweep_of_the_ended: SweepOfTheEnded by sweep::a_sweep_leaves_the_dead_until_their_absolute_end;
    a_name_that_is_tidied_up: NamesAreComposed by fidelity::any_name_survives;
    a_time_in_whole_seconds: TimesInSeconds by fidelity::times_survive_to_the_millisecond;
}
