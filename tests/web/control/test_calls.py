"""The control API lists calls with filters and pages, and sends events to their legs."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.causes import CAUSES
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet
from tests.support.site import read_problem
from tests.support.site_client import SiteClient, build_site_client

KEYS = [
    "id", "vendor_id", "provider", "account", "operation", "scenarios", "state", "outcome",
    "vendor_status", "created_at", "starts_at", "ended_at", "waiting", "legs", "leg_names",
    "attempts", "events", "parameters", "webhooks",
]  # fmt: skip


@pytest.fixture
def person_site(configuration: Configuration) -> SiteClient:
    """A site on which both legs wait for events."""
    scenario = Scenario(name="people", legs={"a": PRESETS["person"], "b": PRESETS["person"]})
    return build_site_client(
        configuration._replace(
            scenarios=ScenarioSet({"people": scenario}, "people", number_plan=False)
        )
    )


def post_event(site: SiteClient, **event: object) -> Any:
    return site.request("POST", "/_mock/calls/c1/events", json=event)


def call_ids(site: SiteClient, query: str = "") -> list[str]:
    return [call["id"] for call in site.get_json(f"/_mock/calls{query}")["calls"]]


def test_the_call_list_is_empty_at_first(site: SiteClient) -> None:
    assert site.get_json("/_mock/calls") == {"calls": [], "evicted": 0, "total": 0}


def test_a_call_has_the_keys_of_the_contract_in_order(site: SiteClient) -> None:
    site.click_to_call()
    [call] = site.get_json("/_mock/calls")["calls"]
    assert list(call) == KEYS
    assert site.get_json("/_mock/calls/c1") == call


def test_an_unknown_call_is_not_found(site: SiteClient) -> None:
    detail = "no call is named c1: GET /_mock/calls lists them"
    assert read_problem(site.request("GET", "/_mock/calls/c1")) == (404, "unknown-call", detail)
    assert read_problem(post_event(site, event="answer")) == (404, "unknown-call", detail)


def test_an_unknown_call_id_close_to_a_known_one_gets_a_suggestion(site: SiteClient) -> None:
    site.click_to_call()
    detail = "no call is named C1: did you mean 'c1'?"
    assert read_problem(site.request("GET", "/_mock/calls/C1"))[2] == detail


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["c1", "c2", "c3"]),
        ("?provider=mobtexting", ["c1", "c2", "c3"]),
        ("?provider=phonon", []),
        ("?state=ended", ["c1", "c2"]),
        ("?state=queued", ["c3"]),
        ("?state=ended&provider=mobtexting&limit=1", ["c1"]),
        ("?state=ended&after=c1", ["c2"]),
        ("?limit=2", ["c1", "c2"]),
        ("?limit=0", []),
        ("?limit=99", ["c1", "c2", "c3"]),
        ("?after=c1", ["c2", "c3"]),
        ("?after=c3", []),
        ("?after=c1&limit=1", ["c2"]),
    ],
)
def test_calls_are_filtered_and_paginated(
    site: SiteClient, query: str, expected: list[str]
) -> None:
    site.click_to_call()
    site.click_to_call()
    site.advance()
    site.click_to_call()
    assert call_ids(site, query) == expected


def test_calls_are_filtered_by_vendor_id(site: SiteClient) -> None:
    site.click_to_call()
    site.click_to_call()
    vendor_id = site.get_json("/_mock/calls/c2")["vendor_id"]
    assert call_ids(site, f"?vendor_id={vendor_id}") == ["c2"]


def test_events_drive_both_legs_of_a_call_to_its_end(person_site: SiteClient) -> None:
    person_site.click_to_call()
    person_site.advance(by=1)
    assert post_event(person_site, event="answer").json()["waiting"] == []
    person_site.advance(by=1)
    assert person_site.get_json("/_mock/calls/c1")["waiting"] == [{"for": "person", "leg": "b"}]
    assert post_event(person_site, event="answer", leg="b").json()["state"] == "bridged"
    assert post_event(person_site, event="press", leg="a", digits="12#").status_code == 200
    assert post_event(person_site, event="say", leg="b", words="yes").status_code == 200
    call = post_event(person_site, event="hangup", leg="b").json()
    assert list(call) == KEYS
    assert (call["state"], call["outcome"]) == ("ended", "completed")
    assert [(event["event"], event["leg"]) for event in call["events"]] == [
        ("placed", None), ("begin", None), ("ring", "a"), ("answer", "a"), ("ring", "b"),
        ("answer", "b"), ("bridge", None), ("press", "a"), ("say", "b"), ("hangup", "b"),
        ("hangup", "a"), ("attempt-ended", None), ("ended", None),
    ]  # fmt: skip
    assert [call["events"][index]["at"][17:19] for index in (3, 4, 5)] == ["01", "01", "02"]
    assert call["events"][7]["digits"] == "12#"
    assert call["events"][8]["words"] == "yes"


@pytest.mark.parametrize("cause", [cause for cause in CAUSES if cause != "normal"])
def test_the_cause_of_a_hangup_sets_the_outcome_of_the_call(
    person_site: SiteClient, cause: str
) -> None:
    person_site.click_to_call(attempts=0)
    person_site.advance(by=1)
    call = post_event(person_site, event="hangup", leg="a", cause=cause).json()
    assert (call["outcome"], call["legs"][0]["cause"]) == (CAUSES[cause].outcome, cause)


@pytest.mark.parametrize(("answered", "cause"), [(False, "rejected"), (True, "normal")])
def test_a_hangup_without_a_cause_is_rejected_while_ringing_and_normal_once_answered(
    person_site: SiteClient, *, answered: bool, cause: str
) -> None:
    person_site.click_to_call()
    person_site.advance(by=1)
    if answered:
        post_event(person_site, event="answer")
    assert post_event(person_site, event="hangup").json()["legs"][0]["cause"] == cause


def test_the_command_of_an_event_is_journaled_before_its_consequences(
    person_site: SiteClient,
) -> None:
    person_site.click_to_call()
    person_site.advance(by=1)
    post_event(person_site, event="hangup", cause="busy")
    entries = person_site.get_json("/_mock/journal")["entries"]
    types = [entry.get("event") or entry["type"] for entry in entries][-4:]
    assert types == ["command", "hangup", "attempt-ended", "ended"]
    body = {"event": "hangup", "cause": "busy"}
    expected = {"method": "POST", "path": "/calls/c1/events", "body": body}
    assert {name: entries[-4][name] for name in expected} == expected
    assert (entries[-4]["call"], entries[-4]["at"]) == ("c1", "2026-01-01T09:00:01.000Z")


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        (
            {"event": "answer", "leg": "b"},
            "answer is not possible while leg b is idle, only while ringing",
        ),
        ({"event": "answer", "leg": ""}, "answer is not possible while the call is answered"),
        ({"event": "answer"}, "answer is not possible while leg a is answered, only while ringing"),
    ],
)
def test_an_impossible_event_is_a_conflict_and_changes_nothing(
    person_site: SiteClient, event: dict[str, object], detail: str
) -> None:
    person_site.click_to_call()
    person_site.advance(by=1)
    post_event(person_site, event="answer")
    before = person_site.get_json("/_mock/journal")
    assert read_problem(post_event(person_site, **event)) == (409, "illegal-transition", detail)
    assert person_site.get_json("/_mock/journal") == before


def test_an_event_after_the_end_of_the_call_is_a_conflict(site: SiteClient) -> None:
    site.click_to_call()
    site.advance()
    detail = "hangup is not possible while the call is ended"
    assert read_problem(post_event(site, event="hangup")) == (409, "illegal-transition", detail)


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        ({}, "a phone cannot do nothing: known: answer, press, say, hangup, continue"),
        ({"event": "anwser"}, "a phone cannot anwser: did you mean 'answer'?"),
        ({"event": "ring"}, "a phone cannot ring: known: answer, press, say, hangup, continue"),
        ({"event": ["answer"]}, "a phone cannot ['answer']: did you mean 'answer'?"),
        ({"event": "answer", "digits": "1"}, "answer takes no 'digits': it takes event, leg"),
        (
            {"event": "press", "digits": "1", "words": "1", "cause": 2},
            "press takes no 'words': it takes event, leg, digits",
        ),
        (
            {"event": "hangup", "leg": "calee"},
            "this call has no leg 'calee': did you mean 'callee'?",
        ),
        (
            {"event": "hangup", "leg": "manager"},
            "this call has no leg 'manager': known: callee, a, b, from, to",
        ),
        ({"event": "hangup", "cause": "bored"}, f"cause must be one of {', '.join(CAUSES)}"),
    ],
)
def test_an_unknown_event_key_or_cause_is_rejected_with_the_known_ones(
    person_site: SiteClient, event: dict[str, object], detail: str
) -> None:
    person_site.click_to_call()
    person_site.advance(by=1)
    assert read_problem(post_event(person_site, **event)) == (422, "invalid-body", detail)


@pytest.mark.parametrize("event", ["press", "say"])
def test_an_event_without_its_required_data_is_rejected(
    person_site: SiteClient, event: str
) -> None:
    person_site.click_to_call()
    person_site.advance(by=1)
    post_event(person_site, event="answer")
    assert post_event(person_site, event=event).status_code == 422


def test_exactly_one_of_fifty_concurrent_hangups_succeeds(site: SiteClient) -> None:
    async def hang_up_concurrently() -> Counter[int]:
        async with site.client() as client:
            url, body = "/_mock/calls/c1/events", {"event": "hangup", "leg": "a"}
            responses = await asyncio.gather(*(client.post(url, json=body) for _ in range(50)))
        return Counter(response.status_code for response in responses)

    site.click_to_call()
    site.advance(by=5)
    assert asyncio.run(hang_up_concurrently()) == {200: 1, 409: 49}
    site.advance()
    assert [delivery.webhook.call_id for delivery in site.dispatcher.deliveries] == ["c1"]
    assert site.get_json("/_mock/calls/c1")["webhooks"] == ["w1"]


def test_due_items_run_before_an_event_is_checked_when_the_clock_runs(
    configuration: Configuration,
) -> None:
    """The call has ended by the time at which the event arrives."""
    site = build_site_client(configuration, "instant")
    site.click_to_call()
    assert read_problem(post_event(site, event="hangup"))[0] == 409
