"""Build scenarios from checked YAML values."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mockserver.config.behaviors import build_leg_behavior, parse_duration_range, parse_milliseconds
from mockserver.config.problems import DocumentPath
from mockserver.config.raw_answers import build_raw_answer, is_raw_answer
from mockserver.config.references import response_items
from mockserver.config.scenario_parts import ListItem, list_items
from mockserver.config.steps import build_steps
from mockserver.core.behavior import IMMEDIATELY, DurationRange, fixed_duration
from mockserver.core.match_words import build_match_rule
from mockserver.core.provider import VendorEvent
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, Scenario
from mockserver.core.script import Step
from mockserver.core.webhook import SIMULATED_TIMEOUT, SimulatedAttempt

RawMapping = Mapping[str, Any]
Locate = Callable[[DocumentPath], str]

ERRORS_OF_ATTEMPTS: Final[Mapping[str, DurationRange]] = MappingProxyType(
    {"timeout": fixed_duration(SIMULATED_TIMEOUT), "reset": IMMEDIATELY}
)
"""Error that an attempt can meet -> how long the attempt then takes."""


class FileContext(NamedTuple):
    """What the scenarios of a file share: whether it is bundled, and the known vendor events.

    `quoted_paths` are the paths of its scalars in quotes.
    """

    bundled: bool
    vendor_events: Mapping[str, VendorEvent]
    quoted_paths: frozenset[DocumentPath] = frozenset()


def build_scenarios(
    name: str, body: RawMapping, locate: Locate, context: FileContext
) -> Iterator[Scenario]:
    """Yield the scenario, and before it one for each of its items that has words of its own.

    These have names such as `busy-first/attempts/1`. `locate` formats the position of a path
    within the scenario as `file:line:column`.
    """
    items = tuple(list_items(body))
    for item in items:
        if item.body is not None:
            yield from build_scenarios(
                item.scenario_name(name), item.body, _locate_within(item, locate), context
            )
    yield Scenario(
        name=name,
        location=locate(()),
        bundled=context.bundled,
        match=build_match_rule(body["match"]) if "match" in body else None,
        needs=body.get("needs", {}),
        legs=_build_legs(body.get("legs", {})),
        steps=tuple(_build_steps(body, locate, context)),
        attempts=_scenario_names(name, items, "attempts"),
        numbers=_scenario_names(name, items, "numbers"),
        choose=tuple(_weighted_names(name, items, body.get("choose", ()))),
        use=body.get("use", ""),
        responses=tuple(_build_api_behaviors(body, ("scenarios", name), context)),
        cycles=isinstance(body.get("responses"), Mapping),
        description=body.get("description", ""),
        webhooks={
            kind: _build_delivery_behavior(raw) for kind, raw in body.get("webhooks", {}).items()
        },
    )


def _locate_within(item: ListItem, locate: Locate) -> Locate:
    """Return what locates the paths within an item."""
    return lambda path: locate(item.inner_path(path) if path else (item.key, item.position))


def _scenario_names(name: str, items: Iterable[ListItem], key: str) -> tuple[str, ...]:
    return tuple(item.scenario_name(name) for item in items if item.key == key)


def _weighted_names(
    name: str, items: Iterable[ListItem], choices: Sequence[RawMapping]
) -> Iterator[tuple[float, str]]:
    for item in items:
        if item.key == "choose":
            yield float(choices[item.position]["weight"]), item.scenario_name(name)


def _build_steps(body: RawMapping, locate: Locate, context: FileContext) -> Iterator[Step]:
    for index, item in enumerate(body.get("steps", ())):
        yield from build_steps(item, locate(("steps", index)), context.vendor_events)


def _build_legs(raw: RawMapping) -> dict[str, Any]:
    return {leg: build_leg_behavior(behavior) for leg, behavior in raw.items()}


def _build_api_behaviors(
    body: RawMapping, path: DocumentPath, context: FileContext
) -> Iterator[ApiBehavior]:
    """Yield the items of `responses`, or the only one of `refuse`; `path` is that of the body."""
    if "refuse" in body:
        yield ApiBehavior(fault=body["refuse"])
    for item_path, raw in response_items(body):
        is_pass = raw == "pass"
        yield ApiBehavior() if is_pass else _build_api_behavior(raw, (*path, *item_path), context)


def _build_api_behavior(raw: RawMapping, path: DocumentPath, context: FileContext) -> ApiBehavior:
    is_raw = is_raw_answer(raw)
    return ApiBehavior(
        fault=raw.get("refuse", ""),
        delay=parse_milliseconds(raw.get("after", 0)),
        disconnect=raw.get("break", ""),
        answer=build_raw_answer(raw, path, context.quoted_paths) if is_raw else None,
        dribble=parse_milliseconds(raw.get("dribble", 0)),
    )


def _build_delivery_behavior(raw: RawMapping) -> DeliveryBehavior:
    drop, duplicate = str(raw.get("drop", 0)), raw.get("duplicate", 1)
    copies = duplicate if isinstance(duplicate, Mapping) else {"times": duplicate}
    return DeliveryBehavior(
        duplicate=int(copies["times"]),
        spacing=parse_duration_range(copies.get("spacing", 0)),
        drop=None if drop == "all" else int(drop),
        reorder=_is_true(raw, "reorder"),
        reorder_calls=raw.get("reorder") == "calls",
        delay=parse_duration_range(raw["after"]) if "after" in raw else None,
        before_reply=_is_true(raw, "before_reply"),
        corrupt=raw.get("corrupt", ""),
        attempts=tuple(map(_build_planned_attempt, raw.get("attempts", ()))),
    )


def _build_planned_attempt(raw: Any) -> SimulatedAttempt | None:
    """Build from `deliver` (None), `timeout`, `reset`, a status, or {status, after}."""
    if isinstance(raw, Mapping):
        duration = parse_duration_range(raw.get("after", 0))
        return SimulatedAttempt(status=int(raw["status"]), duration=duration)
    if raw in ERRORS_OF_ATTEMPTS:
        return SimulatedAttempt(error=raw, duration=ERRORS_OF_ATTEMPTS[raw])
    return None if raw == "deliver" else SimulatedAttempt(status=int(raw))


def _is_true(raw: RawMapping, key: str) -> bool:
    return str(raw.get(key, False)).lower() == "true"
