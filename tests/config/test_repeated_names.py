"""Two files of a user cannot define the same name, the default, or one credential."""

from pathlib import Path

import pytest

from tests.support.vendor_files import check_files

SHOP = "accounts: {shop: {provider: mobtexting, credentials: [%s]}}"
OTHER = SHOP.replace("shop", "other")
FIRST = {
    "a scenario": "scenarios: {x: {legs: {a: busy}}}",
    "the default": "default: answered",
    "an account": SHOP % "one",
    "a credential": SHOP % "two, one",
    "any credential": "accounts: {shop: {provider: mobtexting, credentials: any}}",
    "any, unsaid": "accounts: {shop: {provider: mobtexting}}",
    "a security id": "accounts: {shop: {provider: phonon, security_id: one}}",
}


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        (
            "a scenario",
            "scenarios: {y: {legs: {a: busy}}, x: {legs: {b: busy}}}",
            "b.yaml:1:35: the scenario x is defined already, at {a}:1:13: rename or remove one",
        ),
        (
            "the default",
            "\ndefault: no-answer",
            "b.yaml:2:1: the default scenario is defined already, at {a}:1:1: rename or remove one",
        ),
        (
            "an account",
            SHOP % "two",
            (
                "b.yaml:1:12: the account shop of mobtexting is defined already, at {a}:1:12: "
                "rename or remove one"
            ),
        ),
        (
            "a credential",
            OTHER % "one",
            "b.yaml:1:56: 'one' is a credential of shop already, at {a}:1:60",
        ),
        (
            "any credential",
            OTHER.replace("[%s]", "any"),
            (
                "b.yaml:1:55: this account accepts any credential, as shop does at {a}:1:54: "
                "give one of them a list of `credentials`"
            ),
        ),
        (
            "any, unsaid",
            "accounts: {other: {provider: mobtexting}}",
            (
                "b.yaml:1:12: this account accepts any credential, as shop does at {a}:1:12: "
                "give one of them a list of `credentials`"
            ),
        ),
        (
            "a security id",
            "accounts: {other: {provider: phonon, security_id: one}}",
            "b.yaml:1:51: 'one' is a credential of shop already, at {a}:1:50",
        ),
        (
            "a security id",
            "accounts: {other: {provider: phonon, credentials: [two, one]}}",
            "b.yaml:1:57: 'one' is a credential of shop already, at {a}:1:50",
        ),
    ],
)
def test_what_an_earlier_file_has_already_is_a_problem_with_both_places(
    tmp_path: Path, first: str, second: str, problem: str
) -> None:
    a, b = tmp_path / "a.yaml", tmp_path / "b.yaml"
    a.write_text(FIRST[first], "utf-8")
    b.write_text(second, "utf-8")
    assert check_files(a, b) == [problem.format(a="a.yaml")]


@pytest.mark.parametrize(
    "second",
    [
        OTHER % "two",
        "accounts: {shop: {provider: phonon, credentials: [one]}}",
        "accounts: {other: {provider: mobtexting}}",
        "scenarios: {answered: {legs: {a: busy}}}",
    ],
)
def test_another_name_vendor_or_credential_and_a_bundled_name_are_free(
    tmp_path: Path, second: str
) -> None:
    a, b = tmp_path / "a.yaml", tmp_path / "b.yaml"
    a.write_text(FIRST["an account"], "utf-8")
    b.write_text(second, "utf-8")
    assert check_files(a, b) == []


def test_two_accounts_with_security_ids_of_their_own_are_no_problem(tmp_path: Path) -> None:
    a, b = tmp_path / "a.yaml", tmp_path / "b.yaml"
    a.write_text(FIRST["a security id"], "utf-8")
    b.write_text("accounts: {other: {provider: phonon, security_id: two}}", "utf-8")
    assert check_files(a, b) == []


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    a = tmp_path / "a.yaml"
    a.write_text(FIRST["a scenario"], "utf-8")
    assert check_files(a, tmp_path, a) == []
