"""How a conversation ends: who hangs up, at which millisecond, and what the vendor bills."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from mockserver.config.known_names import collect_known_names
from mockserver.config.scenarios import FileContext, build_scenarios
from mockserver.config.semantic_checks import scenario_problems
from mockserver.core.call import Call, Event
from mockserver.core.configuration import Configuration
from mockserver.core.script import WaitReason
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from mockserver.providers.ccai.participants import durations
from mockserver.providers.ccai.vendor_events import VENDOR_EVENTS
from mockserver.providers.effebot.call_state import state_of
from tests.support import read
from tests.support.config_files import configuration_from_texts
from tests.support.leg_operations import LEG_OPERATIONS, place
from tests.support.simulation import (
    START,
    click_to_call,
    play_until_idle,
    run_for,
    state_with_scenarios,
)

End = tuple[str, int, object]
"""(leg that hangs up first, ms since the attempt began, what the vendor bills)."""

DOCUMENTATION = Path(__file__).parents[1] / "docs" / "how-to" / "conversations.md"
STAY = {"talk": "until-hangup"}
THREE_KEYS = {"press": [{"after": after, "digits": "1"} for after in ("4s", "3s", "3s")]}


def late_key(after: str) -> list[dict[str, str]]:
    return [{"after": after, "digits": "1"}]


def legs(**behaviors: object) -> Mapping[str, object]:
    return {"legs": behaviors} if behaviors else {}


CONVERSATIONS: list[tuple[str, Mapping[str, object], End]] = [
    # Mobtexting: a answers at 2 s, b at 4 s; the seconds of the second leg are billed
    ("click-to-call", legs(), ("a", 10_000, "6")),
    ("click-to-call", legs(callee={"talk": "30s"}), ("b", 34_000, "30")),
    ("click-to-call", legs(callee={"hangup": "10s"}), ("b", 14_000, "10")),
    ("click-to-call", legs(a={"talk": "30s"}), ("a", 34_000, "30")),
    ("click-to-call", legs(a={"hangup": "10s"}), ("a", 12_000, "8")),
    ("click-to-call", legs(a={"talk": "3s"}, b={"talk": "5s"}), ("a", 7_000, "3")),
    ("click-to-call", legs(a={"talk": "5s"}, b={"talk": "3s"}), ("b", 7_000, "3")),
    ("click-to-call", legs(a={"talk": "30s"}, b={"hangup": "10s"}), ("b", 14_000, "10")),
    ("click-to-call", legs(a={"hangup": "1s"}), ("a", 3_000, "0")),
    ("click-to-call", legs(b="busy"), ("b", 4_000, "0")),
    ("click-to-call", legs(b="machine"), ("a", 10_000, "6")),
    ("click-to-call", legs(b=THREE_KEYS), ("b", 20_000, "16")),
    ("click-to-call", legs(b=THREE_KEYS, a={"talk": "5s"}), ("a", 9_000, "5")),
    ("click-to-call", legs(a={"press": "1"}), ("a", 10_000, "6")),
    ("click-to-call", legs(a={"press": "1"}, b={"ring": "20s"}), ("a", 28_000, "6")),
    ("click-to-call", legs(a={"press": "1"}, b={"talk": "30s"}), ("b", 34_000, "30")),
    ("click-to-call", legs(a={"press": late_key("9s")}, b={"say": "yes"}), ("a", 17_000, "13")),
    ("click-to-call", legs(a=STAY), ("b", 10_000, "6")),
    ("click-to-call", legs(b=STAY), ("a", 10_000, "6")),
    ("click-to-call", legs(a={"talk": "0s"}), ("b", 10_000, "6")),
    ("click-to-call", legs(a=STAY, b={"talk": "2s"}), ("b", 6_000, "2")),
    ("click-to-call", legs(a={**STAY, "press": late_key("9s")}), ("b", 17_000, "13")),
    ("click-to-call", {"steps": [{"after": "5s", "press": "1"}]}, ("a", 11_000, "7")),
    ("click-to-call", {"steps": [{"after": "20s", "say": "no", "leg": "b"}]}, ("b", 26_000, "22")),
    ("click-to-call", {"steps": [{"after": "20s", "machine": "b"}]}, ("a", 20_000, "16")),
    (
        "click-to-call",
        {"steps": [{"after": "20s", "machine": "b"}], **legs(a={"talk": "9s"})},
        ("a", 13_000, "9"),
    ),
    ("flow", legs(), ("a", 8_000, "0")),
    ("flow", legs(a={"hangup": "20s"}), ("a", 22_000, "0")),
    ("flow", legs(a=THREE_KEYS), ("a", 18_000, "0")),
    # Innocalls: a bridge lasts 2 minutes at most; it bills nothing that a client sees
    ("order-confirmation", legs(), ("a", 8_000, None)),
    ("order-confirmation", legs(phone={"talk": "30s"}), ("a", 32_000, None)),
    ("dispatch", legs(phone={"press": "1"}), ("a", 9_000, None)),
    ("bridge", legs(second_callee={"talk": "30s"}), ("b", 34_000, None)),
    ("bridge", legs(first_callee=STAY), ("b", 10_000, None)),
    ("bridge", legs(first_callee=STAY, second_callee=STAY), ("b", 124_000, None)),
    # Effebot: each minute begun of each leg costs 5 cents; b joins at the key of a
    ("effebot", legs(), ("a", 8_000, "0.05")),
    ("effebot", legs(a={"talk": "61s"}), ("a", 63_000, "0.10")),
    ("effebot", legs(a=STAY), ("a", 120_002_000, "100.00")),  # the balance ends it
    ("effebot-manager", legs(manager={"talk": "3s"}), ("a", 8_000, "0.05")),
    ("effebot-manager", legs(a={"press": "1"}), ("a", 11_000, "0.10")),
    ("effebot-manager", legs(a={"press": "1"}, b={"ring": "20s"}), ("a", 29_000, "0.10")),
    ("effebot-manager", legs(a={"press": "1"}, b={"talk": "61s"}), ("b", 66_000, "0.20")),
    ("effebot-manager", legs(a={"press": "1"}, b={"hangup": "10s"}), ("b", 15_000, "0.10")),
    ("effebot-manager", legs(a={"press": "1", "hangup": "20s"}), ("a", 22_000, "0.10")),
    ("effebot-manager", legs(a={"press": "1", "talk": "4s"}), ("a", 9_000, "0.10")),
    ("effebot-manager", legs(a={"press": "1"}, b={"press": "2"}), ("b", 12_000, "0.10")),
    # Phonon: the duration is that of the contact, in ms
    ("phonon", legs(), ("a", 8_000, "6000")),
    ("phonon", legs(contact={"hangup": "10s"}), ("a", 12_000, "10000")),
    ("phonon-bridge", legs(), ("a", 10_000, "8000")),
    ("phonon-bridge", legs(bridge={"talk": "20s"}), ("b", 24_000, "22000")),
    ("phonon-bridge", legs(contact=STAY, bridge={"say": "hello"}), ("b", 11_000, "9000")),
    # CCAI: both legs of a queue answer at 2 s and are bridged at 4 s; the duration counts from then
    ("ccai-outbound", legs(), ("a", 10_000, 6)),
    ("ccai-outbound", legs(end_user={"talk": "30s"}), ("b", 34_000, 30)),
    ("ccai-outbound", legs(agent={"hangup": "3s"}, end_user={"ring": "20s"}), ("a", 5_000, 0)),
    ("ccai-inbound", legs(), ("a", 10_000, 6)),
    ("ccai-inbound", legs(agent={"ring": "10s"}), ("a", 18_000, 6)),
    ("ccai-inbound", legs(agent={"talk": "30s"}), ("b", 34_000, 30)),
    ("ccai-inbound", legs(end_user={"hangup": "10s"}), ("a", 12_000, 8)),
    ("ccai-inbound", legs(end_user=STAY), ("b", 10_000, 6)),
    (
        "ccai-inbound",
        legs(end_user={"press": late_key("5s")}, agent={"ring": "4s"}),
        ("a", 13_000, 7),
    ),
    (
        "ccai-inbound",
        {"steps": [{"after": "10s", "act": "transfer", "agent": "allen@somedomain.com"}]},
        ("a", 20_000, 16),
    ),
    (
        "ccai-inbound",
        {
            "steps": [
                {"after": "9s", "act": "offer", "agent": "allen@somedomain.com", "then": "answered"}
            ]
        },
        ("a", 19_000, 6),
    ),
    (
        "ccai-inbound",
        {
            "steps": [{"after": "10s", "act": "transfer", "agent": "allen@somedomain.com"}],
            **legs(end_user={"talk": "20s"}),
        },
        ("a", 34_000, 30),
    ),
    ("ccai-scheduled", legs(agent={"hangup": "12s"}), ("b", 14_000, 10)),
]
"""(operation, scenario, end), from the contract: whoever is not described answers after 2 s."""


def report_body(state: SandboxState) -> Any:
    [delivery] = read.deliveries(state).values()
    return delivery.webhook.body


BILLINGS: Mapping[str, Callable[[SandboxState, Call], object]] = {
    "mobtexting": lambda state, _: report_body(state)["billing"],
    "phonon": lambda state, _: report_body(state)["body"]["callDetails"][0]["duration"],
    "innocalls": lambda *_: None,
    "effebot": lambda _, call: str(state_of(call).cost),
    "ccai": lambda _, call: durations(call, call.events[-1].at)["call_duration"],
}
"""Provider -> what it bills, or the duration that it tells."""


def state_with_scenario(configuration: Configuration, body: Mapping[str, Any]) -> SandboxState:
    """Return a state with the scenario `mine`, built as if from a file."""
    names = collect_known_names(configuration.providers)
    assert list(scenario_problems(body, names, ())) == []
    usual = configuration.scenarios.by_name["answered"]
    context = FileContext(bundled=False, vendor_events=VENDOR_EVENTS)
    built = build_scenarios("mine", body, lambda _: "mine.yaml:1:1", context)
    return state_with_scenarios(configuration, usual, *built)


def first_hangup(call: Call) -> tuple[str, int]:
    began_at = next(event.at for event in call.events if event.type == "begin")
    hangup = next(event for event in call.events if event.type == "hangup")
    return hangup.leg, hangup.at - began_at


@pytest.mark.parametrize(("operation", "body", "end"), CONVERSATIONS, ids=str)
def test_the_earliest_end_of_a_leg_ends_the_call_and_without_any_the_default(
    configuration: Configuration, operation: str, body: Mapping[str, object], end: End
) -> None:
    state = state_with_scenario(configuration, body or legs(callee="answered"))
    place(state, operation, "mine")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    billing = BILLINGS[LEG_OPERATIONS[operation].provider](state, call)
    assert ((*first_hangup(call), billing), call.phase) == (end, "ended")


WAITS: list[tuple[str, Mapping[str, object], WaitReason]] = [
    ("click-to-call", legs(a=STAY, b=STAY), WaitReason(reason="hangup")),
    ("click-to-call", legs(b="person"), WaitReason(reason="person", leg="b")),
    ("click-to-call", {"steps": [{"wait": "control"}]}, WaitReason(reason="control")),
    (
        "click-to-call",
        {"steps": [{"wait": {"press": "a"}}], **legs(b={"press": "1"})},
        WaitReason(reason="press", leg="a"),
    ),
    ("flow", legs(a=STAY), WaitReason(reason="hangup")),
    ("dispatch", legs(a={**STAY, "press": "1"}), WaitReason(reason="hangup")),
    ("phonon", legs(a=STAY), WaitReason(reason="hangup")),
    ("ccai-outbound", legs(a=STAY, b=STAY), WaitReason(reason="hangup")),
    ("ccai-outbound", legs(end_user="person"), WaitReason(reason="person", leg="b")),
]
"""(operation, scenario, what the call waits for without end)."""


@pytest.mark.parametrize(("operation", "body", "wait_reason"), WAITS, ids=str)
def test_a_conversation_that_nobody_ends_says_what_it_waits_for(
    configuration: Configuration,
    operation: str,
    body: Mapping[str, object],
    wait_reason: WaitReason,
) -> None:
    state = state_with_scenario(configuration, body)
    place(state, operation, "mine")
    play_until_idle(state)
    assert read.wait_reasons(state) == {"c1": (wait_reason,)}


TALKS_30, STAYS, HANGS_UP_30, STAYS_WITH_KEY = (
    f"9188{plan}" for plan in ("00010230", "00010200", "00070231", "00070201")
)
NOBODY = "918867136000"


@pytest.mark.parametrize(
    ("numbers", "end"),
    [
        ((NOBODY, TALKS_30), ("b", 34_000)),
        ((TALKS_30, NOBODY), ("a", 34_000)),
        ((TALKS_30, "918800010220"), ("b", 24_000)),
        ((TALKS_30, STAYS), ("a", 34_000)),
        ((STAYS, NOBODY), ("b", 10_000)),
        ((NOBODY, STAYS), ("a", 10_000)),
        ((NOBODY, HANGS_UP_30), ("b", 34_000)),
        ((HANGS_UP_30, NOBODY), ("a", 32_000)),
        ((NOBODY, STAYS_WITH_KEY), ("a", 15_000)),
        ((STAYS, STAYS_WITH_KEY), None),
        ((STAYS, STAYS), None),
        ((NOBODY, "918800082000"), ("a", 28_000)),
    ],
)
def test_the_smaller_talk_time_of_the_number_plan_hangs_up(
    configuration: Configuration, numbers: tuple[str, str], end: tuple[str, int] | None
) -> None:
    state = SandboxState(configuration, START)
    sent: Any = dict(zip(("from", "to"), numbers, strict=True))
    click_to_call(state, **sent)
    play_until_idle(state)
    call = read.calls(state)["c1"]
    assert (first_hangup(call) if call.phase == "ended" else None) == end


def documented_examples() -> list[tuple[str, str, str]]:
    """Return the rows of the page's examples: legs, who hangs up, when."""
    text = DOCUMENTATION.read_text("utf-8")
    rows = re.findall(r"^\| `(\{.*\})` \| (\w+) \| (.+) \|$", text, re.MULTILINE)
    assert len(rows) == text.count("| `{")
    return rows


