"""Accounts: credentials, retries, merge patches, records and charges."""

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
    ("status", "satisfied"), [(199, False), (200, True), (204, True), (299, True), (300, False)]
)
def test_a_retry_is_satisfied_by_any_2xx_status_by_default(
    status: int,
    satisfied: bool,  # noqa: FBT001 - what the table expects
) -> None:
    assert (status in Retry().satisfied_by) is satisfied


def test_a_charge_belongs_to_no_call_by_default() -> None:
    assert Charge(account=("toy", "shop"), amount=Decimal(1), reason="talk").call_id == ""


def test_no_retry_has_no_waits() -> None:
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
def test_a_merge_patch_follows_the_examples_of_rfc_7396(
    target: object, patch: object, result: object
) -> None:
    assert merge_patch(target, patch) == result


def test_a_merge_patch_changes_neither_of_its_arguments() -> None:
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
def test_applying_a_merge_patch_twice_equals_applying_it_once(target: Any, patch: Any) -> None:
    merged = merge_patch(target, patch)
    assert merge_patch(merged, patch) == merged


class NestedRecord(NamedTuple):
    name: str
    price: Decimal = Decimal("0.10")


class ExampleRecord(NamedTuple):
    """Every kind of field that a record may have."""

    state: str = "usual"
    after: Duration = Duration(90_000)
    zone: ZoneInfo = ZoneInfo("UTC")
    tags: tuple[str, ...] = ()
    inner: NestedRecord | None = None
    words: Mapping[str, str] = MappingProxyType({})


@pytest.mark.parametrize(
    ("record", "document"),
    [
        (ExampleRecord(), {}),
        (ExampleRecord("other", Duration(1_500)), {"state": "other", "after": 1.5}),
        (
            ExampleRecord(zone=ZoneInfo("Africa/Cairo"), tags=("a", "b")),
            {"zone": "Africa/Cairo", "tags": ["a", "b"]},
        ),
        (
            ExampleRecord(inner=NestedRecord("x", Decimal("1.50"))),
            {"inner": {"name": "x", "price": "1.50"}},
        ),
        (
            ExampleRecord(inner=NestedRecord("x"), words={"a": "b"}),
            {"inner": {"name": "x"}, "words": {"a": "b"}},
        ),
    ],
)
def test_the_document_of_a_record_leaves_out_default_values(
    record: ExampleRecord, document: dict[str, object]
) -> None:
    assert to_document(record) == document


def test_a_saved_record_is_also_written_to_the_document_of_the_account() -> None:
    account = Account(
        name="shop", provider="toy", document={"things": {"a": {"state": "old"}, "b": {}}, "x": 1}
    )
    saved = with_record(
        account,
        SaveRecord(account=account.key, kind="things", identity="a", record=ExampleRecord("new")),
    )
    assert saved.records == {"things": {"a": ExampleRecord("new")}}
    assert saved.document == {"things": {"a": {"state": "new"}, "b": {}}, "x": 1}
    deleted = with_record(
        saved, SaveRecord(account=account.key, kind="things", identity="a", record=None)
    )
    assert (deleted.records, deleted.document) == ({"things": {}}, {"things": {"b": {}}, "x": 1})
    added = with_record(
        deleted,
        SaveRecord(account=account.key, kind="others", identity="c", record=ExampleRecord()),
    )
    assert added.document["others"] == {"c": {}}
    assert added.records == {"things": {}, "others": {"c": ExampleRecord()}}


@pytest.mark.parametrize(
    ("balance", "remaining"),
    [(None, None), (Decimal("1.00"), Decimal("0.95")), (Decimal(0), Decimal("-0.05"))],
)
def test_a_charge_lowers_the_balance_of_an_account_that_has_one(
    balance: Decimal | None, remaining: Decimal | None
) -> None:
    account = Account(name="shop", provider="toy", balance=balance, document={"a": 1})
    charged = with_charge(
        account, Charge(account=account.key, amount=Decimal("0.05"), reason="call")
    )
    assert charged.balance == remaining
    assert charged.document == (
        {"a": 1} if remaining is None else {"a": 1, "balance": str(remaining)}
    )
