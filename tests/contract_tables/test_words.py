"""Sections 3, 5 and 6 of the contract: the words for behaviors, causes, states, kinds, errors."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from mockserver.config.registry import load_control_openapi
from mockserver.config.schema_checks import load_scenario_schema
from mockserver.core.causes import CAUSES
from mockserver.core.configuration import Configuration
from mockserver.core.lifecycle import CALL_TRANSITIONS, LEG_TRANSITIONS
from mockserver.core.number_plan import describe_number
from mockserver.core.webhook import ERROR_REASONS
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.leg_operations import place
from tests.support.simulation import START

CAUSE_TABLE: Final[Mapping[str, tuple[int, str]]] = {
    "normal": (16, "cancelled"),
    "busy": (17, "busy"),
    "no-answer": (19, "no-answer"),
    "rejected": (21, "rejected"),
    "unreachable": (20, "unreachable"),
    "invalid-number": (28, "invalid-number"),
    "network-failure": (38, "failed"),
}
"""Cause -> (its Q.850 number, the outcome of a call whose callee hangs up for it unanswered)."""

BEHAVIORS: Final[Mapping[str, tuple[str | None, str | None]]] = {
    "answered": ("normal", "completed"),
    "busy": ("busy", "busy"),
    "no-answer": ("no-answer", "no-answer"),
    "rejected": ("rejected", "rejected"),
    "unreachable": ("unreachable", "unreachable"),
    "invalid-number": ("invalid-number", "invalid-number"),
    "machine": ("normal", "completed"),
    "person": (None, None),
    "network-failure": ("network-failure", "failed"),
}
"""Behavior word -> (cause of the callee's hangup, outcome). Not in the contract: the last one."""

SCENARIO_NAMES_NOT_YET: Final[Mapping[str, int]] = {"busy": 21, "machine": 21, "person": 21}
"""Behavior word that no bundled scenario has as its name -> the issue that brings it."""

WAITING: Final[Mapping[str, tuple[str, dict[str, str | None]]]] = {
    "person": ("legs: {callee: person}", {"for": "person", "leg": "b"}),
    "control": ("steps: [{wait: control}]", {"for": "control", "leg": None}),
    "press": ("steps: [{wait: {press: a}}]", {"for": "press", "leg": "a"}),
    "say": ("steps: [{wait: {say: a}}]", {"for": "say", "leg": "a"}),
    "poll": ("steps: [{wait: {poll: 2}}]", {"for": "poll", "leg": None}),
    "hangup": (
        "legs: {a: {talk: until-hangup}, b: {talk: until-hangup}}",
        {"for": "hangup", "leg": None},
    ),
}
"""Word -> (scenario, what the call waits for). A resource is the vendor's: `agent`."""

LIFECYCLE_EVENTS: Final = frozenset(
    {
        "begin", "ring", "answer", "bridge", "play", "press", "say", "machine", "sms", "hangup",
        "leave", "continue", "poll", "attempt-ended", "ended",
    }
)  # fmt: skip
"""Not in the contract: `begin`, `leave`, `continue`, `poll`. Every call begins with `placed`."""

DOCUMENTED_WORDS: Final[Mapping[str, tuple[str | None, ...]]] = {
    "Call properties state": ("scheduled", "queued", "ringing", "answered", "bridged", "ended"),
    "Outcome": (
        "completed", "busy", "no-answer", "rejected", "unreachable", "invalid-number", "failed",
        "cancelled", None,
    ),
    "Leg properties cause": (*CAUSE_TABLE, None),
    "WebhookState": ("pending", "delivered", "failed", "dropped", "refused"),
    "AttemptError": (
        "dns", "connect", "tls", "timeout", "reset", "protocol", "too-large", "refused-target",
        *("internal", None),
    ),
    "AdvanceResult properties stop_reason": ("limit", "person", "reset", "stop", None),
    "Evidence": ("documented", "observed", "assumed"),
    "Aspect": ("api", "legs", "webhooks"),
    "Rank": ("header", "activation", "match", "bundled", "default"),
}  # fmt: skip
"""Way to an enumeration in the OpenAPI document, which all real answers follow -> its words."""

WEBHOOK_KINDS: Final[Mapping[str, list[str]]] = {
    "ccai": [],
    "effebot": ["status", "action"],
    "innocalls": ["get-digits", "cdr"],
    "mobtexting": ["completed"],
    "phonon": ["report"],
}


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def place_with(edge: EdgeSite, scenario: str) -> Any:
    """Place a click-to-call that plays a scenario, advance until idle, and return the call."""
    put = edge.request("PUT", "/_mock/scenarios/mine", content=scenario)
    assert put.status_code == 200, put.text
    place(edge.default.state, "click-to-call", "mine", now=START)
    edge.advance()
    return edge.get_json("/_mock/calls/c1")


def test_the_causes_are_those_of_the_table() -> None:
    assert {name: (cause.q850, cause.outcome) for name, cause in CAUSES.items()} == CAUSE_TABLE


@pytest.mark.parametrize("word", BEHAVIORS)
def test_a_behavior_word_ends_the_call_as_the_table_says(edge: EdgeSite, word: str) -> None:
    cause, outcome = BEHAVIORS[word]
    call = place_with(edge, f"legs: {{callee: {word}}}")
    hangups = [event for event in call["events"] if event["event"] == "hangup"]
    causes = [(event["cause"], event["q850"]) for event in hangups if event["cause"] == cause]
    assert (call["legs"][1]["cause"], call["outcome"]) == (cause, outcome)
    assert causes[:1] == ([(cause, CAUSE_TABLE[cause][0])] if cause else [])


def test_the_behavior_words_of_the_schema_are_those_of_the_table() -> None:
    assert {*load_scenario_schema()["$defs"]["behavior"]["examples"]} == {*BEHAVIORS}


def test_a_behavior_word_is_a_bundled_scenario_that_speaks_of_the_callee(
    configuration: Configuration,
) -> None:
    named = {
        word for word in BEHAVIORS
        if word in configuration.scenarios.by_name
        and [*configuration.scenarios.by_name[word].legs] == ["callee"]
    }  # fmt: skip
    assert named == BEHAVIORS.keys() - SCENARIO_NAMES_NOT_YET.keys() - {"network-failure"}


@pytest.mark.parametrize("word", WAITING)
def test_a_call_tells_what_it_waits_for(edge: EdgeSite, word: str) -> None:
    scenario, waiting = WAITING[word]
    assert place_with(edge, scenario)["waiting"] == [waiting]


def test_a_call_tells_the_resource_that_it_waits_for(edge: EdgeSite) -> None:
    body = {"agents": {"ann@acme.test": {"state": "offline"}}}
    edge.request("PUT", "/_mock/accounts/ccai/ccai-default", json=body)
    place(edge.default.state, "ccai-inbound", now=START)
    edge.advance(by="10s")
    words = [wait["for"] for wait in edge.get_json("/_mock/calls/c1")["waiting"]]
    assert words == ["agent"]


def test_the_events_of_the_lifecycle_are_those_of_the_table() -> None:
    known = {event for _, event in (*LEG_TRANSITIONS, *CALL_TRANSITIONS)}
    assert known == LIFECYCLE_EVENTS


def test_a_call_begins_with_placed(edge: EdgeSite) -> None:
    assert place_with(edge, "legs: {callee: busy}")["events"][0]["event"] == "placed"


@pytest.mark.parametrize("way", DOCUMENTED_WORDS)
def test_the_words_of_an_answer_are_those_of_the_table(way: str) -> None:
    schema = load_control_openapi()["components"]["schemas"]
    for step in way.split():
        schema = schema[step]
    assert tuple(schema["enum"]) == DOCUMENTED_WORDS[way]


def test_the_errors_of_an_attempt_have_a_reason_each() -> None:
    assert (*ERROR_REASONS, None) == DOCUMENTED_WORDS["AttemptError"]


def test_the_webhook_kinds_of_each_vendor_are_those_of_the_table(edge: EdgeSite) -> None:
    providers = edge.get_json("/_mock/providers")["providers"]
    assert {entry["name"]: entry["webhooks"] for entry in providers} == WEBHOOK_KINDS


def test_no_act_of_a_vendor_has_the_name_of_a_core_event(edge: EdgeSite) -> None:
    providers = edge.get_json("/_mock/providers")["providers"]
    acts = {act for entry in providers for act in entry["acts"]}
    assert acts >= {"offer", "hold", "resume", "transfer", "voicemail"}
    assert acts & (LIFECYCLE_EVENTS | {"placed"}) == set()


@pytest.mark.parametrize("number", ["918800010205", "9188 000 1 02 05", "+91 (88) 000-102-05"])
def test_the_digits_of_a_number_choose_its_plan_whatever_stands_between(number: str) -> None:
    assert describe_number(number) == "rings 2 s, answered, talks 5 s"
