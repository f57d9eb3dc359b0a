"""Calls as they stand, in pages and by filters, and a hand on their phones."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from mockserver.core.behavior import PRESETS
from mockserver.core.causes import CAUSES
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario, ScenarioSet
from tests.support.site_client import SiteClient, build_site_client, read_problem

KEYS = [
    "id", "vendor_id", "provider", "account", "operation", "scenario", "state", "outcome",
    "vendor_status", "created_at", "starts_at", "ended_at", "waiting", "legs", "attempts",
    "events", "wanted", "webhooks",
]  # fmt: skip


@pytest.fixture
def people(configuration: Configuration) -> SiteClient:
    """A world in which both phones wait for a person."""
    story = Scenario(name="people", legs={"a": PRESETS["person"], "b": PRESETS["person"]})
    return build_site_client(
        configuration._replace(
            scenarios=ScenarioSet({"people": story}, "people", number_plan=False)
        )
    )


def events(site: SiteClient, **event: object) -> Any:
    return site.request("POST", "/_mock/calls/c1/events", json=event)


def ids(site: SiteClient, query: str = "") -> list[str]:
    return [one["id"] for one in site.get_json(f"/_mock/calls{query}")["calls"]]


def test_no_calls(site: SiteClient) -> None:
    assert site.get_json("/_mock/calls") == {"calls": [], "dropped": 0}


def test_a_call_has_the_contract_s_keys(site: SiteClient) -> None:
    site.click_to_call()
    [listed] = site.get_json("/_mock/calls")["calls"]
    assert list(listed) == KEYS
    assert site.get_json("/_mock/calls/c1") == listed


def test_an_unknown_call(site: SiteClient) -> None:
    detail = "no call is named c1: GET /_mock/calls lists them"
    assert read_problem(site.request("GET", "/_mock/calls/c1")) == (404, "not found", detail)
    assert read_problem(events(site, event="answer")) == (404, "not found", detail)


def test_an_unknown_call_with_a_near_name(site: SiteClient) -> None:
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
def test_filters_and_pages(site: SiteClient, query: str, expected: list[str]) -> None:
    site.click_to_call()
    site.click_to_call()
    site.advance()
    site.click_to_call()
    assert ids(site, query) == expected


def test_a_call_by_the_vendor_s_id(site: SiteClient) -> None:
    site.click_to_call()
    site.click_to_call()
    vendor_id = site.get_json("/_mock/calls/c2")["vendor_id"]
    assert ids(site, f"?vendor_id={vendor_id}") == ["c2"]


def test_play_both_phones(people: SiteClient) -> None:
    people.click_to_call()
    people.advance(by=1)
    assert events(people, event="answer").json()["waiting"] == []
    people.advance(by=1)
    assert people.get_json("/_mock/calls/c1")["waiting"] == [{"for": "person", "leg": "b"}]
    assert events(people, event="answer", leg="b").json()["state"] == "bridged"
    assert events(people, event="digits", leg="a", digits="12#").status_code == 200
    assert events(people, event="speech", leg="b", words="yes").status_code == 200
    told = events(people, event="hangup", leg="b").json()
    assert list(told) == KEYS
    assert (told["state"], told["outcome"]) == ("ended", "completed")
    assert [(one["event"], one["leg"]) for one in told["events"]] == [
        ("placed", None), ("begin", None), ("ring", "a"), ("answer", "a"), ("ring", "b"),
        ("answer", "b"), ("bridge", None), ("digits", "a"), ("speech", "b"), ("hangup", "b"),
        ("hangup", "a"), ("attempt-ended", None), ("ended", None),
    ]  # fmt: skip
    assert [told["events"][index]["at"][17:19] for index in (3, 4, 5)] == ["01", "01", "02"]
    assert told["events"][7]["digits"] == "12#"
    assert told["events"][8]["words"] == "yes"


@pytest.mark.parametrize("cause", [cause for cause in CAUSES if cause != "normal"])
def test_hang_up_with_a_cause(people: SiteClient, cause: str) -> None:
    people.click_to_call(attempts=0)
    people.advance(by=1)
    told = events(people, event="hangup", leg="a", cause=cause).json()
    assert (told["outcome"], told["legs"][0]["cause"]) == (CAUSES[cause].outcome, cause)


@pytest.mark.parametrize(("answered", "cause"), [(False, "rejected"), (True, "normal")])
def test_hang_up_without_a_cause(people: SiteClient, *, answered: bool, cause: str) -> None:
    people.click_to_call()
    people.advance(by=1)
    if answered:
        events(people, event="answer")
    assert events(people, event="hangup").json()["legs"][0]["cause"] == cause


def test_an_event_is_a_fact_after_what_follows_from_it(people: SiteClient) -> None:
    people.click_to_call()
    people.advance(by=1)
    events(people, event="hangup", cause="busy")
    facts = people.get_json("/_mock/journal")["facts"]
    told = [fact.get("event") or fact["fact"] for fact in facts][-4:]
    assert told == ["hangup", "attempt-ended", "ended", "control"]
    body = {"event": "hangup", "cause": "busy"}
    control = {"method": "POST", "path": "/calls/c1/events", "body": body}
    assert {name: facts[-1][name] for name in control} == control
    assert (facts[-1]["call"], facts[-1]["at"]) == ("c1", "2026-01-01T09:00:01.000Z")


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        (
            {"event": "answer", "leg": "b"},
            "answer is not possible while leg b is idle, only while ringing",
        ),
        ({"event": "answer", "leg": ""}, "answer is not possible while the call is answered"),
        ({"event": "answer"}, "answer is not possible while leg a is answered, only while ringing"),
        ({"event": "hangup", "leg": "to"}, "this call has no leg to, only a and b"),
    ],
)
def test_an_impossible_event(people: SiteClient, event: dict[str, object], detail: str) -> None:
    people.click_to_call()
    people.advance(by=1)
    events(people, event="answer")
    before = people.get_json("/_mock/journal")
    assert read_problem(events(people, **event)) == (409, "conflict", detail)
    assert people.get_json("/_mock/journal") == before


def test_an_event_after_the_end(site: SiteClient) -> None:
    site.click_to_call()
    site.advance()
    detail = "hangup is not possible while the call is ended"
    assert read_problem(events(site, event="hangup")) == (409, "conflict", detail)


@pytest.mark.parametrize(
    ("event", "detail"),
    [
        ({}, "a phone cannot do nothing: known: answer, digits, speech, hangup, continue"),
        ({"event": "anwser"}, "a phone cannot anwser: did you mean 'answer'?"),
        ({"event": "ring"}, "a phone cannot ring: known: answer, digits, speech, hangup, continue"),
        ({"event": ["answer"]}, "a phone cannot ['answer']: did you mean 'answer'?"),
        ({"event": "answer", "digits": "1"}, "answer takes no digits"),
        (
            {"event": "digits", "digits": "1", "words": "1", "cause": 2},
            "digits takes no cause, words",
        ),
        ({"event": "hangup", "cause": "bored"}, f"a cause is one of {', '.join(CAUSES)}"),
    ],
)
def test_a_wrong_event(people: SiteClient, event: dict[str, object], detail: str) -> None:
    people.click_to_call()
    people.advance(by=1)
    assert read_problem(events(people, **event)) == (422, "unprocessable entity", detail)


@pytest.mark.parametrize("event", ["digits", "speech"])
def test_an_event_without_its_keys(people: SiteClient, event: str) -> None:
    people.click_to_call()
    people.advance(by=1)
    events(people, event="answer")
    assert events(people, event=event).status_code == 422


def test_fifty_hang_ups_at_once_have_one_winner(site: SiteClient) -> None:
    async def scenario() -> Counter[int]:
        async with site.client() as client:
            url, body = "/_mock/calls/c1/events", {"event": "hangup", "leg": "a"}
            answers = await asyncio.gather(*(client.post(url, json=body) for _ in range(50)))
        return Counter(answer.status_code for answer in answers)

    site.click_to_call()
    site.advance(by=5)
    assert asyncio.run(scenario()) == {200: 1, 409: 49}
    site.advance()
    assert [one.webhook.call_id for one in site.dispatcher.deliveries] == ["c1"]
    assert site.get_json("/_mock/calls/c1")["webhooks"] == ["w1"]


def test_a_real_phone_finds_what_fell_due_before(configuration: Configuration) -> None:
    """A clock that flows is caught up before the event is looked at."""
    site = build_site_client(configuration, "instant")
    site.click_to_call()
    assert read_problem(events(site, event="hangup"))[0] == 409
