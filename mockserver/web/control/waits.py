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
from mockserver.web.control.calls import printed as calls
from mockserver.web.control.reading import object_of, sandbox_of
from mockserver.web.control.requests import printed as requests
from mockserver.web.control.webhooks import printed as webhooks
from mockserver.web.matching import misses, nearest
from mockserver.web.problems import problem

LONGEST: Final = 600.0  # real seconds
FORM: Final = (
    'send {"for": "webhook", "match": {"state": "delivered"}, "count": 1, "timeout": 5, '
    '"advance": "2h"}; for is webhook, call or request'
)
KINDS: Final[Mapping[str, tuple[str, Callable[[Request], list[dict[str, Any]]]]]] = {
    "webhook": ("webhooks", webhooks),
    "call": ("calls", calls),
    "request": ("requests", requests),
}


async def wait(request: Request) -> JSONResponse:
    """200 with all that match, as soon as they are enough; 408 with the nearest misses."""
    sandbox, body = sandbox_of(request), await object_of(request)
    name, listed = _kind(body)
    match, count = _match(body), body.get("count", 1)
    patience, advance = _patience(body), _advance(body, sandbox)
    if type(count) is not int or count < 1:
        raise HTTPException(422, FORM)

    def found() -> list[dict[str, Any]]:
        return [item for item in listed(request) if not misses(item, match)]

    try:
        met = await wait_until(sandbox, lambda: len(found()) >= count, patience, advance)
    except AdvanceInProgress:
        raise HTTPException(409, "another advance of this sandbox is still running") from None
    if met:
        return JSONResponse({name: found()})
    items = found()
    detail = f"{len(items)} of {count} matched within {patience:g} s"
    return problem(
        408, "not in time", detail, found=len(items), nearest=nearest(listed(request), match)
    )


def _kind(body: Mapping[str, Any]) -> tuple[str, Callable[[Request], list[dict[str, Any]]]]:
    kind = str(body.get("for"))
    if body.keys() - {"for", "match", "count", "timeout", "advance"} or kind not in KINDS:
        raise HTTPException(422, FORM)
    return KINDS[kind]


def _match(body: Mapping[str, Any]) -> Mapping[str, Any]:
    match = body.get("match", {})
    if not isinstance(match, Mapping):
        raise HTTPException(422, FORM)
    return match


def _patience(body: Mapping[str, Any]) -> float:
    span = parse_duration(str(body.get("timeout", 5)))
    if span is None or span > LONGEST * 1_000:
        raise HTTPException(422, f"timeout is in real seconds, up to {LONGEST:.0f}: {FORM}")
    return span / 1_000


def _advance(body: Mapping[str, Any], sandbox: Sandbox) -> int | None:
    if "advance" not in body:
        return None
    span = parse_duration(str(body["advance"]))
    if span is None:
        raise HTTPException(422, f"advance is a length of time: {FORM}")
    return min(span, MAX_TIME - sandbox.clock.now()) if sandbox.clock.is_manual else None


ROUTES = (Route("/wait", wait, methods=["POST"]),)
