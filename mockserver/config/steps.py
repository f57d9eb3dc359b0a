"""Build the steps of a scenario from checked YAML values."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.config.behaviors import build_leg_behavior, parse_duration_range
from mockserver.core.behavior import IMMEDIATELY, PRESETS, DurationRange
from mockserver.core.provider import VendorEvent
from mockserver.core.script import Condition, Step

EVENT_TYPES: Final = {
    "ring": "ring",
    "answer": "answer",
    "machine": "machine",
    "hangup": "hangup",
    "press": "press",
    "say": "say",
}
"""Key of a step -> the event that it causes."""

DATA_KEYS: Final = {"press": "digits", "say": "words"}
"""Key of a step whose value is not the leg -> the key of this value in the event's data."""

NON_ARGUMENT_KEYS: Final = ("act", "after", "then", "for", "leg")


def build_steps(
    item: Mapping[str, Any], location: str, vendor_events: Mapping[str, VendorEvent]
) -> Iterator[Step]:
    """Yield the steps of one item in `steps`; a vendor event may need several.

    If the event dials a leg, a second step waits until that leg answers or stops ringing. `for`
    adds a last step that undoes the event.
    """
    if "act" not in item:
        yield _build_step(item, location)
        return
    vendor_event = vendor_events[item["act"]]
    dialed = vendor_event.dials
    data = {key: str(value) for key, value in item.items() if key not in NON_ARGUMENT_KEYS}
    # without `then`, a dialed leg rings until a step answers it
    default = PRESETS["person"] if dialed else None
    behavior = build_leg_behavior(item["then"]) if "then" in item else default
    leg = item.get("leg", "")
    yield Step(_parse_delay(item), item["act"], leg, data, location=location, behavior=behavior)
    if dialed:
        yield Step(IMMEDIATELY, "", condition=Condition("settled", dialed), location=location)
    if "for" in item:
        yield Step(parse_duration_range(item["for"]), vendor_event.undo, leg, location=location)


def _parse_delay(item: Mapping[str, Any]) -> DurationRange:
    return parse_duration_range(item["after"]) if "after" in item else IMMEDIATELY


def _build_step(item: Mapping[str, Any], location: str) -> Step:
    delay = _parse_delay(item)
    if "wait" in item:
        return Step(delay, "", condition=_build_condition(item["wait"]), location=location)
    key = next(key for key in EVENT_TYPES if key in item)
    if key in DATA_KEYS:
        data = {DATA_KEYS[key]: str(item[key])}
        return Step(delay, EVENT_TYPES[key], item.get("leg", "a"), data, location=location)
    data = {"cause": item.get("cause", "normal")} if key == "hangup" else {}
    return Step(delay, EVENT_TYPES[key], item[key], data, location=location)


def _build_condition(wait: str | Mapping[str, str]) -> Condition:
    if isinstance(wait, str):
        return Condition(wait)
    [(condition, value)] = wait.items()
    return (
        Condition("poll", times=int(value)) if condition == "poll" else Condition(condition, value)
    )
