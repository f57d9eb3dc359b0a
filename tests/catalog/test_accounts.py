"""Accounts as they stand in a file: what is read of them, and what is wrong."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from mockserver.catalog.accounts import Path, read_account
from mockserver.core.account import Account, Retry

WEBHOOKS = "webhooks map an id, or `any`, to an http or https URL"
RETRY = "retry is {waits: [60s, ...], satisfied_by: [200, ...]}"
BALANCE = "balance is an amount, such as 12.50"
CREDENTIALS = "credentials are `any` or a list"


@pytest.mark.parametrize(
    ("document", "values"),
    [
        ({}, {}),
        ({"credentials": "any"}, {"credentials": None}),
        ({"credentials": ["k1", "k2", "k1"]}, {"credentials": frozenset({"k1", "k2"})}),
        ({"credentials": []}, {"credentials": frozenset()}),
        ({"numbers": ["918068281234", 5]}, {"numbers": frozenset({"918068281234", "5"})}),
        (
            {"webhooks": {"any": "http://a/", 7: "https://b/"}},
            {"webhooks": {"any": "http://a/", "7": "https://b/"}},
        ),
        ({"webhooks": {}}, {"webhooks": {}}),
        ({"retry": {}}, {"retry": Retry()}),
        ({"retry": {"waits": ["60s", "5m"]}}, {"retry": Retry((60_000, 300_000))}),
        ({"retry": {"waits": [60, 1]}}, {"retry": Retry((60_000, 1_000))}),
        (
            {"retry": {"satisfied_by": ["200", 202]}},
            {"retry": Retry((), frozenset({200, 202}))},
        ),
        (
            {"retry": {"waits": ["1s"], "satisfied_by": []}},
            {"retry": Retry((1_000,), frozenset(range(200, 300)))},
        ),
        ({"balance": "12.50"}, {"balance": Decimal("12.50")}),
        ({"balance": 0}, {"balance": Decimal(0)}),
        ({"balance": "-1"}, {"balance": Decimal(-1)}),
    ],
)
def test_read_account(document: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    account = Account("shop", "mobtexting", document=document, **values)
    assert read_account("shop", "mobtexting", document) == (account, ())


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ({"credentials": "all"}, ("credentials",), CREDENTIALS),
        ({"credentials": {"k1": ""}}, ("credentials",), CREDENTIALS),
        ({"credentials": [None]}, ("credentials",), CREDENTIALS),
        ({"credentials": None}, ("credentials",), CREDENTIALS),
        ({"numbers": "918068281234"}, ("numbers",), "numbers are a list"),
        ({"numbers": [["1"]]}, ("numbers",), "numbers are a list"),
        ({"webhooks": "http://a/"}, ("webhooks",), WEBHOOKS),
        ({"webhooks": {"any": "ftp://a/"}}, ("webhooks",), WEBHOOKS),
        ({"webhooks": {"any": None}}, ("webhooks",), WEBHOOKS),
        ({"retry": "60s"}, ("retry",), RETRY),
        ({"retry": {"wait": ["60s"]}}, ("retry",), RETRY),
        ({"retry": {"waits": "60s"}}, ("retry",), RETRY),
        ({"retry": {"waits": ["60s", "soon"]}}, ("retry",), RETRY),
        ({"retry": {"satisfied_by": ["2xx"]}}, ("retry",), RETRY),
        ({"retry": {"satisfied_by": [-1]}}, ("retry",), RETRY),
        ({"balance": "much"}, ("balance",), BALANCE),
        ({"balance": None}, ("balance",), BALANCE),
        ({"balance": "NaN"}, ("balance",), BALANCE),
        ({"balance": "-Infinity"}, ("balance",), BALANCE),
        (
            {"credential": "any"},
            ("credential",),
            "unknown key 'credential' of an account did you mean 'credentials'?",
        ),
        ({"zzz": 1}, ("zzz",), "unknown key 'zzz' of an account"),
    ],
)
def test_read_account_flaw(document: Mapping[str, Any], path: Path, message: str) -> None:
    assert read_account("shop", "mobtexting", document) == (None, ((path, message),))


def test_read_account_all_flaws_at_once() -> None:
    document = {"balance": "much", "credentials": "any", "zzz": 1, "retry": 5}
    account, flaws = read_account("shop", "mobtexting", document)
    assert (account, [path for path, _ in flaws]) == (None, [("balance",), ("zzz",), ("retry",)])
