"""Records of an account, generated from the seed."""

import sys
from typing import Any

import pytest

from mockserver.config import fake_records
from mockserver.config.accounts import parse_account
from mockserver.config.fake_records import with_fake_records
from mockserver.config.known_names import collect_known_names
from mockserver.config.registry import load_providers
from mockserver.core.account import Account
from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, only_providers

PROVIDERS = {
    name: bound for name, bound in load_providers().items() if name in ("ccai", "mobtexting")
}
NAMES = collect_known_names(PROVIDERS)
KEY = ("ccai", "acme")


def parse(body: dict[str, Any], provider: str = "ccai") -> tuple[Account | None, Any]:
    return parse_account(NAMES, "acme", provider, body)


def build_account(**generate: Any) -> Account:
    account, problems = parse(
        {"generate": generate, "contacts": {"7": {"id": 7, "number": "+14155550100"}}}
    )
    assert problems == ()
    assert account is not None
    return account


def test_an_account_gets_the_requested_number_of_each_kind_of_record() -> None:
    account = with_fake_records(
        PROVIDERS, "seed", build_account(contacts=5, tickets="12", agents=2)
    )
    assert {kind: len(records) for kind, records in account.records.items() if records} == {
        "contacts": 6,
        "tickets": 12,
        "agents": 2,
    }
    assert account.records["contacts"]["7"].number == "+14155550100"
    assert {ticket.contact for ticket in account.records["tickets"].values()} <= set(
        account.records["contacts"]
    )
    assert account.generate == {}
    assert "generate" not in account.document
    assert parse(dict(account.document)) == (account, ())


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
def test_every_provider_generates_each_kind_of_its_records(provider: str, kinds: list[str]) -> None:
    providers = load_providers()
    counts = dict.fromkeys(providers[provider].provider.generators, 40)
    assert list(counts) == kinds
    account, _ = parse_account(
        collect_known_names(providers), "acme", provider, {"generate": counts}
    )
    assert account is not None
    first, same, other = (with_fake_records(providers, seed, account) for seed in ("a", "a", "b"))
    assert {kind: len(first.records[kind]) for kind in kinds} == counts
    assert first == same
    assert first.records != other.records or kinds == ["flows"]
    assert parse_account(
        collect_known_names(providers), "acme", provider, dict(first.document)
    ) == (
        first,
        (),
    )


def test_the_same_seed_generates_the_same_records() -> None:
    first, same, other = (
        with_fake_records(PROVIDERS, seed, build_account(contacts=20)).records
        for seed in ("a", "a", "b")
    )
    assert first == same
    assert first != other


def test_records_are_generated_in_the_requested_locale() -> None:
    account = with_fake_records(PROVIDERS, "seed", build_account(agents=30, locale="ko_KR"))
    assert not any(agent.first_name.isascii() for agent in account.records["agents"].values())


def test_an_account_that_requests_no_records_is_unchanged() -> None:
    account, _ = parse({})
    assert account
    assert with_fake_records(PROVIDERS, "seed", account) is account


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
            {"locale": "en_UK", "contacts": 1},
            ("generate", "locale"),
            "no locale is named 'en_UK': did you mean 'en_US'?",
        ),
    ],
)
def test_a_problem_of_the_generate_key_is_reported_at_its_path(
    generate: dict[str, Any], path: tuple[str, ...], message: str
) -> None:
    account, [(problem_path, problem)] = parse({"generate": generate})
    assert (account, problem_path) == (None, path)
    assert problem.partition("?")[0] == message.partition("?")[0] or path[-1] == "locale"


@pytest.mark.parametrize("generate", [{"contacts": 3}, {"contacts": 3, "locale": "xx"}])
def test_generated_records_need_faker(
    generate: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)
    account, [(problem_path, problem)] = parse({"generate": generate})
    assert (account, problem_path) == (None, ("generate",))
    assert problem.endswith("not installed: pip install 'call-mockserver[people]'")


def test_an_account_without_generated_records_needs_no_faker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "faker", None)
    assert parse({"contacts": {"7": {"id": 7}}})[1] == ()


def test_the_generate_key_is_unknown_to_a_provider_without_generators() -> None:
    bound = PROVIDERS["mobtexting"]
    without = bound._replace(provider=bound.provider._replace(generators={}))
    names = collect_known_names({"mobtexting": without})
    account, [(path, problem)] = parse_account(
        names, "acme", "mobtexting", {"generate": {"flows": 5}}
    )
    assert (account, path) == (None, ("generate",))
    assert problem.startswith("unknown key 'generate' of an account of mobtexting")


def test_a_sandbox_has_generated_records_from_the_start_and_after_a_reset(
    configuration: Configuration,
) -> None:
    only_ccai = only_providers(configuration, "ccai")
    generating = only_ccai._replace(accounts={KEY: build_account(contacts=3)}, seed="s")
    state = SandboxState(generating, START)
    first = read.accounts(state)[KEY]
    assert len(first.records["contacts"]) == 4
    state.reset(START)
    assert read.accounts(state)[KEY] == first
    assert read.accounts(SandboxState(generating._replace(seed="t"), START))[KEY] != first


def test_the_people_of_an_account_are_made_once_for_each_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    build = fake_records._build_faker  # noqa: SLF001 - it is what takes long

    def counted(locale: str, seed: str, account: str) -> Any:
        made.append(seed)
        return build(locale, seed, account)

    monkeypatch.setattr(fake_records, "_build_faker", counted)
    for seed in ("once", "once", "twice", "once"):
        with_fake_records(PROVIDERS, seed, build_account(contacts=3, agents=2))
    assert made == ["once", "twice"]
