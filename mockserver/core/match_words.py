"""Build match rules from the words of a scenario file or of an activation."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from mockserver.core.scenario import MatchRule
from mockserver.core.time_window import TimeWindow, is_window_key, parse_time_window

GLOBS_BY_NAME: Final = MappingProxyType({"fields": "parameters", "headers": "headers"})
"""Key of `match` that maps names to globs -> whose names these are."""

OTHER_KEYS: Final = (*GLOBS_BY_NAME, "from", "until")
"""Keys of `match` besides the attributes of a match context and the names of legs."""


def build_match_rule(raw: Mapping[str, Any]) -> MatchRule:
    """Build a match rule from words without problems; names of headers get lower case."""
    window = parse_time_window(raw)
    return MatchRule(
        globs={
            name: str(glob)
            for name, glob in raw.items()
            if name not in GLOBS_BY_NAME and not is_window_key(name, glob)
        },
        fields={name: str(glob) for name, glob in raw.get("fields", {}).items()},
        headers={name.lower(): str(glob) for name, glob in raw.get("headers", {}).items()},
        window=window if isinstance(window, TimeWindow) else None,
    )


HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token of RFC 9110: no request can have a header of another name."""


def match_rule_problems(raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield (path, what is wrong there) for the window and the headers of a match rule."""
    window = parse_time_window(raw)
    for problem in window if isinstance(window, tuple) else ():
        yield (problem.key,), problem.message
    spellings = Counter(name.lower() for name in raw.get("headers", {}))
    for name in raw.get("headers", {}):
        if not HEADER_NAME.fullmatch(name):
            message = f"{name!r} is no name of a header: it has letters, digits and hyphens"
            yield ("headers", name), message
        if spellings[name.lower()] > 1:
            message = f"the header {name.lower()} is here twice: header names ignore case"
            yield ("headers", name), message


def match_rule_words(rule: MatchRule) -> dict[str, Any]:
    """Return the words that a match rule is built from."""
    window = rule.window
    limits = {"from": window.start_text, "until": window.end_text} if window else {}
    by_name = {"fields": dict(rule.fields), "headers": dict(rule.headers)}
    more = {key: value for key, value in (*limits.items(), *by_name.items()) if value}
    return {**rule.globs, **more}
