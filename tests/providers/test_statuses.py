"""The table of each provider's statuses has what calls go through, and nothing else."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from mockserver.core.call import Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.provider import Provider
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item
from tests.support import read
from tests.support.conformance import PROVIDERS
from tests.support.placing_requests import PLACING_REQUESTS, PlacingRequest, build_placing_request
from tests.support.simulation import START
from tests.support.vendors import effebot

Change = tuple[str, str]
"""(status before, status after); the first one is empty for a new call."""
SCENARIOS = ("answered", "hangs-up-early", "no-answer", "callee-busy", "ccai-voicemail")
MOMENTS = (0, 500, 2_500, 3_500, 4_500, 6_000)
"""When something happens from outside, in ms after the request."""
HANGUP = {"type": "hangup", "leg": "a", "data": {"cause": "normal"}}
LOSS = {"type": "hangup", "leg": "a", "data": {"cause": "network-failure"}}
REMOVAL = {"type": "ended", "data": {"outcome": "cancelled"}}
BLOCK: dict[str, Any] = {"blocked": {"99999999999": {}}}
"""A change of the account instead of an event: the number of the examples may not be called."""
OUTSIDE_EVENTS: dict[str, list[dict[str, Any]]] = {
    "ccai": [
        HANGUP,
        *({"type": name} for name in ("cancel", "switch", "voicemail", "deflect", "expire")),
        *({"type": name} for name in ("read-voicemail", "recover")),
        {"type": "transfer", "data": {"menu": "12"}},
    ],
    "effebot": [HANGUP, REMOVAL, BLOCK],
    "innocalls": [HANGUP, LOSS],
    "mobtexting": [HANGUP, LOSS],
    "phonon": [HANGUP, LOSS],
}
NEW_STATUSES = {
    "ccai": {"assigned", "queued", "scheduled"},
    "effebot": {"created"},
    "innocalls": {"pending"},
    "mobtexting": {"queued"},
    "phonon": {"IN_PROGRESS", "SCHEDULED"},
}


def changes_of_status(
    configuration: Configuration, provider: Provider, placing: PlacingRequest, runs: Any
) -> Iterator[Change]:
    """Yield the changes in each run, a pair of a scenario and of (ms, event) or None."""
    for scenario, outside in runs:
        state, statuses = SandboxState(configuration, START), dict[str, str]()
        handle(state, build_placing_request(state, placing, scenario), START)
        for _ in steps(state, outside):
            for name, call in read.calls(state).items():
                before, after = statuses.get(name, ""), provider.status(call)
                if before != after:
                    yield before, after
                statuses[name] = after


def steps(state: SandboxState, outside: tuple[int, dict[str, Any]] | None) -> Iterator[None]:
    """Play until nothing is due, and yield after each step; `outside` comes first at its time."""
    yield
    while (due := read.peek(state)) is not None or outside:
        if outside and (due is None or due.at >= START + outside[0]):
            inject(state, *outside)
            outside = None
        else:
            run_due_item(state)
        yield


def inject(state: SandboxState, at: int, event: dict[str, Any]) -> None:
    """Apply an event to the first call, if there is one and it can occur; or change the account."""
    if event is BLOCK:
        effebot.patch_account(state, BLOCK)
        return
    for name in list(read.calls(state))[:1]:
        try:
            apply_event(state, name, Event(at=START + at, **event))
        except IllegalTransition:
            return


@pytest.mark.parametrize("name", PROVIDERS)
def test_calls_change_between_statuses_as_their_table_says(
    configuration: Configuration, name: str
) -> None:
    provider, changes = PROVIDERS[name].provider, set[Change]()
    moments = (*MOMENTS, 100_000) if name == "ccai" else MOMENTS
    plain = [*product(configuration.scenarios.by_name, [None])]
    outside = [*product(SCENARIOS, product(moments, OUTSIDE_EVENTS[name]))]
    for placing in PLACING_REQUESTS:
        if placing.provider == name:
            runs = [*plain, *outside]
            changes |= set(changes_of_status(configuration, provider, placing, runs))
    expected = {
        (before, row.status)
        for row in provider.statuses
        for before in row.predecessors.split(", ")
        if before
    }
    assert changes == expected | {("", status) for status in NEW_STATUSES[name]}
