"""Words of earlier versions that users may still write -> the words that replace them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class OldKey(NamedTuple):
    """An old key in scenario files: the path from the root of a file to it, and its new word.

    In the path, `*` is any key of a mapping and `[*]` any item of a list.
    """

    path: tuple[str, ...]
    new_word: str


def _old_key(path: str, new_word: str) -> OldKey:
    return OldKey(tuple(path.replace("[*]", ".[*]").split(".")), new_word)


OLD_KEYS: Final = (
    _old_key("scenarios.*.play", "use"),
    _old_key("scenarios.*.choose[*].play", "use"),
    _old_key("scenarios.*.answers", "responses"),
    _old_key("scenarios.*.legs.*.press[*].keys", "digits"),
    _old_key("scenarios.*.attempts[*].*.press[*].keys", "digits"),
    _old_key("scenarios.*.numbers[*].*.press[*].keys", "digits"),
    _old_key("scenarios.*.steps[*].then.press[*].keys", "digits"),
    _old_key("scenarios.*.steps[*].wait.digits", "press"),
    _old_key("scenarios.*.steps[*].wait.speech", "say"),
)
"""All old keys of scenario files; none is part of the path to another."""

OLD_EVENTS: Final[Mapping[str, str]] = MappingProxyType({"digits": "press", "speech": "say"})
"""Events that a control request injects into a call."""

OLD_INBOX_KEYS: Final[Mapping[str, str]] = MappingProxyType({"answers": "responses"})
"""Keys of the body that programs an inbox."""

OLD_ROUTES: Final[Mapping[str, str]] = MappingProxyType({"/inbox/{name}": "/receive/{name}"})
"""Paths of control routes."""

OLD_FIELDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "call": {
            "scenario": "scenarios",
            "wanted": "parameters",
            "attempts.*.redial": "redial_index",
            "attempts.*.target": "number_index",
        },
        "request": {"answer": "response", "scenario": "scenarios", "call": "calls"},
        "webhook": {"next_at": "next_attempt_at", "attempts.*.answer": "response"},
    }
)
"""Kind of item -> old fields of its JSON, which a wait can match; `*` is any index of a list."""


def describe_old_word(old_word: str, new_word: str) -> str:
    return f"{old_word!r} is now {new_word!r}"
