"""What is wrong with a scenario whose form is right."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver.catalog import names
from mockserver.catalog.document import Path
from mockserver.catalog.grammar import Flaw, Key, items
from mockserver.catalog.vocabulary import Vocabulary
from mockserver.core.causes import CAUSES
from mockserver.core.time import parse_duration

Body = Mapping[str, Any]

SPANS: Final = frozenset({"ring", "answer", "talk", "hangup", "after", "for"})
LEADS: Final = ("steps", "attempts", "numbers", "choose", "play")
DEEDS: Final = ("ring", "answer", "machine", "hangup", "press", "say", "wait", "act")
SERVING: Final[Mapping[str, tuple[str, ...]]] = {
    "cause": ("hangup", "act"),
    "leg": ("press", "say", "act"),
}
"""Key of a step -> the deeds beside which it means something."""
AFTERWARDS: Final = ("answer", "press", "say", "talk", "hangup")
"""What only somebody does who answers."""


def wrong(body: Body, words: Vocabulary, scenarios: Iterable[str]) -> Iterator[Flaw]:
    """All of it, by path from the scenario on; `scenarios` are the names of all there are."""
    yield from names.unknown(body, words, scenarios)
    yield from _backwards(body)
    yield from _in_vain(body)
    yield from _together(body)
    for index, step in items(body, "steps"):
        for path, message in _step(step):
            yield ("steps", index, *path), message


def scalars(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in it, and where it stands."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from scalars(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from scalars(inner, (*path, index))
    else:
        yield path, str(value)


def _backwards(body: Body) -> Iterator[Flaw]:
    """Spans that end before they begin; what one matches with are globs, and no spans."""
    for path, value in scalars({key: part for key, part in body.items() if key != "match"}):
        low, _, high = value.partition("..")
        if path[-1] in SPANS and high and (parse_duration(low) or 0) > (parse_duration(high) or 0):
            yield path, f"the span {value!r} ends before it begins: did you mean '{high}..{low}'?"


def _in_vain(body: Body) -> Iterator[Flaw]:
    """What somebody would do after an answer that never comes."""
    people = [(("legs",), body.get("legs", {})), *names.turns(body)]
    for path, legs in people:
        for leg, how in legs.items() if isinstance(legs, Mapping) else ():
            then = how.get("then") if isinstance(how, Mapping) else None
            for key in AFTERWARDS if then in CAUSES else ():
                if key in how:
                    yield (
                        (*path, leg, Key(key)),
                        f"{key!r} is in vain: `then: {then}` never answers",
                    )


def _together(body: Body) -> Iterator[Flaw]:
    """What cannot stand together in one scenario."""
    first, *others = [key for key in body if key in LEADS] or [""]
    for key in others:
        message = f"a scenario has one of {', '.join(LEADS)}, and this one has {first} already"
        yield (Key(key),), message
    if "refuse" in body and "answers" in body:
        yield (Key("refuse"),), "a scenario has refuse or answers: make it one of the answers"
    weights = [chance and float(chance["weight"]) for chance in body.get("choose", ())]
    if weights and set(weights) == {0}:
        yield ("choose",), "every weight is 0: nothing can be chosen"


def _step(step: Body) -> Iterator[Flaw]:
    """A step has one deed, and beside it what serves that deed."""
    first, *others = [key for key in step if key in DEEDS] or [""]
    if not first:
        yield (), f"this step does nothing: give it one of {', '.join(DEEDS)}"
    for key in others:
        yield (Key(key),), f"a step does one thing, {first} here: make {key} a step of its own"
    for key, served in SERVING.items():
        if key in step and first and not {first, *others} & set(served):
            yield (Key(key),), f"{key!r} belongs to {' or '.join(served)}, not to {first}"
