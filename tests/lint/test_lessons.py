"""What broke in other kiosks and must not here: each lesson on paper, touch and anonymity with the tests that hold it.

A lesson has the name under which it is told in reviews (F-K1 ...) and, here, one line of what must be true. A test that
is renamed or deleted is missed here.
"""

import ast
from typing import Final

import pytest
from tree import ROOT

_UI: Final = "tests/kiosk/ui"
_LOBBY: Final = "tests/kiosk/lobby"
_SERVER: Final = "tests/sync_server"
_SYNC: Final = "tests/kiosk/sync"
_STICK: Final = "tests/kiosk/desk/test_stick.py"

LESSONS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "F-J7": ("one touch is one number, however many events report it", (
        f"{_UI}/presenters/test_flow.py::test_two_events_of_one_touch_give_one_ticket",
        f"{_UI}/screens/test_touches.py::test_two_events_of_one_finger_give_one_ticket",
    )),
    "F-K1": ("paper after the commit; what became of it is told and kept", (
        f"{_UI}/presenters/test_visits.py::test_a_ticket_is_shown_after_it_was_recorded_and_printed_after_that",
        f"{_UI}/presenters/test_visits.py::test_paper_is_not_promised_where_none_came_out",
        f"{_UI}/presenters/test_conditions.py::test_no_paper_is_said_before_a_number_is_taken",
    )),
    "F-K2": ("a mute printer is unknown; nobody's old slip comes with a new roll", (
        "tests/kiosk/devices/test_escpos.py::test_the_state_is_what_the_printer_says",
        "tests/kiosk/devices/test_escpos.py::test_no_printer_at_all_is_unknown",
        "tests/kiosk/devices/test_escpos.py::test_paper_that_ends_within_a_slip_is_no_success_and_the_rest_never_comes",
        "tests/kiosk/devices/test_escpos.py::test_a_job_that_takes_longer_than_anybody_waits_is_given_up",
        "tests/kiosk/desk/test_desk_walk.py::test_a_slip_that_nobody_waits_for_is_dropped",
    )),
    "F-K3": ("Thai goes to paper as dots, shaped, or not at all", (
        "tests/kiosk/devices/test_slips.py::test_hard_words_keep_their_shape",
        "tests/kiosk/devices/test_slips.py::test_without_raqm_nothing_is_drawn",
        "tests/kiosk/devices/test_escpos.py::test_nothing_a_citizen_wrote_is_a_command",
        "tests/kiosk/devices/test_slips_of_hostile_text.py::test_the_printer_obeys_none_of_it",
    )),
    "F-K4": ("each call is said whole and twice, first called first said, none over another", (
        "tests/kiosk/desk/test_announcing.py::test_five_calls_in_one_second_are_five_whole_announcements",
        "tests/kiosk/test_calls_aloud.py::test_calls_are_said_by_the_machine_whole_in_order_and_not_again_after_a_restart",
        f"{_LOBBY}/test_board_page.py::test_a_board_that_may_sound_says_each_call_once_in_order",
    )),
    "F-K5": ("reconnecting and reloading call nobody again and miss nobody", (
        f"{_LOBBY}/test_board_page.py::test_a_killed_kiosk_turns_the_board_grey_and_its_return_brings_everything",
        f"{_LOBBY}/test_board_page.py::test_a_reload_shows_what_is_so_and_nothing_again",
        "tests/kiosk/desk/test_announcing.py::test_a_restarted_kiosk_says_nothing_of_before",
    )),
    "F-K6": ("the first call of a day, a recall and the last of many at once are seen and heard", (
        f"{_LOBBY}/test_board_page.py::test_a_burst_is_shown_one_after_another_and_none_is_lost",
        "tests/kiosk/desk/test_announcing.py::test_presses_are_said_in_order_the_first_and_a_recall_too",
    )),
    "F-K7": ("a board that may not sound shows it, tells it, and somebody else speaks", (
        f"{_LOBBY}/test_board_page.py::test_a_refused_board_shows_and_tells_it_until_it_is_touched",
        "tests/kiosk/desk/test_announcing.py::test_the_kiosk_and_a_board_do_not_speak_both",
        f"{_UI}/presenters/test_upkeep.py::test_a_board_is_told_when_it_was_seen_and_whether_it_sounds",
    )),
    "F-K8": ("a board shows who was called and where to go, and who did not come", (
        f"{_LOBBY}/test_board.py::test_a_call_is_said_in_both_languages_with_its_counter",
        f"{_LOBBY}/test_board.py::test_who_did_not_come_is_named_up_to_a_number",
    )),
    "F-K9": ("mouse and touch driver report one finger: one ticket, one rating", (
        f"{_UI}/screens/test_touches.py::test_two_events_of_one_finger_give_one_ticket",
        f"{_UI}/screens/test_touches.py::test_a_second_finger_touches_nothing",
        f"{_UI}/test_widgets_touch.py::test_two_fingers_are_one_press",
    )),
    "F-K10": ("no key, gesture or cloth leads out or does something", (
        f"{_UI}/screens/test_touches.py::test_no_key_leads_out",
        f"{_UI}/screens/test_touches.py::test_ten_fingers_a_pinch_and_a_long_press_lead_nowhere",
        f"{_UI}/presenters/test_upkeep.py::test_cleaning_hears_no_touch_and_ends_by_itself",
        "tests/e2e/test_escape.py::test_nothing_leads_out_and_no_word_stays",
        "tests/e2e/test_escape.py::test_staff_shut_it_down_and_only_they",
    )),
    "F-K11": ("every string on screen is shaped as its script wants, and broken between words", (
        "tests/lint/test_kv_text.py::test_kv_draws_no_text_of_its_own",
        f"{_UI}/test_text_golden.py::test_looks_as_it_did",
        f"{_UI}/test_text_layout.py::test_no_word_is_torn",
    )),
    "F-K12": ("voice and slips need no network", (
        f"{_UI}/presenters/test_aloud.py::test_unplugged_it_speaks_and_prints_all_the_same",
    )),
    "F-G2": ("no word of a complaint lies in the clear beside its sealed record", (
        f"{_UI}/screens/test_sealed_touches.py::test_a_canary_typed_at_either_door_is_in_no_file_of_the_kiosk",
        f"{_UI}/screens/test_sealed_touches.py::test_no_widget_and_no_cache_holds_a_word_of_a_complaint_afterwards",
        "tests/kiosk/desk/test_confidential.py::test_no_file_of_the_kiosk_holds_the_words_or_the_minute",
    )),
    "F-G10": ("a code that a telephone reads holds a place to look, and nobody's own digits", (
        "tests/kiosk/devices/test_slips.py::test_the_qr_code_reads_and_holds_no_code",
    )),
    "F-H1": ("programs of different age lose nothing between them", (
        "tests/kiosk/sync/test_loop.py::test_a_server_that_is_too_old_says_so_and_nothing_is_lost",
        f"{_SERVER}/test_golden.py::test_a_kind_of_the_future_is_kept_whole_and_read_after_the_update",
        f"{_SERVER}/test_golden.py::test_old_kiosk_and_old_server_go_on_together",
        f"{_SERVER}/test_ingest.py::test_a_newer_kiosk_is_told_by_name_that_this_server_is_too_old",
    )),
    "F-H2": ("no content makes a kiosk unusable: refused whole, or every screen stands", (
        f"{_SYNC}/test_bundle_attacks.py::test_no_attack_changes_what_is_on_the_screen",
        f"{_UI}/screens/test_newer_content.py::test_a_screen_stands_without_what_it_does_not_know",
        "tests/crash/test_power_cut_content.py::test_no_power_cut_leaves_half_an_edition",
    )),
    "F-H3": ("content is not rolled back, frozen unseen, mixed, or pushed out of reach", (
        f"{_SYNC}/test_bundle_attacks.py::test_no_attack_changes_what_is_on_the_screen",
        f"{_SYNC}/test_bundle_attacks.py::test_pieces_of_two_editions_never_meet",
        f"{_SYNC}/test_bundle_attacks.py::test_a_frozen_line_shows_old_content_with_its_age_never_a_blank_screen",
        f"{_SYNC}/test_key_rolls.py::test_an_edition_pushed_to_the_sky_binds_nobody_after_the_roll",
    )),
    "F-H4": ("a stick pulled out at any moment holds whole files; people are told when they may", (
        f"{_STICK}::test_pulled_out_at_every_call_it_holds_whole_files_and_a_second_try_finishes",
        "tests/kiosk/desk/test_stick_import.py::test_pulled_out_at_every_call_nothing_is_half_done",
        "tests/sync_server/test_stick_both_ways.py::test_pulled_out_at_every_call_while_the_server_writes",
        "tests/sync_server/test_stick_both_ways.py::test_pulled_out_at_every_call_while_the_server_reads",
        f"{_UI}/presenters/test_stick_page.py::test_from_choosing_to_pulling_out",
    )),
    "F-A1": ("a server restored from an older copy is sent again what it lacks, once", (
        "tests/sync_server/test_restore.py::test_the_command_restores_and_the_kiosk_sends_again",
        "tests/e2e/test_drill.py::test_destroyed_and_restored_it_is_as_if_unhurt",
        "tests/sync_server/test_pruning.py::test_bodies_go_35_days_after_a_verified_backup_and_no_earlier",
        "tests/sync_server/test_pruning.py::test_a_new_epoch_begins_the_35_days_anew",
    )),
    "F-C5": ("backed up is said of a verified backup alone; a drill destroys and restores", (
        "tests/sync_server/test_backups.py::test_only_what_the_verified_copy_holds_is_backed_up",
        "tests/sync_server/test_backups.py::test_an_unsound_copy_is_no_backup",
        "tests/sync_server/test_backups.py::test_cut_short_anywhere_it_is_whole_or_not_there",
        "tests/e2e/test_drill.py::test_destroyed_and_restored_it_is_as_if_unhurt",
    )),
    "F-B7": ("one item that cannot be read holds up no other, and is named", (
        "tests/sync_server/test_by_stick.py::test_one_spoilt_file_is_named_and_holds_up_no_other_kiosk",
    )),
    "F-L1": ("the route leaves out whom it is about", (
        "tests/kiosk/desk/test_confidential.py::test_readers_and_recovery_read_it_and_whom_it_is_about_does_not",
    )),
    "F-L2": ("who was left out never reads it, whatever they become", (
        f"{_SERVER}/test_sealed.py::test_whoever_was_left_out_never_learns_of_it_whatever_they_become",
        f"{_SERVER}/web/test_web_sealed.py::test_for_everybody_else_there_is_no_such_case",
    )),
    "F-L3": ("a note among staff reaches no citizen", (
        f"{_SERVER}/test_cases.py::test_the_bundle_gets_answers_and_never_a_note",
        f"{_SERVER}/web/test_web_cases.py::test_an_answer_and_a_note_go_to_different_places",
    )),
    "F-L5": ("a picture tells nothing but itself, by whichever way it came in", (
        "tests/shared/test_source.py::test_pictures_tell_nothing_but_themselves",
    )),
    "F-L4": ("a complaint about a person tells a day and no time", (
        "tests/kiosk/desk/test_confidential.py::test_the_record_holds_a_date_and_no_time",
        f"{_UI}/screens/test_sealed_touches.py::test_the_second_door_leaves_a_date_and_no_time_behind",
    )),
    "F-L6": ("anonymous, and known to the readers only, are two things", (
        f"{_UI}/presenters/test_sealed_visits.py::test_anonymous_and_known_to_the_readers_only_are_two_things",
    )),
    "F-L7": ("closed is not fixed: its citizen says so once in a round, and it is told", (
        f"{_UI}/presenters/test_returning.py::test_not_fixed_takes_a_reason_and_tells_by_when",
        "tests/kiosk/desk/test_returns_desk.py::test_it_is_said_once_in_a_round_and_again_in_the_next",
        f"{_SERVER}/test_returns.py::test_a_return_takes_the_case_up_again_with_a_new_deadline",
        f"{_SERVER}/reports/test_report_queries.py::test_returned_cases_are_a_share_of_those_told",
    )),
    "F-L8": ("a deadline ends on a working day of the office's own calendar", (
        "tests/shared/test_thai.py::test_deadlines",
        "tests/shared/test_thai.py::test_deadlines_end_on_working_days",
    )),
    "F-L12": ("no figure or text tells of fewer than five", (
        f"{_SERVER}/test_score.py::test_no_small_group_can_be_worked_out_from_what_is_shown",
        f"{_SERVER}/test_feedback.py::test_four_people_are_too_few_to_be_shown_and_five_are_not",
        f"{_SERVER}/test_feedback.py::test_words_of_a_rating_wait_for_five_people_and_then_for_a_decision",
        f"{_UI}/presenters/test_hall_pages.py::test_satisfaction_is_told_with_n_and_hidden_below_five",
    )),
    "F-L13": ("a code is no easier to guess for being wrong", (
        f"{_UI}/presenters/test_visits.py::test_a_code_is_hard_to_guess_only_if_its_miss_looks_like_a_hit",
        f"{_UI}/presenters/test_visits.py::test_unknown_codes_are_few_and_slow",
        f"{_UI}/presenters/test_rating_steps.py::test_codes_cannot_be_guessed_by_patience",
    )),
    "F-N9": ("nothing that somebody wrote is a command to the printer", (
        "tests/kiosk/devices/test_escpos.py::test_nothing_a_citizen_wrote_is_a_command",
        "tests/kiosk/devices/test_slips_of_hostile_text.py::test_the_printer_obeys_none_of_it",
    )),
    "F-N13": ("Thai is kept as typed, without what cannot be seen or turns a line round", (
        "tests/shared/test_thai.py::test_cleaned_text_is_harmless_and_stable",
        "tests/shared/test_thai.py::test_honest_text_is_kept_as_typed",
    )),
    "F-N8": ("text of others stays text, on every screen and slip", (
        f"{_UI}/screens/test_touches.py::test_typed_signs_are_text_and_nothing_else",
        f"{_UI}/screens/test_hostile_text.py::test_a_screen_stands_whatever_is_written_on_it",
        "tests/kiosk/devices/test_slips_of_hostile_text.py::test_it_is_drawn_within_the_paper",
    )),
}  # fmt: skip


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_is_held_by_tests_that_are_there(lesson):
    """Each test named beside a lesson exists."""
    told, held_by = LESSONS[lesson]
    assert told
    assert held_by
    for name in held_by:
        path, _, function = name.partition("::")
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert function in names, name
