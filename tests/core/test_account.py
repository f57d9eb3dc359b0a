"""Whom an account lets in, and how often its webhooks are tried."""

import pytest

from mockserver.core.account import ONCE, Account, Retry


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
