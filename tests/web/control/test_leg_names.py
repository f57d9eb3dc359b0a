"""The control API takes a leg by each of its names, on every operation that places a call."""

from typing import Any

import pytest

from mock_calls.parsing import parse_call
from mockserver.core.behavior import PRESETS
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from tests.support.leg_operations import LEG_NAMES, LEG_OPERATIONS, LegName, place
from tests.support.site import read_problem
from tests.support.site_client import SiteClient, build_site_client


@pytest.fixture
def site(configuration: Configuration) -> SiteClient:
    """A site on which every leg waits for events."""
    people = Scenario(name="people", legs={"a": PRESETS["person"], "b": PRESETS["person"]})
    scenarios = configuration.scenarios._replace(
        by_name={**configuration.scenarios.by_name, "people": people}, default="people"
    )
    return build_site_client(configuration._replace(scenarios=scenarios))


def post_event(site: SiteClient, **body: str) -> Any:
    response = site.request("POST", "/_mock/calls/c1/events", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def ring(site: SiteClient, named: LegName) -> None:
    """Place the call and bring it to the ringing of the leg."""
    place(site.sandbox.state, named.operation, now=site.sandbox.clock.now())
    start = site.get_json("/_mock/calls/c1")["starts_at"]
    site.advance(to=start)
    site.advance(by=1)
    if named.leg == "b":
        post_event(site, event="answer", leg="a")
        if LEG_OPERATIONS[named.operation].forwards:
            post_event(site, event="press", leg="a", digits="1")
        site.advance(by=1)


@pytest.mark.parametrize("named", LEG_NAMES, ids=" ".join)
def test_an_event_moves_the_leg_by_any_of_its_names(site: SiteClient, named: LegName) -> None:
    ring(site, named)
    post_event(site, event="answer", leg=named.name)
    post_event(site, event="press", leg=named.name, digits="7")
    post_event(site, event="say", leg=named.name, words="yes")
    call = post_event(site, event="hangup", leg=named.name, cause="network-failure")
    moves = [(event["event"], event["leg"]) for event in call["events"] if event.get("by")]
    assert moves[-4:] == [
        ("answer", named.leg),
        ("press", named.leg),
        ("say", named.leg),
        ("hangup", named.leg),
    ]
    causes = {leg["name"]: leg["cause"] for leg in call["attempts"][0]["legs"]}
    assert causes[named.leg] == "network-failure"


@pytest.mark.parametrize("named", LEG_NAMES, ids=" ".join)
def test_the_journal_has_the_leg_s_own_name(site: SiteClient, named: LegName) -> None:
    ring(site, named)
    post_event(site, event="answer", leg=named.name)
    entries = site.get_json("/_mock/journal")["entries"]
    answer = next(entry for entry in reversed(entries) if entry.get("event") == "answer")
    command = next(entry for entry in reversed(entries) if entry["type"] == "command")
    assert (answer["leg"], command["body"]["leg"]) == (named.leg, named.name)


@pytest.mark.parametrize("named", LEG_NAMES, ids=" ".join)
def test_a_wait_matches_the_leg_by_any_of_its_names(site: SiteClient, named: LegName) -> None:
    ring(site, named)
    match = {"waiting.0.leg": named.name, f"legs.{named.name}.state": "ringing"}
    body = {"for": "call", "match": match, "timeout": 0}
    assert site.request("POST", "/_mock/wait", json=body).status_code == 200
    post_event(site, event="answer", leg=named.name)
    response = site.request("POST", "/_mock/wait", json=body)
    [nearest] = response.json()["nearest"]
    assert (response.status_code, [item["field"] for item in nearest["differs"]]) == (
        408,
        list(match),
    )


@pytest.mark.parametrize("named", LEG_NAMES, ids=" ".join)
def test_the_client_finds_the_leg_by_any_of_its_names(site: SiteClient, named: LegName) -> None:
    ring(site, named)
    call = parse_call(site.get_json("/_mock/calls/c1"))
    assert (call.leg(named.name).name, call.leg(named.name).state) == (named.leg, "ringing")


@pytest.mark.parametrize("operation", LEG_OPERATIONS)
def test_a_name_that_no_leg_of_the_call_has_is_refused_with_the_names_that_there_are(
    site: SiteClient, operation: str
) -> None:
    place(site.sandbox.state, operation, now=site.sandbox.clock.now())
    call = site.get_json("/_mock/calls/c1")
    own = {name for names in LEG_OPERATIONS[operation].names.values() for name in names}
    assert set(call["leg_names"]) == own
    body = {"event": "answer", "leg": "zzzzzz"}
    response = site.request("POST", "/_mock/calls/c1/events", json=body)
    detail = f"this call has no leg 'zzzzzz': known: {', '.join(call['leg_names'])}"
    assert read_problem(response) == (422, "invalid-body", detail)


@pytest.mark.parametrize(
    "named",
    [name for name in LEG_NAMES if name.leg not in LEG_OPERATIONS[name.operation].dialed],
    ids=" ".join,
)
def test_a_leg_that_is_not_dialed_yet_is_a_conflict(site: SiteClient, named: LegName) -> None:
    place(site.sandbox.state, named.operation, now=site.sandbox.clock.now())
    site.advance(to=site.get_json("/_mock/calls/c1")["starts_at"])
    body = {"event": "press", "leg": named.name, "digits": "1"}
    response = site.request("POST", "/_mock/calls/c1/events", json=body)
    assert read_problem(response)[0] == 409
