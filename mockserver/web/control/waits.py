"""Blocks until something has come about, and says what came nearest if it has not."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.time import MAX_TIME, parse_duration
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.scheduler import AdvanceInProgress
from mockserver.runtime.waits import wait_until
from mockserver.web.control.calls import all_calls as calls
from mockserver.web.control.matching import mismatches, nearest_items
from mockserver.web.control.params import read_json_object, sandbox_of
from mockserver.web.control.requests import all_requests as requests
from mockserver.web.control.webhooks import all_webhooks as webhooks
from mockserver.web.problems import problem

MAX_TIMEOUT: Final = 600.0  # real seconds
USAGE: Final = (
    'send {"for": "webhook", "match": {"state": "delivered"}, "count": 1, "timeout": 5, '
    '"advance": "2h"}; for is webhook, call or request'
)
LISTS_BY_KIND: Final[Mapping[str, tuple[str, Callable[[Request], list[dict[str, Any]]]]]] = {
    "webhook": ("webhooks", webhooks),
    "call": ("calls", calls),
    "request": ("requests", requests),
}


async def wait_for_items(request: Request) -> JSONResponse:
    """200 with all that match, as soon as they are enough; 408 with the nearest misses."""
    sandbox, body = sandbox_of(request), await read_json_object(request)
    name, listed = _parse_kind(body)
    match, count = _parse_match(body), body.get("count", 1)
    patience, advance = _parse_timeout(body), _parse_advance(body, sandbox)
    if type(count) is not int or count < 1:
        raise HTTPException(422, USAGE)

    def found() -> list[dict[str, Any]]:
        return [item for item in listed(request) if not mismatches(item, match)]

    try:
        met = await wait_until(sandbox, lambda: len(found()) >= count, patience, advance)
    except AdvanceInProgress:
        raise HTTPException(409, "another advance of this sandbox is still running") from None
    if met:
        return JSONResponse({name: found()})
    items = found()
    detail = f"{len(items)} of {count} matched within {patience:g} s"
    return problem(
        408, "not in time", detail, found=len(items), nearest=nearest_items(listed(request), match)
    )


def _parse_kind(body: Mapping[str, Any]) -> tuple[str, Callable[[Request], list[dict[str, Any]]]]:
    kind = str(body.get("for"))
    if body.keys() - {"for", "match", "count", "timeout", "advance"} or kind not in LISTS_BY_KIND:
        raise HTTPException(422, USAGE)
    return LISTS_BY_KIND[kind]


def _parse_match(body: Mapping[str, Any]) -> Mapping[str, Any]:
    match = body.get("match", {})
    if not isinstance(match, Mapping):
        raise HTTPException(422, USAGE)
    return match


def _parse_timeout(body: Mapping[str, Any]) -> float:
    span = parse_duration(str(body.get("timeout", 5)))
    if span is None or span > MAX_TIMEOUT * 1_000:
        raise HTTPException(422, f"timeout is in real seconds, up to {MAX_TIMEOUT:.0f}: {USAGE}")
    return span / 1_000


def _parse_advance(body: Mapping[str, Any], sandbox: Sandbox) -> int | None:
    if "advance" not in body:
        return None
    span = parse_duration(str(body["advance"]))
    if span is None:
        raise HTTPException(422, f"advance is a length of time: {USAGE}")
    return min(span, MAX_TIME - sandbox.clock.now()) if sandbox.clock.is_manual else None


ROUTES = (Route("/wait", wait_for_items, methods=["POST"]),)
