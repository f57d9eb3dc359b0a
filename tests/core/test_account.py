"""Whom an account lets in, and how often its webhooks are tried."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.account import (
    NO_RETRY,
    Account,
    Charge,
    Retry,
    SaveRecord,
    merge_patch,
    to_document,
    with_charge,
    with_record,
)
from mockserver.core.time import Duration


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
    assert (
        Account(name="shop", provider="mobtexting", credentials=credentials).allows_credential(
            given
        )
        is admitted
    )


@pytest.mark.parametrize(
    ("status", "satisfied"), [(199, False), (200, True), (204, True), (299, True), (300, False)]
)
def test_retry_satisfied_by_default(
    status: int,
    satisfied: bool,  # noqa: FBT001 - what the table expects
) -> None:
    assert (status in Retry().satisfied_by) is satisfied


def test_charge_is_for_no_call_unless_it_says_so() -> None:
    assert Charge(account=("toy", "shop"), amount=Decimal(1), reason="talk").call_id == ""


def test_once_waits_for_no_second_try() -> None:
    assert NO_RETRY.waits == ()


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
    assert merge_patch(target, patch) == result


def test_merged_leaves_both_as_they_were() -> None:
    target, patch = {"a": {"b": 1}}, {"a": {"c": 2}}
    assert merge_patch(target, patch) == {"a": {"b": 1, "c": 2}}
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
    once = merge_patch(target, patched)
    assert merge_patch(once, patched) == once


class Inner(NamedTuple):
    name: str
    price: Decimal = Decimal("0.10")


class Thing(NamedTuple):
    """Every kind of field that a record may have."""

    state: str = "usual"
    after: Duration = Duration(90_000)
    zone: ZoneInfo = ZoneInfo("UTC")
    tags: tuple[str, ...] = ()
    inner: Inner | None = None
    words: Mapping[str, str] = MappingProxyType({})


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (Thing(), {}),
        (Thing("other", Duration(1_500)), {"state": "other", "after": 1.5}),
        (
            Thing(zone=ZoneInfo("Africa/Cairo"), tags=("a", "b")),
            {"zone": "Africa/Cairo", "tags": ["a", "b"]},
        ),
        (Thing(inner=Inner("x", Decimal("1.50"))), {"inner": {"name": "x", "price": "1.50"}}),
        (Thing(inner=Inner("x"), words={"a": "b"}), {"inner": {"name": "x"}, "words": {"a": "b"}}),
    ],
)
def test_written_leaves_out_what_is_usual(record: Thing, told: dict[str, object]) -> None:
    assert to_document(record) == told


def test_kept_record_stands_in_the_document_too() -> None:
    account = Account(
        name="shop", provider="toy", document={"things": {"a": {"state": "old"}, "b": {}}, "x": 1}
    )
    new = with_record(
        account, SaveRecord(account=account.key, kind="things", identity="a", record=Thing("new"))
    )
    assert new.records == {"things": {"a": Thing("new")}}
    assert new.document == {"things": {"a": {"state": "new"}, "b": {}}, "x": 1}
    gone = with_record(
        new, SaveRecord(account=account.key, kind="things", identity="a", record=None)
    )
    assert (gone.records, gone.document) == ({"things": {}}, {"things": {"b": {}}, "x": 1})
    other = with_record(
        gone, SaveRecord(account=account.key, kind="others", identity="c", record=Thing())
    )
    assert other.document["others"] == {"c": {}}
    assert other.records == {"things": {}, "others": {"c": Thing()}}


@pytest.mark.parametrize(
    ("balance", "left"),
    [(None, None), (Decimal("1.00"), Decimal("0.95")), (Decimal(0), Decimal("-0.05"))],
)
def test_charged(balance: Decimal | None, left: Decimal | None) -> None:
    account = Account(name="shop", provider="toy", balance=balance, document={"a": 1})
    paid = with_charge(account, Charge(account=account.key, amount=Decimal("0.05"), reason="call"))
    assert paid.balance == left
    assert paid.document == ({"a": 1} if left is None else {"a": 1, "balance": str(left)})
