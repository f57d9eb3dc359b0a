"""The errors of each parser say in plain English what is wrong and where."""

from typing import Any

import pytest
import yaml

from mockserver.config.yaml_errors import describe_error, short_repr, unsupported_feature_messages

C, PURE = "CSafeLoader", "SafeLoader"
KEY = "a key was expected here: check indentation and quotes"
QUOTE = "this quote is never closed"
TAB = "a tab indents here: only spaces may"
COMMA = "a comma or the closing bracket was expected here"
BEGIN = "text cannot begin with '{}': quote it"
END = "the text ends where a value was expected"
COMMENT_SWALLOWED = f"{END}; on line 2 a # begins a comment: quote it if it is text"
ESCAPE = r"this escape is unknown: in double quotes, \\ means a backslash"

ERRORS_OF_BOTH: list[tuple[str, int, int, str]] = [
    ("a: b: c", 1, 5, "mapping values are not allowed here"),
    ("a: 1\n b: 2", 2, 3, "mapping values are not allowed here"),
    ("a\nb: 1", 2, 2, "mapping values are not allowed here"),
    ("key: [a, b]: c", 1, 12, "mapping values are not allowed here"),
    ("x: - y", 1, 4, "list items are not allowed here"),
    ("a:\n\tb: 1", 2, 1, TAB),
    ("\t\t", 1, 1, TAB),
    ("a: |\n\tx", 2, 1, TAB),
    ("a: @x", 1, 4, BEGIN.format("@")),
    ("a: %x", 1, 4, BEGIN.format("%")),
    ("`x", 1, 1, BEGIN.format("`")),
    ("a: *", 1, 4, BEGIN.format("*")),
    ("a: * b", 1, 4, BEGIN.format("*")),
    ("a: &", 1, 4, BEGIN.format("&")),
    ("a: {b: !x}", 1, 8, BEGIN.format("!")),
    ("a:\n- {b: #5}\n", 3, 1, COMMENT_SWALLOWED),
    ('a: "x', 1, 4, QUOTE),
    ("b: 1\na: 'x\n\n\n", 2, 4, QUOTE),
    ("a: 'x\n---\n'", 1, 4, QUOTE),
    ("- a\n-b", 2, 1, "this line lacks its ':'"),
    ("a:\n  b: 1\n c: 2", 3, 2, KEY),
    ('a: "x" y', 1, 8, KEY),
    (": x", 1, 1, KEY),
    ("a: [1, 2", 1, 4, "this bracket is never closed"),
    ("b: 1\na: {b: 1\n\n", 2, 4, "this bracket is never closed"),
    ("a: [1, 2}", 1, 9, COMMA),
    ("{a: b]", 1, 6, COMMA),
    ("a: ]", 1, 4, "a value was expected here"),
    ("{: x}", 1, 2, "a value was expected here"),
    ('{"a": 1} x', 1, 10, "the document has ended before this"),
]
ERRORS_OF_ONE: list[tuple[str, str, int, int, str]] = [
    (C, "- a\nb: 1", 2, 1, "a list item ('- ') was expected here"),
    (C, "a: [", 2, 1, "the text ends where a value was expected"),
    (PURE, "a: [", 1, 5, "the text ends where a value was expected"),
    (PURE, "- a\nb: 1", 2, 1, KEY),
    (C, r'a: "\q"', 1, 5, ESCAPE),
    (PURE, r'a: "\q"', 1, 6, ESCAPE),
    (C, r'a: "\ud800"', 1, 7, "this escape names no character"),
    (C, r'a: "\U00110000"', 1, 7, "this escape names no character"),
    (PURE, r'a: "\U00110000"', 1, 1, "an escape names no character"),
    (C, "%YAML 1." + "9" * 5000, 1, 18, "found extremely long version number"),
    (PURE, "%YAML 1." + "9" * 5000, 1, 1, "found extremely long version number"),
    (C, "%YAML 2.0\n---\na", 1, 1, "found incompatible YAML document"),
    (C, "a: >5x\n b", 1, 6, "did not find expected comment or line break"),
]


def describe_parse_error(loader: str, text: str) -> tuple[int, int, str]:
    with pytest.raises((yaml.YAMLError, ValueError)) as error:
        list(yaml.parse(text, Loader=getattr(yaml, loader)))
    problem = describe_error(error.value, text)
    return problem.line, problem.column, problem.message


@pytest.mark.parametrize("loader", [C, PURE])
@pytest.mark.parametrize(("text", "line", "column", "message"), ERRORS_OF_BOTH)
def test_both_parsers_describe_an_error_alike(
    loader: str, text: str, line: int, column: int, message: str
) -> None:
    assert describe_parse_error(loader, text) == (line, column, f"this is not YAML: {message}")


@pytest.mark.parametrize(("loader", "text", "line", "column", "message"), ERRORS_OF_ONE)
def test_an_error_of_one_parser_is_described(
    loader: str, text: str, line: int, column: int, message: str
) -> None:
    assert describe_parse_error(loader, text) == (line, column, f"this is not YAML: {message}")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RecursionError("maximum recursion depth exceeded"), "maximum recursion depth exceeded"),
        (ValueError("first line\nsecond line"), "first line"),
        (OverflowError("9" * 1000), "9" * 200),
    ],
)
def test_an_error_of_python_itself_is_described(error: Exception, message: str) -> None:
    assert describe_error(error, "a: 1") == (1, 1, f"this is not YAML: {message}")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("x", []),
        ("*x", ["'*x' is an alias: repeat the value, or quote it if it is text"]),
        ("&x y", ["'&x' is an anchor: remove it, or quote it if it is text"]),
        ("! y", ["'!' is a tag: remove it, or quote it if it is text"]),
        ("!y z", ["'!y' is a tag: remove it, or quote it if it is text"]),
        ("!!int 5", ["'!!int' is a tag: remove it, or quote it if it is text"]),
        ("!<x:y> [z]", ["'x:y' is a tag: remove it, or quote it if it is text"]),
        (
            "&a !!map {}",
            [
                "'!!map' is a tag: remove it, or quote it if it is text",
                "'&a' is an anchor: remove it, or quote it if it is text",
            ],
        ),
    ],
)
def test_an_alias_an_anchor_and_a_tag_are_reported_by_name(text: str, messages: list[str]) -> None:
    events: list[Any] = list(yaml.parse(text, Loader=yaml.SafeLoader))
    assert list(unsupported_feature_messages(events[2])) == messages


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a", "'a'"),
        ("it's", '"it\'s"'),
        ("\x1b[31m", r"'\x1b[31m'"),
        ("\u202e", r"'\u202e'"),
        ("x" * 40, f"'{'x' * 40}'"),
        ("x" * 41, f"'{'x' * 40}...'"),
    ],
)
def test_a_short_repr_is_safe_to_print(word: str, expected: str) -> None:
    assert short_repr(word) == expected
