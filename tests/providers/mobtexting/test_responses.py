"""Mobtexting responses: both success bodies, statuses, and the report key by key."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.core.account import Account
from mockserver.core.behavior import PRESETS
from mockserver.core.call import Event, Leg
from mockserver.core.causes import CAUSES
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.read_model import EMPTY_READ_MODEL
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item
from mockserver.providers.mobtexting import call_state, request, responses
from tests.support import read
from tests.support.builders import build_call, build_call_spec, build_request_context
from tests.support.simulation import START, click_to_call, play_until_idle

REPORT_TEMPLATE = """{
    "bridge": 918068281234, "from": 918867135000, "to": %s, "source": "C2C",
    "start_at": "2026-01-01 14:%s", "end_at": "2026-01-01 14:%s", "date": "2026-01-01 14:%s",
    "unixtime": "%s", "duration": "%s", "billing": "%s",
    "status": "%s", "status1": "%s", "status2": "%s",
    "recording_url": "", "hangup_by": "%s"
}"""
"""The fifteen keys, in the order and with the types of the page's sample."""


@pytest.mark.parametrize(
    ("authorization", "token", "expected"),
    [
        ("Bearer k1", None, "k1"),
        ("bearer k1", "k2", "k1"),
        ("BEARER   k1  ", None, "k1"),
        ("Bearer", "k2", "k2"),
        ("Bearer  ", "k2", "k2"),
        ("Token k1", "k2", "k2"),
        ("k1", None, None),
        ("", 7, None),
        ("", "", ""),
    ],
)
def test_the_credential_is_taken_from_the_header_or_else_the_parameter(
    authorization: str, token: object, expected: str | None
) -> None:
    fields = {} if token is None else {"access_token": token}
    sent = Request(method="POST", path="/", headers={"authorization": authorization}, fields=fields)
    assert request.credential(sent) == expected


def test_a_call_id_is_a_uuid_made_from_seed_and_number() -> None:
    context = build_request_context(read_model=EMPTY_READ_MODEL._replace(seed="seed"))
    assert responses.new_call_id(context, 1) == "a1d75043-6986-4e76-b7e9-79f1d76f14ef"


@pytest.mark.parametrize(
    ("webhooks", "webhook_id", "url"),
    [
        ({}, "", ""),
        ({}, "w1", ""),
        ({"w1": "http://w1/", "any": "http://any/"}, "w1", "http://w1/"),
        ({"w1": "http://w1/", "any": "http://any/"}, "w2", "http://any/"),
        ({"w1": "http://w1/", "any": "http://any/"}, "", "http://any/"),
        ({"w1": "http://w1/"}, "w2", None),
    ],
)
def test_the_webhook_url_is_looked_up_by_its_id(
    webhooks: dict[str, str], webhook_id: str, url: str | None
) -> None:
    assert (
        request.webhook_url(
            Account(name="shop", provider="mobtexting", webhooks=webhooks), webhook_id
        )
        == url
    )


NUMBER = '{"status": 200, "message": "Call initiated successfully"}'
FLOW = (
    '{"callId": "a1d75043-6986-4e76-b7e9-79f1d76f14ef", '
    '"message": "call initiated successfully", "status": 200}'
)
FROM, TO = ("a", "from", "918867135000"), ("b", "to", "918867136000")


@pytest.mark.parametrize(
    ("to", "text", "flow", "legs"),
    [
        ("918867136000", NUMBER, "b-after-a", [FROM, TO]),
        (918867136000, NUMBER, "b-after-a", [FROM, TO]),
        ("flow:220", FLOW, "one-leg", [FROM]),
    ],
)
def test_a_placed_call_is_answered_as_documented(
    state: SandboxState, to: object, text: str, flow: str, legs: list[tuple[str, str, str]]
) -> None:
    exchange = click_to_call(state, to=to)
    call = read.calls(state)["c1"]
    assert (exchange.response.status, json.dumps(exchange.response.body)) == (200, text)
    assert (call.spec.flow, [(leg.name, leg.role, leg.number) for leg in call.legs]) == (flow, legs)


def reported_body(state: SandboxState) -> dict[str, Any]:
    [delivery] = play_until_idle(state)
    assert isinstance(delivery.webhook.body, dict)
    return delivery.webhook.body


@pytest.mark.parametrize(
    ("scenario", "to", "times", "words"),
    [
        (
            "answered",
            "918867136000",
            ("30:00", "30:10", "30:10", "1767258010", "10", "6"),
            ("COMPLETED", "RECEIVED", "ANSWER", "agent"),
        ),
        (
            "callee-busy",
            "918867136000",
            ("30:00", "30:05", "30:05", "1767258005", "5", "0"),
            ("MISSED", "RECEIVED", "BUSY", "caller"),
        ),
        (
            "no-answer",
            918867136000,
            ("32:54", "33:21", "33:21", "1767258201", "27", "0"),
            ("MISSED", "RECEIVED", "NOANSWER", "caller"),
        ),
        (
            "answered",
            "flow:220",
            ("30:00", "30:08", "30:08", "1767258008", "8", "0"),
            ("RECEIVED", "RECEIVED", "", "agent"),
        ),
        (
            "callee-busy",
            "flow:220",
            ("30:00", "30:03", "30:03", "1767258003", "3", "0"),
            ("BUSY", "BUSY", "", "agent"),
        ),
    ],
)
def test_the_report_of_a_call_has_the_documented_keys_and_types(
    state: SandboxState, scenario: str, to: object, times: tuple[str, ...], words: tuple[str, ...]
) -> None:
    click_to_call(state, scenario, to=to)
    to_text = '"flow:220"' if to == "flow:220" else "918867136000"
    expected = json.loads(REPORT_TEMPLATE % (to_text, *times, *words))
    assert json.dumps(reported_body(state)) == json.dumps(expected)


