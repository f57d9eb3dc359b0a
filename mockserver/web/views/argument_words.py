"""Words for the arguments of an event in a line or a diagram."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\.\d{3}Z")

NAMED: Final = frozenset({"from"})
"""Arguments that say nothing without their names: a second number beside the one that is dialed."""


def argument_words(event: Mapping[str, Any], known: Collection[str]) -> Iterator[object]:
    """Yield the values of a serialized event but those under the keys `known`.

    Numbers, times and what `NAMED` lists have their names before them. A time is a time of day, as
    that of the line.
    """
    for name, value in event.items():
        if name not in known:
            time = TIME.fullmatch(str(value))
            shown = time[1] if time else value
            is_named = time or isinstance(value, int) or name in NAMED
            yield f"{name} {shown}" if is_named else value
