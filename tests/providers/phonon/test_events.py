"""Dialed numbers, reattempts, start times and the report of Phonon calls."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.behavior import PRESETS
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import (
    START,
    all_attempts,
    only_providers,
    play_until_idle,
    state_with_scenarios,
)
from tests.support.vendors.phonon import build_item, patch_account, request, response_code

ONE, TWO, THREE = "918867136001", "918867136002", "918867136003"


def attempts(state: SandboxState) -> list[tuple[int, int, str]]:
    return [
        (attempt.redial_index, attempt.number_index, attempt.legs[0].number)
        for attempt in all_attempts(read.calls(state)["c1"])
    ]


def reports(deliveries: list[Any]) -> list[Any]:
    return [delivery.webhook.body["body"] for delivery in deliveries]


def test_the_second_number_is_dialed_when_the_first_fails(state: SandboxState) -> None:
    request(state, "phonon-second-number", calls=[build_item(ONE, TWO, THREE)])
    [report] = reports(play_until_idle(state))
    assert attempts(state) == [(0, 0, ONE), (0, 1, TWO)]
    assert [
        (detail["calleeNumber"], detail["hangupCause"], detail["duration"])
        for detail in report["callDetails"]
    ] == [
        (ONE, "19", "0"),
        (TWO, "16", "6000"),
    ]
    assert report["phonon-uuid"] == read.calls(state)["c1"].spec.vendor_id
    assert ["connectTime" in detail for detail in report["callDetails"]] == [False, True]


def test_all_numbers_are_redialed_when_all_of_them_fail(state: SandboxState) -> None:
    request(state, "phonon-all-numbers-fail", calls=[build_item(ONE, TWO)])
    deliveries = play_until_idle(state)
    assert attempts(state) == [(0, 0, ONE), (0, 1, TWO), (1, 0, ONE), (1, 1, TWO)]
    assert len(deliveries) == 1
    assert (
        state.configuration.providers["phonon"].provider.status(read.calls(state)["c1"])
        == "FAILURE"
    )


def test_a_reattempt_starts_after_the_gap_of_the_flow(state: SandboxState) -> None:
    patch_account(state, {"flows": {"Ab12Cd34": {"reattempts": 2, "reattempt_after": "1h"}}})
    request(state, "phonon-reattempt")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert (call.redial_index, call.outcome) == (1, "completed")
    assert call.attempt_started_at == START + 25_000 + 3_600_000


@pytest.mark.parametrize(
    ("account", "pause"),
    [
        ({}, 600_000),
        ({"redial_after": "90s"}, 90_000),
        ({"redial_after": "0s"}, 0),
        (
            {"redial_after": "90s", "flows": {"Ab12Cd34": {"reattempt_after": "1500ms"}}},
            1_500,
        ),
    ],
)
def test_a_reattempt_of_a_flow_without_a_gap_starts_after_the_pause_of_the_account(
    state: SandboxState, account: dict[str, Any], pause: int
) -> None:
    patch_account(state, account)
    request(state, "phonon-reattempt")
    play_until_idle(state)
    assert read.calls(state)["c1"].attempt_started_at == START + 25_000 + pause


@pytest.mark.parametrize("quirks", [[], ["report-2020"]])
def test_start_times_and_reports_have_the_time_zone_of_the_account(
    state: SandboxState, quirks: list[str]
) -> None:
    """A start time without an offset is one of the account's zone."""
    patch_account(state, {"time_zone": "America/New_York", "quirks": quirks})
    request(state, calls=[build_item(ONE, start_time="2026-01-01T05:00:00")])
    [delivery] = play_until_idle(state)
    assert read.calls(state)["c1"].starts_at == START + 3_600_000
    body: Any = delivery.webhook.body
    [detail] = (body if quirks else body["body"])["callDetails"]
    times = [detail[key] for key in ("startTime", "connectTime", "endTime")]
    assert times == [f"2026-01-01T05:00:0{second}.000-05:00" for second in (0, 2, 8)]


