"""What CCAI requires of a request: its subdomain, its numbers, its menu and its times."""

from typing import Any

import pytest

from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from tests.support.simulation import START, play_until_idle
from tests.support.site_client import build_site_client
from tests.support.vendors import response_body, send
from tests.support.vendors.ccai import EXAMPLES, HEADERS, patch_account, pick, request

PATH = "/apps/api/v1/calls"
MINE = "mine.uc1.ccaiplatform.com"
OTHER = "other.uc1.ccaiplatform.com"
BASIC_MINE = {"authorization": "Basic bWluZTp0b2tlbg=="}
BASIC_OTHER = {"authorization": "Basic b3RoZXI6dG9rZW4="}
LATER = "2026-01-01T12:00:00Z"


@pytest.mark.parametrize(
    ("host", "path", "headers", "status"),
    [
        (MINE, PATH, BASIC_MINE, 201),
        (OTHER, PATH, BASIC_MINE, 404),
        (MINE.upper(), PATH, BASIC_MINE, 201),
        (f"{OTHER}:443", PATH, BASIC_MINE, 404),
        ("mock.test", PATH, BASIC_MINE, 201),
        ("mock.test", PATH, BASIC_OTHER, 404),
        ("mock.test", f"/ccai{PATH}", BASIC_MINE, 201),
        ("mock.test", f"/ccai/{MINE}{PATH}", BASIC_MINE, 201),
        ("mock.test", f"/ccai/{OTHER}{PATH}", BASIC_MINE, 404),
        ("mock.test", f"/ccai/{OTHER}{PATH}/1", BASIC_MINE, 404),
        ("mock.test", f"/ccai/*.ccaiplatform.com{PATH}", BASIC_MINE, 201),
        # the path says more than the Host header
        (OTHER, f"/ccai/{MINE}{PATH}", BASIC_MINE, 201),
        (OTHER, f"/ccai{PATH}", BASIC_MINE, 201),
    ],
)
def test_host_and_credential_name_the_subdomain_of_the_account(
    configuration: Configuration, host: str, path: str, headers: dict[str, str], status: int
) -> None:
    site = build_site_client(configuration)
    patch_account(site.sandbox.state, {"subdomain": "mine"})
    body = dict(EXAMPLES["create-inbound"])
    response = site.request("POST", path, json=body, headers={"host": host, **headers})
    if path.endswith("/1"):
        response = site.request("GET", path, headers={"host": host, **headers})
    assert response.status_code == status
    if status == 404:
        assert response.json() == {"message": "Resource not found"}


@pytest.mark.parametrize(
    ("operation", "sent", "printed"),
    [
        ("create-inbound", "+17608675309", "+1 760-867-5309"),
        ("create-inbound", "+1 (760) 867 5309", "+1 760-867-5309"),
        ("create-inbound", "+1 212-555-0100", "+1 339-219-5276"),
        ("create-outbound", "+17608675309", "+1 760-867-5309"),
        ("create-outbound", "+1 760-867-5309", "+1 760-867-5309"),
        ("create-outbound", "", "+1 339-219-5276"),
        ("create-outbound", None, "+1 339-219-5276"),
    ],
)
def test_an_outbound_number_is_compared_by_its_digits(
    state: SandboxState, operation: str, sent: str | None, printed: str
) -> None:
    created = response_body(request(state, operation, outbound_number=sent))
    assert created["outbound_number"] == printed


@pytest.mark.parametrize(
    ("numbers", "fault"), [({}, "outbound-number-not-found"), (None, None)], ids=["some", "none"]
)
def test_an_outbound_call_is_made_from_a_number_of_the_account_if_it_lists_any(
    state: SandboxState, numbers: dict[str, object] | None, fault: str | None
) -> None:
    patch_account(state, {"outbound_numbers": numbers})
    exchange = request(state, "create-outbound", outbound_number="+1 212-555-0100")
    assert exchange.fault == fault


