"""A scenario with a window or with headers in `match`, from its file to the response."""

from typing import Any

import pytest

from mockserver.engine.sandbox_state import SandboxState
from tests.support.scenario_runs import state_from_text
from tests.support.simulation import START, change_account, click_to_call

OTHER_CALLER: Any = {"from": "911234567890"}
MINUTE, DAY = 60_000, 86_400_000
OUTAGE = """
scenarios:
  outage: {match: {from: "10:00", until: "10:05"}, refuse: service-unavailable}
"""
"""The state starts at 09:00 UTC."""


def statuses(state: SandboxState, *minutes: float) -> list[int]:
    """The statuses of requests so many minutes after the start."""
    times = [START + round(minute * MINUTE) for minute in minutes]
    return [click_to_call(state, now=now).response.status for now in times]


def test_an_outage_begins_and_ends_on_the_minute_and_comes_each_day() -> None:
    state = state_from_text(OUTAGE)
    assert statuses(state, 59.999, 60, 64.999, 65) == [200, 503, 503, 200]
    assert statuses(state, DAY / MINUTE + 60) == [503]


@pytest.mark.parametrize(("zone", "minute"), [("Asia/Kolkata", 1_170), ("America/New_York", 360)])
def test_an_outage_is_in_the_time_zone_of_the_account(zone: str, minute: int) -> None:
    accounts = f"accounts: {{x: {{provider: mobtexting, time_zone: {zone}}}}}"
    state = state_from_text(OUTAGE + accounts)
    assert statuses(state, 60, minute - 1, minute, minute + 5) == [200, 200, 503, 200]


def test_an_outage_of_a_request_without_an_account_is_in_utc() -> None:
    state = state_from_text(OUTAGE)
    change_account(state, credentials=frozenset({"another"}))
    assert statuses(state, 0, 60) == [401, 503]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"x-test": "71"}, 503), ({"x-test": "81"}, 200), ({}, 200)],
)
def test_a_header_of_the_request_puts_a_scenario_in_force(
    headers: dict[str, str], status: int
) -> None:
    state = state_from_text(
        'scenarios: {down: {match: {headers: {X-Test: "7*"}}, refuse: service-unavailable}}'
    )
    assert click_to_call(state, headers=headers).response.status == status


def test_from_with_a_number_is_the_leg_beside_a_window_that_ends() -> None:
    state = state_from_text(
        'scenarios: {down: {match: {from: "9188*", until: "09:30"}, refuse: service-unavailable}}'
    )
    assert statuses(state, 29, 30) == [503, 200]
    assert click_to_call(state, **OTHER_CALLER).response.status == 200
