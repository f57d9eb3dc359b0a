"""Waits until calls, requests or webhooks match; on timeout, reports the nearest items."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mockserver.core.leg_names import all_leg_names
from mockserver.core.old_words import OLD_FIELDS, describe_old_word
from mockserver.core.time import MAX_TIME, parse_duration, suggest_duration
from mockserver.runtime.advances import DEADLOCK, AdvanceInProgress
from mockserver.runtime.sandbox import Sandbox
from mockserver.runtime.waits import wait_until
from mockserver.web.control.calls import CALLS
from mockserver.web.control.item_search import ItemSearch
from mockserver.web.control.listing import ItemKind, respond_with_items
from mockserver.web.control.match_fields import check_match_field
from mockserver.web.control.matching import redact_match
from mockserver.web.control.params import check_keys, read_json_object, sandbox_of
from mockserver.web.control.requests import REQUESTS
from mockserver.web.control.webhooks import WEBHOOKS
from mockserver.web.problems import ProblemError

MAX_TIMEOUT: Final = 600.0  # real seconds
USAGE: Final = (
    'send {"for": "webhook", "match": {"state": "delivered"}, "count": 1, "timeout": 5, '
    '"advance": "2h"}; for is webhook, call or request'
)
KINDS: Final[Mapping[str, ItemKind]] = {"webhook": WEBHOOKS, "call": CALLS, "request": REQUESTS}
"""Value of `for` -> the kind of items."""


async def wait_for_items(request: Request) -> Response:
    """Respond 200 with all matching items once there are `count`; 408 with the nearest ones."""
    sandbox, body = sandbox_of(request), await read_json_object(request)
    kind = _parse_kind(body)
    search, count = ItemSearch(request, kind, _parse_match(body, sandbox)), body.get("count", 1)
    timeout, advance = _parse_timeout(body), _parse_advance(body, sandbox)
    if type(count) is not int or count < 1:
        raise ProblemError("invalid-body", USAGE)

    def has_found_enough() -> bool:
        search.update_at_once()
        return search.count_found() >= count

    try:
        is_met = await wait_until(sandbox, has_found_enough, timeout, advance, search.update)
    except AdvanceInProgress:
        raise ProblemError("advance-running", DEADLOCK) from None
    if is_met:
        return await respond_with_items(request, kind, search.found())
    found = search.count_found()
    detail = f"{found} of {count} matched within {timeout:g} s"
    raise ProblemError("wait-timeout", detail, found=found, nearest=await search.nearest())


def _parse_kind(body: Mapping[str, Any]) -> ItemKind:
    check_keys(body, ("for", "match", "count", "timeout", "advance"), "a wait")
    kind = str(body.get("for"))
    if kind not in KINDS:
        raise ProblemError("invalid-body", USAGE)
    return KINDS[kind]


def _parse_match(body: Mapping[str, Any], sandbox: Sandbox) -> Mapping[str, Any]:
    match, kind = body.get("match", {}), body["for"]
    if not isinstance(match, Mapping):
        raise ProblemError("invalid-body", USAGE)
    bound_providers = sandbox.state.configuration.providers.values()
    leg_names = all_leg_names(bound.provider for bound in bound_providers)
    for field in match:
        _check_old_field(field, OLD_FIELDS[kind])
        check_match_field(field, kind, leg_names)
    return redact_match(match, sandbox.state.configuration.seed)


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
