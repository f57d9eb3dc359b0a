"""What a flow reads out: the account's text with the request's variables in it."""

from typing import Any

import pytest

from mockserver.core.call import Event
from mockserver.engine.sandbox_state import SandboxState
from mockserver.providers.mobtexting.records import Flow
from tests.support import read
from tests.support.simulation import START, change_account, click_to_call, play_until_idle


def spoken(state: SandboxState, **fields: Any) -> list[Event]:
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
        ({"Name": "{otp}", "otp": "{Name}"}, "Hello {otp}, your otp for login is {Name}"),
        ({"Name": r"\g<1>\1", "otp": "{"}, r"Hello \g<1>\1, your otp for login is {"),
        ({}, "Hello {Name}, your otp for login is {otp}"),
        ([], "Hello {Name}, your otp for login is {otp}"),
        (["Ann", "12344"], "Hello {Name}, your otp for login is {otp}"),
        ("", "Hello {Name}, your otp for login is {otp}"),
        (None, "Hello {Name}, your otp for login is {otp}"),
    ],
)
def test_flow_is_read_out_when_the_customer_answers(
    state: SandboxState, variables: object, text: str
) -> None:
    assert spoken(state, variables=variables) == [
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
def test_flow_calls_the_items_of_a_list_by_their_places(
    state: SandboxState, variables: object, text: str
) -> None:
    """A list is what `variables[0]=Ann` unfolds to."""
    change_account(state, records={"flows": {"220": Flow(say="{0} has {1} of {2}, {0a}")}})
    assert [event.data["text"] for event in spoken(state, variables=variables)] == [text]


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "flow:221"},
        {"to": "918867136000", "variables": {"Name": "Ann"}},
        {"from": "918800020300"},
        {"from": "918800032500", "attempts": 0},
    ],
)
def test_flow_says_nothing_when_nobody_listens_or_there_is_no_such_flow(
    state: SandboxState, fields: dict[str, Any]
) -> None:
    assert spoken(state, **fields) == []


@pytest.mark.parametrize("say", ["", "{"])
def test_flow_without_words_is_silent(state: SandboxState, say: str) -> None:
    change_account(state, records={"flows": {"220": Flow(say=say)}})
    assert [event.data["text"] for event in spoken(state)] == [say] * bool(say)


def test_flow_is_read_as_the_account_stands_when_it_is_answered(state: SandboxState) -> None:
    click_to_call(state, to="flow:220")
    change_account(state, records={"flows": {"220": Flow(say="later")}})
    play_until_idle(state)
    texts = [one.data["text"] for one in read.calls(state)["c1"].events if one.type == "play"]
    assert texts == ["later"]


def test_flow_is_read_out_again_at_each_answered_attempt(state: SandboxState) -> None:
    change_account(state, records={"flows": {"220": Flow(say="hi")}})
    click_to_call(state, "third-time-lucky", to="flow:220")
    play_until_idle(state)
    said = [event.at - START for event in read.calls(state)["c1"].events if event.type == "play"]
    assert said == [172_000]
