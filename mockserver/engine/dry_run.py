"""Plays a story in a world of its own: a step that is moot, or never reached, is wrong."""

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
from mockserver.engine.pipeline import build_match_contexts, handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, step

MAX_STEPS = 2_000  # things that happen before a rehearsal is broken off

CALL_ENDED = "the call is over by then"
NEVER_OCCURS = "what it waits for cannot come"

STIMULI = {
    "person": Event(0, "answer"),
    "digits": Event(0, "digits", data={"digits": "1"}),
    "speech": Event(0, "speech", data={"words": "yes"}),
    "polled": Event(0, "polled"),
    "control": Event(0, "continue", source="control"),
    "hangup": Event(0, "hangup", data={"cause": "normal"}, source="control"),
}
"""What a call waits for -> what brings it; a resource comes only from its provider."""


class DryRunProblem(NamedTuple):
    """Where a file says what cannot be played, and why not.

    One that is `lacking` has no such leg: the file may well mean another operation.
    """

    location: str
    reason: str
    is_leg_missing: bool = False


def dry_run(configuration: Configuration, scenario: Scenario) -> tuple[DryRunProblem, ...]:
    """What stumbles on the operation that suits the story best; nothing if one suits it wholly.

    It is played on every example of every operation that it can meet, with the shortest spans and
    with the longest.
    """
    if not scenario.steps:
        return ()
    plays = [
        play
        for listing in configuration.providers.values()
        for play in _run_examples(configuration, scenario, listing)
    ]
    if not plays:
        return (
            DryRunProblem(scenario.location, "there is no operation that this scenario can meet"),
        )
    return min(plays, key=lambda play: (len(play), sum(one.is_leg_missing for one in play)))


def _run_examples(
    configuration: Configuration, scenario: Scenario, bound: BoundProvider
) -> Iterator[tuple[DryRunProblem, ...]]:
    for endpoint in bound.provider.endpoints:
        for example in bound.examples(endpoint.operation):
            sent = Request(endpoint.method, endpoint.path, fields=example)
            asked = IncomingRequest(bound, endpoint, sent, (scenario.name,))
            found: dict[DryRunProblem, None] = {}
            placed = [
                _run_example(configuration._replace(seed=seed), scenario, asked)
                for seed in (LOWEST_SEED, HIGHEST_SEED)
            ]
            if None not in placed:
                for stumbles in placed:
                    found.update(dict.fromkeys(stumbles or ()))
                yield tuple(found)


def _run_example(
    configuration: Configuration, scenario: Scenario, incoming: IncomingRequest
) -> tuple[DryRunProblem, ...] | None:
    """What stumbles, whichever of two things awaited comes first; None if nothing is placed."""
    runs = (
        _run(SandboxState(configuration, 0), scenario, incoming, external_first=hasty)
        for hasty in (False, True)
    )
    return min((run for run in runs if run is not None), key=len, default=None)


def _run(
    state: SandboxState, scenario: Scenario, incoming: IncomingRequest, *, external_first: bool
) -> tuple[DryRunProblem, ...] | None:
    provider = incoming.bound.provider.name
    mine = (one for key, one in state.accounts.items() if key[0] == provider)
    account = next(mine, None)
    if account is None:
        return None
    open_ = account._replace(numbers=None, limits=None, balance=None)
    state.accounts[account.provider, account.name] = open_
    own = incoming._replace(account=open_)
    if all(scenario.missing_requirement(seen) for seen in build_match_contexts(state, own)):
        return None
    exchange = handle(state, own, 0)
    if not exchange.call_ids:
        return None
    _run_to_end(state, exchange.call_ids[0], external_first=external_first)
    return tuple(_find_problems(state, exchange.call_ids[0]))


def _run_to_end(state: SandboxState, call_id: str, *, external_first: bool) -> None:
    now = 0
    for _ in range(MAX_STEPS):
        due = state.peek()
        if due is not None:
            now = due.at
            step(state)
        elif not _send_stimulus(state, call_id, now, external_first=external_first):
            return


def _send_stimulus(state: SandboxState, call_id: str, now: int, *, external_first: bool) -> bool:
    """Whether something awaited could come: people first, or what the steps want if `hasty`."""
    awaited = state.wait_reasons.get(call_id, ())
    for waiting in awaited[::-1] if external_first else awaited:
        if waiting.reason not in STIMULI:
            continue
        with suppress(IllegalTransition):
            _apply_stimulus(state, state.calls[call_id], waiting, now)
            return True
    return False


def _apply_stimulus(state: SandboxState, call: Call, wait_reason: WaitReason, now: int) -> None:
    leg = wait_reason.leg
    if wait_reason.reason == "hangup":  # nobody rings by then, and it may be that nobody ever did
        leg = next((leg.name for leg in call.legs if leg.state == "answered"), "")
    apply_event(state, call.spec.id, STIMULI[wait_reason.reason]._replace(at=now, leg=leg))


def _find_problems(state: SandboxState, call_id: str) -> Iterator[DryRunProblem]:
    there = {"", *(leg.name for leg in state.calls[call_id].legs)}
    for fact in state.journal:
        if isinstance(fact.payload, RejectedEvent) and fact.payload.location:
            yield DryRunProblem(
                fact.payload.location, fact.payload.reason, fact.payload.leg not in there
            )
    call, script = state.calls[call_id], state.scripts[call_id]
    why = CALL_ENDED if call.phase == "ended" else NEVER_OCCURS
    for track, mark in zip(script, call.cursors, strict=True):
        if not track.leg:
            for late in track.steps[mark.position :]:
                yield DryRunProblem(late.location, f"this step is never reached: {why}")
