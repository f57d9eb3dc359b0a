"""JSON Schema as we mean it, where jsonschema means it otherwise."""

from typing import Any

import pytest

from mockserver.catalog.validating import validator


@pytest.mark.parametrize(
    ("schema", "value", "valid"),
    [
        ({"pattern": "^a$"}, "a", True),
        ({"pattern": "^a$"}, "a\n", False),
        ({"pattern": "a$"}, "ba", True),
        ({"pattern": "^a"}, "ab", True),
        ({"pattern": "^a.*"}, "ab", True),
        ({"pattern": "^a$"}, 5, True),
        ({"pattern": r"^\d$"}, "3", True),
        ({"pattern": r"^\d$"}, "٣", False),
        ({"type": "integer"}, 1, True),
        ({"type": "integer"}, 1.0, False),
        ({"type": "integer"}, True, False),
        ({"type": "number"}, 1.5, True),
    ],
)
def test_validator(schema: dict[str, Any], value: object, *, valid: bool) -> None:
    assert validator(schema).is_valid(value) is valid


def test_validator_says_which_pattern() -> None:
    [error] = validator({"pattern": "^a$"}).iter_errors("b")
    assert error.message == "'b' does not match '^a$'"
