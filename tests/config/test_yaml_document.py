"""Scalars are read as written, and every key and value keeps its location."""

import json
from collections.abc import Iterator, Mapping
from unittest.mock import patch

import pytest
import yaml

from mockserver.config import yaml_document
from mockserver.config.problems import DocumentPath, InvalidFiles, Location, Problem
from mockserver.config.yaml_document import parse_document, read_document
from mockserver.config.yaml_values import YamlDocument

LOADERS = [yaml.CSafeLoader, yaml.SafeLoader]


@pytest.fixture(params=LOADERS)
def either_parser(request: pytest.FixtureRequest) -> Iterator[None]:
    with patch.object(yaml_document, "LOADER", request.param):
        yield


def parse(text: str | bytes) -> YamlDocument:
    document, problems = parse_document(text, "f")
    assert problems == ()
    assert document is not None
    return document


def parse_content(text: str | bytes) -> object:
    return parse(text).content


SCALARS = (  # noqa: SIM905 - a list with one per line would be too long
    "+14155550100 0123 918068281234 00 007 +0 -0 1_000 1,000 0x1F 0o17 0b11 1e5 1e999 12e03 .5 5. "
    "+.inf -.INF .nan .NaN 1:30 12:30:45 190:20:30 2024-01-01 2024-99-99 2024-01-01T00:00:00Z "
    "no NO No yes on off y n Y N true True FALSE Null NULL none None = << - -- ~x nullx "
    "2s 2s..4s 1m30s 60% 127.0.0.0/8 ann@acme.test chaos-* a:b a#b http://localhost:3000/mt "
    "::1 \N{GRINNING FACE} na\u00efve \u0905 a\\b a'b a\"b <a> (a) $HOME ${x} "
    r"\ud83d\ude00 \n C:\new"
).split()


def test_at_least_forty_distinct_scalars_are_tested() -> None:
    assert len(SCALARS) == len(set(SCALARS)) >= 40


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize("text", [word for word in SCALARS if word not in ("-", "<<")])
def test_a_plain_scalar_is_read_as_written(text: str) -> None:
    assert parse_content(f"a: {text}\nb:\n- {text}\n") == {"a": text, "b": [text]}
    assert parse_content(f"{text}: x") == {text: "x"}
    assert parse_content(f"x: {text} # {text}") == {"x": text}


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize("text", [*SCALARS, "", "~", "null", " a ", "# a", "*0402", "&a", "!a"])
def test_a_quoted_scalar_is_read_as_written(text: str) -> None:
    single = "'" + text.replace("'", "''") + "'"
    assert parse_content(f"a: {single}") == {"a": text}
    assert parse_content(f"{single}: {json.dumps(text, ensure_ascii=False)}") == {text: text}


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("", None),
        (b"", None),
        ("\ufeff", None),
        ("\n# only a comment\n", None),
        ("---\n", None),
        ("~", None),
        ("null", None),
        ("'null'", "null"),
        ("a:", {"a": None}),
        ("a: ~\nb: null\nc: # nothing", {"a": None, "b": None, "c": None}),
        ("- \n- ''", [None, ""]),
        ("{a, b}", {"a": None, "b": None}),
        ("null: a\n~: b\n'': c", {"null": "a", "~": "b", "": "c"}),
        ("<<", "<<"),
        ("'<<': a", {"<<": "a"}),
        ("say: |\n  a\n   b\n", {"say": "a\n b\n"}),
        ("say: >-\n  a\n  b\n", {"say": "a b"}),
        ("say: a\n  b", {"say": "a b"}),
        ("? a\n: b", {"a": "b"}),
        ("[a: 1, b]", [{"a": "1"}, "b"]),
        ("%YAML 1.2\n---\na\n...\n", "a"),
        (b"\xef\xbb\xbfa: \xc3\xa9", {"a": "\xe9"}),
        ("a: 1\r\nb: 2\r\n", {"a": "1", "b": "2"}),
        ("a: " + "9" * 5000, {"a": "9" * 5000}),
    ],
)
def test_a_document_is_read_into_plain_values(text: str | bytes, content: object) -> None:
    assert parse_content(text) == content


JSON = {"a": 1, "b": [True, None, -1.5e3, "\N{GRINNING FACE}", "/"], "c": {}, "d": [], "": "x"}


@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_json_is_read_as_yaml(indent: int | str | None, separators: tuple[str, str]) -> None:
    text = json.dumps(JSON, indent=indent, separators=separators, ensure_ascii=False).replace(
        "/", r"\/"
    )
    assert parse_content(text) == {
        "a": "1",
        "b": ["true", None, "-1500.0", "\N{GRINNING FACE}", "/"],
        "c": {},
        "d": [],
        "": "x",
    }


