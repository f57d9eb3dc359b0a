"""What a request is matched with is decided once: API, legs, activations and explain agree."""

from typing import Any

import httpx
import pytest

from tests.support.edge_site import EdgeSite
from tests.support.vendors import ccai, effebot, phonon, sent_fields

TICKET = {"ticket_id": "71450", "end_user_number": "+1 650-253-0000"}
"""The ticket's contact has +1 415-555-0100, and that is the number which is dialed."""
DIALED = "*555-0100"
BUSY = {"legs": {"callee": "busy"}}


def call_ccai(edge: EdgeSite, operation: str = "create-inbound", **fields: object) -> Any:
    """Request a CCAI call for the ticket, with the fields changed by `fields`; None omits one."""
    body = sent_fields({**ccai.EXAMPLES[operation], **TICKET}, fields)
    return edge.request("POST", "/ccai/apps/api/v1/calls", json=body, headers=ccai.HEADERS)


def put_scenario(edge: EdgeSite, name: str, **scenario: object) -> None:
    response = edge.request("PUT", f"/_mock/scenarios/{name}", json=scenario)
    assert response.status_code == 200, response.text


def activate(edge: EdgeSite, **activation: object) -> None:
    response = edge.request("POST", "/_mock/activations", json=activation)
    assert response.status_code == 201, response.text


def remaining(edge: EdgeSite) -> list[int | None]:
    activations = edge.get_json("/_mock/activations")["activations"]
    return [activation["remaining"] for activation in activations]


def explained_calls(edge: EdgeSite, name: str = "r1") -> Any:
    return edge.get_json(f"/_mock/explain/{name}")["calls"]


def call_scenarios(edge: EdgeSite) -> list[list[str]]:
    return [call["scenarios"] for call in edge.get_json("/_mock/calls")["calls"]]


@pytest.mark.parametrize("operation", ["create-outbound", "create-inbound", "create-scheduled"])
def test_explain_matches_the_number_of_the_ticket_as_the_call_does(
    edge: EdgeSite, operation: str
) -> None:
    put_scenario(edge, "mine", match={"provider": "ccai", "callee": DIALED}, **BUSY)
    assert call_ccai(edge, operation).status_code == 201
    [explained] = explained_calls(edge)
    assert explained["call"] == "c1"
    assert explained["numbers"]["callee"] == "+1 415-555-0100"
    assert explained["scenarios"] == [{"aspect": "legs", "scenario": "mine", "rank": "match"}]
    assert explained["rejected"] == []
    assert call_scenarios(edge) == [["mine"]]


def test_an_activation_that_matches_the_dialed_number_is_spent_once(edge: EdgeSite) -> None:
    activate(edge, scenario="callee-busy", match={"callee": DIALED}, times=1)
    for _ in range(3):
        assert call_ccai(edge).status_code == 201
    assert call_scenarios(edge) == [["callee-busy"], ["answered"], ["answered"]]
    assert remaining(edge) == []


def test_an_activation_that_matches_only_the_number_sent_is_not_spent(edge: EdgeSite) -> None:
    activate(edge, scenario="callee-busy", match={"callee": "*253-0000"}, times=1)
    assert call_ccai(edge).status_code == 201
    assert (call_scenarios(edge), remaining(edge)) == ([["answered"]], [1])


def test_a_scenario_with_a_fault_and_legs_that_matches_the_dialed_number_refuses(
    edge: EdgeSite,
) -> None:
    match = {"callee": DIALED, "provider": "ccai"}
    put_scenario(edge, "mine", match=match, refuse="unauthorized", use="callee-busy")
    refused = call_ccai(edge)
    assert (refused.status_code, refused.headers["x-mock-fault"]) == (401, "unauthorized")
    assert call_ccai(edge, ticket_id=None).status_code == 201
    assert call_scenarios(edge) == [["answered"]]
    assert [entry["scenario"] for entry in explained_calls(edge)[0]["scenarios"]] == ["mine"] * 2