@pytest.mark.parametrize(
    ("operation", "fields", "fault"),
    [
        ("create-outbound", {"ticket_id": "71450"}, None),
        ("create-inbound", {"ticket_id": "71450"}, None),
        ("create-scheduled", {"ticket_id": "71450"}, None),
        ("create-outbound", {}, "end-user-number-not-well-formed"),
        ("create-inbound", {}, "end-user-number-malformed"),
        ("create-inbound", {"ticket_id": "999"}, "contact-not-found"),
        ("create-inbound", {"ticket_id": "76517"}, "end-user-number-malformed"),
    ],
)
def test_a_malformed_number_does_no_harm_where_that_of_the_ticket_is_dialed(
    state: SandboxState, operation: str, fields: dict[str, object], fault: str | None
) -> None:
    """The contact of the ticket 76517 has no number here, so that the one sent would be dialed."""
    patch_account(state, {"contacts": {"389391400633": {"number": ""}}})
    assert request(state, operation, end_user_number="123", **fields).fault == fault


@pytest.mark.parametrize("menu", [{}, {"type": "mobile_menu"}, {"type": "other_menu"}])
def test_a_call_back_by_call_id_takes_over_the_menu_of_any_type(
    state: SandboxState, menu: dict[str, object]
) -> None:
    parent = response_body(request(state, "create-inbound"))
    patch_account(state, {"menus": {"9": menu}})
    exchange = request(
        state, "create-scheduled", menu_id=None, call_id=parent["id"], scheduled_at=LATER
    )
    assert exchange.response.status == 201
    assert response_body(exchange)["selected_menu"]["id"] == 9


def test_the_menu_that_a_call_back_names_itself_is_a_mobile_or_web_menu(
    state: SandboxState,
) -> None:
    parent = response_body(request(state, "create-inbound"))
    exchange = request(state, "create-scheduled", menu_id=9, call_id=parent["id"])
    assert exchange.fault == "menu-not-mobile-or-web"


def test_a_call_back_of_a_call_without_a_menu_has_none_and_is_answered(
    state: SandboxState,
) -> None:
    parent = response_body(request(state, "create-outbound"))
    play_until_idle(state)
    exchange = request(
        state, "create-scheduled", menu_id=None, call_id=parent["id"], scheduled_at=LATER
    )
    assert exchange.response.status == 201
    created = response_body(exchange)
    assert pick(created, "selected_menu", "menu_path", "offer_events") == [None, None, []]
    play_until_idle(state)
    ended = response_body(request(state, "read-call", id=str(created["id"])))
    assert pick(ended, "status", "parent_id") == ["finished", parent["id"]]


def test_a_call_id_of_an_incoming_call_is_ignored(state: SandboxState) -> None:
    """The page has this parameter for scheduled calls only."""
    parent = response_body(request(state, "create-inbound"))
    exchange = request(state, "create-inbound", menu_id=None, call_id=parent["id"])
    assert exchange.fault == "menu-id-required"
    assert request(state, "create-inbound", call_id=999).fault is None


NULLABLE = (
    ("create-outbound", "ticket_id"),
    ("create-outbound", "menu_id"),
    ("create-outbound", "scheduled_at"),
    ("create-outbound", "outbound_number"),
    ("create-outbound", "lang"),
    ("create-inbound", "agent_email"),
    ("create-inbound", "ticket_id"),
    ("create-inbound", "call_id"),
    ("create-inbound", "lang"),
    ("create-inbound", "outbound_number"),
    ("create-inbound", "recording_permission"),
    ("create-scheduled", "agent_email"),
    ("create-scheduled", "ticket_id"),
    ("create-scheduled", "call_id"),
    ("create-scheduled", "lang"),
    ("create-scheduled", "recording_permission"),
)


