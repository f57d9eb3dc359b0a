"""Field names with brackets become nested fields, whether well or badly formed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.web.vendor.form_nesting import (
    MAX_DEPTH,
    MAX_FIELDS,
    TOO_DEEP,
    TOO_MANY_FIELDS,
    Pairs,
    nest_fields,
)

CASES: list[tuple[str, Pairs, dict[str, object]]] = [
    ("nothing", [], {}),
    ("plain", [("a", 1), ("b", None)], {"a": 1, "b": None}),
    ("last wins", [("a", 1), ("a", 2)], {"a": 2}),
    ("nameless", [("", 1)], {"": 1}),
    ("mapping", [("v[N]", "x"), ("v[o]", 1)], {"v": {"N": "x", "o": 1}}),
    ("list", [("a[]", 1), ("a[]", 2)], {"a": [1, 2]}),
    ("list out of order", [("a[1]", "y"), ("a[0]", "x")], {"a": ["x", "y"]}),
    ("list with a gap", [("a[1]", "y"), ("a[]", "z")], {"a": {"1": "y", "2": "z"}}),
    ("no index", [("a[00]", 1), ("a[b]", 2), ("a[]", 3)], {"a": {"00": 1, "b": 2, "0": 3}}),
    ("huge index", [("a[9999999999]", 1), ("a[]", 2)], {"a": {"9999999999": 1, "0": 2}}),
    ("lists in a list", [("a[][]", 1), ("a[][]", 2)], {"a": [[1], [2]]}),
    (
        "both",
        [("i[0][d]", 1), ("i[0][r][s]", 5), ("i[1][d]", 2)],
        {"i": [{"d": 1, "r": {"s": 5}}, {"d": 2}]},
    ),
    ("top stays a mapping", [("0", 1), ("1", 2), ("2[0]", 3)], {"0": 1, "1": 2, "2": [3]}),
    ("text, then brackets", [("a", 1), ("a[b]", 2)], {"a": {"b": 2}}),
    ("brackets, then text", [("a[b]", 2), ("a", 1)], {"a": 1}),
    ("inner text, then brackets", [("a[b]", 1), ("a[b][c]", 2)], {"a": {"b": {"c": 2}}}),
    ("brackets meet a mapping", [("v[N]", 1), ("v", {"o": 2})], {"v": {"N": 1, "o": 2}}),
    (
        "and the reverse",
        [("v", {"a": {"b": 1}}), ("v[a][c]", 2)],
        {"v": {"a": {"b": 1, "c": 2}}},
    ),
    ("a list gives way", [("a", [1]), ("a[b]", 2)], {"a": {"b": 2}}),
    ("empty mappings meet", [("a[b]", {}), ("a", {"b": {}})], {"a": {"b": {}}}),
    ("index after a mapping", [("a", {"0": 1}), ("a[]", 2)], {"a": [1, 2]}),
    ("own index keys stay", [("b[c]", {"0": 1})], {"b": {"c": {"0": 1}}}),
    ("inner keys stay", [("a", {"b[c]": 1}), ("d[]", 2)], {"a": {"b[c]": 1}, "d": [2]}),
    (
        "malformed",
        [("a[", 1), ("a]b", 2), ("[c]", 3), ("d[e]", 4)],
        {"a[": 1, "a]b": 2, "[c]": 3, "d": {"e": 4}},
    ),
    ("malformed end", [("a[b]c", 1), ("d[[e]]", 2)], {"a[b]c": 1, "d[[e]]": 2}),
]


@pytest.mark.parametrize(
    ("pairs", "fields"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_names_with_brackets_become_nested_fields(pairs: Pairs, fields: dict[str, object]) -> None:
    assert nest_fields(pairs, MAX_FIELDS) == fields


@pytest.mark.parametrize("brackets", ["[a]", "[]"])
def test_names_nested_deeper_than_the_limit_are_rejected(brackets: str) -> None:
    nested = json.dumps(nest_fields([("a" + brackets * MAX_DEPTH, 1)], MAX_FIELDS))
    assert nested.count("{") + nested.count("[") == MAX_DEPTH + 1
    with pytest.raises(ValueError, match=TOO_DEEP):
        nest_fields([("a" + brackets * (MAX_DEPTH + 1), 1)], MAX_FIELDS)


@pytest.mark.parametrize("name", ["a", "a[]"])
def test_more_fields_than_the_limit_are_rejected(name: str) -> None:
    assert nest_fields([(name, 1)] * 3, 3)
    with pytest.raises(ValueError, match=TOO_MANY_FIELDS):
        nest_fields([(name, 1)] * 4, 3)


KEYS = st.text("ab", min_size=1, max_size=2)
TREES = st.recursive(
    st.integers(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(KEYS, inner, min_size=1, max_size=3)
    ),
    max_leaves=9,
)


def flatten(name: str, value: object) -> list[tuple[str, object]]:
    """Return the pairs that a form has for a tree."""
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = {str(index): item for index, item in enumerate(value)}.items()
    else:
        return [(name, value)]
    return [pair for key, item in inner for pair in flatten(f"{name}[{key}]", item)]


@given(st.dictionaries(KEYS, TREES, max_size=3))
def test_any_tree_written_as_a_form_is_restored(fields: dict[str, object]) -> None:
    pairs = [pair for name, value in fields.items() for pair in flatten(name, value)]
    assert nest_fields(pairs, MAX_FIELDS) == fields