BLOCK = """\
# yaml-language-server: $schema=./scenario.schema.json
default: answered
accounts:
  shop:
    numbers: ["918068281234", '7',
      8]
    empty:
    na\u00efve: {any: http://localhost, then: {}}
steps:
  - {after: 90s, act: hold}
  -   - deep
      - |
        text
  -
"""
LOCATIONS: Mapping[DocumentPath, tuple[tuple[int, int], tuple[int, int] | None]] = {
    (): ((2, 1), None),
    ("default",): ((2, 10), (2, 1)),
    ("accounts",): ((4, 3), (3, 1)),
    ("accounts", "shop"): ((5, 5), (4, 3)),
    ("accounts", "shop", "numbers"): ((5, 14), (5, 5)),
    ("accounts", "shop", "numbers", 0): ((5, 15), None),
    ("accounts", "shop", "numbers", 1): ((5, 31), None),
    ("accounts", "shop", "numbers", 2): ((6, 7), None),
    ("accounts", "shop", "empty"): ((7, 11), (7, 5)),
    ("accounts", "shop", "na\u00efve"): ((8, 12), (8, 5)),
    ("accounts", "shop", "na\u00efve", "any"): ((8, 18), (8, 13)),
    ("accounts", "shop", "na\u00efve", "then"): ((8, 42), (8, 36)),
    ("steps",): ((10, 3), (9, 1)),
    ("steps", 0): ((10, 5), None),
    ("steps", 0, "after"): ((10, 13), (10, 6)),
    ("steps", 0, "act"): ((10, 23), (10, 18)),
    ("steps", 1): ((11, 7), None),
    ("steps", 1, 0): ((11, 9), None),
    ("steps", 1, 1): ((12, 9), None),
    ("steps", 2): ((14, 4), None),
}


@pytest.mark.usefixtures("either_parser")
def test_every_key_and_value_has_its_location() -> None:
    document = parse(BLOCK)
    assert document.locations == {
        path: Location(file="f", line=value[0], column=value[1])
        for path, (value, _) in LOCATIONS.items()
    }
    assert document.key_locations == {
        path: Location(file="f", line=key[0], column=key[1])
        for path, (_, key) in LOCATIONS.items()
        if key
    }
    numbers = ("accounts", "shop", "numbers")
    assert document.quoted_paths == {(*numbers, 0), (*numbers, 1), ("steps", 1, 1)}


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("\n\n# nothing", 1, 1),
        ("a", 1, 1),
        (b"\xef\xbb\xbfa", 1, 1),
        ("\n  a", 2, 3),
        ("---\n- a", 2, 1),
    ],
)
def test_the_root_has_its_location(text: str | bytes, line: int, column: int) -> None:
    assert parse(text).locate(()) == Location(file="f", line=line, column=column)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "f:2:1"),
        (("steps", 0, "act"), "f:10:23"),
        (("steps", 0, "agent"), "f:10:5"),
        (("steps", 9, "act"), "f:10:3"),
        (("accounts", "shop", "limits", "per"), "f:5:5"),
        (("unheard", "of"), "f:2:1"),
    ],
)
def test_a_missing_path_has_the_location_of_its_nearest_parent(
    path: DocumentPath, text: str
) -> None:
    assert str(parse(BLOCK).locate(path)) == text


def test_a_document_can_be_placed_under_parent_keys() -> None:
    document, problems = parse_document("a: 1\nb: [x]", "f", parent_keys=("scenarios", "mine"))
    assert problems == ()
    assert document is not None
    assert document.content == {"scenarios": {"mine": {"a": "1", "b": ["x"]}}}
    assert document.locate(("scenarios", "mine", "b")) == Location(file="f", line=2, column=4)


def test_an_empty_document_under_a_parent_key_is_none() -> None:
    document, _ = parse_document("", "f", parent_keys=("scenarios",))
    assert document is not None
    assert document.content == {"scenarios": None}


@pytest.mark.parametrize(
    "location",
    [Location(file="f", line=1, column=2), Location(file="C:/a:b/x.yaml", line=30, column=4)],
)
def test_a_location_is_parsed_from_its_own_text(location: Location) -> None:
    assert Location.parse(str(location)) == location


def test_a_plain_null_and_a_tilde_are_kept_apart_from_nothing() -> None:
    document, _ = parse_document("{a: null, b: ~, c: , d: 'null', e: [~]}", "f")
    assert document
    assert document.null_paths == {("a",), ("b",), ("e", 0)}


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("a: 1\na: 2", {"a": "2"}),
        ("a: {x: 1}\na: {y: 2}", {"a": {"y": "2"}}),
        (
            "scenarios: {x: 1}\nb: {}\nscenarios: {y: 2}",
            {"scenarios": {"x": "1", "y": "2"}, "b": {}},
        ),
        ("scenarios: x\nscenarios: {y: 2}", {"scenarios": {"y": "2"}}),
        ("a: {scenarios: {x: 1}, scenarios: {y: 2}}", {"a": {"scenarios": {"y": "2"}}}),
    ],
)
def test_a_document_can_be_read_beside_duplicate_keys(text: str, content: object) -> None:
    document, problems = read_document(text, "f")
    assert document
    assert (document.content, len(problems)) == (content, 1)
    assert parse_document(text, "f") == (None, problems)


def test_a_document_with_another_problem_cannot_be_read() -> None:
    document, problems = read_document("a: 1\na: *x", "f")
    assert document is None
    assert [problem.location.column for problem in problems] == [1, 4]


@pytest.mark.parametrize(
    ("count", "last"), [(100, "f:100:1: x"), (101, "1 more problem"), (103, "3 more problems")]
)
def test_the_text_of_invalid_files_has_at_most_100_problems(count: int, last: str) -> None:
    problems = [
        Problem(location=Location(file="f", line=line, column=1), message="x")
        for line in range(1, count + 1)
    ]
    lines = str(InvalidFiles(problems)).splitlines()
    assert (len(lines), lines[-1]) == (min(count, 101), last)
