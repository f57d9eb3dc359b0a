"""Where an advance until idle, empty or next ends, and why it says it does."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.engine.pipeline import handle
from tests.support import read
from tests.support.leg_operations import LEG_OPERATIONS, build_incoming, place
from tests.support.simulation import START
from tests.support.site_client import SiteClient, build_site_client

DAY = "2026-01-01T"
STAY = "{talk: until-hangup}"


def put_scenario(site: SiteClient, scenario: str) -> None:
    put = site.request("PUT", "/_mock/scenarios/mine", content=scenario)
    assert put.status_code == 200, put.text


def place_with(site: SiteClient, operation: str, scenario: str) -> None:
    """Place a call that plays a scenario."""
    put_scenario(site, scenario)
    place(site.sandbox.state, operation, "mine", now=START)


def advance(site: SiteClient, until: str) -> tuple[Any, ...]:
    """Advance, and return (the time of day, why it stopped, the calls that wait, what is next)."""
    result = site.advance(until=until)
    next_at = result["next_at"]
    return (
        result["now"].removeprefix(DAY)[:8],
        result["stop_reason"],
        result["waiting"],
        next_at and next_at.removeprefix(DAY)[:8],
    )


SPARED = [
    # the balance
    ("effebot", f"legs: {{callee: {STAY}}}", "09:00:07", "2026-01-"),
    ("effebot-manager", "legs: {a: {press: '1'}, b: person}", "09:00:07", "2026-01-"),
    # the longest call
    ("bridge", f"legs: {{a: {STAY}, b: {STAY}}}", "09:00:04", "09:02:04"),
    ("bridge", "steps: [{wait: control}]", "09:00:04", "09:02:04"),
    ("bridge", "steps: [{wait: {press: a}}]", "09:00:04", "09:02:04"),
    # an offer
    ("ccai-inbound", "legs: {agent: person}", "09:00:02", "09:00:30"),
    ("ccai-inbound", "legs: {agent: person, end_user: {hangup: 9m}}", "09:00:02", "09:00:30"),
]


@pytest.mark.parametrize(("operation", "scenario", "now", "next_at"), SPARED)
def test_an_advance_until_idle_stops_before_the_end_of_a_wait_for_a_person(
    site: SiteClient, operation: str, scenario: str, now: str, next_at: str
) -> None:
    place_with(site, operation, scenario)
    for _ in range(2):
        assert advance(site, "idle") == (now, "person", ["c1"], next_at)
    assert read.calls(site.sandbox.state)["c1"].phase != "ended"
    assert site.advance(until="empty")["stop_reason"] is None
    assert (read.calls(site.sandbox.state)["c1"].phase, next_due(site)) == ("ended", None)


def next_due(site: SiteClient) -> Any:
    return site.get_json("/_mock/clock")["next_at"]


@pytest.mark.parametrize(
    ("talk", "end"),
    [
        ("until-hangup", ("09:00:07", "person", ["c1"], "09:00:10")),
        ("60s", ("09:01:02", None, [], None)),
    ],
)
def test_an_advance_until_idle_takes_silence_for_an_answer_only_if_the_call_ends_by_itself(
    site: SiteClient, talk: str, end: tuple[Any, ...]
) -> None:
    put_scenario(site, f"legs: {{callee: {{talk: {talk}}}}}")
    operation = LEG_OPERATIONS["effebot"]
    ivrs = [{"digit": 1, "smsText": "x"}, {"record": {"text": "Still there?"}}]
    menu = operation._replace(fields={**operation.fields, "ivrs": ivrs})
    incoming = build_incoming(site.sandbox.state, menu).replace(scenario_names=("mine",))
    handle(site.sandbox.state, incoming, START)
    assert advance(site, "idle") == end


@pytest.mark.parametrize(
    ("operation", "scenario", "now"),
    [
        ("effebot", "legs: {callee: {talk: 3m}}", "09:03:02"),
        ("bridge", "legs: {a: {talk: 3m}}", "09:02:04"),
        ("bridge", "{legs: {a: {talk: 3m}}, steps: [{wait: control}]}", "09:02:04"),
        ("ccai-inbound", "legs: {agent: no-answer}", "09:10:00"),
        ("ccai-inbound", "legs: {agent: person, end_user: {hangup: 20s}}", "09:00:22"),
    ],
)
def test_an_advance_until_idle_plays_a_call_to_an_end_that_needs_no_person(
    site: SiteClient, operation: str, scenario: str, now: str
) -> None:
    place_with(site, operation, scenario)
    assert advance(site, "idle") == (now, None, [], None)


def test_an_advance_until_idle_does_not_wait_for_a_timeout_that_comes_too_late(
    site: SiteClient,
) -> None:
    place_with(site, "ccai-inbound", "steps: [{wait: control}]")
    assert advance(site, "idle") == ("09:00:04", None, ["c1"], "09:00:30")
    site.click_to_call(to="918800010044")  # answers at once, and talks for 44 s
    assert advance(site, "idle") == ("09:00:50", None, ["c1"], "09:10:00")


def test_a_call_goes_on_after_an_advance_until_idle_has_spared_it(site: SiteClient) -> None:
    place_with(site, "ccai-inbound", "legs: {agent: person}")
    site.advance()
    response = site.request("POST", "/_mock/calls/c1/events", json={"event": "answer", "leg": "b"})
    assert response.status_code == 200, response.text
    assert advance(site, "idle") == ("09:00:04", None, ["c1"], "09:00:30")


def site_with_timeline(configuration: Configuration) -> SiteClient:
    """A site whose Mobtexting account gets another balance after 5 s and after an hour."""
    key = ("mobtexting", "mobtexting-default")
    timeline = tuple((at, {"balance": str(at)}) for at in (5_000, 3_600_000))
    account = configuration.accounts[key].replace(timeline=timeline)
    accounts = {**configuration.accounts, key: account}
    return build_site_client(configuration._replace(accounts=accounts))


def test_an_advance_until_idle_does_not_wait_for_timelines_but_one_until_empty_does(
    configuration: Configuration,
) -> None:
    site = site_with_timeline(configuration)
    assert advance(site, "idle") == ("09:00:00", None, [], "09:00:05")
    site.click_to_call()
    assert advance(site, "idle") == ("09:00:10", None, [], "10:00:00")
    assert advance(site, "empty") == ("10:00:00", None, [], None)


def test_an_advance_until_next_runs_all_that_is_due_at_the_next_instant(
    configuration: Configuration,
) -> None:
    site = site_with_timeline(configuration)
    site.click_to_call()
    ends = [advance(site, "next")[0] for _ in range(7)]
    assert ends == [
        *("09:00:00", "09:00:02", "09:00:04", "09:00:05", "09:00:10", "10:00:00", "10:00:00"),
    ]
