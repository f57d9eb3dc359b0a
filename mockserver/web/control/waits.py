"""Waits until calls, requests or webhooks match; on timeout, reports the nearest items."""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from mockserver.core.leg_names import all_leg_names
from mockserver.core.old_words import OLD_FIELDS, describe_old_word
from mockserver.core.time import MAX_TIME, parse_duration, suggest_duration
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.scheduler import AdvanceInProgress
from mockserver.runtime.waits import wait_until
from mockserver.web.control.calls import all_calls
from mockserver.web.control.match_fields import check_match_field
from mockserver.web.control.matching import mismatches, nearest_items
from mockserver.web.control.params import check_keys, read_json_object, sandbox_of
from mockserver.web.control.requests import all_requests
from mockserver.web.control.webhooks import all_webhooks
from mockserver.web.problems import ProblemError

MAX_TIMEOUT: Final = 600.0  # real seconds
USAGE: Final = (
    'send {"for": "webhook", "match": {"state": "delivered"}, "count": 1, "timeout": 5, '
    '"advance": "2h"}; for is webhook, call or request'
)
LISTS_BY_KIND: Final[Mapping[str, tuple[str, Callable[[Request], list[dict[str, Any]]]]]] = {
    "webhook": ("webhooks", all_webhooks),
    "call": ("calls", all_calls),
    "request": ("requests", all_requests),
}
"""Value of `for` -> (key of the response, function that lists the items)."""


async def wait_for_items(request: Request) -> JSONResponse:
    """Respond 200 with all matching items once there are `count`; 408 with the nearest ones."""
    sandbox, body = sandbox_of(request), await read_json_object(request)
    key, list_items = _parse_kind(body)
    match, count = _parse_match(body, sandbox), body.get("count", 1)
    timeout, advance = _parse_timeout(body), _parse_advance(body, sandbox)
    if type(count) is not int or count < 1:
        raise ProblemError("invalid-body", USAGE)

    def matching_items() -> list[dict[str, Any]]:
        return [item for item in list_items(request) if not mismatches(item, match)]

    try:
        is_met = await wait_until(sandbox, lambda: len(matching_items()) >= count, timeout, advance)
    except AdvanceInProgress:
        raise ProblemError(
            "advance-running", "another advance of this sandbox is still running"
        ) from None
    if is_met:
        return JSONResponse({key: matching_items()})
    items = matching_items()
    detail = f"{len(items)} of {count} matched within {timeout:g} s"
    raise ProblemError(
        "wait-timeout",
        detail,
        found=len(items),
        nearest=nearest_items(list_items(request), match),
    )


def _parse_kind(body: Mapping[str, Any]) -> tuple[str, Callable[[Request], list[dict[str, Any]]]]:
    check_keys(body, ("for", "match", "count", "timeout", "advance"), "a wait")
    kind = str(body.get("for"))
    if kind not in LISTS_BY_KIND:
        raise ProblemError("invalid-body", USAGE)
    return LISTS_BY_KIND[kind]


def _parse_match(body: Mapping[str, Any], sandbox: Sandbox) -> Mapping[str, Any]:
    match, kind = body.get("match", {}), body["for"]
    if not isinstance(match, Mapping):
        raise ProblemError("invalid-body", USAGE)
    bound_providers = sandbox.state.configuration.providers.values()
    leg_names = all_leg_names(bound.provider for bound in bound_providers)
    for field in match:
        _check_old_field(field, OLD_FIELDS[kind])
        check_match_field(field, kind, leg_names)
    return match


def _check_old_field(field: str, new_words: Mapping[str, str]) -> None:
    """Check that a field is not, and is not in, one that has a new word.

    Raises:
        ProblemError: 422 that says the new word.
    """
    for pattern, new_word in new_words.items():
        if fnmatchcase(field, pattern) or fnmatchcase(field, f"{pattern}.*"):
            old_word = pattern.rpartition(".")[2]
            raise ProblemError(
                "invalid-body", f"{field!r}: {describe_old_word(old_word, new_word)}"
            )


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
        raise ProblemError("invalid-body", f"advance is a duration: {hint}")
    return min(duration, MAX_TIME - sandbox.clock.now()) if sandbox.clock.is_manual else None


ROUTES = (Route("/wait", wait_for_items, methods=["POST"]),)
