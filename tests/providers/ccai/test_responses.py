"""Responses of the CCAI operations for flags, end user and lists, and their authentication."""

from base64 import b64encode
from typing import Any

import pytest

from mockserver.core.call import Event
from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event
from tests.support import read
from tests.support.simulation import START, only_providers, play_until_idle, run_for
from tests.support.vendors import response_body
from tests.support.vendors.ccai import (
    ACCOUNT_KEY,
    ALL_OFFLINE,
    EXAMPLES,
    HEADERS,
    call_after,
    patch_account,
    pick,
    request,
)

FALSE = {"verified_customer": False, "bad_actor": False, "repeat_customer": False}


@pytest.mark.parametrize(
    ("sent", "flags"),
    [
        ({}, FALSE),
        ({"verified_customer": True}, {**FALSE, "verified_customer": True}),
        ({"repeat_customers": True}, {**FALSE, "repeat_customer": True}),
        (
            {"repeat_customer": True, "bad_actor": True},
            {**FALSE, "bad_actor": True, "repeat_customer": True},
        ),
    ],
)
def test_writing_some_flags_keeps_the_others(
    state: SandboxState, sent: dict[str, bool], flags: dict[str, bool]
) -> None:
    request(state, "create-inbound")
    assert response_body(request(state, "write-flags", id="1", **sent)) == flags
    assert response_body(request(state, "read-flags", id="1")) == flags
    assert (
        response_body(request(state, "write-flags", id="1", verified_customer=False))["bad_actor"]
        == flags["bad_actor"]
    )


def test_the_documented_flags_sample_is_refused_because_it_has_no_booleans(
    state: SandboxState,
) -> None:
    request(state, "create-inbound")
    sample = dict.fromkeys(("verified_customer", "bad_actor", "repeat_customers"), "boolean")
    assert response_body(request(state, "write-flags", id="1", **sample)) == {
        "message": "customer flags must be boolean"
    }


def test_flags_of_an_ended_call_can_be_read_but_not_changed(state: SandboxState) -> None:
    request(state, "create-inbound")
    play_until_idle(state)
    assert response_body(request(state, "read-flags", id="1")) == FALSE
    assert response_body(request(state, "write-flags", id="1", bad_actor=True)) == {
        "message": "Call is already ended"
    }


@pytest.mark.parametrize(
    "operation", ["read-flags", "write-flags", "read-call", "cancel-scheduled", "end-user"]
)
def test_an_unknown_call_id_is_answered_404(state: SandboxState, operation: str) -> None:
    exchange = request(state, operation, id="9", identifier="x")
    assert (exchange.response.status, response_body(exchange)) == (404, {"message": "Not Found"})


def test_the_end_user_identifier_is_kept_with_the_contact(state: SandboxState) -> None:
    request(state, "create-inbound")
    exchange = request(state, "end-user", id="1", identifier="user-1")
    assert (exchange.response.status, response_body(exchange)) == (202, {"message": "accepted"})
    assert response_body(request(state, "read-call", id="1"))["end_user"] == {
        "id": 75,
        "identifier": "user-1",
        "out_contact_id": "389391400633",
    }
    request(state, "create-inbound", end_user_number="+1 859-657-9625")
    assert request(state, "end-user", id="2", identifier="user-2").response.status == 202


def test_the_manager_api_lists_calls_page_by_page(state: SandboxState) -> None:
    for _ in range(5):
        request(state, "create-inbound")
    first = request(state, "manager-calls", per="2", page="2")
    assert isinstance(first.response.body, list)
    assert [call["id"] for call in first.response.body if isinstance(call, dict)] == [3, 4]
    assert dict(first.response.headers) == {"total": "5"}
    assert len(response_body(request(state, "manager-calls"))) == 5