@pytest.mark.parametrize(("written", "leg", "end"), documented_examples())
def test_a_conversation_ends_as_the_documentation_says(written: str, leg: str, end: str) -> None:
    file = f"scenarios:\n  mine: {{legs: {written}}}\n"
    state = SandboxState(configuration_from_texts(file), START)
    place(state, "click-to-call", "mine")
    play_until_idle(state)
    call = read.calls(state)["c1"]
    if leg == "nobody":
        assert (end, call.phase) == ("never", "bridged")
    else:
        assert first_hangup(call) == (leg, int(end.removesuffix(" s")) * 1_000)


def test_each_key_of_a_list_is_pressed(configuration: Configuration) -> None:
    state = state_with_scenario(configuration, legs(b=THREE_KEYS))
    place(state, "click-to-call", "mine")
    play_until_idle(state)
    events = read.calls(state)["c1"].events
    assert [event.at - START for event in events if event.type == "press"] == [
        8_000,
        11_000,
        14_000,
    ]


def test_nobody_hangs_up_by_default_on_a_person(configuration: Configuration) -> None:
    """A person who has answered talks until somebody hangs up, whatever key is pressed."""
    state = state_with_scenario(configuration, legs(b="person"))
    place(state, "click-to-call", "mine")
    run_for(state, 5_000)
    for event in (
        Event(at=START + 5_000, type="answer", leg="b"),
        Event(at=START + 7_000, type="press", leg="b", data={"digits": "1"}),
    ):
        apply_event(state, "c1", event)
    play_until_idle(state)
    assert read.wait_reasons(state) == {"c1": (WaitReason(reason="hangup"),)}


def test_a_key_from_the_control_api_counts_like_any_other(configuration: Configuration) -> None:
    state = state_with_scenario(configuration, legs(callee="answered"))
    place(state, "click-to-call", "mine")
    run_for(state, 9_000)
    key = Event(at=START + 9_000, type="press", leg="b", data={"digits": "1"}, source="control")
    apply_event(state, "c1", key)
    play_until_idle(state)
    assert first_hangup(read.calls(state)["c1"]) == ("b", 15_000)
