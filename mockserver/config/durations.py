"""Check the durations of a scenario, and suggest how to write what is none."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver.config.problems import DocumentPath
from mockserver.core.time import parse_duration, suggest_duration

DURATION: Final = "a duration"
"""How the description of every duration in the schema begins."""
DURATION_KEYS: Final = frozenset({"ring", "answer", "talk", "hangup", "after", "for", "spacing"})
KEYS_WITHOUT_SPANS: Final = frozenset({"match", "responses", "description"})
"""Keys of a scenario, nested ones too, below which nothing is a span, whatever it looks like."""
SKEW_KEYS: Final = ("median", "p95")
SPAN_SEPARATOR: Final = re.compile(r"\.{2,3}|[-\u2013]|\bto\b")

PathProblem = tuple[DocumentPath, str]


def duration_problems(body: Mapping[str, Any]) -> Iterator[PathProblem]:
    """Yield the spans that end before they begin, and the skewed ones whose p95 is no maximum."""
    for path, value in _values(body):
        if path and path[-1] in DURATION_KEYS:
            if isinstance(value, Mapping):
                yield from _skew_problems(path, value)
            elif not isinstance(value, list):
                yield from _span_problems(path, str(value))


def whole_delay_path(path: DocumentPath) -> DocumentPath:
    """Return the path of a skewed delay for that of one of its parts: a delay needs them both."""
    return path[:-1] if path and path[-1] in SKEW_KEYS else path


def suggest_span(text: str, expected: str) -> str:
    """Suggest how to write a duration, or a span where `expected` has one; empty if unclear."""
    ends = SPAN_SEPARATOR.split(text.strip())
    if len(ends) == 1 or ".." not in expected:
        return suggest_duration(text)
    written = "..".join(_corrected(end) for end in ends)
    durations = [parse_duration(end) for end in written.split("..")]
    is_span = len(ends) == 2 and None not in durations  # noqa: PLR2004 - start and end
    return f"did you mean {written!r}?" if is_span else ""


def _corrected(text: str) -> str:
    hint = suggest_duration(text)
    return hint.split("'")[1] if hint else text.strip()


def _values(value: Any, path: DocumentPath = ()) -> Iterator[tuple[DocumentPath, Any]]:
    """Yield (path, value) of everything in a value, itself included, that may be a span."""
    yield path, value
    if isinstance(value, Mapping):
        items: Iterable[tuple[Any, Any]] = value.items()
    else:
        items = enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        if key not in KEYS_WITHOUT_SPANS:
            yield from _values(inner, (*path, key))


def _span_problems(path: DocumentPath, text: str) -> Iterator[PathProblem]:
    low, _, high = text.partition("..")
    if high and (parse_duration(low) or 0) > (parse_duration(high) or 0):
        yield path, f"the span {text!r} ends before it begins: did you mean '{high}..{low}'?"


def _skew_problems(path: DocumentPath, value: Mapping[str, Any]) -> Iterator[PathProblem]:
    if not value.keys() >= set(SKEW_KEYS):
        return
    median, p95 = (parse_duration(str(value[key])) or 0 for key in SKEW_KEYS)
    if not median:
        yield (*path, "median"), "the median of a skewed delay is above 0s: write 1ms or more"
    elif p95 <= median:
        message = f"the p95 {value['p95']} is not above the median {value['median']}"
        yield (
            (*path, "p95"),
            f"{message}: half of all draws exceed the median, one in twenty the p95",
        )
