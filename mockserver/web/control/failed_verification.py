"""Checks what is verified, and says with a problem what was there instead."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from starlette.requests import Request

from mockserver.web.control.listing import ItemKind
from mockserver.web.control.matching import (
    cut_value,
    mismatches,
    nearest_indexes,
    serialize_nearest,
    value_at,
)
from mockserver.web.control.occurrences import (
    Comparison,
    Times,
    find_gap,
    is_too_many,
    is_unknown,
)
from mockserver.web.control.params import dependencies_of, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.slices import Job, run_in_slices

MAX_INSTEAD: Final = 100
"""How many items a problem shows."""
MAX_FIELDS: Final = 50
"""How many fields of each of them."""
SHOWN_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "webhooks": ("kind", "state"),
    "calls": ("operation", "state", "outcome"),
    "requests": ("operation", "status"),
}
"""Kind of items -> the fields that a problem shows of them, besides those of the matches."""


class Verification(NamedTuple):
    """What is verified: `matches` has the match that is counted, then those of the order."""

    kind: ItemKind
    matches: Sequence[Mapping[str, Any]]
    times: Times


async def check_count(
    request: Request,
    verification: Verification,
    items: Sequence[Comparison],
    found: Sequence[Comparison],
) -> None:
    """Check that as many items match as must.

    Raises:
        ProblemError: The number is another one, or evicted items may decide.
    """
    kind, times, (match, *_) = verification.kind, verification.times, verification.matches
    evicted, subject = (
        kind.evicted(sandbox_of(request)),
        f"{kind.name} that match {_text(match)}",
    )
    if is_unknown(len(found), times, evicted):
        reason = f"so that {times} cannot be verified; reset the sandbox before you count"
        detail = f"{subject}: {len(found)}, and perhaps evicted ones (evicted: {evicted}), {reason}"
        raise ProblemError("not-verified", detail, found=len(found))
    detail = f"{subject}: {len(found)}, not {times}"
    if is_too_many(len(found), times):
        instead = await _describe(request, verification, found)
        raise ProblemError("not-verified", detail, found=len(found), instead=instead)
    if len(found) < times.at_least:
        nearest = await _nearest(request, verification, items, 0)
        raise ProblemError("not-verified", detail, found=len(found), nearest=nearest)


async def check_order(
    request: Request, verification: Verification, items: Sequence[Comparison]
) -> None:
    """Check that the matches of the order are taken by items, one after another.

    Raises:
        ProblemError: No item takes one of them.
    """
    gap = find_gap(items, range(1, len(verification.matches)))
    if gap is None:
        return
    kind, (index, before) = verification.kind, gap
    match = _text(verification.matches[index])
    detail = f"none of the {kind.name} matches {match}" + (f" after {before}" if before else "")
    if evicted := kind.evicted(sandbox_of(request)):
        detail += f"; evicted: {evicted}"
    instead = await _describe(request, verification, items)
    nearest = await _nearest(request, verification, items, index)
    raise ProblemError("not-verified", detail, instead=instead, nearest=nearest)


async def _describe(
    request: Request, verification: Verification, items: Sequence[Comparison]
) -> list[dict[str, Any]]:
    """Return the first `MAX_INSTEAD` of the items, each by some of its fields."""
    of_matches = (field for match in verification.matches for field in match)
    fields = [*dict.fromkeys((*SHOWN_FIELDS[verification.kind.name], *of_matches))][:MAX_FIELDS]
    render = partial(_show, fields)
    return await _render(request, verification.kind, items[:MAX_INSTEAD], render)


async def _nearest(
    request: Request, verification: Verification, items: Sequence[Comparison], index: int
) -> list[dict[str, Any]]:
    """Return the items with the fewest fields in which they differ from a match."""
    indexes = nearest_indexes(item.mismatch_counts[index] for item in items)
    render = partial(_differ, verification.matches[index])
    return await _render(request, verification.kind, [items[each] for each in indexes], render)


async def _render(
    request: Request,
    kind: ItemKind,
    items: Sequence[Comparison],
    render: Callable[[dict[str, Any]], dict[str, Any]],
) -> list[dict[str, Any]]:
    built = (kind.build_job(request, item.value) for item in items)
    jobs = (Job(job.weight, partial(_run, job, render)) for job in built)
    return [shown async for shown in run_in_slices(jobs, dependencies_of(request).background)]


def _run(
    job: Job[dict[str, Any]], render: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    return render(job.run())


def _show(fields: Sequence[str], item: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": item["id"],
        "fields": {field: cut_value(value_at(item, field)) for field in fields},
    }


def _differ(match: Mapping[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    return serialize_nearest(item, mismatches(item, match))


def _text(match: Mapping[str, Any]) -> str:
    return str(cut_value(json.dumps(match, ensure_ascii=False)))
