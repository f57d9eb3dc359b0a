"""JSON Schema as we mean it: a pattern fits to the very end, and 1.0 is no whole number."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from mockserver.config.formats import FORMAT_CHECKS, build_format_checker

if TYPE_CHECKING:
    from jsonschema import ValidationError


def build_validator(schema: Mapping[str, Any]) -> Any:
    """A validator of jsonschema's, with its `is_valid` and `iter_errors`."""
    return _validator_class()(schema, format_checker=build_format_checker())


class CompiledValidator:
    """A schema that one validator decides in 2 us, and jsonschema explains where it says no.

    Where the two might differ the second one decides: `is_valid` says yes only if both would.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema

    def is_valid(self, value: object) -> bool:
        """Whether it is valid beyond doubt."""
        try:
            return not _has_float(value) and bool(self._fast.is_valid(value))
        except (ValueError, TypeError, OverflowError, RecursionError):
            return False

    def iter_errors(self, value: object) -> "Iterator[ValidationError]":
        """Whatever is wrong, as jsonschema tells it."""
        return self._explainer.iter_errors(value)  # type: ignore[no-any-return]

    @cached_property
    def _fast(self) -> Any:
        # loaded by the first request
        from jsonschema_rs import Draft202012Validator  # noqa: PLC0415 - see above

        return Draft202012Validator(
            dict(self._schema), formats=FORMAT_CHECKS, validate_formats=True
        )

    @cached_property
    def _explainer(self) -> Any:
        return build_validator(self._schema)


def _has_float(value: object) -> bool:
    """Whether there is a number with a point in it: 1.0 is whole to others, and not to us."""
    if not isinstance(value, dict | list):
        return isinstance(value, float)
    inner = value.values() if isinstance(value, dict) else value
    # texts, which nearly all values are, are passed over without a call
    return any(_has_float(one) for one in inner if not isinstance(one, str))


@cache
def _validator_class() -> Any:
    # 90 ms, and only needed once somebody sends a wrong request or has a scenario file
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415

    numbers = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    extend: Any = validators.extend
    return extend(Draft202012Validator, {"pattern": _check_pattern}, type_checker=numbers)


def _is_integer(_: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_pattern(_: Any, pattern: str, value: Any, __: Any) -> "Iterator[ValidationError]":
    """Python lets `$` stand before a final line break, and takes all digits; no vendor does."""
    whole = f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern
    if isinstance(value, str) and not re.search(whole, value, re.ASCII):
        from jsonschema import ValidationError  # noqa: PLC0415 - loaded by now

        yield ValidationError(f"{value!r} does not match {pattern!r}")