@pytest.mark.parametrize(
    ("start_time", "starts"),
    [
        ("2026-01-01T14:31:00+05:30", 60_000),
        ("2026-01-01T14:31:00.500+05:30", 60_500),
        ("2026-01-01T09:01:00Z+00:00", 60_000),
        ("2026-01-01T00:00:00+05:30", 0),
        ("2026-01-02T09:00:00Z", 86_400_000),
        (None, 0),
    ],
)
def test_start_time_decides_when_a_call_starts(
    state: SandboxState, start_time: str | None, starts: int
) -> None:
    exchange = request(
        state, calls=[build_item(ONE, **({"start_time": start_time} if start_time else {}))]
    )
    assert (response_code(exchange), read.calls(state)["c1"].starts_at - START) == (200, starts)


def test_the_report_lists_the_pressed_digits(state: SandboxState) -> None:
    request(state, "one-then-two")
    [report] = reports(play_until_idle(state))
    pressed = report["callDetails"][0]["dtmfPressesd"]
    assert [digit["key"] for digit in pressed] == ["1", "2"]
    assert all(digit["eventTime"].endswith("+05:30") for digit in pressed)


def test_a_bridging_flow_dials_its_second_side(state: SandboxState) -> None:
    request(state, flow_id="Br1dge00")
    play_until_idle(state)
    assert [leg.number for leg in read.calls(state)["c1"].legs] == ["918867136000", "918867135000"]


def test_the_report_2020_quirk_sends_the_older_report(state: SandboxState) -> None:
    patch_account(
        state, {"quirks": ["report-2020"], "webhooks": {"any": "http://localhost:3000/report"}}
    )
    request(state)
    [delivery] = play_until_idle(state)
    assert delivery.webhook.url == "http://localhost:3000/report"
    body: Any = delivery.webhook.body
    assert list(body) == ["callDetails", "keys", "phonon-uuid", "recordingUrls"]
    [detail] = body["callDetails"]
    assert (detail["duration"], detail["hangupCause"]) == (6, "16")


def accept_within_a_second(configuration: Configuration, items: list[Any]) -> SandboxState:
    """Return a state that has these items after a second of CPU at most; it gets three tries."""
    for _ in range(3):
        state = SandboxState(only_providers(configuration, "phonon"), START)
        started = time.process_time()
        exchange = request(state, calls=items)
        if time.process_time() - started < 1:
            assert response_code(exchange) == 200
            return state
    raise AssertionError("no response within 1 s of CPU")


def test_500_calls_are_accepted_within_a_second_and_all_end(configuration: Configuration) -> None:
    items = [
        build_item(str(918_867_136_000 + number), client_identifier=str(number))
        for number in range(500)
    ]
    state = accept_within_a_second(configuration, items)
    assert len(play_until_idle(state)) == 500
    assert {call.phase for call in read.calls(state).values()} == {"ended"}


WAYS = st.sampled_from(["answered", "busy", "no-answer", "rejected", "machine"])


@given(st.lists(WAYS, min_size=1, max_size=5), st.integers(1, 3), st.integers(0, 2))
def test_every_call_sends_exactly_one_report(
    configuration: Configuration, outcomes: list[str], numbers: int, reattempts: int
) -> None:
    scenarios = [
        Scenario(name=f"way-{number}", legs={"a": PRESETS[outcome]})
        for number, outcome in enumerate(outcomes)
    ]
    first = Scenario(name="mine", choose=tuple((1.0, scenario.name) for scenario in scenarios))
    state = state_with_scenarios(only_providers(configuration, "phonon"), first, *scenarios)
    patch_account(state, {"flows": {"Ab12Cd34": {"reattempts": reattempts}}})
    request(state, calls=[build_item(*(ONE, TWO, THREE)[:numbers]) for _ in range(3)])
    sent = [delivery.webhook.call_id for delivery in play_until_idle(state)]
    assert sorted(sent) == ["c1", "c2", "c3"]
    attempt_counts = [len(call.attempts) + 1 for call in read.calls(state).values()]
    assert max(attempt_counts) <= numbers * (reattempts + 1)
