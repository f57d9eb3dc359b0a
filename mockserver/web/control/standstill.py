"""Says why a wait cannot end while a manual clock stands still, and what gets it further."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from mockserver.core.time import format_iso, to_seconds
from mockserver.engine.idle import PERSON, idle_stop_reason, next_until_idle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.control.matching import matches_value

NEW_CALL: Final[Mapping[str, tuple[Any, ...]]] = MappingProxyType(
    {"state": ("scheduled", "queued"), "outcome": (None,), "ended_at": (None,), "webhooks": ([],)}
)
"""Field of a call -> the values that it has when a request has placed the call."""

DUE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "script": "call {subject} goes on",
        "event": "something happens to call {subject}",
        "delivery": "webhook {subject} is sent",
        "attempt-end": "an attempt of webhook {subject} ends",
        "hold-end": "webhook {subject} is no longer held back",
        "account": "account {subject} changes",
    }
)
"""Kind of a due item -> what it does."""

FINISH: Final = (
    'Call finish() first (POST /_mock/clock/advance {"until": "idle"}), or wait with advance="1h".'
)


def needs_time(kind: str, match: Mapping[str, Any]) -> bool:
    """Whether what is awaited comes only as time goes on: a request can come at any moment.

    So can a call that matches as soon as it is placed.
    """
    new_values = ((NEW_CALL[field], value) for field, value in match.items() if field in NEW_CALL)
    is_new = all(any(matches_value(new, value) for new in values) for values, value in new_values)
    return kind == "webhook" or (kind == "call" and not is_new)


def describe_standstill(state: SandboxState, now: int) -> str:
    """Say what is due next and when, and which call gets there, on a clock that stands at `now`."""
    where = f"The clock is manual and stands at {format_iso(now)}"
    due = state.peek()
    if due is None:
        reason = "" if state.calls.count else ": no call has been placed"
        return " ".join((f"{where}, and nothing is due{reason}.", *_describe_persons(state)))
    after, what = to_seconds(max(due.at - now, 0)), DUE_WORDS[due.kind].format(subject=due.subject)
    when = f"in {after} s" if after else "now"
    return f"{where}; next, {what} {when}. {_describe_way(state, after)}"


def _describe_way(state: SandboxState, after: float) -> str:
    if next_until_idle(state):
        return FINISH
    reason = "before a wait for a person ends" if idle_stop_reason(state) else "before that"
    way = f'finish() stops {reason}: advance("{after}s") gets there'
    return " ".join((f"{way}.", *_describe_persons(state)))


def _describe_persons(state: SandboxState) -> tuple[str, ...]:
    """Say how a person can answer, for the call that has waited longest for one."""
    waits = (
        f'Call {call_id} waits for a person: event("{call_id}", "answer", leg="{wait.leg}") is one.'
        for call_id in state.calls.waiting
        for wait in state.calls.progress[call_id].wait_reasons
        if wait.reason == PERSON
    )
    return tuple(waits)[:1]
