"""Records and settings of a provider, read by the types of their fields."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.config.records import (
    field_types,
    parse_provider_settings,
    parse_records,
    record_problems,
    settings_problems,
)
from mockserver.core.account import to_document
from mockserver.core.time import DAY, Duration

NOTHING = "there is nothing here (a # begins a comment): write "


class Clip(NamedTuple):
    name: str
    length: int
    price: Decimal = Decimal("0.10")
    note: str = ""


@pytest.mark.parametrize(
    ("document", "records"),
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
def test_valid_records_are_read(document: Mapping[str, Any], records: Mapping[str, Clip]) -> None:
    assert list(record_problems(Clip, document)) == []
    assert parse_records(Clip, document) == records


@pytest.mark.parametrize(
    ("document", "path", "message"),
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
def test_a_problem_of_a_record_is_reported_at_its_path(
    document: Any, path: tuple[str, ...], message: str
) -> None:
    assert list(record_problems(Clip, document)) == [(path, message)]


WAIT, MINUTES, UTC = Duration(90_000), Duration(60_000), ZoneInfo("UTC")


class Hours(NamedTuple):
    opens: int
    closes: int = 24


class Queue(NamedTuple):
    open: bool
    wait: Duration = WAIT
    title: str | None = None
    rate: Decimal | None = Decimal("1.5")
    words: tuple[str, ...] = ()
    keys: tuple[int, ...] = (1, 2)
    labels: Mapping[str, str] = MappingProxyType({})
    hours: Hours = Hours(9)
    days: tuple[Hours, ...] = ()
    mood: Literal["calm", "busy"] = "calm"
    lunch: Hours | None = None
    zone: ZoneInfo = UTC


FULL: Mapping[str, Any] = {
    "open": "false",
    "wait": "24h",
    "title": "Sales",
    "rate": None,
    "words": ["a", 7],
    "keys": ["3"],
    "labels": {"x": "y", "n": 1},
    "hours": {"opens": "8", "closes": "17"},
    "days": [{"opens": 1}, {"opens": 2, "closes": 3}],
    "mood": "busy",
    "lunch": {"opens": 12, "closes": 13},
    "zone": "Africa/Cairo",
}


@pytest.mark.parametrize(
    ("document", "queue"),
    [
        ({"open": "true"}, Queue(open=True)),
        ({"open": True}, Queue(open=True)),
        ({"open": False, "wait": 90, "lunch": None, "days": []}, Queue(open=False)),
        ({"open": False, "wait": 0.5}, Queue(open=False, wait=Duration(500))),
        ({"open": False, "words": [], "keys": []}, Queue(open=False, keys=())),
        (
            FULL,
            Queue(
                open=False,
                wait=Duration(DAY),
                title="Sales",
                rate=None,
                words=("a", "7"),
                keys=(3,),
                labels={"x": "y", "n": "1"},
                hours=Hours(8, 17),
                days=(Hours(1), Hours(2, 3)),
                mood="busy",
                lunch=Hours(12, 13),
                zone=ZoneInfo("Africa/Cairo"),
            ),
        ),
    ],
)
def test_a_valid_record_with_every_field_type_is_read(
    document: Mapping[str, Any], queue: Queue
) -> None:
    assert list(record_problems(Queue, {"q": document})) == []
    [record] = parse_records(Queue, {"q": document}).values()
    assert record == queue
    assert type(record.wait) is Duration


DURATION = "is not a duration such as 90s, 1m30s, 2h or 1500ms"
HOURS = "{opens: ..., closes: ...}"


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ({"open": "yes"}, ("open",), "'yes' is not true or false"),
        ({"open": 1}, ("open",), "'1' is not true or false"),
        ({"open": None}, ("open",), f"{NOTHING}true or false"),
        ({"wait": "soon"}, ("wait",), f"'soon' {DURATION}"),
        ({"wait": True}, ("wait",), f"'True' {DURATION}"),
        ({"wait": "999999999d"}, ("wait",), f"'999999999d' {DURATION}"),
        ({"title": []}, ("title",), "there is nothing here: write a text"),
        ({"title": ["x"]}, ("title",), "a list is not a text"),
        ({"rate": "much"}, ("rate",), "'much' is not an amount such as 12.50"),
        ({"words": "a"}, ("words",), "'a' is not a list"),
        ({"words": None}, ("words",), f"{NOTHING}a list"),
        ({"words": ["a", {}]}, ("words", 1), "there is nothing here: write a text"),
        ({"keys": [1, "x"]}, ("keys", 1), "'x' is not a whole number"),
        ({"labels": ["x"]}, ("labels",), "a list is not a mapping"),
        ({"labels": {"x": ["y"]}}, ("labels", "x"), "a list is not a text"),
        ({"hours": 9}, ("hours",), f"'9' is not {HOURS}"),
        ({"hours": {}}, ("hours",), "'opens' is missing"),
        ({"hours": {"opens": "x"}}, ("hours", "opens"), "'x' is not a whole number"),
        (
            {"hours": {"opens": 1, "close": 2}},
            ("hours", "close"),
            "unknown key 'close': did you mean 'closes'?",
        ),
        ({"days": {"opens": 1}}, ("days",), "a mapping is not a list"),
        ({"days": [{"opens": 1}, 2]}, ("days", 1), f"'2' is not {HOURS}"),
        ({"days": [{"closes": 1}]}, ("days", 0), "'opens' is missing"),
        ({"mood": "bussy"}, ("mood",), "'bussy' is not one of calm, busy: did you mean 'busy'?"),
        ({"mood": "xyz"}, ("mood",), "'xyz' is not one of calm, busy"),
        ({"mood": 1}, ("mood",), "'1' is not one of calm, busy"),
        ({"mood": ["calm"]}, ("mood",), "a list is not one of calm, busy"),
        ({"zone": "Cairo"}, ("zone",), "'Cairo' is not a time zone such as Africa/Cairo"),
        ({"zone": "../etc"}, ("zone",), "'../etc' is not a time zone such as Africa/Cairo"),
        ({"lunch": {"opens": None}}, ("lunch", "opens"), f"{NOTHING}a whole number"),
    ],
)
def test_a_problem_of_each_field_type_is_reported_at_its_path(
    document: Mapping[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    assert list(record_problems(Queue, {"q": {"open": True, **document}})) == [
        (("q", *path), message)
    ]


def test_all_problems_of_a_record_are_reported_at_once() -> None:
    document = {"q": {"keys": ["x", 1, "y"], "hours": {"closes": "z"}, "zzz": 1}}
    assert [path for path, _ in record_problems(Queue, document)] == [
        ("q", "keys", 0),
        ("q", "keys", 2),
        ("q", "hours", "closes"),
        ("q", "hours"),
        ("q", "zzz"),
        ("q",),
    ]


TEXT = st.text(max_size=9)
WHOLE = st.integers(-(10**9), 10**9)
AMOUNT = st.decimals(-(10**9), 10**9, places=2)
HOUR = st.builds(Hours, WHOLE, WHOLE)
QUEUES = st.builds(
    Queue,
    open=st.booleans(),
    wait=st.integers(0, 36_525 * DAY).map(Duration),
    title=st.none() | TEXT,
    rate=st.none() | AMOUNT,
    words=st.lists(TEXT).map(tuple),
    keys=st.lists(WHOLE).map(tuple),
    labels=st.dictionaries(TEXT, TEXT),
    hours=HOUR,
    days=st.lists(HOUR).map(tuple),
    mood=st.sampled_from(["calm", "busy"]),
    lunch=st.none() | HOUR,
    zone=st.sampled_from(["UTC", "Africa/Cairo", "Asia/Kolkata"]).map(ZoneInfo),
)


@given(QUEUES)
def test_a_record_written_to_a_document_is_read_back_equal(queue: Queue) -> None:
    document = {"q": to_document(queue)}
    assert list(record_problems(Queue, document)) == []
    assert parse_records(Queue, document) == {"q": queue}


class Settings(NamedTuple):
    zone: str = "UTC"
    window: Duration = MINUTES
    hours: Hours = Hours(0)


@pytest.mark.parametrize(
    ("body", "settings"),
    [
        ({}, Settings()),
        ({"balance": "1", "zone": "IST"}, Settings("IST")),
        ({"window": "1h", "hours": {"opens": 1}}, Settings("UTC", Duration(3_600_000), Hours(1))),
    ],
)
def test_settings_are_read_from_keys_of_the_account(
    body: Mapping[str, Any], settings: Settings
) -> None:
    assert list(settings_problems(Settings, body)) == []
    assert parse_provider_settings(Settings, body) == settings


def test_problems_of_settings_are_reported_at_their_paths() -> None:
    body: Mapping[str, Any] = {"zone": None, "balance": [], "hours": {"opens": "x"}}
    assert list(settings_problems(Settings, body)) == [
        (("zone",), f"{NOTHING}a text"),
        (("hours", "opens"), "'x' is not a whole number"),
    ]


def test_a_provider_without_settings_has_no_setting_fields() -> None:
    assert list(settings_problems(None, {"zone": []})) == []
    assert parse_provider_settings(None, {"zone": "IST"}) is None
    assert field_types(None) == {}
