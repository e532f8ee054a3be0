//! What can be wrong with a store that counts wrong passwords, and which promise catches it.

use crate::caught;

caught! {
    a_place_that_looks_and_then_writes: PlaceInTwoSteps by
        throttle_races::of_two_hundred_at_once_only_the_free_are_granted,
        throttle_races::of_fifty_beyond_the_free_one_is_granted,
        throttle_races::of_fifty_after_a_lease_one_is_granted,
        throttle_races::the_most_hold_however_many_try_at_once;
    a_place_beyond_the_most: PlaceBeyondTheMost by
        reservations::beyond_the_most_there_is_no_place,
        forgetting::a_forgotten_account_is_free_again;
    a_place_before_its_time: PlaceBeforeItOpens by reservations::an_attempt_waits_until_the_count_opens;
    a_place_beside_others: PlaceBesideOthers by
        reservations::free_attempts_are_granted_side_by_side,
        reservations::beyond_the_free_ones_attempts_come_one_at_a_time;
    a_place_that_is_never_given_up: PlaceWithoutALease by
        reservations::an_attempt_that_nobody_settles_counts_as_a_wrong_one;
    a_place_with_the_first_lease: PlaceKeepsTheFirstLease by reservations::each_attempt_renews_the_lease;
    a_place_of_any_device: PlaceOfAnyDevice by
        reservations::every_account_and_every_device_counts_apart,
        reservations::keys_of_any_bytes_are_told_apart,
        settlements::a_settlement_concerns_its_own_count;
    a_free_place_that_waits: PlaceOfTheFreeWaits by reservations::free_attempts_do_not_wait;
    a_place_where_nobody_has_one: PlaceForNobody by reservations::where_nobody_may_try_nobody_is_counted;
    a_refusal_that_renews_the_lease: RefusalRenewsTheLease by
        reservations::a_refusal_writes_nothing,
        forgetting::a_sweep_goes_by_the_last_touch;
    a_postponement_that_moves_back: PostponesBack by
        settlements::an_attempt_can_hold_others_up_before_it_is_judged;
    an_opening_that_moves_back: WrongMovesBack by
        settlements::the_opening_moves_ahead_and_never_back,
        throttle_races::of_settlements_at_once_none_is_lost;
    a_settlement_of_what_was_forgotten: WrongAfterForgetting by forgetting::what_was_forgotten_stays_forgotten;
    an_unjudged_attempt_that_counts: UnjudgedStaysCounted by
        settlements::an_attempt_that_was_not_judged_is_counted_no_more;
    a_success_on_one_device: RightOfOneDevice by settlements::the_right_password_starts_the_account_anew;
    a_success_without_stragglers: RightForgetsStragglers by
        settlements::stragglers_of_a_success_stay_counted,
        settlements::the_right_password_opens_the_count,
        throttle_races::a_success_loses_no_attempt_that_comes_with_it;
    a_success_of_everyone: RightOfEveryone by settlements::the_right_password_starts_the_account_anew;
    a_settlement_that_saves_what_it_read: SettlementInTwoSteps by
        throttle_races::of_settlements_at_once_none_is_lost;
    a_settlement_below_zero: SettlementBelowZero by settlements::no_count_falls_below_zero;
    one_device_forgotten: ForgetsOneDevice by
        forgetting::all_counts_of_an_account_are_forgotten,
        forgetting::forgetting_says_whether_anything_was_counted;
    a_sweep_of_what_counts: CountsSweptThoughKnown by forgetting::a_sweep_leaves_what_counts_for_an_account;
    a_sweep_of_counts_that_goes_too_far: CountsSweptInclusive by
        forgetting::a_sweep_deletes_what_counts_for_no_account;
    a_sweep_of_counts_without_a_limit: CountsSweptWithoutLimit by
        forgetting::a_sweep_of_counts_keeps_to_its_limit;
    a_sweep_of_counts_that_tells_what_it_saw: CountsSweptInTwoSteps by
        forgetting::sweeps_of_counts_at_once_delete_each_once;
    a_count_in_whole_seconds: CountsInSeconds by reservations::extreme_times_and_numbers_survive;
    a_place_numbered_from_zero: PlaceNumberedFromZero by
        reservations::a_count_that_is_not_there_stands_at_zero;
    a_wrong_password_that_stays_in_flight: WrongStaysInFlight by settlements::a_wrong_password_stays_counted;
    a_success_that_changes_nothing: RightStaysCounted by
        settlements::right_passwords_make_room_for_each_other;
    forgetting_that_collides: ForgettingCollides by
        throttle_races::successes_and_forgetting_at_once_do_not_hinder_each_other;
    a_sweep_that_leaves_zeros: CountsAtZeroStay by forgetting::a_sweep_deletes_what_counts_nothing;
}
