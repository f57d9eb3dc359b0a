"""What has to hold after a run with connections and jumping clocks, beside a valid history.

(a) Each attempt comes at most once, and what is recorded of it is what its receiver has answered;
(b) a good receiver answers every attempt during which the process was not suspended; (c) each
webhook has an end; (d) the times of the journal never step back; (e) each wait ends in time; (f) a
wall clock that was set back is journaled at most as often as it was.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import cast

from mockserver.core.configuration import Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.webhook import Delivery
from tests.simulation.history import find_violations
from tests.simulation.live_run import EndedWait, LiveResult, run_live
from tests.simulation.virtual_loop import AttemptKey, Stuck

FINAL_STATES = {"delivered", "failed", "refused", "dropped"}


def judge_live(configuration: Configuration, seed: int) -> tuple[list[str], Counter[str]]:
    """Run a seed twice; return violations, led by the command that shows them, and occurrences."""
    command = f"python -m tests.simulation 1 {seed}"
    try:
        first, second = (run_live(configuration, seed) for _ in range(2))
    except (Stuck, TimeoutError) as error:
        return [command, f"the run does not end: {error!r}"], Counter()
    violations = [
        *find_live_violations(first),
        *([] if first.run.digest == second.run.digest else ["two runs of this seed differ"]),
    ]
    return [command, *violations] if violations else [], first.run.met


def find_live_violations(result: LiveResult) -> list[str]:
    """Return the violations of a run as texts."""
    entries = result.run.history.entries
    return [
        *result.problems,
        *find_violations(result.run.history),
        *(f"{call} never comes to rest" for call in result.run.unfinished),
        *(f"{entry.payload!r} on record" for _, entry in entries if entry.type == "error"),
        *_attempt_violations(result),
        *(
            f"{name} is {state} in the end"
            for name, state in result.delivery_states.items()
            if state not in FINAL_STATES
        ),
        *_time_violations(entries),
        *(f"a wait took too long: {wait}" for wait in result.waits if _is_too_long(wait)),
        *_set_back_violations(result),
    ]


def _attempt_violations(result: LiveResult) -> Iterator[str]:
    received = result.received
    for key, count in received.counts.items():
        if count > 1:
            yield f"{key} was received {count} times"
    for key, status, error in recorded_results(result.run.history.entries):
        if status is None and not error:
            yield f"{key} has failed without a reason"
        if status is not None and (received.counts[key], received.statuses.get(key)) != (1, status):
            yield f"{key} has status {status}, its receiver answered {received.statuses.get(key)}"
        if key in result.to_good and status != 200:
            yield f"{key} went to a good receiver: {status} {error}"


def recorded_results(
    entries: Sequence[tuple[int, JournalEntry]],
) -> Iterator[tuple[AttemptKey, int | None, str | None]]:
    """Yield each attempt that no scenario has simulated, with its status and error."""
    for epoch, entry in entries:
        if entry.type == "delivery-attempt" and isinstance(entry.payload, Delivery):
            attempt = entry.payload.attempts[-1]
            if not attempt.result.simulated:
                key = (epoch, entry.payload.id, attempt.number)
                yield key, attempt.result.status, attempt.result.error


def _time_violations(entries: Sequence[tuple[int, JournalEntry]]) -> Iterator[str]:
    for (epoch, earlier), (next_epoch, later) in pairwise(entries):
        if epoch == next_epoch and later.at < earlier.at:
            yield f"{later.type} at {later.at} comes after {earlier.type} at {earlier.at}"


def _is_too_long(wait: EndedWait) -> bool:
    return wait.taken > wait.timeout + 0.001


def _set_back_violations(result: LiveResult) -> Iterator[str]:
    for epoch, count in recorded_set_backs(result.run.history.entries).items():
        if count > result.set_backs[epoch]:
            yield f"epoch {epoch}: {count} set backs on record, not {result.set_backs[epoch]}"


def recorded_set_backs(entries: Sequence[tuple[int, JournalEntry]]) -> Counter[int]:
    """Return how often the journal of each epoch says that the wall clock was set back."""
    return Counter(
        epoch
        for epoch, entry in entries
        if entry.type == "clock" and "wall_clock" in cast("Mapping[str, object]", entry.payload)
    )