def test_a_scheduled_call_is_matched_by_the_menu_of_its_parent(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", match={"fields": {"menu_id": "10"}}, **BUSY)
    parent = call_ccai(edge, "create-scheduled").json()
    call_ccai(edge, "create-scheduled", menu_id=None, call_id=parent["id"])
    assert call_scenarios(edge) == [["mine"], ["mine"]]
    [explained] = explained_calls(edge, "r2")
    assert explained["scenarios"][0]["scenario"] == "mine"


def test_a_scenario_selected_for_the_api_has_no_priority_for_the_legs(edge: EdgeSite) -> None:
    put_scenario(edge, "first", match={"provider": "mobtexting"}, **BUSY)
    second = {"responses": ["pass"], "legs": {"callee": "no-answer"}}
    put_scenario(edge, "second", match={"provider": "mobtexting"}, **second)
    edge.click_to_call()
    assert call_scenarios(edge) == [["first"]]
    [explained] = explained_calls(edge)
    assert explained["scenarios"] == [
        {"aspect": "api", "scenario": "second", "rank": "match"},
        {"aspect": "legs", "scenario": "first", "rank": "match"},
    ]
    [request] = edge.get_json("/_mock/requests")["requests"]
    assert request["scenarios"] == ["second", "first"]


# --- batches -------------------------------------------------------------------------------------

PHONES = [f"1888000{number:04}" for number in range(5)]


def call_phones(edge: EdgeSite, *phones: str) -> httpx.Response:
    body = dict(effebot.CREATE_EXAMPLE, phones=[*phones])
    return edge.request("POST", "/effebot/apiCalls/create", json=body)


def call_items(edge: EdgeSite, *items: object) -> httpx.Response:
    body = {**phonon.CREATE_EXAMPLE, "calls": [*items]}
    return edge.request(
        "POST", "/phonon/central-api.phonon.io/kairos-apis/outbound/create", json=body
    )


def test_every_call_of_a_batch_is_explained(edge: EdgeSite) -> None:
    put_scenario(edge, "odd", match={"callee": "*[13579]"}, **BUSY)
    assert call_phones(edge, *PHONES).status_code == 200
    explained = explained_calls(edge)
    scenarios = ["answered", "odd", "answered", "odd", "answered"]
    assert [call["call"] for call in explained] == ["c1", "c2", "c3", "c4", "c5"]
    assert [call["numbers"]["phone"] for call in explained] == PHONES
    assert [call["scenarios"][0]["scenario"] for call in explained] == scenarios
    assert [len(call["rejected"]) for call in explained] == [1, 0, 1, 0, 1]
    assert call_scenarios(edge) == [[name] for name in scenarios]


def test_a_call_of_a_batch_that_is_not_placed_is_explained_without_an_id(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", match={"contact": "*7000"}, **BUSY)
    items = [{"contact-numbers": [number]} for number in ("918867136000", "?", "918867137000")]
    items[1] = {}
    call_items(edge, *items)
    explained = explained_calls(edge)
    assert [call["call"] for call in explained] == ["c1", None, "c2"]
    assert [call["numbers"]["contact"] for call in explained] == [
        "918867136000",
        "",
        "918867137000",
    ]
    assert [[leg["decided_by"] for leg in call["legs"]] for call in explained] == [
        ["scenario"],
        [],
        ["scenario"],
    ]
    assert call_scenarios(edge) == [["answered"], ["mine"]]


def test_an_item_of_a_batch_is_matched_by_its_own_fields_and_those_of_the_request(
    edge: EdgeSite,
) -> None:
    fields = {"client-identifier": "second", "flow-id": "Ab12*"}
    put_scenario(edge, "mine", match={"fields": fields}, **BUSY)
    items = [
        {"client-identifier": name, "contact-numbers": ["918867136000"]}
        for name in ("first", "second")
    ]
    call_items(edge, *items)
    assert call_scenarios(edge) == [["answered"], ["mine"]]


def test_a_batch_spends_an_activation_once(edge: EdgeSite) -> None:
    activate(edge, scenario="callee-busy", times=2)
    call_phones(edge, *PHONES)
    assert (call_scenarios(edge), remaining(edge)) == ([["callee-busy"]] * 5, [1])


def test_a_request_that_moves_calls_places_none_of_them(edge: EdgeSite) -> None:
    """It is matched without numbers, whatever the calls were matched with."""
    call_phones(edge, *PHONES)
    activate(edge, scenario="callee-busy", times=1)
    moved = [{"id": number + 1, "replannedAt": 4_000_000_000} for number in range(len(PHONES))]
    body = {"apiKey": "key", "callList": moved}
    response = edge.request("POST", "/effebot/apiCalls/update", json=body)
    assert response.json()["data"]["callIdList"] == [1, 2, 3, 4, 5]
    request = edge.get_json("/_mock/requests")["requests"][-1]
    assert (request["calls"], request["scenarios"]) == (["c1", "c2", "c3", "c4", "c5"], [])
    [explained] = explained_calls(edge, request["id"])
    assert (explained["call"], explained["numbers"], explained["legs"]) == (None, {}, [])
    assert remaining(edge) == [1]


# --- what decides a leg --------------------------------------------------------------------------


def test_explain_tells_what_decides_each_leg(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", legs={"a": "machine"})
    edge.click_to_call("mine", to="918800020300")
    edge.click_to_call(to="918800020300")
    edge.click_to_call()
    decided = [
        [(leg["leg"], leg["decided_by"]) for leg in explained_calls(edge, name)[0]["legs"]]
        for name in ("r1", "r2", "r3")
    ]
    assert decided == [
        [("a", "scenario"), ("b", "number-plan")],
        [("a", "default"), ("b", "number-plan")],
        [("a", "default"), ("b", "scenario")],
    ]


def test_explain_tells_which_leg_is_left_to_the_steps(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", steps=[{"after": "5s", "ring": "b"}, {"after": "1s", "answer": "b"}])
    edge.click_to_call("mine")
    [explained] = explained_calls(edge)
    assert [leg["decided_by"] for leg in explained["legs"]] == ["default", "steps"]


@pytest.mark.parametrize(
    ("words", "persons"),
    [
        ({"legs": {"a": "person", "b": "answered"}}, {"a"}),
        ({"legs": {"a": "answered", "b": "person"}}, {"b"}),
        ({"steps": [{"after": "5s", "ring": "b"}]}, set()),
    ],
)
def test_explain_tells_which_leg_is_a_person(
    edge: EdgeSite, words: dict[str, object], persons: set[str]
) -> None:
    put_scenario(edge, "mine", **words)
    edge.click_to_call("mine")
    [explained] = explained_calls(edge)
    assert {leg["leg"] for leg in explained["legs"] if leg["is_person"]} == persons


# --- the position in a list of responses ---------------------------------------------------------


@pytest.mark.parametrize("way", ["put", "delete"])
def test_a_list_of_responses_begins_anew_when_its_scenario_is_put_again(
    edge: EdgeSite, way: str
) -> None:
    replaced = {"match": {"provider": "mobtexting"}, "responses": [{"refuse": "conflict"}, "pass"]}
    put_scenario(edge, "mine", **replaced)
    statuses = [edge.click_to_call().status_code for _ in range(2)]
    if way == "delete":
        assert edge.request("DELETE", "/_mock/scenarios/mine").status_code == 204
    put_scenario(edge, "mine", **replaced)
    assert [*statuses, edge.click_to_call().status_code] == [409, 200, 409]


def test_putting_a_scenario_keeps_the_position_of_another(edge: EdgeSite) -> None:
    listed = {"match": {"provider": "mobtexting"}, "responses": [{"refuse": "conflict"}, "pass"]}
    put_scenario(edge, "mine", **listed)
    assert edge.click_to_call().status_code == 409
    put_scenario(edge, "other", **BUSY)
    assert edge.click_to_call().status_code == 200
