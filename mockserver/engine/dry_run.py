"""Dry-run a scenario in a sandbox of its own to find steps rejected or never reached."""

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from mockserver.core.call import Call, Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.journal import RejectedEvent
from mockserver.core.provider import BoundProvider
from mockserver.core.scenario import Scenario
from mockserver.core.script import WaitReason
from mockserver.core.seeded import HIGHEST_SEED, LOWEST_SEED
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import match_request, respond
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item

MAX_DUE_ITEMS = 2_000  # due items and stimuli before a dry run is broken off

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


class DryRunProblem(NamedTuple):
    """A step that cannot happen: its `location` in the scenario file, and the reason.

    `is_leg_missing` is True if the call has no such leg: the scenario may well be meant for
    another operation.
    """

    location: str
    reason: str
    is_leg_missing: bool = False


def dry_run(configuration: Configuration, scenario: Scenario) -> tuple[DryRunProblem, ...]:
    """Run a scenario on example requests; return the problems of the request with the fewest.

    The requests are all examples of all operations that the scenario can match. Each runs twice:
    with the shortest durations and with the longest.
    """
    if not scenario.steps:
        return ()
    runs = [
        problems
        for bound in configuration.providers.values()
        for problems in _run_examples(configuration, scenario, bound)
    ]
    if not runs:
        return (
            DryRunProblem(scenario.location, "there is no operation that this scenario can meet"),
        )
    return min(
        runs, key=lambda problems: (len(problems), sum(item.is_leg_missing for item in problems))
    )


def _run_examples(
    configuration: Configuration, scenario: Scenario, bound: BoundProvider
) -> Iterator[tuple[DryRunProblem, ...]]:
    for endpoint in bound.provider.endpoints:
        for example in bound.examples(endpoint.operation):
            request = Request(endpoint.method, endpoint.path, fields=example)
            credential = bound.provider.credential(request) or ""
            incoming = IncomingRequest(bound, endpoint, request, (scenario.name,), credential)
            distinct: dict[DryRunProblem, None] = {}
            runs = [
                _run_example(configuration._replace(seed=seed), scenario, incoming)
                for seed in (LOWEST_SEED, HIGHEST_SEED)
            ]
            if None not in runs:
                for problems in runs:
                    distinct.update(dict.fromkeys(problems or ()))
                yield tuple(distinct)


def _run_example(
    configuration: Configuration, scenario: Scenario, incoming: IncomingRequest
) -> tuple[DryRunProblem, ...] | None:
    """Return the fewer problems of both orders of stimuli; None if no call is placed."""
    runs = (
        _run(SandboxState(configuration, 0), scenario, incoming, external_first=external_first)
        for external_first in (False, True)
    )
    return min((run for run in runs if run is not None), key=len, default=None)


def _run(
    state: SandboxState, scenario: Scenario, incoming: IncomingRequest, *, external_first: bool
) -> tuple[DryRunProblem, ...] | None:
    provider = incoming.bound.provider.name
    accounts = (account for key, account in state.accounts.by_key.items() if key[0] == provider)
    account = next(accounts, None)
    if account is None:
        return None
    unlimited = account.replace(numbers=None, limits=None, balance=None)
    state.accounts.replace(unlimited)
    matched = match_request(state, incoming.replace(account=unlimited), 0)
    if all(scenario.missing_requirement(match.context) for match in matched.matches):
        return None
    exchange = respond(state, matched, 0)
    if not exchange.call_ids:
        return None
    _run_to_end(state, exchange.call_ids[0], external_first=external_first)
    return tuple(_find_problems(state, exchange.call_ids[0]))


def _run_to_end(state: SandboxState, call_id: str, *, external_first: bool) -> None:
    now = 0
    for _ in range(MAX_DUE_ITEMS):
        due = state.peek()
        if due is not None:
            now = due.at
            run_due_item(state)
        elif not _send_stimulus(state, call_id, now, external_first=external_first):
            return


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


def _find_problems(state: SandboxState, call_id: str) -> Iterator[DryRunProblem]:
    legs = {"", *(leg.name for leg in state.calls.by_id[call_id].legs)}
    for entry in state.journal.entries:
        if isinstance(entry.payload, RejectedEvent) and entry.payload.location:
            yield DryRunProblem(
                entry.payload.location, entry.payload.reason, entry.payload.leg not in legs
            )
    call, script = state.calls.by_id[call_id], state.calls.progress[call_id].script
    reason = CALL_ENDED if call.phase == "ended" else NEVER_OCCURS
    for track, cursor in zip(script, call.cursors, strict=True):
        if not track.leg:
            for unreached in track.steps[cursor.position :]:
                yield DryRunProblem(unreached.location, f"this step is never reached: {reason}")
