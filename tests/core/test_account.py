"""Whom an account lets in, and how often its webhooks are tried."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.account import ONCE, Account, Retry, merged


@pytest.mark.parametrize(
    ("credentials", "given", "admitted"),
    [
        (None, "anything", True),
        (None, "", False),
        (None, None, False),
        (None, "invalid", False),
        (None, "revoked", False),
        (frozenset({"key"}), "key", True),
        (frozenset({"key"}), "Key", False),
        (frozenset({"key"}), None, False),
        (frozenset({"invalid"}), "invalid", False),
        (frozenset(), "key", False),
    ],
)
def test_account_admits(
    credentials: frozenset[str] | None,
    given: str | None,
    admitted: bool,  # noqa: FBT001 - what the table expects
) -> None:
    assert Account("shop", "mobtexting", credentials).admits(given) is admitted


@pytest.mark.parametrize(
    ("status", "satisfied"), [(199, False), (200, True), (204, True), (299, True), (300, False)]
)
def test_retry_satisfied_by_default(
    status: int,
    satisfied: bool,  # noqa: FBT001 - what the table expects
) -> None:
    assert (status in Retry().satisfied_by) is satisfied


def test_once_waits_for_no_second_try() -> None:
    assert ONCE.waits == ()


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merged_as_the_table_of_rfc_7396(target: object, patch: object, result: object) -> None:
    assert merged(target, patch) == result


def test_merged_leaves_both_as_they_were() -> None:
    target, patch = {"a": {"b": 1}}, {"a": {"c": 2}}
    assert merged(target, patch) == {"a": {"b": 1, "c": 2}}
    assert (target, patch) == ({"a": {"b": 1}}, {"a": {"c": 2}})


JSON = st.recursive(
    st.none() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: (
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(inner, max_size=2)
    ),
    max_leaves=8,
)


@given(JSON, JSON)
def test_merged_twice_is_merged_once(target: Any, patched: Any) -> None:
    once = merged(target, patched)
    assert merged(once, patched) == once
