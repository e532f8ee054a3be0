//! What can be wrong with a store that keeps events, and which promise catches it.

use crate::caught;

caught! {
    an_append_that_overwrites: AppendOverwrites by event_list::an_event_that_is_there_stays_as_it_is;
    an_append_of_all_or_nothing: AppendAllOrNothing by event_list::an_event_that_is_there_stays_as_it_is;
    an_append_one_by_one: AppendOneByOne by event_list::a_batch_is_kept_in_one_step;
    an_append_without_the_request: AppendForgetsTheRequest by
        event_list::an_event_is_kept_as_it_is,
        event_list::every_kind_and_every_cause_is_kept,
        event_list::ids_of_any_bytes_are_kept;
    an_append_of_small_numbers: AppendIn32Bits by event_list::strange_events_are_kept;
    a_list_of_events_the_oldest_first: EventsOldestFirst by
        event_list::the_latest_event_comes_first,
        event_list::a_page_of_events_keeps_to_its_limit;
    a_list_of_events_by_time: EventsByTimeAlone by
        event_list::the_latest_event_comes_first,
        event_list::pages_of_events_put_together_are_the_list;
    a_page_with_its_place: EventsIncludeTheCursor by event_list::a_page_of_events_keeps_to_its_limit;
    a_page_that_skips_a_moment: EventsSkipTheMillisecond by
        event_list::pages_of_events_put_together_are_the_list;
    filters_that_add_up: EventsByEitherFilter by event_filters::filters_count_together;
    a_time_that_begins_too_late: EventsSinceExclusive by event_filters::events_of_a_time_are_found;
    a_time_that_ends_too_late: EventsUntilInclusive by event_filters::events_of_a_time_are_found;
    a_session_by_its_name_alone: EventsNamedAlone by
        event_sessions::what_ended_a_session_unnamed_is_found,
        event_sessions::what_comes_after_a_login_goes_by_the_ids,
        event_sweep::a_swept_login_leaves_what_names_its_session;
    a_session_from_before_its_login: EventsBeforeTheLogin by
        event_sessions::what_ended_a_session_unnamed_is_found,
        event_sessions::what_comes_after_a_login_goes_by_the_ids;
    a_session_of_anyone: EventsOfAnyone by
        event_sessions::what_ended_another_users_sessions_is_not_found,
        event_sessions::a_session_without_a_login_has_its_own_events_alone;
    an_event_that_is_listed_twice: EventsListedTwice by
        event_sessions::the_story_of_a_session_comes_in_pages_and_filtered;
    a_sweep_of_events_that_goes_too_far: EventsSweptInclusive by
        event_sweep::a_sweep_deletes_what_happened_before;
    a_sweep_of_events_without_a_limit: EventsSweptWithoutLimit by
        event_sweep::a_sweep_of_events_keeps_to_its_limit;
    a_sweep_of_events_that_tells_what_it_saw: EventsSweptInTwoSteps by
        event_sweep::sweeps_of_events_at_once_delete_each_once;
    filters_that_are_not_looked_at: EventsUnfiltered by
        event_filters::events_of_a_user_are_found,
        event_filters::events_about_an_address_are_found,
        event_filters::events_of_a_kind_are_found;
    a_session_from_its_login_on: EventsFromTheLoginOn by event_sessions::the_events_of_a_session_are_found;
    a_time_that_wraps: EventsBoundsWrap by event_filters::the_ends_of_time_bound_nothing;
    an_append_of_nothing_that_fails: AppendOfNothingFails by event_list::an_empty_record_tells_nothing;
    an_append_that_looks_and_then_writes: AppendInTwoSteps by event_list::batches_at_once_keep_each_event_once;
    an_append_of_a_thousand: AppendStopsAtAThousand by event_list::a_batch_of_thousands_is_kept;
}
