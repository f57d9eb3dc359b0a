"""Which tests show what the page was to do: each item of its acceptance list, by name."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
ITEMS = {
    "serve prints the address of the page, and --open opens it once": (
        "test_app_parts.py::test_open_opens_the_page_once_and_without_a_token",
        "test_app.py::test_a_server_prints_its_address_settings_and_providers_when_ready",
    ),
    "the command of an empty page makes a row": (
        (
            "web/ui/test_calls.py::"
            "test_the_command_of_an_empty_page_places_a_call_that_appears_at_once"
        ),
    ),
    "so does its button": (
        "web/ui/test_views.py::test_the_first_call_is_placed_by_the_page_itself",
    ),
    "a person answers, presses and hangs up: ladder and webhook follow without a reload": (
        "web/ui/test_phones.py::test_a_person_answers_presses_speaks_and_hangs_up",
    ),
    "decline, busy and no answer have their causes": (
        "web/ui/test_phones.py::test_a_person_who_does_not_talk_has_a_cause",
    ),
    "the phones of two calls do not mix": (
        "web/ui/test_phones.py::test_the_phones_of_two_calls_do_not_mix",
    ),
    "a prompt is heard after the answer only, and said words are a row": (
        "web/ui/test_phones.py::test_a_prompt_is_heard_after_the_answer",
        "web/ui/test_phones.py::test_a_person_answers_presses_speaks_and_hangs_up",
    ),
    "a recording plays": (
        "web/ui/test_phones.py::test_the_recording_of_an_ended_call_can_be_played_and_downloaded",
    ),
    "the buttons of the clock move it, and until idle ends no conversation": (
        "web/ui/test_views.py::test_the_buttons_of_the_clock_move_it",
        "web/ui/test_views.py::test_the_clock_goes_to_what_comes_next_and_until_idle",
        "web/ui/test_views.py::test_until_idle_ends_no_conversation",
    ),
    "three attempts are shown, and redelivery adds one": (
        "web/ui/test_webhooks.py::test_each_attempt_is_shown_and_redelivery_adds_one",
    ),
    "copied commands send the same bytes": (
        "web/ui/test_webhooks.py::test_a_webhook_copied_as_curl_sends_the_same_body",
        "web/ui/test_requests.py::test_a_request_copied_as_curl_sends_the_same_body_and_no_secret",
        "web/ui/test_copies.py::test_a_copied_request_sends_the_same_bytes",
        "web/ui/test_copies.py::test_a_copied_webhook_sends_the_same_bytes",
    ),
    "a refused request shows rule and what would pass, and that passes": (
        "web/ui/test_requests.py::test_a_refused_request_shows_what_would_pass_and_that_passes",
    ),
    "each sample is answered without a fault": (
        "web/ui/test_try.py::test_each_sample_of_each_operation_is_answered_without_a_fault",
    ),
    "a scenario that is active for one request plays once": (
        "web/ui/test_views.py::test_a_scenario_is_activated_once_and_plays_once",
    ),
    "every address works, Back and Esc lead back": (
        "web/ui/test_navigation.py::test_every_view_and_every_object_has_an_address",
        "web/ui/test_navigation.py::test_back_leads_through_what_was_seen_and_forward_again",
        "web/ui/test_navigation.py::test_esc_leads_from_an_object_to_its_list",
    ),
    "an unknown sandbox is told, and not created": (
        "web/ui/test_calls.py::test_an_unknown_sandbox_is_named_and_not_created",
    ),
    "a server that is gone is said; one that is back has no old rows": (
        "web/ui/test_connection.py::test_a_lost_server_is_said_and_a_new_one_is_read_anew",
    ),
    "after a reset and after a gap the list equals the control API": (
        "web/ui/test_calls.py::test_after_a_reset_the_list_is_that_of_the_new_life",
        "web/ui/test_connection.py::test_after_a_gap_the_list_is_that_of_the_control_api",
        "web/ui/test_connection.py::test_a_tab_that_was_hidden_reads_what_it_has_missed",
    ),
    "eight tabs are live": ("web/ui/test_connection.py::test_eight_tabs_are_all_live",),
    "the budget is kept at 1,000 events a second and with 10,000 calls": (
        "web/ui/test_load.py::test_a_long_list_has_few_rows_on_the_page_and_reaches_its_end",
        "web/ui/test_load.py::test_a_thousand_events_a_second_hold_up_nothing",
    ),
    "50 payloads in 16 places are only text": (
        "web/ui/test_captured_texts.py::test_every_text_from_outside_is_shown_as_text",
    ),
    "axe finds nothing serious in light, dark and narrow; nothing scrolls sideways": (
        "web/ui/test_accessibility.py::test_no_view_has_a_serious_fault_or_scrolls_sideways",
    ),
    "a call is answered by keys alone, the live region speaks, reduced motion is still": (
        "web/ui/test_phones.py::test_a_phone_is_answered_and_left_by_keys_alone",
        "web/ui/test_phones.py::test_a_ringing_phone_is_in_the_title_and_in_the_live_region",
        (
            "web/ui/test_accessibility.py::"
            "test_a_ringing_phone_stands_still_for_those_who_want_no_motion"
        ),
    ),
    "the token is in no address, log, Referer or export; other pages are refused": (
        (
            "web/ui/test_safety.py::"
            "test_the_token_of_the_fragment_leaves_the_address_and_opens_the_page"
        ),
        "web/ui/test_safety.py::test_the_token_is_in_no_log_and_in_no_export",
        "web/ui/test_safety.py::test_a_foreign_page_can_neither_frame_the_page_nor_read_it",
        "web/control/test_page.py::test_the_files_are_refused_to_a_foreign_host_and_page",
        (
            "web/control/test_page.py::"
            "test_the_policy_allows_no_inline_code_no_frame_and_no_other_host"
        ),
    ),
    "no foreign request, no inline code, under 60 kB; a file draws the same ladder": (
        "web/ui/test_files.py::test_a_chosen_file_has_the_same_ladder_as_the_live_call",
        "web/ui/test_safety.py::test_the_page_asks_no_other_host_for_anything",
        "web/control/test_page.py::test_the_shell_has_no_inline_script_or_style",
        "web/control/test_page.py::test_all_files_together_are_small",
    ),
}
"""What the page does -> the tests that show it."""


def test_the_list_has_25_items() -> None:
    assert len(ITEMS) == 25


@pytest.mark.parametrize("item", ITEMS)
def test_each_item_has_tests_that_exist(item: str) -> None:
    for name in ITEMS[item]:
        path, _, function = name.partition("::")
        tree = ast.parse((TESTS / path).read_text("utf-8"))
        assert function in [each.name for each in tree.body if isinstance(each, ast.FunctionDef)]
