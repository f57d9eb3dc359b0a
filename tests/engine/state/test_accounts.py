"""The accounts: found by credential, replaced, charged, with records and uploads."""

from decimal import Decimal

import pytest

from mockserver.core.account import Account, Charge, SaveRecord
from mockserver.core.read_model import upload_digest
from mockserver.engine.state.accounts import Accounts

KEY = ("mobtexting", "one")


def build_accounts(**credentials: frozenset[str] | None) -> Accounts:
    return Accounts(
        Account(name=name, provider="mobtexting", credentials=keys)
        for name, keys in credentials.items()
    )


def found_name(accounts: Accounts, credential: str | None, provider: str = "mobtexting") -> str:
    account = accounts.find(provider, credential)
    return account.name if account else ""


@pytest.mark.parametrize(
    ("credential", "name"),
    [
        ("k1", "one"),
        ("k2", "two"),
        ("stranger", "any"),
        ("K1", "any"),
        ("both", "one"),
        ("invalid", ""),
        ("revoked", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_an_account_that_names_the_credential_comes_before_one_that_accepts_any(
    credential: str | None, name: str
) -> None:
    accounts = build_accounts(
        none=frozenset(),
        any=None,
        late=None,
        one=frozenset({"k1", "both", "invalid"}),
        two=frozenset({"k2", "both", "revoked"}),
    )
    assert found_name(accounts, credential) == name


@pytest.mark.parametrize("credential", ["stranger", "k1"])
def test_an_account_of_another_provider_is_not_found(credential: str) -> None:
    accounts = build_accounts(any=None, one=frozenset({"k1"}))
    assert found_name(accounts, credential, "phonon") == ""


def test_an_unknown_credential_finds_no_account_if_none_accepts_any() -> None:
    assert found_name(build_accounts(one=frozenset({"k1"})), "stranger") == ""


@pytest.mark.parametrize(
    ("name", "credentials", "found"),
    [
        ("one", frozenset({"new"}), {"k1": "", "both": "two", "new": "one"}),
        ("one", None, {"k1": "one", "both": "two", "new": "one"}),
        ("one", frozenset({"k1", "both"}), {"k1": "one", "both": "one", "new": ""}),
        ("three", frozenset({"both", "new"}), {"k1": "one", "both": "one", "new": "three"}),
    ],
)
def test_a_replaced_account_keeps_its_place_and_is_found_by_its_new_credentials(
    name: str, credentials: frozenset[str] | None, found: dict[str, str]
) -> None:
    accounts = build_accounts(one=frozenset({"k1", "both"}), two=frozenset({"both"}))
    accounts.replace(Account(name=name, provider="mobtexting", credentials=credentials))
    assert {credential: found_name(accounts, credential) for credential in found} == found


def test_a_charged_account_is_found_with_its_new_balance() -> None:
    accounts = Accounts([Account(name="one", provider="mobtexting", balance=Decimal(5))])
    accounts.charge(Charge(account=KEY, amount=Decimal(2), reason="call"))
    account = accounts.find("mobtexting", "any")
    assert (account, accounts.by_key[KEY].balance) == (accounts.by_key[KEY], Decimal(3))


def test_a_record_is_saved_and_deleted() -> None:
    accounts = build_accounts(one=None)
    kept = []
    for record in ("r", None):
        accounts.save_record(SaveRecord(account=KEY, kind="agents", identity="7", record=record))
        kept.append(accounts.by_key[KEY].records)
    assert kept == [{"agents": {"7": "r"}}, {"agents": {}}]


def test_an_upload_is_stored_under_its_digest() -> None:
    accounts = build_accounts()
    accounts.store_upload(b"data")
    assert accounts.uploads == {upload_digest(b"data"): b"data"}
