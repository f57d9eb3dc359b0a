"""A Mobtexting flow plays the account's text with the request's variables."""

from typing import Any

import pytest

from mockserver.core.call import Event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.mobtexting.records import Flow
from tests.support import read
from tests.support.simulation import START, change_account, click_to_call, play_until_idle


def played_events(state: SandboxState, **fields: Any) -> list[Event]:
    click_to_call(state, **{"to": "flow:220", **fields})
    play_until_idle(state)
    return [event for event in read.calls(state)["c1"].events if event.type == "play"]


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        ({"Name": "YourName", "otp": "12344"}, "Hello YourName, your otp for login is 12344"),
        ({"Name": "Ann", "otp": 12344}, "Hello Ann, your otp for login is 12344"),
        ({"Name": "Ann"}, "Hello Ann, your otp for login is {otp}"),
        ({"name": "Ann"}, "Hello {Name}, your otp for login is {otp}"),
        ({"Name": "", "otp": ""}, "Hello , your otp for login is "),
        # no value of Python is ever read out
        ({"Name": {"x": 1}, "otp": None}, 'Hello {"x": 1}, your otp for login is '),
        ({"Name": ["a"], "otp": True}, 'Hello ["a"], your otp for login is true'),
        ({"Name": "{otp}", "otp": "{Name}"}, "Hello {otp}, your otp for login is {Name}"),
        ({"Name": r"\g<1>\1", "otp": "{"}, r"Hello \g<1>\1, your otp for login is {"),
        ({}, "Hello {Name}, your otp for login is {otp}"),
        ([], "Hello {Name}, your otp for login is {otp}"),
        (["Ann", "12344"], "Hello {Name}, your otp for login is {otp}"),
        ("", "Hello {Name}, your otp for login is {otp}"),
        (None, "Hello {Name}, your otp for login is {otp}"),
    ],
)
def test_a_flow_plays_its_text_with_the_variables_when_the_leg_answers(
    state: SandboxState, variables: object, text: str
) -> None:
    assert played_events(state, variables=variables) == [
        Event(at=START + 2_000, type="play", leg="a", data={"text": text})
    ]


@pytest.mark.parametrize(
    ("variables", "text"),
    [
        (["Ann", 7], "Ann has 7 of {2}, {0a}"),
        ({"0": "Ann", "1": 7}, "Ann has 7 of {2}, {0a}"),
        ({"0": "Ann", "2": "9"}, "Ann has {1} of 9, {0a}"),
        ([], "{0} has {1} of {2}, {0a}"),
    ],
)
def test_a_flow_names_the_items_of_a_list_by_their_indexes(
    state: SandboxState, variables: object, text: str
) -> None:
    """A form field `variables[0]=Ann` is parsed into a list."""
    change_account(state, records={"flows": {"220": Flow(say="{0} has {1} of {2}, {0a}")}})
    assert [event.data["text"] for event in played_events(state, variables=variables)] == [text]


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "918867136000", "variables": {"Name": "Ann"}},
        {"from": "918800020300"},
        {"from": "918800032500", "attempts": 0},
    ],
)
def test_nothing_is_played_without_a_flow_or_an_answer(
    state: SandboxState, fields: dict[str, Any]
) -> None:
    assert played_events(state, **fields) == []


def test_nothing_is_played_for_a_flow_of_an_account_that_lists_none(state: SandboxState) -> None:
    change_account(state, records={"flows": {}})
    assert played_events(state, to="flow:221") == []


@pytest.mark.parametrize("say", ["", "{"])
def test_a_flow_without_text_plays_nothing(state: SandboxState, say: str) -> None:
    change_account(state, records={"flows": {"220": Flow(say=say)}})
    assert [event.data["text"] for event in played_events(state)] == [say] * bool(say)


def test_a_flow_plays_the_text_that_the_account_has_at_the_answer(state: SandboxState) -> None:
    click_to_call(state, to="flow:220")
    change_account(state, records={"flows": {"220": Flow(say="later")}})
    play_until_idle(state)
    texts = [event.data["text"] for event in read.calls(state)["c1"].events if event.type == "play"]
    assert texts == ["later"]


def test_a_flow_plays_its_text_at_the_answered_attempt(state: SandboxState) -> None:
    change_account(state, records={"flows": {"220": Flow(say="hi")}})
    click_to_call(state, "third-time-lucky", to="flow:220")
    play_until_idle(state)
    times = [event.at - START for event in read.calls(state)["c1"].events if event.type == "play"]
    assert times == [172_000]
