"""Build JSON Schema validators with two stricter rules.

A `$` in a pattern matches at the very end only, and 1.0 is not an integer.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final

from mockserver.config.formats import FORMAT_CHECKS, build_format_checker
from mockserver.core.bound_provider import UNDECIDED

if TYPE_CHECKING:
    from jsonschema import ValidationError


CERTAIN_ID: Final = "urn:mockserver:certain"
CERTAIN: Final = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "id": CERTAIN_ID,
    "definitions": {
        "exact": {
            "type": ["string", "boolean", "null", "integer", "array", "object"],
            "items": {"$ref": "#/definitions/exact"},
            "additionalProperties": {"$ref": "#/definitions/exact"},
        }
    },
    "allOf": [{"$ref": "#/definitions/exact"}],
    "additionalProperties": {"not": {"enum": ["", None]}},
}
"""A value that both validators read in the same way: no fraction in it, and no blank field.

Draft 2020-12 takes 1.0 for an integer, as jsonschema-rs does; draft 4 does not. A blank field
counts as not sent (`openapi_checks.violations`).
"""


def build_validator(schema: Mapping[str, Any]) -> Any:
    """Build a jsonschema validator, with `is_valid` and `iter_errors`."""
    return _validator_class()(schema, format_checker=build_format_checker())


class CompiledValidator:
    """A schema with two validators: jsonschema-rs decides in 2 us, jsonschema explains the errors.

    Where the two may differ, jsonschema decides: `is_valid` is true only if both would accept.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    @property
    def accepts(self) -> Callable[[object], bool]:
        """The compiled `is_valid`; it raises one of `UNDECIDED` for a value that it cannot read."""
        return self._fast.is_valid  # type: ignore[no-any-return]

    def is_valid(self, value: object) -> bool:
        """Whether both validators accept the value; if false, jsonschema may still accept it."""
        try:
            return self.accepts(value)
        except UNDECIDED:
            return False

    def iter_errors(self, value: object) -> "Iterator[ValidationError]":
        """Yield the errors that jsonschema finds."""
        return self._explainer.iter_errors(value)  # type: ignore[no-any-return]

    @cached_property
    def _fast(self) -> Any:
        from jsonschema_rs import (  # noqa: PLC0415 - needed by requests only
            Draft202012Validator,
            Registry,
        )

        parts = (*self.schema.get("allOf", ()), {"$ref": CERTAIN_ID})
        return Draft202012Validator(
            {**self.schema, "allOf": [*parts]},
            formats=FORMAT_CHECKS,
            validate_formats=True,
            registry=Registry([(CERTAIN_ID, CERTAIN)]),
        )

    @cached_property
    def _explainer(self) -> Any:
        return build_validator(self.schema)


@cache
def _validator_class() -> Any:
    # takes 90 ms, and is only needed for an invalid request or a scenario file
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415

    numbers = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    extend: Any = validators.extend
    return extend(Draft202012Validator, {"pattern": _check_pattern}, type_checker=numbers)


def _is_integer(_: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_pattern(_: Any, pattern: str, value: Any, __: Any) -> "Iterator[ValidationError]":
    """Check a pattern as the vendors do, more strictly than Python.

    Python's `$` also matches before a final line break, and its digits are not only ASCII.
    """
    strict = f"{pattern[:-1]}\\Z" if pattern.endswith("$") else pattern
    if isinstance(value, str) and not re.search(strict, value, re.ASCII):
        from jsonschema import ValidationError  # noqa: PLC0415 - already loaded by then

        yield ValidationError(f"{value!r} does not match {pattern!r}")
