"""JSON Schema as we mean it: a pattern fits to the very end, and 1.0 is no whole number."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from mockserver.catalog.formats import checker

if TYPE_CHECKING:
    from jsonschema import ValidationError


def validator(schema: Mapping[str, Any]) -> Any:
    """A validator of jsonschema's, with its `is_valid` and `iter_errors`."""
    return _kind()(schema, format_checker=checker())


@cache
def _kind() -> Any:
    # 90 ms, and only needed once somebody sends a request or has a scenario file
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415

    numbers = Draft202012Validator.TYPE_CHECKER.redefine("integer", _whole)
    extend: Any = validators.extend
    return extend(Draft202012Validator, {"pattern": _pattern}, type_checker=numbers)


def _whole(_: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _pattern(_: Any, pattern: str, value: Any, __: Any) -> "Iterator[ValidationError]":
    """Python lets `$` stand before a final line break, and takes all digits; no vendor does."""
    whole = f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern
    if isinstance(value, str) and not re.search(whole, value, re.ASCII):
        from jsonschema import ValidationError  # noqa: PLC0415 - loaded by now

        yield ValidationError(f"{value!r} does not match {pattern!r}")