@pytest.mark.parametrize(
    ("sent", "ids"),
    [
        ({}, [514, 7, 1, 2]),
        ({"sort_column": "id"}, [1, 2, 7, 514]),
        ({"sort_column": "id", "sort_direction": "DESC"}, [514, 7, 2, 1]),
        ({"sort_column": "created_at"}, [514, 7, 1, 2]),
        ({"sort_column": "updated_at", "sort_direction": "ASC"}, [514, 2, 1, 7]),
        ({"sort_column": "updated_at", "per": "1", "page": "2"}, [2]),
        ({"sort_column": "colour", "sort_direction": "desc"}, [514, 7, 1, 2]),
        ({"updated_at": {"from": "2026-01-01T09:00:05Z"}}, [7, 1]),
        ({"updated_at": {"from": "2026-01-01T09:00:05Z"}, "sort_column": "id"}, [1, 7]),
        ({"updated_at": {"from": "yesterday"}}, [514, 7, 1, 2]),
        ({"updated_at": "2026-01-01T09:00:05Z"}, [514, 7, 1, 2]),
    ],
)
def test_the_manager_api_sorts_calls_and_leaves_out_those_that_have_not_changed(
    state: SandboxState, sent: dict[str, Any], ids: list[int]
) -> None:
    """Call 7 ends on the next day, and call 1 is canceled after five seconds."""
    calls = {
        "514": {"status": "finished"},
        "7": {
            "status": "finished",
            "created_at": "2025-01-01T00:00:00Z",
            "ends_at": "2026-01-02T00:00:00Z",
        },
    }
    patch_account(state, {"calls": calls, **ALL_OFFLINE})
    request(state, "create-inbound")
    request(state, "create-inbound", now=START + 1_000)
    apply_event(state, "c1", Event(at=START + 5_000, type="cancel"))
    listed = request(state, "manager-calls", now=START + 9_000, **sent)
    assert [call["id"] for call in response_body(listed)] == ids


@pytest.mark.parametrize(
    ("credentials", "fault"),
    [
        ("customer:token", None),
        ("customer:invalid", "unauthorized"),
        ("customer:", "unauthorized"),
        ("customer", "unauthorized"),
    ],
)
def test_basic_authentication_needs_subdomain_and_token(
    state: SandboxState, credentials: str, fault: str | None
) -> None:
    headers = {"authorization": "Basic " + b64encode(credentials.encode()).decode()}
    assert request(state, "create-inbound", headers=headers).fault == fault


@pytest.mark.parametrize("header", ["Bearer token", "Basic %%%", "Basic /w==", ""])
def test_authentication_other_than_basic_is_answered_401(state: SandboxState, header: str) -> None:
    exchange = request(state, "create-inbound", headers={"authorization": header})
    assert (exchange.response.status, response_body(exchange)) == (401, {"message": "Unauthorized"})


def test_the_subdomain_must_match_if_the_account_names_one(state: SandboxState) -> None:
    patch_account(state, {"subdomain": "customer"})
    assert request(state, "create-inbound", headers=HEADERS).fault is None
    patch_account(state, {"subdomain": "acme"})
    assert request(state, "create-inbound", headers=HEADERS).fault == "unknown-subdomain"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (None, "+1 339-219-5276"),
        ("+1 760-867-5309", "+1 760-867-5309"),
        ("+1 999-999-9999", "+1 339-219-5276"),
        ("nonsense", "+1 339-219-5276"),
    ],
)
def test_an_unknown_outbound_number_of_an_inbound_call_falls_back_to_the_default(
    state: SandboxState, sent: object, expected: str
) -> None:
    assert (
        response_body(request(state, "create-inbound", outbound_number=sent))["outbound_number"]
        == expected
    )


@pytest.mark.parametrize(
    ("operation", "fields", "dialed", "ticket"),
    [
        ("create-outbound", {"ticket_id": "71450"}, "+1 415-555-0100", "71450"),
        (
            "create-outbound",
            {"ticket_id": 71450, "end_user_number": None},
            "+1 415-555-0100",
            "71450",
        ),
        ("create-inbound", {"ticket_id": "71450"}, "+1 415-555-0100", "71450"),
        ("create-inbound", {}, "+82-10-6861-2345", None),
    ],
)
def test_a_ticket_decides_the_dialed_number_over_end_user_number(
    state: SandboxState, operation: str, fields: dict[str, object], dialed: str, ticket: str | None
) -> None:
    created = response_body(request(state, operation, **fields))
    assert created["out_ticket_id"] == ticket
    assert dialed in [leg.number for leg in read.calls(state)["c1"].legs]


@pytest.mark.parametrize(
    ("menu", "lang", "fault"),
    [
        ({}, "ko", None),
        ({"languages": ["fr"]}, "fr", None),
        ({"languages": ["fr"]}, "en", "language-not-available"),
        ({"languages": ["fr"]}, None, "language-not-available"),
        ({"languages": ["fr-CA"]}, "fr-ca", "language-not-found"),
    ],
)
def test_lang_must_be_a_language_of_the_menu_or_else_of_the_account(
    state: SandboxState, menu: dict[str, object], lang: str | None, fault: str | None
) -> None:
    patch_account(state, {"menus": {"9": menu}})
    assert request(state, "create-inbound", lang=lang).fault == fault


