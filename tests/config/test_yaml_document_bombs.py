"""No text brings the reader down: limits bite at once, and nothing but problems comes out."""

import gc
import json
import sys
import time
import tracemalloc
from unittest.mock import patch

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.config import yaml_document
from mockserver.config.yaml_document import MAX_DEPTH, MAX_NODES, parse_document

LOADERS = [yaml.CSafeLoader, yaml.SafeLoader]
SECONDS, BYTES = 0.5, 50_000_000

ANCHOR = "1:5: '&a0' is an anchor: remove it, or quote it if it is text"
DEEP = "this is nested deeper than 50 levels"
MANY = "the file holds more than 50,000 keys and values"
MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 23)
)
ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
)
BOMBS = {
    "nested merge keys": (MERGES, ANCHOR),
    "nested aliases": (ALIASES, ANCHOR),
    "holds itself": ("&a [*a]", "1:1: '&a' is an anchor: remove it, or quote it if it is text"),
    "3,000 lists": ("[" * 3_000, f"1:51: {DEEP}"),
    "100,000 lists": ("[" * 100_000, f"1:51: {DEEP}"),
    "a million lists": ("[" * 1_000_000, f"1:51: {DEEP}"),
    "a million maps": ("{" * 1_000_000, "1:2: a key must be text, not a map"),
    "lists of lists in block style": ("- " * 500_000, f"1:101: {DEEP}"),
    "stairs": ("".join(f"{' ' * n}a:\n" for n in range(1_000)), f"51:51: {DEEP}"),
    "tag directives": (
        "".join(f"%TAG !{n}! a\n" for n in range(60_000)) + "--- a",
        "1:1: %TAG is not supported: remove this line",
    ),
    "301 MB": ("x" * 301_000_000, "1:1: the file is larger than 1 MB"),
}
LARGE = {
    "many items": ("- a\n" * 250_000, f"50000:3: {MANY}"),
    "many items, deep": ("[" * 49 + "x," * 400_000, f"1:99952: {MANY}"),
    "many aliases": (
        "- *a\n" * 200_000,
        "1:3: '*a' is an alias: repeat the value, or quote it if it is text",
    ),
    "many duplicates": ("a: 1\n" * 200_000, "2:1: duplicate key 'a': it is already on line 1"),
}
EVERY = [*BOMBS.values(), *LARGE.values()]


def _first(text: str | bytes) -> str:
    known, problems = parse_document(text, "f")
    assert known is None
    return str(problems[0]).removeprefix("f:")


def _seconds(text: str) -> float:
    """Of this process, but for its collector, which walks through what other tests have left."""
    gc.disable()
    begun = time.process_time()
    parse_document(text, "f")
    gc.enable()
    return time.process_time() - begun


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(("text", "complaint"), BOMBS.values(), ids=BOMBS)
def test_bomb_is_refused_by_either_parser(loader: object, text: str, complaint: str) -> None:
    with patch.object(yaml_document, "LOADER", loader):
        assert _first(text) == complaint


@pytest.mark.parametrize("text", [text for text, _ in BOMBS.values()], ids=BOMBS)
def test_bomb_is_refused_at_once(text: str) -> None:
    assert min(_seconds(text) for _ in range(3)) < SECONDS  # the best of three: others run too


@pytest.mark.skipif(sys.gettrace() is not None, reason="a tracer takes longer than the reader")
@pytest.mark.parametrize("text", [text for text, _ in LARGE.values()], ids=LARGE)
def test_large_text_is_refused_at_once(text: str) -> None:
    assert min(_seconds(text) for _ in range(3)) < SECONDS


@pytest.mark.parametrize(("text", "complaint"), EVERY, ids=[*BOMBS, *LARGE])
def test_bomb_takes_little_memory(text: str, complaint: str) -> None:
    tracemalloc.start()
    try:
        assert _first(text) == complaint
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("text", ["9" * 5_000, "2024-99-99", "1e999", "0x" + "f" * 5_000])
def test_what_yaml_would_choke_on_is_text(text: str) -> None:
    known, problems = parse_document(f"a: {text}", "f")
    assert (known and known.content, problems) == ({"a": text}, ())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, None),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), f"1:51: {DEEP}"),
        ("- a\n" * (MAX_NODES - 1), None),
        ("- a\n" * MAX_NODES, f"50000:3: {MANY}"),
        ("".join(f"k{n}:\n" for n in range(MAX_NODES // 2)), f"25000:8: {MANY}"),
    ],
)
def test_limits_are_exact(text: str, complaint: str | None) -> None:
    known, problems = parse_document(text, "f")
    assert [str(problem) for problem in problems] == ([f"f:{complaint}"] if complaint else [])
    assert (known is None) == bool(complaint)


# JSON writes what lies above as two escapes, which are no YAML; a key has 1,024 characters at most.
TEXT = st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF), max_size=80)
VALUES = st.recursive(
    TEXT | st.none(),
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)
YAMLISH = st.text(st.sampled_from("[]{}:,-?&*!|>'\"%@`#\\ \n\r\tua0<~.\ud800\x00\x85\ufeff\xe9"))


@given(value=VALUES, indent=st.sampled_from([None, 0, 2]), loader=st.sampled_from(LOADERS))
@settings(max_examples=300, deadline=None)
def test_json_reads_back_equal(value: object, indent: int | None, loader: object) -> None:
    with patch.object(yaml_document, "LOADER", loader):
        known, problems = parse_document(json.dumps(value, indent=indent), "f")
    assert problems == ()
    assert known is not None
    assert known.content == value


@given(text=TEXT, loader=st.sampled_from(LOADERS))
@settings(max_examples=300, deadline=None)
def test_quoted_text_reads_back_equal(text: str, loader: object) -> None:
    with patch.object(yaml_document, "LOADER", loader):
        known, _ = parse_document(f"a: {json.dumps(text)}", "f")
    assert known is not None
    assert known.content == {"a": text}
    assert known.quoted_paths == frozenset({("a",)})


@given(
    raw=st.text(st.characters()) | st.binary() | YAMLISH | YAMLISH.map(lambda text: text * 40),
    loader=st.sampled_from(LOADERS),
)
@settings(max_examples=300, deadline=None)
def test_read_never_raises(raw: str | bytes, loader: object) -> None:
    with patch.object(yaml_document, "LOADER", loader):
        known, problems = parse_document(raw, "f")
    assert (known is None) == bool(problems)
    assert list(problems) == sorted(problems)
    assert all("\n" not in str(problem) for problem in problems)


@given(text=YAMLISH.filter(lambda text: "\t" not in text))
@settings(max_examples=300, deadline=None)
def test_both_parsers_agree(text: str) -> None:
    with patch.object(yaml_document, "LOADER", yaml.SafeLoader):
        pure, _ = parse_document(text, "f")
    fast, _ = parse_document(text, "f")
    if pure and fast:
        assert (pure.content, pure.quoted_paths) == (fast.content, fast.quoted_paths)