@pytest.mark.parametrize("a", sorted(PRESETS.keys() - {"person"}))
@pytest.mark.parametrize("b", sorted(PRESETS.keys() - {"person"}))
@pytest.mark.parametrize("to", ["918867136000", "flow:220"])
def test_the_report_is_valid_by_its_schema_whatever_the_legs_do(
    configuration: Configuration, a: str, b: str, to: str
) -> None:
    scenario = Scenario(name="mine", legs={"a": PRESETS[a], "b": PRESETS[b]})
    state = SandboxState(
        configuration._replace(scenarios=ScenarioSet({"mine": scenario}, "mine")), START
    )
    click_to_call(state, to=to)
    document = configuration.providers["mobtexting"].document()
    schema = {"$ref": "#/components/schemas/Report", "components": document["components"]}
    report = reported_body(state)
    assert list(Draft202012Validator(schema).iter_errors(report)) == []


@pytest.mark.parametrize("offset", [1, 499, 999])
def test_report_durations_are_counted_between_its_printed_times(
    state: SandboxState, offset: int
) -> None:
    """A call that starts between two seconds lasts as long as its printed times say."""
    click_to_call(state, now=START + offset)
    report = reported_body(state)
    assert (report["start_at"], report["end_at"], report["duration"], report["billing"]) == (
        "2026-01-01 14:30:00",
        "2026-01-01 14:30:10",
        "10",
        "6",
    )


@pytest.mark.parametrize(("leg", "side"), [("a", "agent"), ("b", "caller")])
def test_the_report_says_which_side_hung_up_first(state: SandboxState, leg: str, side: str) -> None:
    click_to_call(state)
    while read.calls(state)["c1"].phase != "bridged":
        run_due_item(state)
    apply_event(state, "c1", Event(at=START + 5_000, type="hangup", leg=leg))
    assert reported_body(state)["hangup_by"] == side


def test_the_report_of_a_call_canceled_before_its_start_has_no_times(state: SandboxState) -> None:
    click_to_call(state)
    apply_event(state, "c1", Event(at=START, type="ended", data={"outcome": "cancelled"}))
    report = reported_body(state)
    assert (report["start_at"], report["duration"], report["hangup_by"]) == ("", "0", "agent")


def leg(name: str, answered_at: int | None, ended_at: int | None, cause: str | None) -> Leg:
    return Leg(
        name=name, role=name, number="1", answered_at=answered_at, ended_at=ended_at, cause=cause
    )


IDLE, RANG_OUT = leg("b", None, None, None), leg("b", None, 9, "no-answer")
TALKS, TALKED = leg("a", 1, None, None), leg("a", 1, 9, "normal")


@pytest.mark.parametrize(
    ("legs", "status"),
    [
        ((IDLE,), "queued"),
        ((IDLE, IDLE), "queued"),
        ((leg("a", None, 9, "busy"), IDLE), "BUSY"),
        ((leg("a", None, 9, "unreachable"),), "CHANUNAVAIL"),
        ((TALKS,), "RECEIVED"),
        ((TALKED,), "RECEIVED"),
        ((TALKS, IDLE), "RECEIVED"),
        ((TALKED, RANG_OUT), "MISSED"),
        ((TALKED, IDLE), "MISSED"),
        ((TALKS, TALKS), "COMPLETED"),
        ((TALKED, TALKED), "COMPLETED"),
    ],
)
def test_the_status_of_a_call_follows_from_its_legs(legs: tuple[Leg, ...], status: str) -> None:
    spec = build_call_spec(account="shop")
    assert call_state.status(build_call(spec=spec, legs=legs)) == status


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        (None, ""),
        ("normal", "CANCEL"),
        ("busy", "BUSY"),
        ("no-answer", "NOANSWER"),
        ("rejected", "BUSY"),
        ("unreachable", "CHANUNAVAIL"),
        ("invalid-number", "CONGESTION"),
        ("network-failure", "CHANUNAVAIL"),
    ],
)
def test_the_status_of_a_leg_follows_from_its_cause(cause: str | None, status: str) -> None:
    assert call_state.leg_status(leg("b", None, 9, cause)) == status
    assert call_state.leg_status(leg("b", 1, 9, cause)) == "ANSWER"


def test_every_cause_has_a_status() -> None:
    assert call_state.STATUS_BY_CAUSE.keys() == CAUSES.keys()