@pytest.mark.parametrize(("operation", "name"), NULLABLE)
def test_an_optional_parameter_that_is_null_is_absent(
    configuration: Configuration, operation: str, name: str
) -> None:
    """The request goes over HTTP, so that its parameters decide on the operation, too."""
    bodies = []
    for fields in ({}, {name: None}):
        site = build_site_client(configuration)
        body = {**EXAMPLES[operation], **fields}
        response = site.request("POST", f"/ccai{PATH}", json=body, headers=HEADERS)
        assert response.status_code == 201
        bodies.append(response.json())
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize(
    ("operation", "name", "fault"),
    [
        ("create-outbound", "agent_email", "agent-email-required"),
        ("create-outbound", "end_user_number", "ticket-id-or-end-user-number-required"),
        ("create-inbound", "call_type", "invalid-call-type"),
        ("create-inbound", "menu_id", "menu-id-required"),
        ("create-inbound", "end_user_number", "end-user-number-required"),
        ("create-scheduled", "menu_id", "menu-id-required"),
        ("create-scheduled", "scheduled_at", "scheduled-at-required"),
    ],
)
def test_a_required_parameter_that_is_null_is_missing(
    state: SandboxState, operation: str, name: str, fault: str
) -> None:
    sent = {**EXAMPLES[operation], name: None}
    assert send(state, "ccai", operation, sent, now=START, headers=HEADERS).fault == fault


def test_a_flag_that_is_null_is_absent(state: SandboxState) -> None:
    request(state, "create-inbound")
    sent = {"id": "1", "repeat_customers": None, "repeat_customer": True, "bad_actor": None}
    written = response_body(send(state, "ccai", "write-flags", sent, now=START, headers=HEADERS))
    assert written == {"verified_customer": False, "bad_actor": False, "repeat_customer": True}


@pytest.mark.parametrize(
    ("scheduled_at", "fault"),
    [
        ("9000-01-01T00:00:00Z", None),
        ("9000-01-01T00:00:00.001Z", "scheduled-at-malformed"),
        ("9999-12-31T23:59:59Z", "scheduled-at-malformed"),
        ("9999-12-31T23:59:59-12:00", "scheduled-at-malformed"),
        ("0001-01-01T00:00:00+14:00", "scheduled-at-malformed"),
        ("0001-01-01T00:00:00Z", "scheduled-at-past"),
    ],
)
def test_a_time_that_no_clock_reaches_is_malformed(
    state: SandboxState, scheduled_at: str, fault: str | None
) -> None:
    exchange = request(state, "create-scheduled", scheduled_at=scheduled_at)
    assert (exchange.fault, exchange.response.status) == (fault, 400 if fault else 201)


@pytest.mark.parametrize(
    ("first", "seeded", "ids"),
    [
        (1, [], [1, 2, 3]),
        (1, [1], [2, 3, 4]),
        (1, [2, 3], [1, 4, 5]),
        (514, [515], [514, 516, 517]),
    ],
)
def test_a_created_call_has_an_id_that_no_other_call_has(
    state: SandboxState, first: int, seeded: list[int], ids: list[int]
) -> None:
    calls = {str(number): {"status": "finished"} for number in seeded}
    patch_account(state, {"first_call_id": first, "calls": calls})
    created = [response_body(request(state, "create-inbound"))["id"] for _ in range(3)]
    listed = [call["id"] for call in response_body(request(state, "manager-calls"))]
    assert (created, sorted(listed)) == (ids, sorted([*seeded, *ids]))


def test_a_call_that_the_account_gets_later_takes_no_id_from_the_next_one(
    state: SandboxState,
) -> None:
    request(state, "create-inbound")
    patch_account(state, {"calls": {"2": {"status": "finished"}}})
    created = [response_body(request(state, "create-inbound"))["id"] for _ in range(2)]
    patch_account(state, {"calls": None})
    assert [*created, response_body(request(state, "create-inbound"))["id"]] == [3, 4, 5]


@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        ({"lang": "en"}, ["call_type", "agent_email", "end_user_number", "lang"]),
        (
            {"menu_id": 9, "lang": "en", "outbound_number": ""},
            ["call_type", "agent_email", "end_user_number", "lang"],
        ),
        ({"ticket_id": "71450"}, ["call_type", "agent_email", "end_user_number"]),
    ],
)
def test_the_response_200_has_the_keys_of_the_two_samples(
    state: SandboxState, sent: dict[str, Any], echoed: list[str]
) -> None:
    must_choose = {"admin@somedomain.com": {"must_choose_number": True}}
    patch_account(state, {"quirks": ["number-choice-as-200"], "agents": must_choose})
    exchange = request(state, "create-outbound", **sent)
    assert (exchange.response.status, list(response_body(exchange))) == (200, echoed)
