"""Exact choreography: the steps of a scenario, from mappings whose form is right to values."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.catalog.behaviours import behaviour, span
from mockserver.core.behavior import IMMEDIATELY, PRESETS, DurationRange, LegBehavior
from mockserver.core.provider import VendorEvent
from mockserver.core.script import Condition, Step

VERBS: Final = {
    "ring": "ring",
    "answer": "answer",
    "machine": "machine",
    "hangup": "hangup",
    "press": "digits",
    "say": "speech",
}
"""Key of a step -> the event that it brings about."""

TOLD: Final = {"press": "digits", "say": "words"}
"""Key of a step whose value is not the leg -> what the event tells."""


NO_ARGUMENTS: Final = ("act", "after", "then", "for", "leg")


def steps(item: Mapping[str, Any], place: str, acts: Mapping[str, VendorEvent]) -> Iterator[Step]:
    """What an item comes to: an act that dials ends with its ringing, `for` with its undoing."""
    if "act" not in item:
        yield _step(item, place)
        return
    act = acts[item["act"]]
    data = {key: str(value) for key, value in item.items() if key not in NO_ARGUMENTS}
    # whom nobody speaks of rings until a step answers
    usual = PRESETS["person"] if act.dials else None
    then = _staying(item["then"]) if "then" in item else usual
    leg = item.get("leg", "")
    yield Step(_after(item), item["act"], leg, data, location=place, behavior=then)
    if act.dials:
        yield Step(IMMEDIATELY, "", condition=Condition("settled", act.dials), location=place)
    if "for" in item:
        yield Step(span(item["for"]), act.undo, leg, location=place)


def _staying(how: Any) -> LegBehavior:
    """Whoever is dialled by a step stays until a step or the other side ends it, or `talk` says."""
    said = behaviour(how)
    return said if isinstance(how, Mapping) and "talk" in how else said._replace(talk=None)


def _after(item: Mapping[str, Any]) -> DurationRange:
    return span(item["after"]) if "after" in item else IMMEDIATELY


def _step(item: Mapping[str, Any], place: str) -> Step:
    after = _after(item)
    if "wait" in item:
        return Step(after, "", condition=_condition(item["wait"]), location=place)
    key = next(key for key in VERBS if key in item)
    if key in TOLD:
        data = {TOLD[key]: str(item[key])}
        return Step(after, VERBS[key], item.get("leg", "a"), data, location=place)
    data = {"cause": item.get("cause", "normal")} if key == "hangup" else {}
    return Step(after, VERBS[key], item[key], data, location=place)


def _condition(wait: str | Mapping[str, str]) -> Condition:
    if isinstance(wait, str):
        return Condition(wait)
    [(condition, value)] = wait.items()
    return (
        Condition("polled", times=int(value))
        if condition == "poll"
        else Condition(condition, value)
    )
