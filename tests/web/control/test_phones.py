"""The legs that wait for a person are listed with what they heard and can do."""

from typing import Any, Final

import pytest

from mockserver.web.control.phones import PHONE_FIELDS
from tests.support.edge_site import EdgeSite
from tests.support.site import HEADERS, read_problem
from tests.support.vendors import effebot

STAYS: Final = {"talk": "until-hangup"}
AWAITED_KEY: Final = {"legs": {"a": STAYS, "b": STAYS}, "steps": [{"wait": {"press": "a"}}]}


def phones(edge: EdgeSite) -> list[Any]:
    listed: list[Any] = edge.get_json("/_mock/phones")["phones"]
    return listed


def post_event(edge: EdgeSite, call: str, **event: str) -> int:
    return edge.request("POST", f"/_mock/calls/{call}/events", json=event).status_code


def test_there_is_no_phone_while_no_leg_waits_for_a_person(edge: EdgeSite) -> None:
    edge.click_to_call()
    edge.advance(by=3)
    assert phones(edge) == []


def test_a_leg_that_rings_until_a_person_answers_is_a_phone(edge: EdgeSite) -> None:
    edge.click_to_call("waits-for-a-person")
    edge.advance(by=3)
    [phone] = phones(edge)
    assert tuple(phone) == PHONE_FIELDS
    shown = {name: phone[name] for name in PHONE_FIELDS if name not in ("can", "recording")}
    assert shown == {
        "call": "c1",
        "provider": "mobtexting",
        "leg": "b",
        "role": "to",
        "number": "918867136000",
        "state": "ringing",
        "since": "2026-01-01T09:00:02.000Z",
        "heard": [],
    }
    assert [(act["event"], act["arguments"]) for act in phone["can"]] == [
        ("answer", []),
        ("hangup", ["cause"]),
    ]
    assert phone["can"][1]["choices"]["cause"][:3] == ["normal", "busy", "no-answer"]


def test_a_person_who_has_answered_can_press_say_and_hang_up(edge: EdgeSite) -> None:
    edge.click_to_call("waits-for-a-person")
    edge.advance(by=3)
    assert post_event(edge, "c1", event="answer", leg="b") == 200
    [phone] = phones(edge)
    can = [act["event"] for act in phone["can"]]
    assert (phone["leg"], phone["state"], can) == ("b", "answered", ["press", "say", "hangup"])
    assert phone["since"] == "2026-01-01T09:00:03.000Z"


def test_a_call_that_waits_for_a_hangup_has_a_phone_for_each_connected_leg(edge: EdgeSite) -> None:
    edge.request("PUT", "/_mock/scenarios/stays", json={"legs": {"a": STAYS, "b": STAYS}})
    edge.click_to_call("stays")
    edge.advance(by=60)
    assert [(phone["leg"], phone["state"]) for phone in phones(edge)] == [
        ("b", "answered"),
        ("a", "answered"),
    ]


def test_a_leg_whose_key_is_awaited_is_a_phone(edge: EdgeSite) -> None:
    edge.request("PUT", "/_mock/scenarios/awaited-key", json=AWAITED_KEY)
    edge.click_to_call("awaited-key")
    edge.advance(by=20)
    assert [phone["leg"] for phone in phones(edge)] == ["a"]
    post_event(edge, "c1", event="press", leg="a", digits="1")
    assert phones(edge) == []  # the call goes on by itself


def test_a_phone_has_heard_the_prompts_since_the_answer(edge: EdgeSite) -> None:
    headers = {**HEADERS, "x-mock-scenario": "waits-for-a-person"}
    path = "/effebot/apiCalls/create"
    edge.request("POST", path, json=effebot.CREATE_EXAMPLE, headers=headers)
    edge.advance(by=5)
    assert [phone["heard"] for phone in phones(edge)] == [[]]
    post_event(edge, "c1", event="answer", leg="a")
    edge.advance(by=1)
    [phone] = phones(edge)
    events = edge.get_json("/_mock/calls/c1")["events"]
    prompts = [each for each in events if each["event"] == "play"]
    assert phone["heard"] == [{"at": each["at"], "text": each["text"]} for each in prompts]
    assert len(prompts) == 1


def test_ringing_phones_come_first_and_then_the_newest(edge: EdgeSite) -> None:
    for _ in range(3):
        edge.click_to_call("waits-for-a-person")
        edge.advance(by=3)
    post_event(edge, "c3", event="answer", leg="b")
    assert [(phone["call"], phone["state"]) for phone in phones(edge)] == [
        ("c2", "ringing"),
        ("c1", "ringing"),
        ("c3", "answered"),
    ]


def test_a_call_that_has_ended_has_no_phone_and_keeps_its_recording(edge: EdgeSite) -> None:
    edge.click_to_call("waits-for-a-person")
    edge.advance(by=3)
    post_event(edge, "c1", event="answer", leg="b")
    [phone] = phones(edge)
    edge.advance(by=5)
    post_event(edge, "c1", event="hangup", leg="b")
    acts = edge.get_json("/_mock/calls/c1/acts")
    assert (phones(edge), acts["can"], acts["recording"]) == ([], [], phone["recording"])
    recording = edge.request("GET", acts["recording"])
    assert (recording.status_code, recording.headers["content-type"]) == (200, "audio/wav")


def test_the_acts_of_a_call_are_those_of_all_its_legs(edge: EdgeSite) -> None:
    edge.click_to_call("waits-for-a-person")
    edge.advance(by=3)
    acts = edge.get_json("/_mock/calls/c1/acts")
    assert [(act["event"], act["leg"]) for act in acts["can"]] == [
        ("press", "a"),
        ("say", "a"),
        ("hangup", "a"),
        ("answer", "b"),
        ("hangup", "b"),
    ]


def test_a_call_that_nobody_has_answered_has_no_recording(edge: EdgeSite) -> None:
    edge.click_to_call()
    assert edge.get_json("/_mock/calls/c1/acts") == {"call": "c1", "can": [], "recording": None}


@pytest.mark.parametrize("path", ["/_mock/calls/c9/acts"])
def test_the_acts_of_an_unknown_call_are_not_found(edge: EdgeSite, path: str) -> None:
    assert read_problem(edge.request("GET", path))[:2] == (404, "unknown-call")
