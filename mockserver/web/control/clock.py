"""Reads the virtual clock, changes its mode, and advances it."""

from datetime import datetime
from functools import partial
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.time import (
    MAX_TIME,
    format_iso,
    parse_duration,
    suggest_duration,
    to_milliseconds,
)
from mockserver.engine.sandbox_state import SandboxState
from mockserver.runtime.advances import DEADLOCK, EMPTY, AdvanceInProgress, Target
from mockserver.runtime.clock import MODES, parse_rate
from mockserver.runtime.phone_clock import ON_THE_PHONE
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.params import check_keys, read_json_object, sandbox_of
from mockserver.web.problems import ProblemError
from mockserver.web.redaction import redact_item
from mockserver.web.views.due_items import serialize_due_item

STILL_MODES: Final = ("manual", "instant")

USAGE = (
    'send {"by": "90s"}, {"to": "2026-01-01T12:00:00Z"} or {"until": "idle"}; '
    "until takes idle, next or empty"
)


async def get_clock(request: Request) -> JSONResponse:
    return JSONResponse(_serialize_clock(sandbox_of(request)))


async def put_clock(request: Request) -> JSONResponse:
    """Set the mode, {"mode": "manual"}: real, manual, instant, or a rate such as 60x.

    With {"while": "on-the-phone"}, the mode is as before once no leg waits for a person.
    """
    sandbox, body = sandbox_of(request), await read_json_object(request)
    mode = str(body.get("mode", ""))
    check_keys(body, ("mode", "while"), "the clock")
    if parse_rate(mode) is None:
        raise ProblemError("invalid-body", f'send {{"mode": ...}}, one of {MODES}')
    if "while" in body:
        _check_while(sandbox, mode, body["while"])
        sandbox.run_while_on_the_phone(mode)
    else:
        sandbox.set_clock_mode(mode)
    return JSONResponse(_serialize_clock(sandbox))


def _check_while(sandbox: Sandbox, mode: str, condition: object) -> None:
    """Check that time flows in this mode for as long as a condition holds.

    Raises:
        ProblemError: It cannot, or the condition is another one, or does not hold now.
    """
    if condition != ON_THE_PHONE:
        raise ProblemError("invalid-body", f"while must be {ON_THE_PHONE}, not {condition!r:.80}")
    if mode in STILL_MODES:
        detail = f"in the mode {mode} no time passes by itself: while goes with real or 60x"
        raise ProblemError("invalid-body", detail)
    if not sandbox.phone_clock.has_phones:
        detail = "no leg waits for a person: GET /_mock/phones lists those that do"
        raise ProblemError("nobody-on-the-phone", detail)


async def advance_clock(request: Request) -> JSONResponse:
    """Advance the clock; respond once all due items have run and all webhooks are answered."""
    sandbox, body = sandbox_of(request), await read_json_object(request)
    _parse_target(body, sandbox.state, sandbox.clock.now())  # a mistake is told at once
    try:
        find_target = partial(_parse_target, body, sandbox.state)
        result = await sandbox.scheduler.advance_from_now(find_target)
    except AdvanceInProgress:
        raise ProblemError("advance-running", DEADLOCK) from None
    if result.stop_reason != "reset":
        sandbox.record_clock({"advance": body})
    clock = _serialize_clock(sandbox)
    return JSONResponse(
        {
            "now": clock["now"],
            "events": result.events,
            "attempts": result.attempts,
            "pending": clock["pending"],
            "next_at": clock["next_at"],
            "waiting": list(sandbox.state.calls.waiting),
            "stop_reason": result.stop_reason,
            "errors": result.errors,
        }
    )


def _serialize_clock(sandbox: Sandbox) -> dict[str, Any]:
    due_item = sandbox.state.peek()
    next_item = due_item and serialize_due_item(sandbox.state, due_item)
    return {
        "mode": sandbox.clock.mode,
        "now": format_iso(sandbox.clock.now()),
        "pending": sum(1 for _ in sandbox.state.pending_items()),
        "next_at": format_iso(due_item.at) if due_item else None,
        "next": next_item and redact_item(next_item, sandbox.state.configuration.seed),
        "while": ON_THE_PHONE if sandbox.phone_clock.is_running else None,
    }


def _parse_target(body: dict[str, Any], state: SandboxState, now: int) -> Target:
    """The end of the advance; for `until: next` the time of the next due item, if any."""
    check_keys(body, ("by", "to", "until"), "an advance")
    match body:
        case {"by": int() | float() | str() as by, **rest} if not rest:
            duration = parse_duration(str(by))
            if duration is None:
                hint = suggest_duration(str(by)) or USAGE
                raise ProblemError("invalid-body", f"{by!r} is not a duration: {hint}")
            return _check_limit(now + duration)
        case {"to": str() as text, **rest} if not rest:
            return _parse_time(text, now)
        case {"until": "idle", **rest} if not rest:
            return None
        case {"until": "empty", **rest} if not rest:
            return EMPTY
        case {"until": "next", **rest} if not rest:
            due = state.peek()
            return max(now, due.at) if due else now
    raise ProblemError("invalid-body", USAGE)


def _parse_time(text: str, now: int) -> int:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ProblemError("invalid-body", f"{text!r} is not an ISO 8601 time: {USAGE}") from None
    if time.tzinfo is None:
        raise ProblemError("invalid-body", f"{text!r} has no time zone: end it with Z or +05:30")
    if to_milliseconds(time) < now:
        raise ProblemError(
            "invalid-body", f"time only goes forward, and it is {format_iso(now)} already"
        )
    return _check_limit(to_milliseconds(time))


def _check_limit(to: int) -> int:
    if to > MAX_TIME:
        raise ProblemError("invalid-body", f"the clock cannot go beyond {format_iso(MAX_TIME)}")
    return to


ROUTES = (
    Route("/clock", get_clock, methods=["GET"]),
    Route("/clock", put_clock, methods=["PUT"]),
    Route("/clock/advance", advance_clock, methods=["POST"]),
)
