"""People made up from the seed."""

from typing import Any

import pytest

from mockserver.config.accounts import parse_account
from mockserver.config.fake_records import with_fake_records
from mockserver.config.known_names import collect_known_names
from mockserver.config.registry import load_providers
from mockserver.core.account import Account
from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, only_providers

KNOWN = {name: one for name, one in load_providers().items() if name in ("ccai", "mobtexting")}
WORDS = collect_known_names(KNOWN)
KEY = ("ccai", "acme")


def parse(body: dict[str, Any], provider: str = "ccai") -> tuple[Account | None, Any]:
    return parse_account(WORDS, "acme", provider, body)


def account(**generate: Any) -> Account:
    made, flaws = parse(
        {"generate": generate, "contacts": {"7": {"id": 7, "number": "+14155550100"}}}
    )
    assert flaws == ()
    assert made is not None
    return made


def test_populated_has_so_many_of_each() -> None:
    made = with_fake_records(KNOWN, "seed", account(contacts=5, tickets="12", agents=2))
    assert {kind: len(one) for kind, one in made.records.items() if one} == {
        "contacts": 6,
        "tickets": 12,
        "agents": 2,
    }
    assert made.records["contacts"]["7"].number == "+14155550100"
    assert {one.contact for one in made.records["tickets"].values()} <= set(
        made.records["contacts"]
    )
    assert made.generate == {}
    assert "generate" not in made.document
    assert parse(dict(made.document)) == (made, ())


@pytest.mark.parametrize(
    ("provider", "kinds"),
    [
        ("ccai", ["contacts", "tickets", "agents"]),
        ("effebot", ["phones", "records", "templates", "blocked"]),
        ("innocalls", ["extensions", "flows"]),
        ("mobtexting", ["flows"]),
        ("phonon", ["flows"]),
    ],
)
def test_every_provider_makes_up_what_it_keeps(provider: str, kinds: list[str]) -> None:
    known = load_providers()
    wanted = dict.fromkeys(known[provider].provider.generators, 40)
    assert list(wanted) == kinds
    told, _ = parse_account(collect_known_names(known), "acme", provider, {"generate": wanted})
    assert told is not None
    made, same, other = (with_fake_records(known, seed, told) for seed in ("a", "a", "b"))
    assert {kind: len(made.records[kind]) for kind in kinds} == wanted
    assert made == same
    assert made.records != other.records or kinds == ["flows"]
    assert parse_account(collect_known_names(known), "acme", provider, dict(made.document)) == (
        made,
        (),
    )


def test_populated_by_the_same_seed_are_the_same() -> None:
    first, same, other = (
        with_fake_records(KNOWN, seed, account(contacts=20)).records for seed in ("a", "a", "b")
    )
    assert first == same
    assert first != other


def test_populated_in_another_locale() -> None:
    made = with_fake_records(KNOWN, "seed", account(agents=30, locale="ko_KR"))
    assert not any(one.first_name.isascii() for one in made.records["agents"].values())


def test_populated_without_a_wish_is_the_same() -> None:
    made = account(locale="en_US")
    assert with_fake_records(KNOWN, "seed", made) is made


@pytest.mark.parametrize(
    ("generate", "path", "message"),
    [
        (
            {"contact": 5},
            ("generate", "contact"),
            "unknown key 'contact': did you mean 'contacts'?",
        ),
        (
            {"contacts": "many"},
            ("generate", "contacts"),
            "'many' is not a whole number up to 10,000",
        ),
        (
            {"contacts": 10_001},
            ("generate", "contacts"),
            "'10001' is not a whole number up to 10,000",
        ),
        (
            {"locale": "en_UK"},
            ("generate", "locale"),
            "no locale is named 'en_UK': did you mean 'en_US'?",
        ),
    ],
)
def test_flaws(generate: dict[str, Any], path: tuple[str, ...], message: str) -> None:
    made, [(place, told)] = parse({"generate": generate})
    assert (made, place) == (None, path)
    assert told.partition("?")[0] == message.partition("?")[0] or path[-1] == "locale"


def test_provider_that_makes_nobody_up_knows_no_such_key() -> None:
    listing = KNOWN["mobtexting"]
    barren = listing._replace(provider=listing.provider._replace(generators={}))
    words = collect_known_names({"mobtexting": barren})
    made, [(place, told)] = parse_account(words, "acme", "mobtexting", {"generate": {"flows": 5}})
    assert (made, place) == (None, ("generate",))
    assert told.startswith("unknown key 'generate' of an account of mobtexting")


def test_store_has_them_from_the_start_and_after_a_reset(configuration: Configuration) -> None:
    lone = only_providers(configuration, "ccai")
    peopled = lone._replace(accounts={KEY: account(contacts=3)}, seed="s")
    state = SandboxState(peopled, START)
    first = read.accounts(state)[KEY]
    assert len(first.records["contacts"]) == 4
    state.reset(START)
    assert read.accounts(state)[KEY] == first
    assert read.accounts(SandboxState(peopled._replace(seed="t"), START))[KEY] != first
