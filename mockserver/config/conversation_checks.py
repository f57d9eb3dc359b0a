"""Check that what a leg does after its answer can come before it hangs up."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.config.behaviors import parse_duration_range, parse_talk
from mockserver.config.problems import DocumentPath
from mockserver.config.schema_checks import KeySegment, PathProblem, valid_items
from mockserver.core.causes import CAUSES
from mockserver.core.time import SECOND

RawMapping = Mapping[str, Any]

ACTIONS: Final = {"press": "key", "say": "word"}
"""Key of a leg -> what one of its items is."""
DEFAULT_AFTER: Final = "1s"


def conversation_problems(body: RawMapping) -> Iterator[PathProblem]:
    """Yield the keys and words after the hangup of their leg, and talk times that never count."""
    for path, behavior in _behaviors(body):
        if "hangup" in behavior and behavior.get("then") not in CAUSES:
            yield from _late_action_problems(path, behavior)
            yield from _talk_problems(path, behavior)


def _behaviors(body: RawMapping) -> Iterator[tuple[DocumentPath, RawMapping]]:
    """Yield (path, behavior) of each leg whose behavior is a mapping."""
    for leg, behavior in body.get("legs", {}).items():
        if isinstance(behavior, Mapping):
            yield ("legs", leg), behavior
    for index, step in valid_items(body, "steps"):
        if isinstance(step.get("then"), Mapping):
            yield ("steps", index, "then"), step["then"]


def _late_action_problems(path: DocumentPath, behavior: RawMapping) -> Iterator[PathProblem]:
    """Yield the keys and words that come after the hangup, however their spans are drawn."""
    hangup = parse_duration_range(behavior["hangup"]).high
    at = 0
    for item_path, key, after in _actions(behavior):
        at += parse_duration_range(after).low
        if at > hangup:
            message = (
                f"this {ACTIONS[key]} never comes: it is due {_seconds(at)} after the answer, and "
                f"`hangup: {behavior['hangup']}` comes first: make hangup at least {_seconds(at)}"
            )
            yield (*path, *item_path), message


def _actions(behavior: RawMapping) -> Iterator[tuple[DocumentPath, str, Any]]:
    """Yield (path, `press` or `say`, delay) in the order in which they are played."""
    for key in ACTIONS:
        value = behavior.get(key)
        if isinstance(value, list):
            for index, item in valid_items(behavior, key):
                path = (key, index, "after") if "after" in item else (key, index)
                yield path, key, item.get("after", DEFAULT_AFTER)
        elif value is not None:
            yield (KeySegment(key),), key, DEFAULT_AFTER


def _talk_problems(path: DocumentPath, behavior: RawMapping) -> Iterator[PathProblem]:
    """Yield a `talk` that cannot end the call, as a conversation never begins before an answer."""
    if "talk" not in behavior:
        return
    hangup, talk = parse_duration_range(behavior["hangup"]), parse_talk(behavior["talk"])
    if talk is None or talk.low >= hangup.high:
        message = (
            f"'talk' has no effect: `hangup: {behavior['hangup']}` counts from the answer and "
            "always comes first: leave one of them out"
        )
        yield (*path, KeySegment("talk")), message


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / SECOND:g}s"
