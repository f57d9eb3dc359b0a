"""List what provokes each fault, from `x-faults` of the vendor's OpenAPI document."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from from_code.markdown import code, codes, table
from mockserver.config.openapi_checks import operations
from mockserver.core.bound_provider import BoundProvider

MAX_ITEMS: Final = 2  # items of a list that are printed
MAX_TEXT: Final = 80  # characters of a text that are printed
CHANGES: Final[Mapping[str, Callable[[Any], str]]] = {
    "method": lambda method: f"method {method}",
    "path": lambda path: f"path {code(path)}",
    "headers": lambda headers: f"headers {_json(headers)}",
    "query": lambda query: f"query {_json(query)}",
    "body": lambda body: f"fields {_json(body)}",
    "raw": lambda raw: f"body {code(raw)}",
    "account": lambda account: f"account {_json(account)}",
    "scenario": lambda scenario: f"scenario {_json(scenario)}",
    "clock": lambda clock: f"clock {_json(clock)}",
    "before": lambda steps: f"after {len(steps)} earlier {'step' if len(steps) == 1 else 'steps'}",
    "repeat": lambda times: f"sent {times} times",
}
"""Key of an entry of `x-faults` -> the change in words."""


def provoked_faults(bound: BoundProvider) -> Iterator[str]:
    """Yield the table of what provokes each fault, with equal rows joined."""
    yield "### What provokes a fault\n"
    yield "Each row says how to change the first example of its operations, so that the vendor"
    yield "refuses it with this fault. `null` removes a field. A test sends each of these"
    yield "requests.\n"
    rows: dict[tuple[str, str], list[str]] = {}
    for name, entry in operations(bound.document()).items():
        for fault, cause in entry.get("x-faults", {}).items():
            rows.setdefault((fault, _change(cause)), []).append(name)
    yield table(
        ("fault", "change", "operations"),
        ((code(fault), change, codes(names)) for (fault, change), names in rows.items()),
    )


def _change(cause: Any) -> str:
    if cause == "scenario":
        return "only a scenario: `refuse`"
    return "; ".join(CHANGES[key](value) for key, value in cause.items()) or "none"


def _json(value: object) -> str:
    return code(json.dumps(_shorten(value), ensure_ascii=False, default=str))


def _shorten(value: Any) -> Any:
    """Return the value with only the first items of long lists, and how many are left out."""
    if isinstance(value, Mapping):
        return {key: _shorten(item) for key, item in value.items()}
    if isinstance(value, list):
        more = len(value) - MAX_ITEMS
        items = [_shorten(item) for item in value[:MAX_ITEMS]]
        return [*items, f"and {more} more"] if more > 0 else items
    return f"{value[:MAX_TEXT]}..." if isinstance(value, str) and len(value) > MAX_TEXT else value
