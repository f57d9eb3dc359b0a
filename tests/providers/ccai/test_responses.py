"""What the neighbours of a create answer: flags, end user, lists; and who may ask."""

from base64 import b64encode

import pytest

from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import START, play_until_idle
from tests.support.vendors.ccai import ACCOUNT_KEY, HEADERS, patch_account, request, response_body

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
def test_flags_are_changed_in_part(
    state: SandboxState, sent: dict[str, bool], flags: dict[str, bool]
) -> None:
    request(state, "create-inbound")
    assert response_body(request(state, "write-flags", id="1", **sent)) == flags
    assert response_body(request(state, "read-flags", id="1")) == flags
    assert (
        response_body(request(state, "write-flags", id="1", verified_customer=False))["bad_actor"]
        == flags["bad_actor"]
    )


def test_flags_of_the_page_s_sample_are_no_booleans(state: SandboxState) -> None:
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
def test_call_that_is_not_there(state: SandboxState, operation: str) -> None:
    told = request(state, operation, id="9", identifier="x")
    assert (told.response.status, response_body(told)) == (404, {"message": "Not Found"})


def test_end_user_is_kept_with_the_contact(state: SandboxState) -> None:
    request(state, "create-inbound")
    told = request(state, "end-user", id="1", identifier="user-1")
    assert (told.response.status, response_body(told)) == (202, {"message": "accepted"})
    assert response_body(request(state, "read-call", id="1"))["end_user"] == {
        "id": 75,
        "identifier": "user-1",
        "out_contact_id": "389391400633",
    }
    request(state, "create-inbound", end_user_number="+1 859-657-9625")
    assert request(state, "end-user", id="2", identifier="user-2").response.status == 202


def test_manager_lists_page_by_page(state: SandboxState) -> None:
    for _ in range(5):
        request(state, "create-inbound")
    first = request(state, "manager-calls", per="2", page="2")
    assert isinstance(first.response.body, list)
    assert [one["id"] for one in first.response.body if isinstance(one, dict)] == [3, 4]
    assert dict(first.response.headers) == {"total": "5"}
    assert len(response_body(request(state, "manager-calls"))) == 5


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ("customer:token", None),
        ("customer:invalid", "unauthorized"),
        ("customer:", "unauthorized"),
        ("customer", "unauthorized"),
    ],
)
def test_basic_authentication(state: SandboxState, told: str, fault: str | None) -> None:
    headers = {"authorization": "Basic " + b64encode(told.encode()).decode()}
    assert request(state, "create-inbound", headers=headers).fault == fault


@pytest.mark.parametrize("header", ["Bearer token", "Basic %%%", "Basic /w==", ""])
def test_other_authentication_is_none(state: SandboxState, header: str) -> None:
    told = request(state, "create-inbound", headers={"authorization": header})
    assert (told.response.status, response_body(told)) == (401, {"message": "Unauthorized"})


def test_subdomain_has_to_be_the_account_s_if_it_names_one(state: SandboxState) -> None:
    patch_account(state, {"subdomain": "customer"})
    assert request(state, "create-inbound", headers=HEADERS).fault is None
    patch_account(state, {"subdomain": "acme"})
    assert request(state, "create-inbound", headers=HEADERS).fault == "unknown-subdomain"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (None, "+1 339-219-5276"),
        ("+1 760-867-5309", "+1 760-867-5309"),
        ("+1 999-999-9999", "+1 339-219-5276"),
        ("nonsense", "+1 339-219-5276"),
    ],
)
def test_outbound_number_of_an_incoming_call_falls_back(
    state: SandboxState, sent: object, shown: str
) -> None:
    assert (
        response_body(request(state, "create-inbound", outbound_number=sent))["outbound_number"]
        == shown
    )


@pytest.mark.parametrize(
    ("operation", "fields", "dialled", "ticket"),
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
def test_ticket_wins_over_the_number(
    state: SandboxState, operation: str, fields: dict[str, object], dialled: str, ticket: str | None
) -> None:
    made = response_body(request(state, operation, **fields))
    assert made["out_ticket_id"] == ticket
    assert dialled in [leg.number for leg in read.calls(state)["c1"].legs]


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
def test_languages_are_the_menu_s_or_the_account_s(
    state: SandboxState, menu: dict[str, object], lang: str | None, fault: str | None
) -> None:
    patch_account(state, {"menus": {"9": menu}})
    assert request(state, "create-inbound", lang=lang).fault == fault


@pytest.mark.parametrize(
    ("alias", "operation"),
    [
        ("OutboundCall", "create-outbound"),
        ("IncomingCall", "create-inbound"),
        ("ScheduledCall", "create-scheduled"),
    ],
)
def test_deprecated_names_still_work(state: SandboxState, alias: str, operation: str) -> None:
    made = request(state, operation, call_type=alias)
    assert (made.response.status, response_body(made)["call_type"][-5:]) == (201, "(API)")


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
def test_scheduled_at_lies_in_the_future(
    state: SandboxState, at: object, fault: str | None
) -> None:
    assert request(state, "create-scheduled", scheduled_at=at).fault == fault


def test_agent_flipped_by_a_patch_changes_the_next_answer(state: SandboxState) -> None:
    patch_account(state, {"agents": {"admin@somedomain.com": {"state": "break"}}})
    assert response_body(request(state, "create-outbound")) == {
        "message": "Agent is not available to take this call"
    }
    patch_account(state, {"agents": {"admin@somedomain.com": {"state": "available"}}})
    assert request(state, "create-outbound").response.status == 201
    assert (
        read.accounts(state)[ACCOUNT_KEY].records["agents"]["admin@somedomain.com"].since == START
    )
