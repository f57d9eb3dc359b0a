"""Judges what a receiver has done in one case, against what it did in the clean one."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from mockserver.ordeal.cases import CLEAN, SAME_DEFECTS, Case
from mockserver.ordeal.runs import ONLY_COUNT, Counts, Run, change

SERVER_ERROR: Final = 500
NO_PROBE: Final = "whether each webhook had its effect once, only a probe can tell"
NO_EFFECT: Final = "the probe counts nothing in the clean case, so there is nothing to compare with"


class Defect(NamedTuple):
    """A defect by its name, and what was seen of it, in one sentence."""

    name: str
    seen: str


class Verdict(NamedTuple):
    """`state` is right, wrong or unknown; `reason` says why it is unknown."""

    case: Case
    state: str
    defects: tuple[Defect, ...] = ()
    reason: str = ""


def judge(case: Case, run: Run, clean: Run) -> Verdict:
    """Judge a case; `clean` is the run of the clean one.

    The effects of a webhook that is refused are not judged.
    """
    refusals = (*_find_refusals(case, run),)
    defects = refusals or tuple(defect for find in FINDERS for defect in find(case, run, clean))
    if defects:
        return Verdict(case, "wrong", defects)
    reason = _find_doubt(case, run, clean)
    return Verdict(case, "unknown" if reason else "right", reason=reason)


def merge_defects(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Name each defect by the smallest case that shows it, wherever it shows again."""
    known = {defect.name for verdict in verdicts for defect in verdict.defects}

    def rename(defect: Defect) -> Defect:
        same = (name for name in SAME_DEFECTS.get(defect.name, ()) if name in known)
        return defect._replace(name=next(same, defect.name))

    return [each._replace(defects=tuple(map(rename, each.defects))) for each in verdicts]


def _find_doubt(case: Case, run: Run, clean: Run) -> str:
    """Return why nothing can be said although no defect was seen; "" if there is no such reason."""
    if run.ignored:
        return f"the case could not be played: {'; '.join(run.ignored)}"
    if run.readings is None:
        return NO_PROBE
    return "" if expected_changes(case, clean) or case.is_damaged else NO_EFFECT


def expected_changes(case: Case, clean: Run) -> Counts:
    """Return by how much each count should change: for each call, as it does in the clean case."""
    if clean.readings is None or case.is_damaged:
        return {}
    once = change(clean.readings.before, clean.readings.later)
    return {name: value * case.calls for name, value in once.items()}


def _find_refusals(case: Case, run: Run) -> Iterator[Defect]:
    """Find what got no response in time, and the first webhook that was not received."""
    if any(attempt.error == "timeout" for each in run.webhooks for attempt in each.attempts):
        yield Defect("times-out", "an attempt got no response within 10 s")
        return
    for webhook in run.webhooks:
        if not webhook.attempts or webhook.is_received:
            continue
        status, error, _duration = webhook.attempts[-1]
        if not case.is_damaged or status is None or status >= SERVER_ERROR:
            result = f"a response {status}" if error is None else f"the error {error}"
            what = f"a copy of {webhook.copy_of}" if webhook.copy_of else f"webhook {webhook.id}"
            yield Defect(case.refused, f"{what} ({webhook.kind}) got {result}")
            return


def _find_further_calls(case: Case, run: Run, clean: Run) -> Iterator[Defect]:
    """Find calls that the receiver has placed, or not, unlike in the clean case."""
    expected = case.calls * (1 if case.is_damaged else clean.calls)
    if run.calls != expected:
        name = case.repeated if case.is_damaged else "calls-again"
        yield Defect(name, f"there are {run.calls} calls in the end, not {expected}")


def _find_changed_counts(case: Case, run: Run, clean: Run) -> Iterator[Defect]:
    if run.readings is None or run.ignored or clean.readings is None:
        return
    expected = expected_changes(case, clean)
    if case is CLEAN or not (expected or case.is_damaged):
        if case is CLEAN and not expected:
            yield Defect(case.lost, "the probe says the same before and after")
        return
    seen = change(run.readings.before, run.readings.later)
    more = change(expected, seen)
    if more:
        is_more = any(value * (expected.get(name) or value) > 0 for name, value in more.items())
        name = case.repeated if is_more else case.lost
        yield Defect(name, f"the probe counts {_render(seen)}, not {_render(expected)}")


def _find_late_counts(case: Case, run: Run, clean: Run) -> Iterator[Defect]:
    """Find effects that were not there with the response; of the clean case alone."""
    if case is not CLEAN or run.readings is None:
        return
    at_once = change(run.readings.before, run.readings.at_once)
    changed = expected_changes(case, clean)
    if at_once != changed:
        seen = f"with the last response the probe counts {_render(at_once)}"
        yield Defect("counts-late", f"{seen}, and later {_render(changed)}")


def _render(counts: Counts) -> str:
    names = {name: "" if name == ONLY_COUNT else f"{name} " for name in counts}
    return ", ".join(f"{names[name]}{value:+g}" for name, value in counts.items()) or "nothing"


FINDERS: Final[tuple[Callable[[Case, Run, Run], Iterator[Defect]], ...]] = (
    _find_further_calls,
    _find_changed_counts,
    _find_late_counts,
)
"""Each finds one kind of defect."""
