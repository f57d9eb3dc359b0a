"""Exact choreography: the steps of a scenario, from mappings whose form is right to values."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.config.behaviors import build_leg_behavior, parse_duration_range
from mockserver.core.behavior import IMMEDIATELY, PRESETS, DurationRange, LegBehavior
from mockserver.core.provider import VendorEvent
from mockserver.core.script import Condition, Step

EVENT_TYPES: Final = {
    "ring": "ring",
    "answer": "answer",
    "machine": "machine",
    "hangup": "hangup",
    "press": "digits",
    "say": "speech",
}
"""Key of a step -> the event that it brings about."""

DATA_KEYS: Final = {"press": "digits", "say": "words"}
"""Key of a step whose value is not the leg -> what the event tells."""


NON_ARGUMENT_KEYS: Final = ("act", "after", "then", "for", "leg")


def build_steps(
    item: Mapping[str, Any], location: str, vendor_events: Mapping[str, VendorEvent]
) -> Iterator[Step]:
    """What an item comes to: an act that dials ends with its ringing, `for` with its undoing."""
    if "act" not in item:
        yield _build_step(item, location)
        return
    act = vendor_events[item["act"]]
    data = {key: str(value) for key, value in item.items() if key not in NON_ARGUMENT_KEYS}
    # whom nobody speaks of rings until a step answers
    usual = PRESETS["person"] if act.dials else None
    then = _build_open_ended_behavior(item["then"]) if "then" in item else usual
    leg = item.get("leg", "")
    yield Step(_parse_delay(item), item["act"], leg, data, location=location, behavior=then)
    if act.dials:
        yield Step(IMMEDIATELY, "", condition=Condition("settled", act.dials), location=location)
    if "for" in item:
        yield Step(parse_duration_range(item["for"]), act.undo, leg, location=location)


def _build_open_ended_behavior(raw: Any) -> LegBehavior:
    """Whoever is dialled by a step stays until a step or the other side ends it, or `talk` says."""
    said = build_leg_behavior(raw)
    return said if isinstance(raw, Mapping) and "talk" in raw else said._replace(talk=None)


def _parse_delay(item: Mapping[str, Any]) -> DurationRange:
    return parse_duration_range(item["after"]) if "after" in item else IMMEDIATELY


def _build_step(item: Mapping[str, Any], location: str) -> Step:
    after = _parse_delay(item)
    if "wait" in item:
        return Step(after, "", condition=_build_condition(item["wait"]), location=location)
    key = next(key for key in EVENT_TYPES if key in item)
    if key in DATA_KEYS:
        data = {DATA_KEYS[key]: str(item[key])}
        return Step(after, EVENT_TYPES[key], item.get("leg", "a"), data, location=location)
    data = {"cause": item.get("cause", "normal")} if key == "hangup" else {}
    return Step(after, EVENT_TYPES[key], item[key], data, location=location)


def _build_condition(wait: str | Mapping[str, str]) -> Condition:
    if isinstance(wait, str):
        return Condition(wait)
    [(condition, value)] = wait.items()
    return (
        Condition("polled", times=int(value))
        if condition == "poll"
        else Condition(condition, value)
    )
