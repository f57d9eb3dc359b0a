"""Schema checks of scenario files: how problems are worded, located and removed."""

from typing import Any

import pytest

from mockserver.config.problems import DocumentPath
from mockserver.config.schema_checks import (
    KeySegment,
    format_unexpected_value,
    format_unknown_key,
    format_value,
    load_scenario_schema,
    locate_problem,
    schema_problems,
    schema_validator,
    valid_items,
    without_problems,
)
from mockserver.config.yaml_document import parse_document

TEXT = "a:\n  b: [c, {d: e}]\n"


def test_a_part_of_the_schema_has_its_own_validator() -> None:
    assert schema_validator("length").is_valid("2s")
    assert not schema_validator("length").is_valid("2s..6s")
    assert schema_validator() is schema_validator()


def test_a_schema_problem_is_reported_once() -> None:
    assert schema_problems({"scenarios": {"x": {"use": ["y"]}}}) == (
        (("scenarios", "x", "use"), "a list is not the name of a scenario"),
    )
    assert schema_problems({"use": []}, "scenario") == (
        (("use",), "there is nothing here: write the name of a scenario"),
    )


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ((), "f:1:1"),
        (("a",), "f:2:3"),
        ((KeySegment("a"),), "f:1:1"),
        (("a", KeySegment("b")), "f:2:3"),
        (("a", "b"), "f:2:6"),
        (("a", "b", 1, KeySegment("d")), "f:2:11"),
        (("a", "b", 1, "d"), "f:2:14"),
        (("a", "b", 1, "x"), "f:2:10"),
        (("a", KeySegment("x")), "f:2:3"),
    ],
)
def test_a_problem_is_located_at_the_value_or_at_the_key(path: DocumentPath, location: str) -> None:
    document, _ = parse_document(TEXT, "f")
    assert document
    assert str(locate_problem(document, (path, "wrong"))) == f"{location}: wrong"


@pytest.mark.parametrize(
    ("content", "paths", "expected"),
    [
        ({"a": 1}, [], {"a": 1}),
        ({"a": 1, "b": 2}, [("a",)], {"b": 2}),
        ({"a": 1}, [()], {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, [("a", "b")], {"a": {"c": 2}}),
        ({"a": {"b": 1, "c": 2}}, [("a", KeySegment("b")), ("a", "c")], {"a": {}}),
        ({"a": {"b": 1}}, [("a", "b"), ("a",)], {}),
        ({"a": ["b", "c"]}, [("a", 0)], {"a": [None, "c"]}),
        ({"a": [{"b": 1, "c": 2}, "d"]}, [("a", 0, "b")], {"a": [None, "d"]}),
        ({"a": ["b"]}, [("a",), ("a", 0)], {}),
    ],
)
def test_values_with_problems_are_removed(
    content: dict[str, Any], paths: list[DocumentPath], expected: dict[str, Any]
) -> None:
    assert without_problems(content, paths) == expected


def test_valid_items_are_those_without_problems() -> None:
    assert list(valid_items({"a": ["b", None, "c"]}, "a")) == [(0, "b"), (2, "c")]
    assert list(valid_items({}, "a")) == []


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
def test_a_value_is_formatted_for_a_message(value: object, text: str) -> None:
    assert format_value(value) == text


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
def test_an_unexpected_value_is_described_with_what_was_expected(
    value: object, words: tuple[str, ...], message: str
) -> None:
    assert format_unexpected_value(value, "a cause: busy, normal", words) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("legz", ["legs"]), "unknown key 'legz': did you mean 'legs'?"),
        (("zzz", ["legs", "a"]), "unknown key 'zzz': one of legs, a"),
        (("zzz", ["legs"], " of x"), "unknown key 'zzz' of x: one of legs"),
        (("zzz", ["legs"], "", "or else"), "unknown key 'zzz': one of legs; or else"),
    ],
)
def test_an_unknown_key_is_described_with_the_known_or_similar_keys(
    arguments: tuple[Any, ...], message: str
) -> None:
    assert format_unknown_key(*arguments) == message


def find_rules(part: Any) -> list[dict[str, Any]]:
    """Return the mappings of the schema that require a type or one of some words."""
    is_rule = isinstance(part, dict) and isinstance(part.get("type", part.get("enum")), str | list)
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [part] * is_rule + [rule for value in inner for rule in find_rules(value)]


def test_every_rule_of_the_schema_has_a_description() -> None:
    without = {"enum": ["description", "match", "needs"]}  # its parent describes it
    assert [rule for rule in find_rules(load_scenario_schema()) if "description" not in rule] == [
        {"type": "object", "propertyNames": without},
        without,
    ]


@pytest.mark.parametrize(
    "rule", [rule for rule in find_rules(load_scenario_schema()) if "enum" in rule]
)
def test_every_enumeration_lists_its_words_in_its_description(rule: dict[str, Any]) -> None:
    _, _, words = rule.get("description", ": description, match or needs").partition(": ")
    assert words.replace(" or ", ", ").split(", ") == rule["enum"]


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("localhost:3000", "'localhost:3000' is not a URL such as http://localhost:3000/report"),
        ("u:secret@h", "this is not a URL such as http://localhost:3000/report"),
        ("http:/u:secret@h", "this is not a URL such as http://localhost:3000/report"),
        ("ftp://h/?token=secret", "this is not a URL such as http://localhost:3000/report"),
    ],
)
def test_the_message_of_a_wrong_webhook_url_quotes_no_secret(url: str, message: str) -> None:
    content = {"accounts": {"a": {"provider": "mobtexting", "webhooks": {"any": url}}}}
    assert schema_problems(content) == ((("accounts", "a", "webhooks", "any"), message),)


def test_a_password_with_an_at_sign_is_not_quoted() -> None:
    assert format_value("http://u:p@ss@h/x") == "'http://***@h/x'"
