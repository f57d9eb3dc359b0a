"""What is wrong with a scenario whose form is right."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver.config import references
from mockserver.config.known_names import KnownNames
from mockserver.config.schema_checks import KeySegment, PathProblem, valid_items
from mockserver.config.yaml_document import DocumentPath
from mockserver.core.causes import CAUSES
from mockserver.core.time import parse_duration

RawMapping = Mapping[str, Any]

DURATION_KEYS: Final = frozenset({"ring", "answer", "talk", "hangup", "after", "for"})
EXCLUSIVE_KEYS: Final = ("steps", "attempts", "numbers", "choose", "play")
ACTION_KEYS: Final = ("ring", "answer", "machine", "hangup", "press", "say", "wait", "act")
MODIFIER_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "cause": ("hangup", "act"),
    "leg": ("press", "say", "act"),
}
"""Key of a step -> the deeds beside which it means something."""
AFTER_ANSWER_KEYS: Final = ("answer", "press", "say", "talk", "hangup")
"""What only somebody does who answers."""


def scenario_problems(
    body: RawMapping, known_names: KnownNames, scenario_names: Iterable[str]
) -> Iterator[PathProblem]:
    """All of it, by path from the scenario on; `scenarios` are the names of all there are."""
    yield from references.reference_problems(body, known_names, scenario_names)
    yield from _duration_problems(body)
    yield from _after_answer_problems(body)
    yield from _combination_problems(body)
    for index, step in valid_items(body, "steps"):
        for path, message in _step_problems(step):
            yield ("steps", index, *path), message


def scalars(value: Any, path: DocumentPath = ()) -> Iterator[tuple[DocumentPath, str]]:
    """Every text in it, and where it stands."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from scalars(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from scalars(inner, (*path, index))
    else:
        yield path, str(value)


def _duration_problems(body: RawMapping) -> Iterator[PathProblem]:
    """Spans that end before they begin; what one matches with are globs, and no spans."""
    for path, value in scalars({key: part for key, part in body.items() if key != "match"}):
        low, _, high = value.partition("..")
        if (
            path[-1] in DURATION_KEYS
            and high
            and (parse_duration(low) or 0) > (parse_duration(high) or 0)
        ):
            yield path, f"the span {value!r} ends before it begins: did you mean '{high}..{low}'?"


def _after_answer_problems(body: RawMapping) -> Iterator[PathProblem]:
    """What somebody would do after an answer that never comes."""
    people = [(("legs",), body.get("legs", {})), *references.list_entries(body)]
    for path, legs in people:
        for leg, how in legs.items() if isinstance(legs, Mapping) else ():
            then = how.get("then") if isinstance(how, Mapping) else None
            for key in AFTER_ANSWER_KEYS if then in CAUSES else ():
                if key in how:
                    yield (
                        (*path, leg, KeySegment(key)),
                        f"{key!r} is in vain: `then: {then}` never answers",
                    )


def _combination_problems(body: RawMapping) -> Iterator[PathProblem]:
    """What cannot stand together in one scenario."""
    first, *others = [key for key in body if key in EXCLUSIVE_KEYS] or [""]
    for key in others:
        message = (
            f"a scenario has one of {', '.join(EXCLUSIVE_KEYS)}, and this one has {first} already"
        )
        yield (KeySegment(key),), message
    if "refuse" in body and "answers" in body:
        yield (
            (KeySegment("refuse"),),
            "a scenario has refuse or answers: make it one of the answers",
        )
    weights = [chance and float(chance["weight"]) for chance in body.get("choose", ())]
    if weights and set(weights) == {0}:
        yield ("choose",), "every weight is 0: nothing can be chosen"


def _step_problems(step: RawMapping) -> Iterator[PathProblem]:
    """A step has one deed, and beside it what serves that deed."""
    first, *others = [key for key in step if key in ACTION_KEYS] or [""]
    if not first:
        yield (), f"this step does nothing: give it one of {', '.join(ACTION_KEYS)}"
    for key in others:
        yield (
            (KeySegment(key),),
            f"a step does one thing, {first} here: make {key} a step of its own",
        )
    for key, served in MODIFIER_KEYS.items():
        if key in step and first and not {first, *others} & set(served):
            yield (KeySegment(key),), f"{key!r} belongs to {' or '.join(served)}, not to {first}"
