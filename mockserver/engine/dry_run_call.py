"""Play one request with a scenario in a sandbox of its own, to find steps that cannot happen."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.journal import RejectedEvent
from mockserver.core.provider import no_guard
from mockserver.core.scenario import Scenario
from mockserver.core.script import EXTERNAL_CONDITIONS, WaitReason
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import match_request, respond
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item
from mockserver.engine.state.agenda import DueItem

REQUEST_COST = 5  # of a request, in due items

CALL_ENDED = "the call is over by then"
NEVER_OCCURS = "what it waits for cannot come"

STIMULI = {
    "person": Event(0, "answer"),
    "press": Event(0, "press", data={"digits": "1"}),
    "say": Event(0, "say", data={"words": "yes"}),
    "poll": Event(0, "poll"),
    "control": Event(0, "continue", source="control"),
    "hangup": Event(0, "hangup", data={"cause": "normal"}, source="control"),
}
"""Wait reason -> the event that ends it. Resources are left out: their provider assigns them."""


class Budget:
    """How many due items and stimuli are left for dry runs; what is not run is not found out."""

    def __init__(self, items: int) -> None:
        self.left = items

    def spend(self, items: int = 1) -> bool:
        """Take some of the items; False if no more were left."""
        self.left -= items
        return self.left >= 0


class DryRunProblem(NamedTuple):
    """A step that cannot happen: its `location` in the scenario file, and the reason.

    `is_leg_missing` is True if the call has no such leg: the scenario may well be meant for
    another operation. `is_of_account` is True if the account can be the reason: it may lack the
    agent that the step names.
    """

    location: str
    reason: str
    is_leg_missing: bool = False
    is_of_account: bool = False


def play_request(
    configuration: Configuration, scenario: Scenario, incoming: IncomingRequest, budget: Budget
) -> tuple[DryRunProblem, ...] | None:
    """Return the problems of the order of stimuli that has fewer; None if no call is placed."""
    first = _play(SandboxState(configuration, 0), scenario, incoming, (budget, False))
    if first is None or not first.problems or not first.had_choice:
        return first and first.problems
    other = _play(SandboxState(configuration, 0), scenario, incoming, (budget, True))
    return min(first.problems, other.problems if other else first.problems, key=len)


Mode = tuple[Budget, bool]
"""(budget, whether the events that the steps wait for come before answers)"""


class _Run(NamedTuple):
    """Where a run has led; `had_choice` if there were two stimuli to choose from at some time."""

    problems: tuple[DryRunProblem, ...]
    had_choice: bool


def _play(
    state: SandboxState, scenario: Scenario, incoming: IncomingRequest, mode: Mode
) -> _Run | None:
    mode[0].spend(REQUEST_COST)
    matched = match_request(state, incoming, 0)
    if all(scenario.missing_requirement(match.context) for match in matched.matches):
        return None
    exchange = respond(state, matched, 0)
    if not exchange.call_ids:
        return None
    call_id = exchange.call_ids[0]
    has_ended, had_choice = _run_to_end(state, call_id, mode)
    return _Run(tuple(_find_problems(state, call_id, has_ended=has_ended)), had_choice)


def _run_to_end(state: SandboxState, call_id: str, mode: Mode) -> tuple[bool, bool]:
    """Run until nothing more can happen, or the budget is spent.

    Stimuli come when nothing is due. If they come first, what the steps wait for comes before
    what is due for another reason, such as the end of a queue's patience.

    Returns:
        (whether nothing more can happen; whether there was a choice of stimuli).
    """
    now, had_choice, (budget, external_first) = 0, False, mode
    while budget.spend():
        due, waits = state.peek(), state.calls.progress[call_id].wait_reasons
        is_early = _is_early(due, waits)
        had_choice = had_choice or is_early or (due is None and len(waits) > 1)
        if due is None or (is_early and external_first):
            if not _send_stimulus(state, call_id, now, external_first=external_first):
                return True, had_choice
        else:
            now = due.at
            run_due_item(state)
    return False, had_choice


def _is_early(due: DueItem | None, waits: tuple[WaitReason, ...]) -> bool:
    """Return whether a step waits for something while only other things than steps are due."""
    is_waiting = any(wait.reason in EXTERNAL_CONDITIONS for wait in waits)
    return due is not None and due.kind != "script" and is_waiting


def _send_stimulus(state: SandboxState, call_id: str, now: int, *, external_first: bool) -> bool:
    """Apply one event that the call waits for; False if none is possible.

    Answers come first; with `external_first`, the events that the steps wait for.
    """
    wait_reasons = state.calls.progress[call_id].wait_reasons
    for wait_reason in wait_reasons[::-1] if external_first else wait_reasons:
        if wait_reason.reason not in STIMULI:
            continue
        with suppress(IllegalTransition):
            _apply_stimulus(state, state.calls.by_id[call_id], wait_reason, now)
            return True
    return False


def _apply_stimulus(state: SandboxState, call: Call, wait_reason: WaitReason, now: int) -> None:
    leg = wait_reason.leg
    if wait_reason.reason == "hangup":  # no leg is ringing then; perhaps none has answered either
        leg = next((leg.name for leg in call.legs if leg.state == "answered"), "")
    apply_event(state, call.spec.id, STIMULI[wait_reason.reason].replace(at=now, leg=leg))


def _find_problems(
    state: SandboxState, call_id: str, *, has_ended: bool
) -> Iterator[DryRunProblem]:
    """Yield the steps that were rejected, and those that were not reached by the end."""
    legs = {"", *(leg.name for leg in state.calls.by_id[call_id].legs)}
    for entry in state.journal.entries:
        if isinstance(entry.payload, RejectedEvent) and entry.payload.location:
            rejected = entry.payload
            yield DryRunProblem(
                rejected.location,
                rejected.reason,
                rejected.leg not in legs,
                _has_guard(state, call_id, rejected.type),
            )
    if not has_ended:
        return
    call, script = state.calls.by_id[call_id], state.calls.progress[call_id].script
    reason = CALL_ENDED if call.phase == "ended" else NEVER_OCCURS
    for track, cursor in zip(script, call.cursors, strict=True):
        if not track.leg:
            for unreached in track.steps[cursor.position :]:
                yield DryRunProblem(unreached.location, f"this step is never reached: {reason}")


def _has_guard(state: SandboxState, call_id: str, event_type: str) -> bool:
    """Return whether the account is asked before this event, as for the agent of an offer."""
    provider = state.configuration.providers[state.calls.by_id[call_id].spec.provider].provider
    vendor_event = provider.vendor_events.get(event_type)
    return vendor_event is not None and vendor_event.guard is not no_guard
