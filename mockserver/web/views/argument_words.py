"""Words for the arguments of an event in a line or a diagram."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\.\d{3}Z")


def argument_words(event: Mapping[str, Any], known: Collection[str]) -> Iterator[object]:
    """Yield the values of a serialized event but those under the keys `known`.

    A number has its name before it. So has a time, which is a time of day as that of the line.
    """
    for name, value in event.items():
        if name not in known:
            time = TIME.fullmatch(str(value))
            shown = time[1] if time else value
            yield f"{name} {shown}" if time or isinstance(value, int) else value
