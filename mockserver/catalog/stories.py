"""Scenarios, from mappings that have been checked to stories."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.catalog.behaviours import behaviour, millis, span
from mockserver.catalog.document import Path
from mockserver.catalog.steps import steps
from mockserver.core.provider import VendorEvent
from mockserver.core.scenario import ApiBehavior, DeliveryBehavior, MatchRule, Scenario

Body = Mapping[str, Any]
PlaceOf = Callable[[Path], str]


class Told(NamedTuple):
    """What else is known of a file's scenarios: whether they are bundled, which acts there are."""

    bundled: bool
    acts: Mapping[str, VendorEvent]


def stories(name: str, body: Body, place: PlaceOf, told: Told) -> Iterator[Scenario]:
    """The scenario, and before it what stands inside its lists, under names of their own."""
    for key in ("attempts", "numbers"):
        for index, turn in enumerate(body.get(key, ())):
            if not isinstance(turn, str):
                where = place((key, index))
                yield Scenario(_inner(name, key, index), where, told.bundled, legs=_legs(turn))
    yield Scenario(
        name=name,
        location=place(()),
        bundled=told.bundled,
        match=match(body["match"]) if "match" in body else None,
        needs=body.get("needs", {}),
        legs=_legs(body.get("legs", {})),
        steps=tuple(
            step
            for index, item in enumerate(body.get("steps", ()))
            for step in steps(item, place(("steps", index)), told.acts)
        ),
        attempts=_turns(name, body, "attempts"),
        numbers=_turns(name, body, "numbers"),
        choose=tuple((float(one["weight"]), one["play"]) for one in body.get("choose", ())),
        play=body.get("play", ""),
        responses=tuple(_answers(body)),
        webhooks={kind: _travel(how) for kind, how in body.get("webhooks", {}).items()},
    )


def match(given: Body) -> MatchRule:
    """Globs by name, and those over the request's fields."""
    globs = {name: str(glob) for name, glob in given.items() if name != "fields"}
    fields = {name: str(glob) for name, glob in given.get("fields", {}).items()}
    return MatchRule(globs, fields)


def _inner(name: str, key: str, index: int) -> str:
    return f"{name}/{key}/{index + 1}"


def _turns(name: str, body: Body, key: str) -> tuple[str, ...]:
    items = enumerate(body.get(key, ()))
    return tuple(
        turn if isinstance(turn, str) else _inner(name, key, index) for index, turn in items
    )


def _legs(given: Body) -> dict[str, Any]:
    return {leg: behaviour(how) for leg, how in given.items()}


def _answers(body: Body) -> Iterator[ApiBehavior]:
    if "refuse" in body:
        yield ApiBehavior(fault=body["refuse"])
    for answer in body.get("answers", ()):
        yield ApiBehavior() if answer == "pass" else _turn(answer)


def _turn(answer: Body) -> ApiBehavior:
    after = millis(answer["after"]) if "after" in answer else 0
    return ApiBehavior(answer.get("refuse", ""), after, answer.get("break", ""))


def _travel(how: Body) -> DeliveryBehavior:
    drop = str(how.get("drop", 0))
    return DeliveryBehavior(
        duplicate=int(how.get("duplicate", 1)),
        drop=None if drop == "all" else int(drop),
        reorder=_yes(how, "reorder"),
        delay=span(how["after"]) if "after" in how else None,
        before_reply=_yes(how, "before_reply"),
        corrupt=how.get("corrupt", ""),
    )


def _yes(how: Body, key: str) -> bool:
    return str(how.get(key, False)).lower() == "true"
