"""Check the meaning of a scenario that passed the schema checks."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver.config import references
from mockserver.config.conversation_checks import conversation_problems
from mockserver.config.delivery_checks import delivery_problems
from mockserver.config.durations import duration_problems
from mockserver.config.known_names import KnownNames
from mockserver.config.raw_answers import is_raw_answer, raw_answer_problems
from mockserver.config.scenario_parts import LIST_KEYS, list_items
from mockserver.config.schema_checks import KeySegment, PathProblem, valid_items
from mockserver.core.causes import CAUSES

RawMapping = Mapping[str, Any]

EXCLUSIVE_KEYS: Final = ("steps", "attempts", "numbers", "choose")
ACTION_KEYS: Final = ("ring", "answer", "machine", "hangup", "press", "say", "wait", "act")
MODIFIER_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "cause": ("hangup", "act"),
    "leg": ("press", "say", "act"),
}
"""Key of a step -> the actions that it can modify."""
AFTER_ANSWER_KEYS: Final = ("answer", "press", "say", "talk", "hangup")
"""Keys of a leg that have an effect only if the leg answers."""


def scenario_problems(
    body: RawMapping, known_names: KnownNames, scenario_names: Iterable[str]
) -> Iterator[PathProblem]:
    """Yield all problems, those inside items of its list included, with paths from the scenario on.

    `scenario_names` are the names of all scenarios in all files.
    """
    for item in list_items(body):
        if item.body is not None:
            for path, message in scenario_problems(item.body, known_names, scenario_names):
                yield item.inner_path(path), message
    yield from references.reference_problems(body, known_names, scenario_names)
    own = {key: value for key, value in body.items() if key not in LIST_KEYS}
    yield from duration_problems(own)
    yield from _after_answer_problems(body)
    yield from conversation_problems(body)
    yield from _combination_problems(body)
    yield from delivery_problems(body)
    for item_path, response in references.response_items(body):
        for path, message in raw_answer_problems(response) if is_raw_answer(response) else ():
            yield (*item_path, *path), message
    for index, step in valid_items(body, "steps"):
        for path, message in _step_problems(step):
            yield ("steps", index, *path), message


def _after_answer_problems(body: RawMapping) -> Iterator[PathProblem]:
    """Yield actions after an answer of legs that never answer."""
    for leg, behavior in body.get("legs", {}).items():
        then = behavior.get("then") if isinstance(behavior, Mapping) else None
        for key in AFTER_ANSWER_KEYS if then in CAUSES else ():
            if key in behavior:
                yield (
                    ("legs", leg, KeySegment(key)),
                    f"{key!r} has no effect: `then: {then}` never answers",
                )


def _combination_problems(body: RawMapping) -> Iterator[PathProblem]:
    """Yield the keys that exclude each other in a scenario, and choices without any weight."""
    first, *others = [key for key in body if key in EXCLUSIVE_KEYS] or [""]
    for key in others:
        message = (
            f"a scenario has only one of {', '.join(EXCLUSIVE_KEYS)}; this one already has {first}"
        )
        yield (KeySegment(key),), message
    if "refuse" in body and "responses" in body:
        yield (
            (KeySegment("refuse"),),
            "a scenario has either refuse or responses: make refuse one of the responses",
        )
    weights = [choice and float(choice["weight"]) for choice in body.get("choose", ())]
    if weights and set(weights) == {0}:
        yield ("choose",), "every weight is 0: nothing can be chosen"


def _step_problems(step: RawMapping) -> Iterator[PathProblem]:
    """Check that a step has exactly one action, and only keys that modify this action."""
    first, *others = [key for key in step if key in ACTION_KEYS] or [""]
    if not first:
        yield (), f"this step does nothing: give it one of {', '.join(ACTION_KEYS)}"
    for key in others:
        yield (
            (KeySegment(key),),
            f"a step does one thing, and this one has {first}: make {key} a step of its own",
        )
    for key, actions in MODIFIER_KEYS.items():
        if key in step and first and not {first, *others} & set(actions):
            yield (KeySegment(key),), f"{key!r} belongs to {' or '.join(actions)}, not to {first}"
