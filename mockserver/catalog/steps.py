"""Exact choreography: the steps of a scenario, from mappings whose form is right to values."""

from collections.abc import Mapping
from typing import Any, Final

from mockserver.catalog.behaviours import span
from mockserver.core.legs import NOW
from mockserver.core.script import Once, Step

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


def step(item: Mapping[str, Any], place: str) -> Step:
    after = span(item["after"]) if "after" in item else NOW
    if "wait" in item:
        return Step(after, "", once=_condition(item["wait"]), place=place)
    key = next(key for key in VERBS if key in item)
    if key in TOLD:
        data = {TOLD[key]: str(item[key])}
        return Step(after, VERBS[key], item.get("leg", "a"), data, place=place)
    data = {"cause": item.get("cause", "normal")} if key == "hangup" else {}
    return Step(after, VERBS[key], item[key], data, place=place)


def _condition(wait: str | Mapping[str, str]) -> Once:
    if isinstance(wait, str):
        return Once(wait)
    [(condition, value)] = wait.items()
    return Once("polled", times=int(value)) if condition == "poll" else Once(condition, value)
