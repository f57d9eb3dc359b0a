"""Waits until calls, requests or webhooks match; on timeout, reports the nearest items."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.core.time import MAX_TIME, parse_duration, suggest_duration
from mockserver.runtime.advances import DEADLOCK, AdvanceInProgress
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.waits import stands_still, wait_until
from mockserver.web.control.item_search import ItemSearch
from mockserver.web.control.listing import respond_with_items
from mockserver.web.control.match_params import parse_kind, parse_match
from mockserver.web.control.params import check_keys, read_json_object, sandbox_of
from mockserver.web.control.standstill import describe_standstill, needs_time
from mockserver.web.problems import ProblemError

MAX_TIMEOUT: Final = 600.0  # real seconds
USAGE: Final = (
    'send {"for": "webhook", "match": {"state": "delivered"}, "count": 1, "timeout": 5, '
    '"advance": "2h"}; for is webhook, call or request'
)


async def wait_for_items(request: Request) -> Response:
    """Respond 200 with all matching items once there are `count`; 408 with the nearest ones.

    A wait for what only time can bring ends soon if time stands still.
    """
    sandbox, body = sandbox_of(request), await read_json_object(request)
    check_keys(body, ("for", "match", "count", "timeout", "advance"), "a wait")
    kind, match = parse_kind(body, USAGE), parse_match(body.get("match", {}), body, sandbox, USAGE)
    count = _parse_count(body)
    timeout, advance = _parse_timeout(body), _parse_advance(body, sandbox)
    search, is_timed = ItemSearch(request, kind, match), needs_time(body["for"], match)

    def has_found_enough() -> bool:
        search.update_at_once()
        return search.count_found() >= count

    def may_end() -> bool:
        return not (is_timed and stands_still(sandbox))

    try:
        is_met = await wait_until(
            sandbox, has_found_enough, timeout, advance, search.update, may_end
        )
    except AdvanceInProgress:
        raise ProblemError("advance-running", DEADLOCK) from None
    if is_met:
        return await respond_with_items(request, kind, search.found())
    reason = f" within {timeout:g} s" if may_end() else f". {_describe_standstill(sandbox)}"
    found, nearest = search.count_found(), await search.nearest()
    detail = f"{found} of {count} matched{reason}"
    raise ProblemError("wait-timeout", detail, found=found, nearest=nearest)


def _describe_standstill(sandbox: Sandbox) -> str:
    return describe_standstill(sandbox.state, sandbox.clock.now())


def _parse_count(body: Mapping[str, Any]) -> int:
    count = body.get("count", 1)
    if type(count) is not int or count < 1:
        raise ProblemError("invalid-body", USAGE)
    return count


def _parse_timeout(body: Mapping[str, Any]) -> float:
    """The timeout in real seconds."""
    duration = parse_duration(str(body.get("timeout", 5)))
    if duration is None or duration > MAX_TIMEOUT * 1_000:
        raise ProblemError(
            "invalid-body", f"timeout is in real seconds, up to {MAX_TIMEOUT:.0f}: {USAGE}"
        )
    return duration / 1_000


def _parse_advance(body: Mapping[str, Any], sandbox: Sandbox) -> int | None:
    """How far the wait may advance the clock, in ms; None if not asked for or not manual."""
    if "advance" not in body:
        return None
    duration = parse_duration(str(body["advance"]))
    if duration is None:
        hint = suggest_duration(str(body["advance"])) or USAGE
        raise ProblemError("invalid-body", f"advance must be a duration: {hint}")
    return min(duration, MAX_TIME - sandbox.clock.now()) if sandbox.clock.is_manual else None


ROUTES = (Route("/wait", wait_for_items, methods=["POST"]),)
