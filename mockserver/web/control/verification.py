"""Verifies how often, and in which order, calls, requests or webhooks occurred until now."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.failed_verification import Verification, check_count, check_order
from mockserver.web.control.listing import respond_with_items
from mockserver.web.control.match_params import parse_kind, parse_match
from mockserver.web.control.matching import mismatches
from mockserver.web.control.occurrences import Comparison, parse_times
from mockserver.web.control.params import (
    check_keys,
    dependencies_of,
    read_json_object,
    sandbox_of,
)
from mockserver.web.problems import ProblemError
from mockserver.web.slices import Job, run_in_slices

MAX_ORDER: Final = 100  # matches
USAGE: Final = (
    'send {"for": "webhook", "match": {"kind": "cdr"}, "times": {"exactly": 1}, '
    '"order": [{"kind": "get-digits"}, {"kind": "cdr"}]}; for is webhook, call or request; '
    f"order has 1 to {MAX_ORDER} matches"
)


async def verify(request: Request) -> Response:
    """Respond 200 with all items that match; 417 with what was there instead."""
    sandbox, body = sandbox_of(request), await read_json_object(request)
    verification = _parse(body, sandbox)
    jobs = _build_jobs(request, verification)
    background = dependencies_of(request).background
    items = [item async for item in run_in_slices(jobs, background)]
    found = [item for item in items if not item.mismatch_counts[0]]
    await check_count(request, verification, items, found)
    await check_order(request, verification, items)
    listed = [{"id": item.id, "value": item.value} for item in found]
    return await respond_with_items(request, verification.kind, listed)


def _parse(body: Mapping[str, Any], sandbox: Sandbox) -> Verification:
    check_keys(body, ("for", "match", "times", "order"), "a verification")
    kind, order = parse_kind(body, USAGE), body.get("order", [])
    if not isinstance(order, list) or len(order) > MAX_ORDER or ("order" in body and not order):
        raise ProblemError("invalid-body", USAGE)
    matches = [parse_match(each, body, sandbox, USAGE) for each in (body.get("match", {}), *order)]
    return Verification(kind, matches, parse_times(body.get("times", {"at_least": 1})))


def _build_jobs(request: Request, verification: Verification) -> Iterator[Job[Comparison]]:
    """Yield a job for each item, oldest first, that compares it with all matches."""
    kind = verification.kind
    for item_id, value in kind.unread_values(sandbox_of(request), ()):
        job = kind.build_job(request, value)
        yield Job(job.weight, partial(_compare, item_id, value, job, verification.matches))


def _compare(
    item_id: str, value: Any, job: Job[dict[str, Any]], matches: Sequence[Mapping[str, Any]]
) -> Comparison:
    item = job.run()
    return Comparison(item_id, value, [len(mismatches(item, match)) for match in matches])


ROUTES = (Route("/verify", verify, methods=["POST"]),)
