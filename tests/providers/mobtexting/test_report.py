"""The report's words: all nine statuses, the recording, and the key of the quirk."""

from typing import Any

import pytest

from mockserver.core.behavior import (
    DEFAULT_BEHAVIOR,
    PRESETS,
    STAY_ON_LINE,
    LegBehavior,
    fixed_duration,
)
from mockserver.core.call import Event, recording_token
from mockserver.core.configuration import Configuration
from mockserver.core.scenario import Scenario
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from mockserver.providers.mobtexting import PROVIDER
from tests.support import read
from tests.support.simulation import (
    START,
    change_account,
    click_to_call,
    play_until_idle,
    run_for,
    state_with_scenarios,
)

EARLY = DEFAULT_BEHAVIOR._replace(hangup=fixed_duration(1_000))
LOST = PRESETS["network-failure"]

Words = tuple[str, str, str, str]


def report(state: SandboxState, *stories: str, **fields: Any) -> dict[str, Any]:
    click_to_call(state, *stories, **fields)
    sent = play_until_idle(state)
    assert len(sent) == 1
    return dict(sent[0].webhook.body or {})


def words(told: dict[str, Any]) -> Words:
    return told["status"], told["status1"], told["status2"], told["hangup_by"]


PEOPLE: dict[str, tuple[dict[str, LegBehavior], Words]] = {
    "both talk": ({}, ("COMPLETED", "RECEIVED", "ANSWER", "agent")),
    "b ends it": (
        {"a": STAY_ON_LINE},
        ("COMPLETED", "RECEIVED", "ANSWER", "caller"),
    ),
    "b busy": ({"b": PRESETS["busy"]}, ("MISSED", "RECEIVED", "BUSY", "caller")),
    "b rejects": ({"b": PRESETS["rejected"]}, ("MISSED", "RECEIVED", "BUSY", "caller")),
    "b silent": ({"b": PRESETS["no-answer"]}, ("MISSED", "RECEIVED", "NOANSWER", "caller")),
    "b unreachable": (
        {"b": PRESETS["unreachable"]},
        ("MISSED", "RECEIVED", "CHANUNAVAIL", "caller"),
    ),
    "b lost": ({"b": LOST}, ("MISSED", "RECEIVED", "CHANUNAVAIL", "caller")),
    "b wrong number": (
        {"b": PRESETS["invalid-number"]},
        ("MISSED", "RECEIVED", "CONGESTION", "caller"),
    ),
    "a gives up": (
        {"a": EARLY, "b": PRESETS["no-answer"]},
        ("MISSED", "RECEIVED", "CANCEL", "agent"),
    ),
    "a busy": ({"a": PRESETS["busy"]}, ("BUSY", "BUSY", "", "agent")),
    "a silent": ({"a": PRESETS["no-answer"]}, ("NOANSWER", "NOANSWER", "", "agent")),
    "a unreachable": (
        {"a": PRESETS["unreachable"]},
        ("CHANUNAVAIL", "CHANUNAVAIL", "", "agent"),
    ),
    "a wrong number": (
        {"a": PRESETS["invalid-number"]},
        ("CONGESTION", "CONGESTION", "", "agent"),
    ),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_report_words_by_what_people_do(configuration: Configuration, name: str) -> None:
    legs, expected = PEOPLE[name]
    state = state_with_scenarios(configuration, Scenario(name="mine", legs=legs))
    assert words(report(state, attempts=0)) == expected


def test_report_words_of_a_flow(state: SandboxState) -> None:
    assert words(report(state, to="flow:220")) == ("RECEIVED", "RECEIVED", "", "agent")


def test_report_words_of_a_call_given_up_while_it_rang(state: SandboxState) -> None:
    click_to_call(state)
    run_for(state, 0)
    apply_event(
        state,
        "c1",
        Event(at=START + 1_000, type="hangup", leg="a", data={"cause": "normal"}, source="control"),
    )
    [sent] = play_until_idle(state)
    assert words(dict(sent.webhook.body or {})) == ("CANCEL", "CANCEL", "", "agent")


def test_report_reaches_all_nine_words_of_the_page() -> None:
    reached = {word for _, (*three, _) in PEOPLE.values() for word in three if word}
    assert reached == {
        "ANSWER",
        "BUSY",
        "NOANSWER",
        "CANCEL",
        "CONGESTION",
        "CHANUNAVAIL",
        "RECEIVED",
        "MISSED",
        "COMPLETED",
    }


def test_report_is_of_the_last_attempt(state: SandboxState) -> None:
    told = report(state, "third-time-lucky")
    assert words(told) == ("COMPLETED", "RECEIVED", "ANSWER", "agent")
    assert (told["start_at"], told["end_at"]) == ("2026-01-01 14:32:54", "2026-01-01 14:33:04")


HEARD = f"/_media/default/{recording_token('seed', 'c1')}.wav"


@pytest.mark.parametrize(
    ("story", "fields", "url"),
    [
        ("answered", {"record": "1"}, HEARD),
        ("answered", {"record": 1}, HEARD),
        ("answered", {"record": "1", "to": "flow:220"}, HEARD),
        ("callee-busy", {"record": "1"}, HEARD),
        ("answered", {"record": "0"}, ""),
        ("answered", {"record": 0}, ""),
        ("answered", {"record": ""}, ""),
        ("answered", {}, ""),
        ("callee-busy", {"record": "1", "to": "flow:220"}, ""),
        ("report-before-reply", {"record": 1}, ""),
    ],
)
def test_report_recording_url_if_asked_for_and_somebody_answered(
    state: SandboxState, story: str, fields: dict[str, Any], url: str
) -> None:
    assert report(state, story, **fields)["recording_url"] == url
    assert list(read.call_ids_by_recording(state).values()) == ["c1"]


@pytest.mark.parametrize(
    ("quirks", "fields", "shown"),
    [
        ((), {"webhook_id": "w1"}, None),
        (("webhook-id",), {"webhook_id": "w1"}, "w1"),
        (("webhook-id",), {"webhook_id": ""}, ""),
        (("webhook-id",), {}, ""),
    ],
)
def test_report_webhook_id_by_the_quirk(
    state: SandboxState, quirks: tuple[str, ...], fields: dict[str, Any], shown: str | None
) -> None:
    change_account(state, quirks=frozenset(quirks))
    told = report(state, **fields)
    expected = {} if shown is None else {"webhook_id": shown}
    assert {name: told[name] for name in list(told)[: len(expected)]} == expected
    assert (len(told), "webhook_id" in told) == (15 + len(expected), shown is not None)


def test_report_quirk_is_known_to_the_provider() -> None:
    assert list(PROVIDER.quirks) == ["webhook-id"]
