"""The trace context of a request (W3C Trace Context), which is handed on as it came."""

import re
from collections.abc import Mapping
from typing import Final

from mockserver.core.immutable import EMPTY_MAPPING

PARENT: Final = "traceparent"
STATE: Final = "tracestate"

PARENT_PATTERN: Final = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
    r"(?P<rest>-[!-~]*)?"
)
"""Version, id of the trace, id of the parent, flags. Later versions may have more."""

FIRST_VERSION: Final = "00"
NO_VERSION: Final = "ff"

MEMBER_PATTERN: Final = re.compile(
    r"[a-z0-9][a-z0-9_*/@-]{0,255}=[ !-+\--<>-~]{0,255}[!-+\--<>-~]", re.ASCII
)
"""A member of `tracestate`: key and value."""

MAX_MEMBERS: Final = 32


def read_trace_context(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the valid headers of a trace context; names are in lower case.

    Without a valid `traceparent`, there is none. A `tracestate` that is not valid is left out.
    """
    parent, state = headers.get(PARENT, ""), headers.get(STATE, "")
    if not _is_parent(parent):
        return EMPTY_MAPPING
    return {PARENT: parent, STATE: state} if _is_state(state) else {PARENT: parent}


def add_trace_context(
    headers: Mapping[str, str], trace_context: Mapping[str, str]
) -> Mapping[str, str]:
    """Add a trace context to the headers of a webhook; those that it has by itself stay."""
    own = {name.lower() for name in headers}
    added = {name: value for name, value in trace_context.items() if name not in own}
    return {**headers, **added}


def _is_parent(text: str) -> bool:
    match = PARENT_PATTERN.fullmatch(text)
    if match is None or match["version"] == NO_VERSION:
        return False
    return match["version"] != FIRST_VERSION or match["rest"] is None


def _is_state(text: str) -> bool:
    members = [member for member in (part.strip(" \t") for part in text.split(",")) if member]
    is_short = 0 < len(members) <= MAX_MEMBERS
    return is_short and all(map(MEMBER_PATTERN.fullmatch, members))
