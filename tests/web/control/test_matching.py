"""Items are matched by dotted paths, equal values, globs and elements, and are ranked."""

from typing import Any

import pytest

from mockserver.web.control.matching import (
    Mismatch,
    matches_value,
    mismatches,
    nearest_indexes,
    serialize_nearest,
    value_at,
)

CALL = {
    "id": "c1",
    "scenarios": ["answered", "late-report"],
    "state": "ended",
    "outcome": None,
    "legs": [{"name": "a", "cause": "normal"}, {"name": "b", "cause": "busy"}],
    "parameters": {"to": "918867136000", "record": True, "attempts": 0, "a.b": 1, "": 2},
    "webhooks": [],
    "leg_names": {"callee": "b", "a": "a", "b": "b", "from": "a", "agent": "c"},
    "waiting": [{"for": "person", "leg": "b"}],
    "events": [{"event": "ring", "leg": "a", "number": "from"}],
    "attempts": [{"legs": [{"name": "b", "cause": "busy"}]}],
}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("id", "c1"),
        ("outcome", None),
        ("webhooks", []),
        ("legs.0.cause", "normal"),
        ("legs.1.cause", "busy"),
        ("legs.0", {"name": "a", "cause": "normal"}),
        ("parameters.record", True),
        ("parameters.attempts", 0),
        ("parameters.", 2),
        ("nobody", None),
        ("nobody.at.all", None),
        ("id.0", None),
        ("id.length", None),
        ("outcome.0", None),
        ("legs.2", None),
        ("legs.-1", None),
        ("legs.00", None),
        ("legs.+1", None),
        ("legs.1.0", None),
        ("legs.\u0660", None),
        ("legs.\u00b2", None),
        ("legs.cause", None),
        ("legs.b.cause", "busy"),
        ("legs.callee.cause", "busy"),
        ("legs.from.name", "a"),
        ("attempts.0.legs.callee.cause", "busy"),
        ("attempts.0.legs.from.cause", None),
        ("legs.agent.cause", None),
        ("events.callee", None),
        ("legs.", None),
        ("legs..cause", None),
        ("webhooks.0", None),
        ("parameters.a.b", None),
        ("", None),
        (".", None),
        ("legs." + "1" * 5_000, None),
        ("." * 5_000, None),
    ],
)
def test_a_dotted_path_gives_the_value_there_or_none(field: str, expected: Any) -> None:
    assert value_at(CALL, field) == expected


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ("busy", "busy"),
        ("busy", "b*"),
        ("busy", "?us?"),
        ("busy", "[bc]usy"),
        ("busy", "*"),
        ("", ""),
        ("", "*"),
        ("[x]", "[x]"),
        ("a\nb", "a*b"),
        (200, 200),
        (200, "200"),
        (200, "2??"),
        (200, 200.0),
        (1.5, "1.*"),
        (True, True),
        (False, False),
        (True, "true"),
        (None, None),
        ({"a": [1]}, {"a": [1]}),
        ({"a": [1]}, '{"a": [[]1]}'),
        (["x", "y"], '*"y"*'),
        ([], "[[]]"),
        ([], []),
        (["x", "y"], ["x", "y"]),
    ],
)
def test_a_value_matches_an_equal_value_or_a_glob(actual: Any, expected: Any) -> None:
    assert matches_value(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ("busy", "usy"),
        ("busy", "Busy"),
        ("busy", None),
        ("busy", ["busy"]),
        ("b", "[!b]"),
        ("200", 200),
        (200, 201),
        (1, True),
        (True, 1),
        (True, 1.0),
        (0, False),
        (False, 0),
        (True, "True"),
        (None, "*"),
        (None, ""),
        (None, "None"),
        (None, 0),
        (None, False),
        ({"a": 1}, {"a": 2}),
        ([1], [1, 2]),
        ({}, "[]"),
        (["x", "y"], ["y", "x"]),
        (["x", "y"], ["x"]),
        (["x", "y"], "z"),
        (["busy"], "usy"),
        ([], "x"),
        ([], None),
        ([True], 1),
        ([None], "*e"),
        ([{"a": "x"}], "x"),
        ({"a": "x"}, "x"),
    ],
)
def test_a_value_does_not_match_a_different_value_or_glob(actual: Any, expected: Any) -> None:
    assert not matches_value(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (["c1"], "c1"),
        (["c1", "c2"], "c2"),
        (["answered", "callee-busy"], "callee-*"),
        ([200, 503], 503),
        ([200, 503], "5??"),
        ([False, True], True),
        ([{"a": 1}, {"a": 2}], {"a": 2}),
        ([["x"], ["y"]], ["y"]),
        ([["x"], ["y"]], "y"),
    ],
)
def test_a_list_matches_if_one_of_its_elements_does(actual: list[Any], expected: Any) -> None:
    assert matches_value(actual, expected)


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ({}, []),
        ({"state": "ended", "legs.1.cause": "b*"}, []),
        ({"state": "e*", "outcome": None, "nobody": None}, []),
        ({"waiting.0.leg": "callee", "events.0.leg": "from", "events.0.number": "from"}, []),
        (
            {"waiting.0.leg": "from", "events.0.number": "a", "legs.from.cause": "busy"},
            [
                Mismatch(field="waiting.0.leg", expected="from", actual="b"),
                Mismatch(field="events.0.number", expected="a", actual="from"),
                Mismatch(field="legs.from.cause", expected="busy", actual="normal"),
            ],
        ),
        (
            {"waiting.0.leg": None, "waiting.0.for": ["person"]},
            [
                Mismatch(field="waiting.0.leg", expected=None, actual="b"),
                Mismatch(field="waiting.0.for", expected=["person"], actual="person"),
            ],
        ),
        ({"state": "ringing"}, [Mismatch(field="state", expected="ringing", actual="ended")]),
        (
            {"legs.2.cause": "busy", "id": "c1", "parameters.attempts": 1},
            [
                Mismatch(field="legs.2.cause", expected="busy", actual=None),
                Mismatch(field="parameters.attempts", expected=1, actual=0),
            ],
        ),
        ({"scenarios": "late-*"}, []),
        (
            {"scenarios": "busy"},
            [Mismatch(field="scenarios", expected="busy", actual=["answered", "late-report"])],
        ),
    ],
)
def test_mismatches_name_the_field_the_expected_and_the_actual_value(
    match: dict[str, Any], expected: list[Mismatch]
) -> None:
    assert mismatches(CALL, match) == expected


