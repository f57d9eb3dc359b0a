"""Accounts of a file or a control request: what is read, and which problems are reported."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from mockserver.config.accounts import ACCOUNT_KEYS, parse_account
from mockserver.config.known_names import collect_known_names
from mockserver.config.problems import DocumentPath
from mockserver.config.records import field_types
from mockserver.config.registry import load_providers
from mockserver.core.account import Account, Limits, Retry
from mockserver.core.time import Duration
from mockserver.providers.mobtexting.records import Flow
from tests.support.certificates import KEY
from tests.support.config_files import PROVIDERS
from tests.support.receiver_certificates import AUTHORITY

NAMES = collect_known_names(PROVIDERS)
BUNDLED = load_providers()
VENDOR_RETRY = BUNDLED["mobtexting"].provider.retry
EMPTY: Mapping[str, Any] = {"flows": {}}
ANY = "the word any, or a list of credentials"
LENGTH = "is not a duration such as 2s, 1m30s, 2h or 1500ms"
NOTHING = "there is nothing here (a # begins a comment): write"
OF_ACCOUNT = "of an account of mobtexting"
CHANGES = "a list of changes such as {at: 60s, set: {...}}"
KEYS = (
    "credentials, numbers, webhooks, retry, limits, balance, quirks, timeline, time_zone, "
    "redial_after, webhook_ca, generate, flows"
)


def parse(document: Any) -> tuple[Account | None, tuple[tuple[DocumentPath, str], ...]]:
    return parse_account(NAMES, "shop", "mobtexting", document)


@pytest.mark.parametrize(
    ("document", "values"),
    [
        ({}, {}),
        ({"credentials": "any"}, {"credentials": None}),
        ({"credentials": ["k1", "k2", 7]}, {"credentials": frozenset({"k1", "k2", "7"})}),
        ({"numbers": ["918068281234", 5]}, {"numbers": frozenset({"918068281234", "5"})}),
        ({"webhooks": {"any": "http://a/"}}, {"webhooks": {"any": "http://a/"}}),
        ({"webhooks": {}}, {"webhooks": {}}),
        ({"retry": {}}, {"retry": VENDOR_RETRY}),
        (
            {"retry": {"waits": ["60s", "5m"]}},
            {"retry": VENDOR_RETRY.replace(waits=(60_000, 300_000))},
        ),
        ({"retry": {"waits": [60, 0.0000001]}}, {"retry": VENDOR_RETRY.replace(waits=(60_000, 0))}),
        (
            {"retry": {"satisfied_by": ["200", 204]}},
            {"retry": Retry(waits=(), satisfied_by=frozenset({200, 204}))},
        ),
        ({"limits": {"requests": "10", "per": "1s"}}, {"limits": Limits(requests=10, per=1_000)}),
        ({"limits": {"requests": 1, "per": 0.5}}, {"limits": Limits(requests=1, per=500)}),
        ({"balance": "12.50"}, {"balance": Decimal("12.50")}),
        ({"balance": 0}, {"balance": Decimal(0)}),
        ({"balance": "-1"}, {"balance": Decimal(-1)}),
        ({"webhook_ca": AUTHORITY}, {"webhook_ca": AUTHORITY}),
        ({"quirks": ["webhook-id"]}, {"quirks": frozenset({"webhook-id"})}),
        ({"flows": {"220": {"say": "Hi"}}}, {"records": {"flows": {"220": Flow(say="Hi")}}}),
        (
            {
                "timeline": [
                    {"at": "1m", "set": {"balance": None}},
                    {"at": 90, "set": {"flows": {}}},
                ]
            },
            {"timeline": ((60_000, {"balance": None}), (90_000, {"flows": {}}))},
        ),
    ],
)
def test_an_account_is_read_from_its_document(
    document: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    account = Account(
        name="shop", provider="mobtexting", **{"records": EMPTY, **values}, document=document
    )
    assert parse(document) == (account, ())


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ({"credentials": "all"}, ("credentials",), f"this is not {ANY}"),
        ({"credentials": None}, ("credentials",), f"{NOTHING} {ANY}"),
        (
            {"numbers": 918068281234},
            ("numbers",),
            "'918068281234' is not a list of telephone numbers",
        ),
        ({"quirks": 5}, ("quirks",), "'5' is not a list of the provider's quirks"),
        ({"quirks": [5]}, ("quirks", 0), "'5' is not the name of a quirk"),
        (
            {"quirks": ["webhook"]},
            ("quirks", 0),
            "no quirk of mobtexting is named 'webhook': did you mean 'webhook-id'?",
        ),
        ({"balance": True}, ("balance",), "'True' is not an amount such as 12.50"),
        ({"limits": {"requests": 1, "per": True}}, ("limits", "per"), f"'True' {LENGTH}"),
        (
            {"limits": {"requests": 10**12, "per": 1}},
            ("limits", "requests"),
            "'1000000000000' is not a number of requests, 1 or more",
        ),
        ({"retry": {"waits": [-1]}}, ("retry", "waits", 0), f"'-1' {LENGTH}"),
        ({"flows": {"1": {"say": True}}}, ("flows", "1", "say"), "'True' is not a text"),
        ({"flows": {"1": {"say": None}}}, ("flows", "1", "say"), f"{NOTHING} a text"),
        (
            {"credential": "any"},
            ("credential",),
            f"unknown key 'credential' {OF_ACCOUNT}: did you mean 'credentials'?",
        ),
        ({"zzz": 1}, ("zzz",), f"unknown key 'zzz' {OF_ACCOUNT}: one of {KEYS}"),
        ({"timeline": 5}, ("timeline",), f"'5' is not {CHANGES}"),
        (
            {"webhook_ca": "certificates/ca.pem"},
            ("webhook_ca",),
            (
                "this is no certificate in PEM format: write its text, from "
                "-----BEGIN CERTIFICATE----- on, or name a file by the option --webhook-ca"
            ),
        ),
        (
            {"webhook_ca": KEY + AUTHORITY},
            ("webhook_ca",),
            "a private key is in this text: write the certificates alone",
        ),
        (
            {"webhook_ca": AUTHORITY[:200]},
            ("webhook_ca",),
            "a certificate in this text cannot be read: a part of it is missing or changed",
        ),
        (
            {"webhook_ca": f"caf\u00e9\n{AUTHORITY}"},
            ("webhook_ca",),
            "this text has characters beyond ASCII, which the PEM format does not allow",
        ),
    ],
)
def test_a_problem_of_an_account_is_reported_at_its_path(
    document: Mapping[str, Any], path: DocumentPath, message: str
) -> None:
    assert parse(document) == (None, ((path, message),))


def test_all_problems_of_an_account_are_reported_at_once() -> None:
    document = {"balance": "much", "credentials": "any", "zzz": 1, "quirks": [5, "x"], "flows": 5}
    account, problems = parse(document)
    assert account is None
    assert sorted(map(str, (path for path, _ in problems))) == [
        "('balance',)",
        "('flows',)",
        "('quirks', 0)",
        "('quirks', 1)",
        "('zzz',)",
    ]


def test_each_change_of_a_timeline_is_checked_and_a_wrong_one_is_left_out() -> None:
    changes = [
        {"flows": {"1": {"say": "Hi"}}},
        {"flows": {"1": {"say": None}}},
        {"flows": {"1": {"say": "Ho"}}, "balance": "much"},
        {"balance": None},
        {"provider": "x", "timeline": []},
    ]
    document = {"timeline": [{"at": "1s", "set": change} for change in changes], "balance": "0"}
    assert parse(document)[1] == (
        (("timeline", 1, "set", "flows", "1"), "'say' is missing"),
        (("timeline", 2, "set", "balance"), "'much' is not an amount such as 12.50"),
        (("timeline", 4, "set", "provider"), "a timeline cannot change the provider"),
        (("timeline", 4, "set", "timeline"), "a timeline cannot change the timeline"),
    )


def test_a_problem_of_the_account_is_not_reported_for_its_timeline_too() -> None:
    document = {"zzz": 1, "timeline": [{"at": "1s", "set": {"balance": "1"}}]}
    assert [path for path, _ in parse(document)[1]] == [("zzz",)]


MINUTE = Duration(60_000)


class Settings(NamedTuple):
    zone: str = "UTC"
    window: Duration = MINUTE


NAMES_WITH_SETTINGS = NAMES._replace(settings_types={"mobtexting": Settings})


@pytest.mark.parametrize(
    ("document", "settings"),
    [
        ({}, Settings()),
        ({"zone": "IST", "balance": "1"}, Settings("IST")),
        ({"window": "2m"}, Settings("UTC", Duration(120_000))),
    ],
)
def test_provider_settings_are_read_from_the_account(
    document: Mapping[str, Any], settings: Settings
) -> None:
    account, problems = parse_account(NAMES_WITH_SETTINGS, "shop", "mobtexting", document)
    assert problems == ()
    assert account is not None
    assert account.settings == settings
    assert account.document == document


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        (
            {"zonne": "IST"},
            ("zonne",),
            f"unknown key 'zonne' {OF_ACCOUNT}: did you mean 'zone'?",
        ),
        ({"zzz": 1}, ("zzz",), f"unknown key 'zzz' {OF_ACCOUNT}: one of {KEYS}, zone, window"),
        (
            {"window": "soon"},
            ("window",),
            "'soon' is not a duration such as 90s, 1m30s, 2h or 1500ms",
        ),
        (
            {"timeline": [{"at": "1s", "set": {"window": "soon"}}]},
            ("timeline", 0, "set", "window"),
            "'soon' is not a duration such as 90s, 1m30s, 2h or 1500ms",
        ),
    ],
)
def test_a_problem_of_a_provider_setting_is_reported_at_its_path(
    document: Mapping[str, Any], path: DocumentPath, message: str
) -> None:
    assert parse_account(NAMES_WITH_SETTINGS, "shop", "mobtexting", document) == (
        None,
        ((path, message),),
    )


def test_an_account_has_no_settings_if_its_provider_defines_none() -> None:
    account, _ = parse({})
    assert account is not None
    assert account.settings is None


@pytest.mark.parametrize("name", BUNDLED)
def test_no_provider_defines_an_account_key_twice(name: str) -> None:
    """General keys, kinds of records and settings."""
    provider = BUNDLED[name].provider
    own_keys = [*provider.records, *field_types(provider.settings)]
    assert len({"provider", "generate", *ACCOUNT_KEYS, *own_keys}) == 2 + len(ACCOUNT_KEYS) + len(
        own_keys
    )


@pytest.mark.parametrize("name", BUNDLED)
def test_an_empty_account_of_every_provider_is_valid(name: str) -> None:
    """Every setting has a default."""
    account, problems = parse_account(collect_known_names(BUNDLED), "bare", name, {})
    assert problems == ()
    assert account is not None
    assert (account.settings is None) == (BUNDLED[name].provider.settings is None)


@pytest.mark.parametrize(
    ("document", "credentials"),
    [
        ({}, None),
        ({"security_id": "one"}, {"one"}),
        ({"security_id": "one", "credentials": "any"}, None),
        ({"security_id": "one", "credentials": ["one", "two"]}, {"one", "two"}),
    ],
)
def test_an_account_of_phonon_without_credentials_has_its_security_id(
    document: dict[str, Any], credentials: set[str] | None
) -> None:
    account, problems = parse_account(collect_known_names(BUNDLED), "own", "phonon", document)
    assert problems == ()
    assert account is not None
    assert account.credentials == credentials


def test_no_more_than_100_problems_of_an_account_are_worded() -> None:
    account, problems = parse({f"unknown-{number}": number for number in range(50_000)})
    more = ((), "there are more problems: these are the first 100")
    assert (account, len(problems), problems[-1]) == (None, 101, more)


def test_no_more_than_100_violations_of_the_schema_are_worded() -> None:
    account, problems = parse({"numbers": [[]] * 50_000, "unknown": 1})
    more = ((), "there are more problems: these are the first 100")
    assert (account, len(problems), problems[-1]) == (None, 101, more)


def test_100_problems_of_an_account_are_all_problems() -> None:
    _, problems = parse({f"unknown-{number}": number for number in range(100)})
    assert {message[:20] for _, message in problems} == {"unknown key 'unknown"}


SENDERS = [name for name, bound in BUNDLED.items() if bound.provider.webhooks]


@pytest.mark.parametrize("retry", [{}, {"waits": []}, {"waits": ["60s"]}])
@pytest.mark.parametrize("name", SENDERS)
def test_what_counts_as_received_is_the_vendors_whether_retry_is_set_or_not(
    name: str, retry: Mapping[str, object]
) -> None:
    names = collect_known_names(BUNDLED)
    account, flaws = parse_account(names, "shop", name, {"retry": retry})
    assert account
    assert account.retry
    assert (account.retry.satisfied_by, flaws) == (BUNDLED[name].provider.retry.satisfied_by, ())
