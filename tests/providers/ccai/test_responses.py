"""What the neighbours of a create answer: flags, end user, lists; and who may ask."""

from base64 import b64encode

import pytest

from mockserver.engine.sandbox_state import SandboxState
from tests.conftest import START, play
from tests.providers.ccai.conftest import BASIC, KEY, ask, body, patch

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
    store: SandboxState, sent: dict[str, bool], flags: dict[str, bool]
) -> None:
    ask(store, "create-inbound")
    assert body(ask(store, "write-flags", id="1", **sent)) == flags
    assert body(ask(store, "read-flags", id="1")) == flags
    assert (
        body(ask(store, "write-flags", id="1", verified_customer=False))["bad_actor"]
        == flags["bad_actor"]
    )


def test_flags_of_the_page_s_sample_are_no_booleans(store: SandboxState) -> None:
    ask(store, "create-inbound")
    sample = dict.fromkeys(("verified_customer", "bad_actor", "repeat_customers"), "boolean")
    assert body(ask(store, "write-flags", id="1", **sample)) == {
        "message": "customer flags must be boolean"
    }


def test_flags_of_an_ended_call_can_be_read_but_not_changed(store: SandboxState) -> None:
    ask(store, "create-inbound")
    play(store)
    assert body(ask(store, "read-flags", id="1")) == FALSE
    assert body(ask(store, "write-flags", id="1", bad_actor=True)) == {
        "message": "Call is already ended"
    }


@pytest.mark.parametrize(
    "operation", ["read-flags", "write-flags", "read-call", "cancel-scheduled", "end-user"]
)
def test_call_that_is_not_there(store: SandboxState, operation: str) -> None:
    told = ask(store, operation, id="9", identifier="x")
    assert (told.response.status, body(told)) == (404, {"message": "Not Found"})


def test_end_user_is_kept_with_the_contact(store: SandboxState) -> None:
    ask(store, "create-inbound")
    told = ask(store, "end-user", id="1", identifier="user-1")
    assert (told.response.status, body(told)) == (202, {"message": "accepted"})
    assert body(ask(store, "read-call", id="1"))["end_user"] == {
        "id": 75,
        "identifier": "user-1",
        "out_contact_id": "389391400633",
    }
    ask(store, "create-inbound", end_user_number="+1 859-657-9625")
    assert ask(store, "end-user", id="2", identifier="user-2").response.status == 202


def test_manager_lists_page_by_page(store: SandboxState) -> None:
    for _ in range(5):
        ask(store, "create-inbound")
    first = ask(store, "manager-calls", per="2", page="2")
    assert isinstance(first.response.body, list)
    assert [one["id"] for one in first.response.body if isinstance(one, dict)] == [3, 4]
    assert dict(first.response.headers) == {"total": "5"}
    assert len(body(ask(store, "manager-calls"))) == 5


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ("customer:token", None),
        ("customer:invalid", "unauthorized"),
        ("customer:", "unauthorized"),
        ("customer", "unauthorized"),
    ],
)
def test_basic_authentication(store: SandboxState, told: str, fault: str | None) -> None:
    headers = {"authorization": "Basic " + b64encode(told.encode()).decode()}
    assert ask(store, "create-inbound", headers=headers).fault == fault


@pytest.mark.parametrize("header", ["Bearer token", "Basic %%%", "Basic /w==", ""])
def test_other_authentication_is_none(store: SandboxState, header: str) -> None:
    told = ask(store, "create-inbound", headers={"authorization": header})
    assert (told.response.status, body(told)) == (401, {"message": "Unauthorized"})


def test_subdomain_has_to_be_the_account_s_if_it_names_one(store: SandboxState) -> None:
    patch(store, {"subdomain": "customer"})
    assert ask(store, "create-inbound", headers=BASIC).fault is None
    patch(store, {"subdomain": "acme"})
    assert ask(store, "create-inbound", headers=BASIC).fault == "unknown-subdomain"


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
    store: SandboxState, sent: object, shown: str
) -> None:
    assert body(ask(store, "create-inbound", outbound_number=sent))["outbound_number"] == shown


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
    store: SandboxState, operation: str, fields: dict[str, object], dialled: str, ticket: str | None
) -> None:
    made = body(ask(store, operation, **fields))
    assert made["out_ticket_id"] == ticket
    assert dialled in [leg.number for leg in store.calls["c1"].legs]


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
    store: SandboxState, menu: dict[str, object], lang: str | None, fault: str | None
) -> None:
    patch(store, {"menus": {"9": menu}})
    assert ask(store, "create-inbound", lang=lang).fault == fault


@pytest.mark.parametrize(
    ("alias", "operation"),
    [
        ("OutboundCall", "create-outbound"),
        ("IncomingCall", "create-inbound"),
        ("ScheduledCall", "create-scheduled"),
    ],
)
def test_deprecated_names_still_work(store: SandboxState, alias: str, operation: str) -> None:
    made = ask(store, operation, call_type=alias)
    assert (made.response.status, body(made)["call_type"][-5:]) == (201, "(API)")


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
    store: SandboxState, at: object, fault: str | None
) -> None:
    assert ask(store, "create-scheduled", scheduled_at=at).fault == fault


def test_agent_flipped_by_a_patch_changes_the_next_answer(store: SandboxState) -> None:
    patch(store, {"agents": {"admin@somedomain.com": {"state": "break"}}})
    assert body(ask(store, "create-outbound")) == {
        "message": "Agent is not available to take this call"
    }
    patch(store, {"agents": {"admin@somedomain.com": {"state": "available"}}})
    assert ask(store, "create-outbound").response.status == 201
    assert store.accounts[KEY].records["agents"]["admin@somedomain.com"].since == START
