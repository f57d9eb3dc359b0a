"""Everything that a document must not contain is reported at once, each with its location."""

from unittest.mock import patch

import pytest
import yaml

from mockserver.config import yaml_document
from mockserver.config.problems import InvalidFiles, Location, Problem
from mockserver.config.yaml_document import parse_document

LOADERS = [yaml.CSafeLoader, yaml.SafeLoader]


def list_problems(text: str | bytes) -> list[str]:
    document, problems = parse_document(text, "f")
    assert document is None
    return [str(problem).removeprefix("f:") for problem in problems]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c", ["1:5: this is not YAML: mapping values are not allowed here"]),
        (b"a: \xff", ["1:4: byte 0xff is not UTF-8: save the file as UTF-8"]),
        ("a: \x00", ["1:4: the character U+0000 is not allowed in YAML"]),
        ("a: 1\n---\nb: 2", ["2:1: a file holds one document: a second one begins here"]),
        ("---\n---\n", ["2:1: a file holds one document: a second one begins here"]),
        (
            "a: 1\nb: {c: 1, d: 2, c: 3}\n'a': 3\na: {c: 1}\ne: 5\n",
            [
                "2:17: duplicate key 'c': it is already on line 2",
                "3:1: duplicate key 'a': it is already on line 1",
                "4:1: duplicate key 'a': it is already on line 1",
            ],
        ),
        (
            "a: {x: 1}\na:\n  x: 2\n  x: 3\n",
            [
                "2:1: duplicate key 'a': it is already on line 1",
                "4:3: duplicate key 'x': it is already on line 3",
            ],
        ),
        (f"{'k' * 41}: 1\n" * 2, [f"2:1: duplicate key '{'k' * 40}...': it is already on line 1"]),
        ("<<: {a: 1}", ["1:1: merge keys (<<) are not supported: write the keys out"]),
        (
            "a:\n  <<: 1\n  <<: 2",
            [
                "2:3: merge keys (<<) are not supported: write the keys out",
                "3:3: merge keys (<<) are not supported: write the keys out",
            ],
        ),
        ("a: 1\n?\n: b", ["2:2: a key is missing here"]),
        ("x: {{ name }}", ["1:5: a key must be text, not a map"]),
        (
            "x: 1\n? {x: 2}\n: {x: 3, x: 4}\n? [x]\n: 5\nx: 6",
            [
                "2:3: a key must be text, not a map",
                "3:10: duplicate key 'x': it is already on line 3",
                "4:3: a key must be text, not a list",
                "6:1: duplicate key 'x': it is already on line 1",
            ],
        ),
        (
            "to: *0402\n*x : y\n*x : z",
            [
                "1:5: '*0402' is an alias: repeat the value, or quote it if it is text",
                "2:1: '*x' is an alias: repeat the value, or quote it if it is text",
                "3:1: '*x' is an alias: repeat the value, or quote it if it is text",
            ],
        ),
        ("*a", ["1:1: '*a' is an alias: repeat the value, or quote it if it is text"]),
        (
            "a: &b c\nd: !!python/object:os.system {}\n!e f: !!int 5",
            [
                "1:4: '&b' is an anchor: remove it, or quote it if it is text",
                "2:4: '!!python/object:os.system' is a tag: remove it, or quote it if it is text",
                "3:1: '!e' is a tag: remove it, or quote it if it is text",
                "3:7: '!!int' is a tag: remove it, or quote it if it is text",
            ],
        ),
        (
            "a: 1\na: *b\nc: [1",
            [
                "2:1: duplicate key 'a': it is already on line 1",
                "2:4: '*b' is an alias: repeat the value, or quote it if it is text",
                "3:4: this is not YAML: this bracket is never closed",
            ],
        ),
    ],
)
def test_all_problems_of_a_document_are_reported_at_once(
    loader: object, text: str | bytes, expected: list[str]
) -> None:
    with patch.object(yaml_document, "LOADER", loader):
        assert list_problems(text) == expected


@pytest.mark.parametrize(
    ("loader", "expected"),
    [
        (yaml.CSafeLoader, ["1:7: this is not YAML: this escape names no character"]),
        (yaml.SafeLoader, ["1:4: this is not YAML: this escape names no character"]),
    ],
)
def test_half_of_a_surrogate_pair_is_rejected(loader: object, expected: list[str]) -> None:
    with patch.object(yaml_document, "LOADER", loader):
        assert list_problems(r'a: "\ud83d"') == expected


def test_problems_are_sorted_by_location_and_printed() -> None:
    late, early = (
        Problem(location=Location(file="f", line=10, column=1), message="a"),
        Problem(location=Location(file="f", line=9, column=2), message="b"),
    )
    assert sorted([late, early]) == [early, late]
    assert str(InvalidFiles([early, late])) == "f:9:2: b\nf:10:1: a"
    assert InvalidFiles([early]).problems == (early,)