@pytest.mark.parametrize("operation", EXAMPLES)
@pytest.mark.parametrize(
    ("lang", "fault"),
    [
        ("ko", None),
        (None, None),
        ("fr", "language-not-available"),
        ("xy", "language-not-found"),
        ("EN", "language-not-found"),
        ("e\nn", "language-not-found"),
        ({"a": 1}, "language-not-found"),
    ],
)
def test_each_type_of_call_checks_its_language(
    state: SandboxState, operation: str, lang: object, fault: str | None
) -> None:
    """An outbound call has no menu, so a `menu_id` in its request does not matter."""
    patch_account(state, {"menus": {"50": {"languages": ["fr"]}}})
    menu = {"menu_id": 50} if operation == "create-outbound" else {}
    assert request(state, operation, lang=lang, **menu).fault == fault


def play_parent_and_call(
    configuration: Configuration, operation: str, fields: dict[str, object]
) -> list[object]:
    """Return a call that failed, and a later one with these fields, which is transferred."""
    state = SandboxState(only_providers(configuration, "ccai"), START)
    patch_account(state, {"menus": {"12": {"recording": "ask"}}})
    request(state, "create-outbound", "no-answer")
    run_for(state, 60_000)
    request(state, operation, "ccai-stays", now=START + 60_000, **fields)
    run_for(state, 70_000)
    transfer = Event(at=START + 70_000, type="transfer", data={"menu": "12"})
    apply_event(state, "c2", transfer)
    return [call_after(state, 900_000, number) for number in "12"]


@pytest.mark.parametrize(
    ("operation", "stray"),
    [
        ("create-outbound", {"menu_id": 9}),
        ("create-outbound", {"recording_permission": {"a": 1}}),
        ("create-outbound", {"recording_permission": "recording_permission_granted"}),
        ("create-outbound", {"call_id": 1, "scheduled_at": "2026-01-04T09:00:00Z"}),
        ("create-inbound", {"call_id": 1, "scheduled_at": "2026-01-04T09:00:00Z"}),
        ("create-inbound", {"agent_email": "allen@somedomain.com"}),
    ],
)
def test_parameters_of_other_types_mean_nothing_for_a_call(
    configuration: Configuration, operation: str, stray: dict[str, object]
) -> None:
    parent, call = play_parent_and_call(configuration, operation, {})
    assert (pick(parent, "status"), pick(call, "status")) == (["failed"], ["finished"])
    assert play_parent_and_call(configuration, operation, stray) == [parent, call]


@pytest.mark.parametrize(
    ("alias", "operation"),
    [
        ("OutboundCall", "create-outbound"),
        ("IncomingCall", "create-inbound"),
        ("ScheduledCall", "create-scheduled"),
    ],
)
def test_deprecated_call_types_are_still_accepted(
    state: SandboxState, alias: str, operation: str
) -> None:
    exchange = request(state, operation, call_type=alias)
    assert (exchange.response.status, response_body(exchange)["call_type"][-5:]) == (201, "(API)")


@pytest.mark.parametrize(
    ("at", "fault"),
    [
        ("2026-01-01T09:00:00.001Z", None),
        ("2026-01-01T10:00:01+01:00", None),
        ("2026-01-02", None),
        ("2026-01-01T09:00:00Z", "scheduled-at-past"),
        ("2025-12-31T23:59:59Z", "scheduled-at-past"),
        ("tomorrow", "scheduled-at-malformed"),
        (1_767_258_000, "scheduled-at-malformed"),
    ],
)
def test_scheduled_at_must_be_a_future_time(
    state: SandboxState, at: object, fault: str | None
) -> None:
    assert request(state, "create-scheduled", scheduled_at=at).fault == fault


def test_a_patched_agent_state_changes_the_next_response(state: SandboxState) -> None:
    patch_account(state, {"agents": {"admin@somedomain.com": {"state": "break"}}})
    assert response_body(request(state, "create-outbound")) == {
        "message": "Agent is not available to take this call"
    }
    patch_account(state, {"agents": {"admin@somedomain.com": {"state": "available"}}})
    assert request(state, "create-outbound").response.status == 201
    assert (
        read.accounts(state)[ACCOUNT_KEY].records["agents"]["admin@somedomain.com"].since == START
    )
