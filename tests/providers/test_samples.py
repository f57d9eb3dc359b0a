"""Requests made out of an account's own records, which the provider's own rules accept."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.config.accounts import parse_account
from mockserver.config.known_names import collect_known_names
from mockserver.core.accepted_requests import AcceptedRequests, accepted_requests
from mockserver.core.account import Account
from mockserver.core.call_flows import CALL_FLOWS
from mockserver.core.number_plan import number_plan_behavior
from mockserver.core.provider import no_calls
from mockserver.core.rulebook import RequestContext
from tests.support.conformance import PROVIDERS

NAMES = collect_known_names(PROVIDERS)
NOW = 1_767_258_000_000
CALLER_NUMBERS = "phones"
NO_FLOW = "no flow of the account is complete"
AGENTS: Mapping[str, Mapping[str, Any]] = {"create-outbound": {"agents": {"ann@acme.test": {}}}}
CREATING = {"ccai": "create-inbound", "mobtexting": "c2c", "innocalls": "bridge"}


def build_account(provider: str, **document: Any) -> Account:
    account, problems = parse_account(NAMES, "own", provider, document)
    assert problems == ()
    assert account is not None
    return account


def accept(account: Account, operation: str = "") -> AcceptedRequests:
    bound = PROVIDERS[account.provider]
    wanted = operation or CREATING.get(account.provider, "create")
    endpoint = next(each for each in bound.provider.endpoints if each.operation == wanted)
    return accepted_requests(bound, endpoint, account, NOW)


PLACING = [
    (bound, endpoint)
    for bound in PROVIDERS.values()
    for endpoint in bound.provider.endpoints
    if endpoint.planned_calls is not no_calls
]


def test_each_operation_that_places_calls_has_samples() -> None:
    for name, bound in PROVIDERS.items():
        operations = {each.operation for each in bound.provider.endpoints}
        placing = {endpoint.operation for other, endpoint in PLACING if other is bound}
        assert placing == set(bound.provider.samples), name
        assert placing <= operations


def test_an_operation_that_places_no_call_has_no_request() -> None:
    assert accept(build_account("effebot"), "get") == AcceptedRequests(reason="get places no call")


@pytest.mark.parametrize(
    ("bound", "endpoint"),
    PLACING,
    ids=[f"{bound.provider.name}-{endpoint.operation}" for bound, endpoint in PLACING],
)
def test_the_numbers_of_a_sample_are_no_test_numbers(bound: Any, endpoint: Any) -> None:
    provider = bound.provider.name
    own: dict[str, Any] = {
        "ccai": {"agents": {"ann@acme.test": {}}},
        "effebot": {"templates": {"1": {"name": "x"}}},
    }
    account = build_account(provider, **own.get(provider, {}))
    requests = accepted_requests(bound, endpoint, account, NOW).requests
    assert requests
    for request in requests:
        assert bound.provider.credential(request)
        [planned] = endpoint.planned_calls(
            RequestContext(request=request, now=NOW, account=account)
        )
        assert set(planned.numbers) <= {*"ab"}
        assert CALL_FLOWS[planned.flow]
        assert not any(map(number_plan_behavior, planned.numbers.values()))


@pytest.mark.parametrize(
    ("provider", "operation", "document", "fields"),
    [
        ("mobtexting", "", {"numbers": ["918068281299"]}, {"bridge": "918068281299"}),
        ("innocalls", "", {"flows": {"F": {}}}, {"call_flow_id": "F"}),
        (
            "innocalls",
            "order-confirmation",
            {"flows": {"old": {"state": "removed"}, "F": {"requires": ["order_cost"]}}},
            {"call_flow_id": "F", "order_cost": "2300"},
        ),
        (
            "effebot",
            "",
            {CALLER_NUMBERS: {"79000000001": {"confirmed": False}, "79000000002": {}}},
            {"outgoingPhone": "79000000002", "record": {"text": "Hello"}},
        ),
        (
            "effebot",
            "",
            {CALLER_NUMBERS: {"79000000001": {"confirmed": False, "duty": True}}},
            {"dutyPhone": 1},
        ),
        (
            "effebot",
            "",
            {
                "moderation": True,
                "records": {"4": {"name": "x", "moderated": False}, "5": {"name": "y"}},
            },
            {"record": {"id": "5"}},
        ),
        ("effebot", "", {"blocked": {"99999999999": {}}}, {"phone": "99999999990"}),
        (
            "effebot",
            "create-with-template",
            {"templates": {"1": {"name": "x", "moderated": False}, "2": {"name": "y"}}},
            {"templateId": "2"},
        ),
        (
            "phonon",
            "",
            {"security_id": "abc", "flows": {"Zz12Cd34": {"variables": ["x"]}}},
            {"security-id": "abc", "flow-id": "Zz12Cd34"},
        ),
        (
            "phonon",
            "",
            {"flows": {"Te57Te57": {"version": "TEST"}}, "test_numbers": ["918867136009"]},
            {"api-version": "TEST", "flow-id": "Te57Te57"},
        ),
        (
            "ccai",
            "create-outbound",
            {
                "agents": {
                    "bob@acme.test": {"state": "offline"},
                    "eve@acme.test": {"must_act": True},
                    "ann@acme.test": {},
                },
                "outbound_numbers": {"+1 212-555-0100": {}},
            },
            {"agent_email": "ann@acme.test", "outbound_number": "+1 212-555-0100"},
        ),
        (
            "ccai",
            "",
            {
                "languages": ["de"],
                "menus": {
                    "1": {"name": "web", "type": "web_menu"},
                    "2": {"name": "closed", "state": "after hours"},
                    "3": {"name": "nobody", "group": "Group 9"},
                    "4": {"name": "sales"},
                },
                "agents": {"ann@acme.test": {}},
            },
            {"menu_id": "4", "lang": "de"},
        ),
        ("ccai", "create-scheduled", {"languages": ["fr", "en"]}, {"menu_id": "1", "lang": "en"}),
        (
            "ccai",
            "create-scheduled",
            {"quirks": ["scheduled-as-inbound"], "menus": {"7": {"name": "ivr"}}},
            {"menu_id": "7"},
        ),
    ],
)
def test_a_request_is_made_out_of_the_records_of_the_account(
    provider: str, operation: str, document: Mapping[str, Any], fields: Mapping[str, object]
) -> None:
    request, *_ = accept(build_account(provider, **document), operation).requests
    assert {name: request.fields.get(name) for name in fields} == fields


@pytest.mark.parametrize("credentials", [["mine"], "any"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_request_carries_a_credential_of_the_account(
    provider: str, credentials: list[str] | str
) -> None:
    account = build_account(provider, credentials=credentials)
    request, *_ = accept(account).requests
    expected = "sample-credential" if credentials == "any" else "mine"
    assert PROVIDERS[provider].provider.credential(request) == expected


@pytest.mark.parametrize(
    ("provider", "operation", "document", "reason"),
    [
        (
            "mobtexting",
            "",
            {"balance": 0},
            "it is refused with insufficient-balance: Insufficient balance",
        ),
        ("innocalls", "", {"flows": {"F": {"state": "removed"}}}, "the account has no active flow"),
        (
            "effebot",
            "",
            {CALLER_NUMBERS: {"79000000001": {"confirmed": False}}},
            "the account has neither a confirmed phone nor a duty number",
        ),
        (
            "effebot",
            "",
            {"moderation": True},
            "the account may not synthesize speech, and has no moderated audio record",
        ),
        ("effebot", "create-with-template", {}, "the account has no moderated template"),
        (
            "effebot",
            "create-with-template",
            {"templates": {"1": {"name": "x", "moderated": False}}},
            "the account has no moderated template",
        ),
        ("phonon", "", {"flows": {"Zz12Cd34": {"data": False}}}, NO_FLOW),
        ("phonon", "", {"flows": {"Zz12Cd34": {"version": "TEST"}}}, NO_FLOW),
        ("phonon", "", {"expired": True}, "it is refused with validity-expired: Validity Expired"),
        ("ccai", "create-outbound", {}, "the account has no agent"),
        (
            "ccai",
            "create-outbound",
            {"agents": {"ann@acme.test": {"may_call": False}}},
            "no agent of the account may call",
        ),
        (
            "ccai",
            "",
            {"menus": {"1": {"name": "x", "type": "web_menu"}}},
            "no menu of the account is one of ivr_menu, mobile_menu",
        ),
        (
            "ccai",
            "create-outbound",
            {"agents": {"ann@acme.test": {"state": "offline"}}},
            "it is refused with agent-not-available: Agent is not available to take this call",
        ),
    ],
)  # fmt: skip
def test_an_account_that_accepts_no_request_says_why(
    provider: str, operation: str, document: Mapping[str, Any], reason: str
) -> None:
    assert accept(build_account(provider, **document), operation) == AcceptedRequests(reason=reason)


@pytest.mark.parametrize(
    ("provider", "operation"),
    [(name, each) for name, bound in PROVIDERS.items() for each in bound.provider.samples],
)
def test_an_account_whose_credentials_are_all_rejected_accepts_no_request(
    provider: str, operation: str
) -> None:
    """A file cannot say so; a revoked credential is one that every account rejects."""
    account = build_account(provider, **AGENTS.get(operation, {}))
    revoked = account.replace(credentials=frozenset({"revoked"}))
    assert accept(revoked, operation).reason == "the account accepts no credential"


def test_an_account_with_a_rejected_credential_and_another_one_sends_the_other() -> None:
    account = build_account("effebot").replace(credentials=frozenset({"revoked", "sent"}))
    request, *_ = accept(account).requests
    assert PROVIDERS["effebot"].provider.credential(request) == "sent"


def test_an_account_without_any_number_accepts_no_request() -> None:
    account = build_account("mobtexting").replace(numbers=frozenset())
    assert accept(account) == AcceptedRequests(reason="the account has no number")


def test_an_account_has_requests_for_a_call_with_a_second_leg_and_for_one_without() -> None:
    flows = {"Aa12Cd34": {}, "Bb12Cd34": {"bridge": "918867135000"}, "Cc12Cd34": {}}
    for account, count in (
        (build_account("phonon", flows=flows), 2),
        (build_account("effebot"), 2),
        (build_account("mobtexting"), 2),
    ):
        assert len(accept(account).requests) == count


def test_a_request_comes_from_an_address_and_to_a_host_that_the_account_allows() -> None:
    phonon = build_account("phonon", ip_allow_list=["10.1.0.0/16"])
    assert accept(phonon).requests[0].client == "10.1.0.0"
    ccai = build_account("ccai", subdomain="acme")
    assert accept(ccai).requests[0].host == "acme.ccaiplatform.com"


def test_a_ready_account_has_everybody_available_and_every_menu_open() -> None:
    account = build_account(
        "ccai",
        agents={"ann@acme.test": {"state": "offline"}},
        menus={"1": {"name": "x", "state": "after hours"}},
    )
    ready = PROVIDERS["ccai"].provider.ready_account(account)
    assert ready.records["agents"]["ann@acme.test"].state == "available"
    assert ready.records["menus"]["1"].state == "open"
    assert PROVIDERS["phonon"].provider.ready_account(account) is account
