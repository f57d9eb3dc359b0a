"""Scenarios, from mappings that have been checked to stories."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.catalog.behaviours import behaviour, millis, span
from mockserver.catalog.document import Path
from mockserver.catalog.steps import steps
from mockserver.core.provider import Act
from mockserver.core.story import Match, Story, Travel, Turn

Body = Mapping[str, Any]
PlaceOf = Callable[[Path], str]


class Told(NamedTuple):
    """What else is known of a file's scenarios: whether they are bundled, which acts there are."""

    bundled: bool
    acts: Mapping[str, Act]


def stories(name: str, body: Body, place: PlaceOf, told: Told) -> Iterator[Story]:
    """The scenario, and before it what stands inside its lists, under names of their own."""
    for key in ("attempts", "numbers"):
        for index, turn in enumerate(body.get(key, ())):
            if not isinstance(turn, str):
                where = place((key, index))
                yield Story(_inner(name, key, index), where, told.bundled, legs=_legs(turn))
    yield Story(
        name=name,
        place=place(()),
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
        answers=tuple(_answers(body)),
        webhooks={kind: _travel(how) for kind, how in body.get("webhooks", {}).items()},
    )


def match(given: Body) -> Match:
    """Globs by name, and those over the request's fields."""
    globs = {name: str(glob) for name, glob in given.items() if name != "fields"}
    fields = {name: str(glob) for name, glob in given.get("fields", {}).items()}
    return Match(globs, fields)


def _inner(name: str, key: str, index: int) -> str:
    return f"{name}/{key}/{index + 1}"


def _turns(name: str, body: Body, key: str) -> tuple[str, ...]:
    items = enumerate(body.get(key, ()))
    return tuple(
        turn if isinstance(turn, str) else _inner(name, key, index) for index, turn in items
    )


def _legs(given: Body) -> dict[str, Any]:
    return {leg: behaviour(how) for leg, how in given.items()}


def _answers(body: Body) -> Iterator[Turn]:
    if "refuse" in body:
        yield Turn(refuse=body["refuse"])
    for answer in body.get("answers", ()):
        yield Turn() if answer == "pass" else _turn(answer)


def _turn(answer: Body) -> Turn:
    after = millis(answer["after"]) if "after" in answer else 0
    return Turn(answer.get("refuse", ""), after, answer.get("break", ""))


def _travel(how: Body) -> Travel:
    drop = str(how.get("drop", 0))
    return Travel(
        duplicate=int(how.get("duplicate", 1)),
        drop=None if drop == "all" else int(drop),
        reorder=_yes(how, "reorder"),
        after=span(how["after"]) if "after" in how else None,
        before_reply=_yes(how, "before_reply"),
        corrupt=how.get("corrupt", ""),
    )


def _yes(how: Body, key: str) -> bool:
    return str(how.get(key, False)).lower() == "true"
