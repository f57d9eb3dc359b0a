"""What follows at Phonon: numbers in turn, attempts, times, and one report."""

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
from tests.support.simulation import START, only_providers, play_until_idle, state_with_scenarios
from tests.support.vendors.phonon import build_item, patch_account, request, response_code

ONE, TWO, THREE = "918867136001", "918867136002", "918867136003"


def attempts(state: SandboxState) -> list[tuple[int, int, str]]:
    call = read.calls(state)["c1"]
    told = [(one.redial_index, one.number_index, one.legs[0].number) for one in call.attempts]
    return [*told, (call.redial_index, call.number_index, call.legs[0].number)]


def reports(sent: list[Any]) -> list[Any]:
    return [one.webhook.body["body"] for one in sent]


def test_second_number_answers(state: SandboxState) -> None:
    request(state, "phonon-second-number", calls=[build_item(ONE, TWO, THREE)])
    [told] = reports(play_until_idle(state))
    assert attempts(state) == [(0, 0, ONE), (0, 1, TWO)]
    assert [
        (one["calleeNumber"], one["hangupCause"], one["duration"]) for one in told["callDetails"]
    ] == [
        (ONE, "19", "0"),
        (TWO, "16", "6000"),
    ]
    assert told["phonon-uuid"] == read.calls(state)["c1"].spec.vendor_id
    assert ["connectTime" in one for one in told["callDetails"]] == [False, True]


def test_all_numbers_fail_and_are_tried_once_more(state: SandboxState) -> None:
    request(state, "phonon-all-numbers-fail", calls=[build_item(ONE, TWO)])
    sent = play_until_idle(state)
    assert attempts(state) == [(0, 0, ONE), (0, 1, TWO), (1, 0, ONE), (1, 1, TWO)]
    assert len(sent) == 1
    assert (
        state.configuration.providers["phonon"].provider.status(read.calls(state)["c1"])
        == "FAILURE"
    )


def test_reattempt_succeeds_after_the_flow_s_gap(state: SandboxState) -> None:
    patch_account(state, {"flows": {"Ab12Cd34": {"reattempts": 2, "reattempt_after": "1h"}}})
    request(state, "phonon-reattempt")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert (call.redial_index, call.outcome) == (1, "completed")
    assert call.attempt_started_at == START + 25_000 + 3_600_000


@pytest.mark.parametrize(
    ("told", "starts"),
    [
        ("2026-01-01T14:31:00+05:30", 60_000),
        ("2026-01-01T14:31:00.500+05:30", 60_500),
        ("2026-01-01T09:01:00Z+00:00", 60_000),
        ("2026-01-01T00:00:00+05:30", 0),
        ("2026-01-02T09:00:00Z", 86_400_000),
        (None, 0),
    ],
)
def test_start_time(state: SandboxState, told: str | None, starts: int) -> None:
    asked = request(state, calls=[build_item(ONE, **({"start_time": told} if told else {}))])
    assert (response_code(asked), read.calls(state)["c1"].starts_at - START) == (200, starts)


def test_keys_pressed_are_reported(state: SandboxState) -> None:
    request(state, "one-then-two")
    [told] = reports(play_until_idle(state))
    pressed = told["callDetails"][0]["dtmfPressesd"]
    assert [one["key"] for one in pressed] == ["1", "2"]
    assert all(one["eventTime"].endswith("+05:30") for one in pressed)


def test_flow_that_bridges_dials_its_other_side(state: SandboxState) -> None:
    request(state, flow_id="Br1dge00")
    play_until_idle(state)
    assert [leg.number for leg in read.calls(state)["c1"].legs] == ["918867136000", "918867135000"]


def test_older_report(state: SandboxState) -> None:
    patch_account(
        state, {"quirks": ["report-2020"], "webhooks": {"any": "http://localhost:3000/report"}}
    )
    request(state)
    [sent] = play_until_idle(state)
    assert sent.webhook.url == "http://localhost:3000/report"
    body: Any = sent.webhook.body
    assert list(body) == ["callDetails", "keys", "phonon-uuid", "recordingUrls"]
    [detail] = body["callDetails"]
    assert (detail["duration"], detail["hangupCause"]) == (6, "16")


def test_five_hundred_calls_are_accepted_and_play_to_their_end(state: SandboxState) -> None:
    many = [
        build_item(str(918_867_136_000 + nth), client_identifier=str(nth)) for nth in range(500)
    ]
    since = time.perf_counter()
    assert response_code(request(state, calls=many)) == 200
    assert time.perf_counter() - since < 1
    assert len(play_until_idle(state)) == 500
    assert {call.phase for call in read.calls(state).values()} == {"ended"}


WAYS = st.sampled_from(["answered", "busy", "no-answer", "rejected", "machine"])


@given(st.lists(WAYS, min_size=1, max_size=5), st.integers(1, 3), st.integers(0, 2))
def test_every_call_ends_in_one_report(
    configuration: Configuration, ways: list[str], numbers: int, reattempts: int
) -> None:
    stories = [
        Scenario(name=f"way-{nth}", legs={"a": PRESETS[way]}) for nth, way in enumerate(ways)
    ]
    first = Scenario(name="told", choose=tuple((1.0, one.name) for one in stories))
    state = state_with_scenarios(only_providers(configuration, "phonon"), first, *stories)
    patch_account(state, {"flows": {"Ab12Cd34": {"reattempts": reattempts}}})
    request(state, calls=[build_item(*(ONE, TWO, THREE)[:numbers]) for _ in range(3)])
    sent = [one.webhook.call_id for one in play_until_idle(state)]
    assert sorted(sent) == ["c1", "c2", "c3"]
    tries = [len(call.attempts) + 1 for call in read.calls(state).values()]
    assert max(tries) <= numbers * (reattempts + 1)
