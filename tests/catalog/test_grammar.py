"""The form of scenario files: what is wrong is worded, placed, and taken out."""

from typing import Any

import pytest

from mockserver.catalog.document import Path, read
from mockserver.catalog.grammar import (
    Key,
    flaws,
    form,
    items,
    placed,
    pruned,
    schema,
    shown,
    unknown_key,
    unlike,
)

TEXT = "a:\n  b: [c, {d: e}]\n"


def test_form_of_a_part_is_that_of_the_whole() -> None:
    assert form("length").is_valid("2s")
    assert not form("length").is_valid("2s..6s")
    assert form() is form()


def test_flaws_are_told_once() -> None:
    assert flaws({"scenarios": {"x": {"play": ["y"]}}}) == (
        (("scenarios", "x", "play"), "a list is not the name of a scenario"),
    )
    assert flaws({"play": []}, "scenario") == (
        (("play",), "there is nothing here: write the name of a scenario"),
    )


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), "f:1:1"),
        (("a",), "f:2:3"),
        ((Key("a"),), "f:1:1"),
        (("a", Key("b")), "f:2:3"),
        (("a", "b"), "f:2:6"),
        (("a", "b", 1, Key("d")), "f:2:11"),
        (("a", "b", 1, "d"), "f:2:14"),
        (("a", "b", 1, "x"), "f:2:10"),
        (("a", Key("x")), "f:2:3"),
    ],
)
def test_placed_at_the_value_or_at_the_key(path: Path, place: str) -> None:
    document, _ = read(TEXT, "f")
    assert document
    assert str(placed(document, (path, "wrong"))) == f"{place}: wrong"


@pytest.mark.parametrize(
    ("content", "paths", "left"),
    [
        ({"a": 1}, [], {"a": 1}),
        ({"a": 1, "b": 2}, [("a",)], {"b": 2}),
        ({"a": 1}, [()], {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, [("a", "b")], {"a": {"c": 2}}),
        ({"a": {"b": 1, "c": 2}}, [("a", Key("b")), ("a", "c")], {"a": {}}),
        ({"a": {"b": 1}}, [("a", "b"), ("a",)], {}),
        ({"a": ["b", "c"]}, [("a", 0)], {"a": [None, "c"]}),
        ({"a": [{"b": 1, "c": 2}, "d"]}, [("a", 0, "b")], {"a": [None, "d"]}),
        ({"a": ["b"]}, [("a",), ("a", 0)], {}),
    ],
)
def test_pruned(content: dict[str, Any], paths: list[Path], left: dict[str, Any]) -> None:
    assert pruned(content, paths) == left


def test_items_are_those_in_which_nothing_is_wrong() -> None:
    assert list(items({"a": ["b", None, "c"]}, "a")) == [(0, "b"), (2, "c")]
    assert list(items({}, "a")) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1}, "a mapping"),
        ([1], "a list"),
        ("x", "'x'"),
        (5, "'5'"),
        ("x" * 61, f"'{'x' * 60}...'"),
    ],
)
def test_shown(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("value", "words", "message"),
    [
        (None, (), "there is nothing here (a # begins a comment): write a cause: busy, normal"),
        ("", (), "there is nothing here: write a cause: busy, normal"),
        ([], (), "there is nothing here: write a cause: busy, normal"),
        ({}, (), "there is nothing here: write a cause: busy, normal"),
        (0, (), "'0' is not a cause: busy, normal"),
        (["busy"], ("busy",), "a list is not a cause: busy, normal"),
        ("bsy", ("busy",), "'bsy' is not a cause: did you mean 'busy'?"),
        ("zzz", ("busy",), "'zzz' is not a cause: busy, normal"),
    ],
)
def test_unlike(value: object, words: tuple[str, ...], message: str) -> None:
    assert unlike(value, "a cause: busy, normal", words) == message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("legz", ["legs"]), "unknown key 'legz': did you mean 'legs'?"),
        (("zzz", ["legs", "a"]), "unknown key 'zzz': one of legs, a"),
        (("zzz", ["legs"], " of x"), "unknown key 'zzz' of x: one of legs"),
        (("zzz", ["legs"], "", "or else"), "unknown key 'zzz': one of legs; or else"),
    ],
)
def test_unknown_key(given: tuple[Any, ...], message: str) -> None:
    assert unknown_key(*given) == message


def rules(part: Any) -> list[dict[str, Any]]:
    """Every mapping of the schema that asks for a type or for one of some words."""
    asking = isinstance(part, dict) and isinstance(part.get("type", part.get("enum")), str | list)
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [part] * asking + [rule for value in inner for rule in rules(value)]


def test_every_rule_of_the_schema_says_what_it_wants() -> None:
    silent = {"enum": ["match", "needs"]}  # its parent speaks for it
    assert [rule for rule in rules(schema()) if "description" not in rule] == [
        {"type": "object", "propertyNames": silent},
        silent,
    ]


@pytest.mark.parametrize("rule", [rule for rule in rules(schema()) if "enum" in rule])
def test_every_enumeration_lists_its_words(rule: dict[str, Any]) -> None:
    _, _, told = rule.get("description", ": match or needs").partition(": ")
    assert told.replace(" or ", ", ").split(", ") == rule["enum"]
