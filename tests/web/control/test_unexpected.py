"""What a strict test fails for, as the control API lists it."""

from mockserver.engine.unexpected import FINDERS
from tests.support.edge_site import EdgeSite
from tests.support.site import BEARER


def test_what_is_unexpected_is_listed_with_all_kinds_that_there_can_be(edge: EdgeSite) -> None:
    edge.request("PUT", "/_mock/scenarios/mine", json={"legs": {"callee": "busy"}})
    edge.request("POST", "/_mock/activations", json={"scenario": "callee-busy"})
    assert edge.get_json("/_mock/unexpected") == {
        "unexpected": [
            {
                "kind": "unplayed-activation",
                "id": "a1",
                "message": "activation a1 of scenario 'callee-busy' has never played",
            },
            {
                "kind": "unplayed-scenario",
                "id": "mine",
                "message": "scenario 'mine' has never played",
            },
        ],
        "kinds": [*FINDERS],
    }


def test_a_scenario_that_was_deleted_is_expected(edge: EdgeSite) -> None:
    edge.request("PUT", "/_mock/scenarios/mine", json={"legs": {"callee": "busy"}})
    edge.request("DELETE", "/_mock/scenarios/mine")
    assert edge.get_json("/_mock/unexpected")["unexpected"] == []


def test_what_is_unexpected_has_no_secrets(edge: EdgeSite) -> None:
    edge.request("GET", f"/nothing?api_key={BEARER}&token={BEARER}")
    edge.request("GET", f"/nothing/token={BEARER}")
    text = edge.request("GET", "/_mock/unexpected").text
    assert ("unknown-path" in text, BEARER in text) == (True, False)