def item(name: str, state: str, cause: str) -> dict[str, Any]:
    return {"id": name, "state": state, "cause": cause}


MATCH = {"state": "ended", "cause": "busy"}
STATE = {"field": "state", "expected": "ended", "actual": "ringing"}
CAUSE = {"field": "cause", "expected": "busy", "actual": "normal"}


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], []),
        ([item("c1", "ended", "busy")], []),
        (
            [item("c1", "ringing", "normal")],
            [{"id": "c1", "differs": [STATE, CAUSE]}],
        ),
        (
            [
                item("c1", "ringing", "busy"),
                item("c2", "ringing", "normal"),
                item("c3", "ended", "busy"),
                item("c4", "ended", "normal"),
                item("c5", "ringing", "normal"),
            ],
            [
                {"id": "c4", "differs": [CAUSE]},
                {"id": "c1", "differs": [STATE]},
                {"id": "c5", "differs": [STATE, CAUSE]},
            ],
        ),
    ],
    ids=["none", "only such as match", "one", "nearest first, of equals the newest"],
)
def test_the_nearest_items_are_those_with_the_fewest_mismatches(
    items: list[dict[str, Any]], expected: list[dict[str, Any]]
) -> None:
    differences = [mismatches(each, MATCH) for each in items]
    indexes = nearest_indexes(map(len, differences))
    found = [serialize_nearest(items[index], differences[index]) for index in indexes]
    assert found == expected


def test_an_empty_match_has_no_nearest_items() -> None:
    assert mismatches(CALL, {}) == []
    assert nearest_indexes([0]) == []


def test_a_long_value_is_shown_by_its_beginning() -> None:
    [mismatch] = mismatches({"id": "r1", "body": {"a": "x" * 2_000}}, {"body": "none"})
    assert serialize_nearest({"id": "r1"}, [mismatch])["differs"] == [
        {"field": "body", "expected": "none", "actual": f'{{"a": "{"x" * 993}...'}
    ]
