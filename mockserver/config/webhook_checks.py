"""Check the webhooks of a scenario against the operations: kinds and keys without effect there."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.config.behaviors import build_leg_behavior
from mockserver.config.problems import DocumentPath
from mockserver.config.references import suggestion
from mockserver.config.scenario_parts import ScenarioPart
from mockserver.config.schema_checks import KeySegment, PathProblem
from mockserver.core.playability import PlaySite

RawMapping = Mapping[str, Any]

ANY: Final = "any"


def webhook_problems(
    part: ScenarioPart, calls: tuple[PlaySite, ...], bodies: Mapping[str, RawMapping]
) -> Iterator[PathProblem]:
    """Yield the problems; `{where}` in a message stands for the operations.

    `calls` are the sites that place calls, `bodies` the words of all scenarios by name.
    """
    known = tuple(dict.fromkeys(kind for site in calls for kind in site.calls.webhooks))
    deliveries = part.body.get("webhooks") or {}
    for kind, raw in deliveries.items():
        path = (*part.path, "webhooks", kind)
        message = _kind_problem(kind, known, deliveries)
        if message:
            yield (*path[:-1], KeySegment(kind)), message
        elif isinstance(raw, Mapping):
            meant = [other for other in known if kind == ANY and other not in deliveries] or [kind]
            is_final = all(
                set(site.calls.webhooks) & set(meant) <= set(site.calls.final_webhooks)
                for site in calls
            )
            if is_final:
                yield from _final_problems(path, raw, " or ".join(meant))
            if is_final and _takes_time(part, calls, bodies):
                yield from _early_problems(path, raw)
            if "corrupt" in raw and not _has_body(calls, meant):
                message = f"'corrupt' has no effect: no webhook {' or '.join(meant)} has a body"
                yield (*path, KeySegment("corrupt")), message


def _kind_problem(kind: str, known: tuple[str, ...], deliveries: RawMapping) -> str:
    if not known:
        return f"{{where}} sends no webhooks, so {kind!r} has no effect"
    if kind == ANY:
        named = set(known) <= set(deliveries)
        return "'any' has no effect: every kind has its own words here" if named else ""
    hint = suggestion(kind, known)
    return "" if kind in known else f"{{where}} sends no webhook {kind!r}: {hint}"


def _final_problems(path: DocumentPath, raw: RawMapping, kinds: str) -> Iterator[PathProblem]:
    """Yield the keys that need a second webhook of the call."""
    if _is_true(raw, "reorder"):
        yield (
            (*path, KeySegment("reorder")),
            f"'reorder' has no effect: no other webhook of the call comes after {kinds}",
        )
    if str(raw.get("drop", "all")) not in ("0", "1", "all"):
        message = f"a call sends one webhook {kinds}: write `drop: all`"
        yield (*path, "drop"), message


def _early_problems(path: DocumentPath, raw: RawMapping) -> Iterator[PathProblem]:
    """Yield a `before_reply` of webhooks that are not due at the instant of the request."""
    if _is_true(raw, "before_reply"):
        message = "'before_reply' has no effect: the call takes time before it"
        yield (*path, KeySegment("before_reply")), message


def _has_body(calls: tuple[PlaySite, ...], kinds: list[str]) -> bool:
    """Whether a call may send one of these kinds with a body."""
    return any(
        site.provider.webhooks[kind].has_body
        for site in calls
        for kind in set(site.calls.webhooks).intersection(kinds)
    )


def _takes_time(
    part: ScenarioPart, calls: tuple[PlaySite, ...], bodies: Mapping[str, RawMapping]
) -> bool:
    """Whether leg a, which is dialed first, certainly rings for a while or waits for a person."""
    legs = _described_legs(part.body, bodies)
    return all(_rings(legs, site) for site in calls if site.calls.webhooks)


def _described_legs(body: RawMapping, bodies: Mapping[str, RawMapping]) -> RawMapping:
    """Return the legs that the scenario describes, else those of the scenario that it uses."""
    seen: set[str] = set()
    while not body.get("legs"):
        used = body.get("use", "")
        if used in seen or not isinstance(bodies.get(used), Mapping):
            return {}
        seen.add(used)
        body = bodies[used]
    legs: RawMapping = body["legs"]
    return legs


def _rings(legs: RawMapping, site: PlaySite) -> bool:
    names = [name for name, leg in site.legs.items() if leg == "a" and name in legs]
    if not names:
        return False
    behavior = build_leg_behavior(legs[names[-1]])
    return behavior.outcome == "person" or behavior.ring.low > 0


def _is_true(raw: RawMapping, key: str) -> bool:
    return str(raw.get(key, False)).lower() == "true"
