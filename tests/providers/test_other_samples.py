"""Requests for operations that place no calls, which the provider's own rules accept."""

from collections.abc import Mapping
from typing import Any

import pytest

from mockserver.core.accepted_requests import AcceptedRequests, SampleContext, sample_requests
from mockserver.core.account import Account
from mockserver.core.sample import FirstRequest
from mockserver.core.time import HOUR, SECOND
from tests.providers.test_samples import CALLER_NUMBERS, NOW, accept, build_account
from tests.support.conformance import PROVIDERS

OTHERS = [(name, each) for name in PROVIDERS for each in PROVIDERS[name].provider.other_samples]
WITHOUT_CREDENTIAL = {("effebot", "play-record"), ("innocalls", "webrtc-login")}
CALLS = {"7": {"status": "finished"}, "8": {"status": "connected"}, "9": {"status": "scheduled"}}


def sample(account: Account, operation: str) -> AcceptedRequests:
    bound = PROVIDERS[account.provider]
    endpoint = next(each for each in bound.provider.endpoints if each.operation == operation)
    return sample_requests(bound, endpoint, SampleContext(account=account, now=NOW))


def test_each_operation_has_samples_of_one_kind() -> None:
    for bound in PROVIDERS.values():
        provider = bound.provider
        operations = {endpoint.operation for endpoint in provider.endpoints}
        assert provider.samples.keys() ^ provider.other_samples.keys() == operations


def test_an_operation_that_places_calls_has_the_same_samples_as_in_a_dry_run() -> None:
    account = build_account("mobtexting")
    assert sample(account, "c2c") == accept(account)
    assert sample(account, "c2c").requests


def test_an_operation_that_no_table_has_has_no_sample() -> None:
    bound = PROVIDERS["mobtexting"]
    bare = bound._replace(provider=bound.provider._replace(samples={}))
    context = SampleContext(account=build_account("mobtexting"), now=NOW)
    assert sample_requests(bare, bound.provider.endpoints[0], context) == AcceptedRequests(
        reason="c2c has no sample"
    )


@pytest.mark.parametrize(
    ("provider", "operation", "reason"),
    [
        ("ccai", "read-flags", "the account has no call: place create-inbound first"),
        ("ccai", "read-call", "the account has no call: place create-inbound first"),
        ("ccai", "write-flags", "the account has no call that goes on: place create-inbound first"),
        ("ccai", "end-user", "the account has no call that goes on: place create-inbound first"),
        (
            "ccai",
            "cancel-scheduled",
            "the account has no scheduled call: place create-scheduled first",
        ),
        ("innocalls", "call-status", "the account has no bridge: place bridge first"),
        ("effebot", "get", "the account has no call: place create first"),
        ("effebot", "get-with-templates", "the account has no call: place create first"),
        (
            "effebot",
            "update",
            "the account has no call that is still to begin: place create with plannedAt first",
        ),
        (
            "effebot",
            "remove",
            "the account has no call that is still to begin: place create with plannedAt first",
        ),
        (
            "effebot",
            "remove-record",
            "the account has no audio record: place create-record first",
        ),
        ("effebot", "play-record", "the account has no audio record: place create-record first"),
        (
            "effebot",
            "confirm-phone",
            "no phone of the account has a pin: give one of its phones a pin",
        ),
    ],
)
def test_an_operation_that_needs_an_object_says_what_to_place_first(
    provider: str, operation: str, reason: str
) -> None:
    assert sample(build_account(provider), operation)[:2] == ((), reason)


@pytest.mark.parametrize(
    ("provider", "operation", "first", "fields"),
    [
        ("ccai", "read-call", "create-inbound", {}),
        ("ccai", "cancel-scheduled", "create-scheduled", {}),
        ("innocalls", "call-status", "bridge", {}),
        ("effebot", "get", "create", {}),
        ("effebot", "update", "create", {"plannedAt": (NOW + HOUR) // SECOND}),
        ("effebot", "remove", "create", {"plannedAt": (NOW + HOUR) // SECOND}),
        ("effebot", "play-record", "create-record", {}),
    ],
)
def test_the_request_that_makes_what_is_missing_is_named(
    provider: str, operation: str, first: str, fields: dict[str, object]
) -> None:
    expected = FirstRequest(operation=first, fields=fields)
    assert sample(build_account(provider), operation).first == expected


def test_a_reason_that_no_request_changes_names_none() -> None:
    assert sample(build_account("effebot"), "confirm-phone").first is None


@pytest.mark.parametrize(("provider", "operation"), sorted({*OTHERS} - WITHOUT_CREDENTIAL))
def test_an_account_whose_credentials_are_all_rejected_has_no_sample(
    provider: str, operation: str
) -> None:
    revoked = build_account(provider).replace(credentials=frozenset({"revoked"}))
    assert sample(revoked, operation).reason == "the account accepts no credential"


@pytest.mark.parametrize(
    ("provider", "operation", "document", "fields"),
    [
        ("ccai", "read-call", {"calls": CALLS}, {"id": "7"}),
        ("ccai", "end-user", {"calls": CALLS}, {"id": "8"}),
        ("ccai", "write-flags", {"calls": CALLS}, {"id": "8"}),
        ("ccai", "cancel-scheduled", {"calls": CALLS}, {"id": "9"}),
        ("innocalls", "webrtc-enter", {"extensions": {"204": {}}}, {"extension": "204"}),
        ("effebot", "remove-record", {"records": {"5": {"name": "x"}}}, {"idList": [5]}),
        (
            "effebot",
            "confirm-phone",
            {
                CALLER_NUMBERS: {
                    "79000000001": {"pin": "0001"},
                    "79000000002": {"pin": "0002", "confirmed": False},
                    "79000000003": {"confirmed": False},
                }
            },
            {"phone": "79000000002", "pin": "0002"},
        ),
    ],
)
def test_a_sample_names_what_the_account_has(
    provider: str, operation: str, document: Mapping[str, Any], fields: Mapping[str, object]
) -> None:
    [request] = sample(build_account(provider, **document), operation).requests
    assert {name: request.fields[name] for name in fields} == fields
