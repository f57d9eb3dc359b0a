"""What a strict test fails for: each kind of finding, and what is none."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.account import Retry
from mockserver.core.behavior import PRESETS
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, Scenario
from mockserver.core.webhook import DeliveryResult, SimulatedAttempt
from mockserver.engine import commands
from mockserver.engine.failures import record_error
from mockserver.engine.own_refusals import OwnRefusal, record_refusal
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.unexpected import FINDERS
from tests.support import read
from tests.support.builders import STAY_ON_LINE
from tests.support.deliveries import end_call_at_once
from tests.support.matches import activate, clear_activations
from tests.support.simulation import (
    START,
    change_account,
    click_to_call,
    play_until_idle,
    state_with_scenarios,
)

BUSY = Scenario(name="busy", legs={"callee": PRESETS["busy"]})
USES_BUSY = Scenario(name="outer", use="busy")
FAULTY = Scenario(name="faulty", responses=(ApiBehavior(fault="unauthenticated"),))
USUAL = Scenario(name="usual")
URL = "{origin}/_mock/receive/mobtexting"


def findings(state: SandboxState, *uploads: str) -> list[tuple[str, str, str]]:
    """(kind, subject, message) of each finding."""
    found = (each for find in FINDERS.values() for each in find((state, uploads)))
    return [(each.kind, each.subject, each.message) for each in found]


def answer(**result: Any) -> Any:
    """A receiver that gives this result to every attempt."""
    return lambda _: DeliveryResult(**{"status": None, **result})


def refuse(state: SandboxState, problem: str, status: int, explanation: str) -> None:
    request = Request(method="GET", path="/nothing")
    refusal = OwnRefusal(problem=problem, status=status, explanation=explanation)
    record_refusal(state, request, START, refusal)


def test_the_usual_is_expected(state: SandboxState) -> None:
    click_to_call(state)
    play_until_idle(state)
    assert findings(state) == []


def test_an_error_of_our_own_is_unexpected(state: SandboxState) -> None:
    record_error(state, LookupError("oops"), START, "c7")
    message = "the mock server has a fault of its own: LookupError('oops')"
    assert findings(state) == [("internal-error", "c7", message)]


@pytest.mark.parametrize(
    ("problem", "kind", "words"),
    [
        ("unknown-path", "unknown-path", "unknown path"),
        ("unsupported-encoding", "refused-request", "refused by the mock server"),
    ],
)
def test_a_request_that_the_mock_server_refuses_is_unexpected(
    state: SandboxState, problem: str, kind: str, words: str
) -> None:
    refuse(state, problem, 404, "it has no such path")
    message = f"{words}: r1 GET /nothing: it has no such path"
    assert findings(state) == [(kind, "r1", message)]


def test_a_refusal_of_the_vendor_is_expected(state: SandboxState) -> None:
    click_to_call(state, to="1")
    assert (read.exchanges(state)[0].fault, findings(state)) == ("to-malformed", [])


def test_a_call_that_waits_for_a_person_is_unexpected(state: SandboxState) -> None:
    click_to_call(state, "waits-for-a-person")
    play_until_idle(state)
    message = "call c1 is left waiting for a person: leg b rings until one answers"
    assert findings(state) == [("waiting-call", "c1", message)]


def test_a_call_that_waits_for_something_else_is_expected(configuration: Configuration) -> None:
    stays = Scenario(name="stays", legs={"a": STAY_ON_LINE, "callee": STAY_ON_LINE})
    state = state_with_scenarios(configuration, stays)
    click_to_call(state)
    play_until_idle(state)
    assert (len(read.wait_reasons(state)), findings(state)) == (1, [])


@pytest.mark.parametrize(
    ("result", "kind", "met"),
    [
        (
            {"error": "refused-target", "reason": "8.8.8.8 is public"},
            "refused-webhook",
            "was not sent: 8.8.8.8 is public",
        ),
        (
            {"status": 500},
            "unaccepted-webhook",
            "was never accepted: status 500; the vendor accepts 200 or 202",
        ),
        (
            {"error": "reset", "reason": "it has closed the connection"},
            "unaccepted-webhook",
            "was never accepted: it has closed the connection; the vendor accepts 200 or 202",
        ),
    ],
)
def test_a_webhook_that_nobody_has_accepted_is_unexpected(
    state: SandboxState, result: Mapping[str, Any], kind: str, met: str
) -> None:
    click_to_call(state)
    play_until_idle(state, answer(**result))
    assert findings(state) == [(kind, "w1", f"webhook w1 completed to {URL} {met}")]


def test_a_webhook_that_is_still_to_be_tried_again_is_unexpected(state: SandboxState) -> None:
    scenario = {"retry": {"waits": ["60s"]}}
    account = state.configuration.parse_account("mobtexting-default", "mobtexting", scenario)[0]
    assert account
    commands.put_account(state, account, scenario, START)
    click_to_call(state)
    play_until_idle(state, answer(status=503))
    [(kind, _, message)] = findings(state)
    assert (kind, message.endswith(": status 503, status 503; the vendor accepts 200 or 202")) == (
        "unaccepted-webhook",
        True,
    )


def test_a_range_of_accepted_statuses_is_named_by_its_ends(state: SandboxState) -> None:
    change_account(state, retry=Retry())
    click_to_call(state)
    play_until_idle(state, answer(status=301))
    [(_, _, message)] = findings(state)
    assert message.endswith(": status 301; the vendor accepts 200 to 299")


def test_a_webhook_that_was_once_accepted_is_expected(state: SandboxState) -> None:
    click_to_call(state)
    play_until_idle(state)
    commands.redeliver(state, "w1", START)
    play_until_idle(state, answer(status=500))
    assert (read.deliveries(state)["w1"].state, findings(state)) == ("failed", [])


@pytest.mark.parametrize(
    "behavior",
    [
        {"corrupt": "garbage"},
        {"drop": True},
        {"attempts": (SimulatedAttempt(status=500),)},
    ],
    ids=["corrupted", "dropped", "simulated"],
)
def test_a_webhook_that_a_scenario_spoils_is_expected(
    configuration: Configuration, behavior: Mapping[str, Any]
) -> None:
    spoiled = Scenario(name="spoiled", webhooks={"any": DeliveryBehavior(**behavior)})
    state = state_with_scenarios(configuration, spoiled)
    click_to_call(state)
    play_until_idle(state, answer(status=400))
    assert findings(state) == []


def test_a_webhook_that_an_internal_error_ends_is_none_of_its_receiver(
    state: SandboxState,
) -> None:
    end_call_at_once(state)
    play_until_idle(state, answer(error="internal"))
    assert findings(state) == []


@pytest.mark.parametrize(
    ("scenario", "callee", "unplayed"),
    [
        ("callee-busy", "918867136000", []),
        ("callee-busy", "1", ["a1"]),
        ("third-time-lucky", "918867136000", []),
    ],
)
def test_an_activation_that_changes_no_request_is_unexpected(
    state: SandboxState, scenario: str, callee: str, unplayed: list[str]
) -> None:
    activate(state, scenario)
    click_to_call(state, to=callee)
    play_until_idle(state)
    message = f"activation a1 of scenario {scenario!r} has never played"
    assert findings(state) == [("unplayed-activation", each, message) for each in unplayed]


def test_an_activation_that_was_cleared_is_expected(state: SandboxState) -> None:
    activate(state, "callee-busy", times=1)
    clear_activations(state)
    assert findings(state) == []


def test_an_activation_that_has_a_use_left_is_expected(state: SandboxState) -> None:
    activate(state, "callee-busy", times=2)
    click_to_call(state)
    play_until_idle(state)
    assert findings(state) == []


@pytest.mark.parametrize(
    ("names", "unplayed"),
    [
        ((), ["busy", "faulty", "outer"]),
        (("busy",), ["faulty", "outer"]),
        (("outer",), ["faulty"]),
        (("faulty",), ["busy", "outer"]),
    ],
)
def test_a_scenario_that_was_put_and_decides_nothing_is_unexpected(
    configuration: Configuration, names: tuple[str, ...], unplayed: list[str]
) -> None:
    state = state_with_scenarios(configuration, USUAL, BUSY, USES_BUSY, FAULTY)
    click_to_call(state, *names)
    play_until_idle(state)
    assert findings(state, "busy", "faulty", "outer") == [
        ("unplayed-scenario", name, f"scenario {name!r} has never played") for name in unplayed
    ]


def test_whether_a_scenario_has_played_is_unknown_once_calls_are_evicted(
    state: SandboxState,
) -> None:
    click_to_call(state)
    play_until_idle(state)
    assert [kind for kind, *_ in findings(state, "mine")] == ["unplayed-scenario"]
    state.calls.evict("c1")
    assert findings(state, "mine") == []


def test_words_that_were_ignored_are_unexpected_if_they_could_never_apply(
    configuration: Configuration,
) -> None:
    odd = Scenario(name="odd", legs={"agent": PRESETS["busy"]})
    state = state_with_scenarios(configuration, USUAL, odd)
    activate(state, "odd")
    click_to_call(state)
    reason = "c2c has no leg agent, only a, b, callee, from, to"
    assert ("ignored-words", "r1", f"ignored: scenario odd: legs.agent: {reason}") in findings(
        state
    )


def test_findings_come_kind_by_kind(state: SandboxState) -> None:
    activate(state, "callee-busy", globs={"provider": "effebot"})
    refuse(state, "bad-request", 400, "no")
    refuse(state, "unknown-path", 404, "no")
    kinds = [kind for kind, *_ in findings(state)]
    assert kinds == ["unknown-path", "refused-request", "unplayed-activation"]
    assert [kind for kind in FINDERS if kind in kinds] == kinds
