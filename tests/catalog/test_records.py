"""Records of a provider's accounts: read by the types of their fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from mockserver.catalog.records import flaws, read

NOTHING = "there is nothing here (a # begins a comment): write "


@dataclass(frozen=True, slots=True)
class Clip:
    name: str
    length: int
    price: Decimal = Decimal("0.10")
    note: str = field(default_factory=str)


@pytest.mark.parametrize(
    ("given", "records"),
    [
        ({}, {}),
        ({"1": {"name": "a", "length": "3"}}, {"1": Clip("a", 3)}),
        ({"1": {"name": 7, "length": 3, "price": 1.5}}, {"1": Clip("7", 3, Decimal("1.5"))}),
        (
            {
                "1": {"name": "", "length": "-1", "note": "two\nlines"},
                "2": {"name": "b", "length": 0, "price": "-2"},
            },
            {"1": Clip("", -1, note="two\nlines"), "2": Clip("b", 0, Decimal(-2))},
        ),
    ],
)
def test_records_that_read(given: Mapping[str, Any], records: Mapping[str, Clip]) -> None:
    assert list(flaws(Clip, given)) == []
    assert read(Clip, given) == records


@pytest.mark.parametrize(
    ("given", "path", "message"),
    [
        (
            None,
            (),
            f"{NOTHING}a mapping of names to {{name: ..., length: ..., price: ..., note: ...}}",
        ),
        (
            ["a"],
            (),
            "a list is not a mapping of names to {name: ..., length: ..., price: ..., note: ...}",
        ),
        (
            {"1": "a"},
            ("1",),
            "'a' is not {name: ..., length: ..., price: ..., note: ...}",
        ),
        ({"1": {"name": "a"}}, ("1",), "'length' is missing"),
        (
            {"1": {"name": "a", "length": 1, "nota": "x"}},
            ("1", "nota"),
            "unknown key 'nota': did you mean 'note'?",
        ),
        ({"1": {"name": ["a"], "length": 1}}, ("1", "name"), "a list is not a text"),
        ({"1": {"name": None, "length": 1}}, ("1", "name"), f"{NOTHING}a text"),
        ({"1": {"name": True, "length": 1}}, ("1", "name"), "'True' is not a text"),
        ({"1": {"name": "a", "length": "x"}}, ("1", "length"), "'x' is not a whole number"),
        ({"1": {"name": "a", "length": "1.0"}}, ("1", "length"), "'1.0' is not a whole number"),
        ({"1": {"name": "a", "length": "1\n"}}, ("1", "length"), "'1\\n' is not a whole number"),
        ({"1": {"name": "a", "length": "٣"}}, ("1", "length"), "'٣' is not a whole number"),
        (
            {"1": {"name": "a", "length": 1, "price": "NaN"}},
            ("1", "price"),
            "'NaN' is not an amount such as 12.50",
        ),
    ],
)
def test_records_that_do_not_read(given: Any, path: tuple[str, ...], message: str) -> None:
    assert list(flaws(Clip, given)) == [(path, message)]
