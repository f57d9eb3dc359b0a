"""Records with every kind of field: reading, problems, and writing as the reverse of reading."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.config.records import (
    parse_provider_settings,
    parse_records,
    record_problems,
    settings_problems,
)
from mockserver.core.account import to_document
from mockserver.core.time import Duration

UTC = ZoneInfo("UTC")


class Part(NamedTuple):
    name: str
    price: Decimal = Decimal("0.10")


class Thing(NamedTuple):
    state: Literal["free", "busy"] = "free"
    sure: bool = False
    after: Duration = Duration(0)
    zone: ZoneInfo = UTC
    tags: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    part: Part | None = None
    parts: tuple[Part, ...] = ()
    words: Mapping[str, str] = MappingProxyType({})


@pytest.mark.parametrize(
    ("document", "thing"),
    [
        ({"state": "busy"}, Thing("busy")),
        ({"sure": True}, Thing(sure=True)),
        ({"sure": "true"}, Thing(sure=True)),
        ({"sure": "false"}, Thing()),
        ({"after": "1m30s"}, Thing(after=Duration(90_000))),
        ({"after": 1.5}, Thing(after=Duration(1_500))),
        ({"zone": "Africa/Cairo"}, Thing(zone=ZoneInfo("Africa/Cairo"))),
        ({"tags": ["a", 1], "counts": ["2", 3]}, Thing(tags=("a", "1"), counts=(2, 3))),
        ({"part": None}, Thing()),
        ({"part": {"name": "x", "price": "2"}}, Thing(part=Part("x", Decimal(2)))),
        ({"parts": [{"name": "x"}, {"name": "y"}]}, Thing(parts=(Part("x"), Part("y")))),
        ({"words": {"a": 1}}, Thing(words={"a": "1"})),
    ],
)
def test_each_kind_of_field_is_read(document: Mapping[str, Any], thing: Thing) -> None:
    assert list(record_problems(Thing, {"1": document})) == []
    assert parse_records(Thing, {"1": document}) == {"1": thing}


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ({"state": "bussy"}, ("state",), "'bussy' is not one of free, busy: did you mean 'busy'?"),
        ({"state": 1}, ("state",), "'1' is not one of free, busy"),
        ({"sure": "yes"}, ("sure",), "'yes' is not true or false"),
        ({"sure": 1}, ("sure",), "'1' is not true or false"),
        (
            {"after": "soon"},
            ("after",),
            "'soon' is not a duration such as 90s, 1m30s, 2h or 1500ms",
        ),
        ({"after": True}, ("after",), "'True' is not a duration such as 90s, 1m30s, 2h or 1500ms"),
        ({"zone": "Mars"}, ("zone",), "'Mars' is not a time zone such as Africa/Cairo"),
        ({"tags": "a"}, ("tags",), "'a' is not a list"),
        ({"counts": [1, "x"]}, ("counts", 1), "'x' is not a whole number"),
        ({"part": "x"}, ("part",), "'x' is not {name: ..., price: ...}"),
        ({"part": {}}, ("part",), "'name' is missing"),
        (
            {"parts": [{"name": "x"}, {"nam": "y"}]},
            ("parts", 1, "nam"),
            "unknown key 'nam': did you mean 'name'?",
        ),
        ({"words": []}, ("words",), "there is nothing here: write a mapping"),
        ({"words": {"a": {}}}, ("words", "a"), "there is nothing here: write a text"),
    ],
)
def test_a_problem_of_each_kind_of_field_is_reported(
    document: Mapping[str, Any], path: tuple[object, ...], message: str
) -> None:
    assert (("1", *path), message) in list(record_problems(Thing, {"1": document}))


TEXTS = st.text(max_size=9)
PARTS = st.builds(Part, TEXTS, st.decimals(-999, 999, places=2))
THINGS = st.builds(
    Thing,
    st.sampled_from(["free", "busy"]),
    st.booleans(),
    st.integers(0, 10**9).map(Duration),
    st.sampled_from(["UTC", "Africa/Cairo", "Asia/Kolkata"]).map(ZoneInfo),
    st.lists(TEXTS, max_size=3).map(tuple),
    st.lists(st.integers(-99, 99), max_size=3).map(tuple),
    st.none() | PARTS,
    st.lists(PARTS, max_size=2).map(tuple),
    st.dictionaries(TEXTS, TEXTS, max_size=2),
)


@given(THINGS)
def test_each_kind_of_field_is_written_and_read_back_equal(thing: Thing) -> None:
    document = {"1": to_document(thing)}
    assert list(record_problems(Thing, document)) == []
    assert parse_records(Thing, document) == {"1": thing}


def test_settings_are_read_beside_other_keys() -> None:
    body = {"state": "busy", "credentials": "any"}
    assert parse_provider_settings(Thing, body) == Thing("busy")
    assert list(settings_problems(Thing, body)) == []
    assert list(settings_problems(Thing, {"sure": "x"})) == [
        (("sure",), "'x' is not true or false")
    ]


def test_a_provider_without_settings_reads_none() -> None:
    assert (parse_provider_settings(None, {"a": 1}), list(settings_problems(None, {"a": 1}))) == (
        None,
        [],
    )
