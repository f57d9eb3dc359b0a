"""An explanation lists each activation and match rule: what it decides, or why it does not."""

from typing import Any

import pytest

from tests.support.edge_site import EdgeSite


def activate(edge: EdgeSite, scenario: str, times: int | None = None, **match: object) -> None:
    body = {"scenario": scenario, "match": match} | ({"times": times} if times else {})
    response = edge.request("POST", "/_mock/activations", json=body)
    assert response.status_code == 201, response.text


def put_scenario(edge: EdgeSite, name: str, **scenario: object) -> None:
    response = edge.request("PUT", f"/_mock/scenarios/{name}", json=scenario)
    assert response.status_code == 200, response.text


def activations(edge: EdgeSite, request: str = "r1", call: int = 0) -> list[dict[str, Any]]:
    explained: list[dict[str, Any]] = edge.get_json(f"/_mock/explain/{request}")["calls"][call][
        "activations"
    ]
    return explained


def reasons(edge: EdgeSite, request: str = "r1") -> list[tuple[bool, list[str], str | None]]:
    """(whether it suited, what it decides, why it decides nothing) of each activation."""
    return [
        (each["suited"], each["decides"], each["reason"]) for each in activations(edge, request)
    ]


def test_an_activation_that_decides_is_listed_with_its_aspects(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", legs={"callee": "busy"}, webhooks={"any": {"drop": "all"}})
    activate(edge, "mine")
    edge.click_to_call()
    assert activations(edge) == [
        {
            "activation": "a1",
            "scenario": "mine",
            "suited": True,
            "decides": ["legs", "webhooks"],
            "reason": None,
        }
    ]


@pytest.mark.parametrize(
    ("scenario", "match", "reason"),
    [
        ("callee-busy", {"b": "*9"}, "b is 918867136000, not *9"),
        ("callee-busy", {"provider": "phonon"}, "provider is mobtexting, not phonon"),
        ("bound", {}, "it needs the provider phonon"),
        ("lost-report", {"b": "*9"}, "b is 918867136000, not *9"),
    ],
)
def test_an_activation_that_does_not_suit_is_listed_with_the_reason(
    edge: EdgeSite, scenario: str, match: dict[str, Any], reason: str
) -> None:
    put_scenario(edge, "bound", needs={"provider": "phonon"}, legs={"callee": "busy"})
    activate(edge, scenario, **match)
    edge.click_to_call()
    assert reasons(edge) == [(False, [], reason)]


def test_an_activation_whose_times_are_spent_is_listed_with_the_reason(edge: EdgeSite) -> None:
    activate(edge, "callee-busy", times=1)
    for _ in range(2):
        edge.click_to_call()
    spent = "none of its times is left: each is spent, or reserved by an earlier request"
    assert reasons(edge, "r1") == [(True, ["legs"], None)]
    assert reasons(edge, "r2") == [(False, [], spent)]
    edge.request("DELETE", "/_mock/activations")
    edge.click_to_call()
    assert (reasons(edge, "r3"), reasons(edge, "r2")) == ([], [(False, [], spent)])


def test_the_latest_twenty_spent_activations_are_listed(edge: EdgeSite) -> None:
    for _ in range(22):
        activate(edge, "callee-busy", times=1)
    for _ in range(23):
        edge.click_to_call()
    listed = [each["activation"] for each in activations(edge, "r23")]
    assert listed == [f"a{number}" for number in range(3, 23)]


def test_an_activation_that_suits_but_comes_too_late_names_what_decides(edge: EdgeSite) -> None:
    activate(edge, "callee-busy", times=1)
    activate(edge, "rejected")
    edge.click_to_call()
    edge.click_to_call("answered")
    assert reasons(edge, "r1")[1] == (
        *(True, []),
        "it suits, but legs is decided by callee-busy (activation a1)",
    )
    assert reasons(edge, "r2")[1] == (
        *(True, []),
        "it suits, but legs is decided by answered (header)",
    )


def test_an_activation_whose_scenario_is_gone_says_so(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", legs={"callee": "busy"})
    activate(edge, "mine")
    edge.request("DELETE", "/_mock/scenarios/mine")
    edge.click_to_call()
    assert reasons(edge) == [(False, [], "no scenario has this name any more")]


def test_a_match_rule_that_suits_but_comes_too_late_names_what_decides(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", match={"b": "*6000"}, legs={"callee": "busy"})
    edge.click_to_call()
    edge.click_to_call("rejected")
    rejected = [
        edge.get_json(f"/_mock/explain/{name}")["calls"][0]["rejected"] for name in ("r1", "r2")
    ]
    reason = "it suits, but legs is decided by rejected (header)"
    assert rejected == [[], [{"scenario": "mine", "reason": reason}]]


def test_the_items_that_a_scenario_reaches_are_named_by_their_places(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", attempts=[{"callee": "busy", "a": "answered"}])
    edge.click_to_call("mine")
    [selected] = edge.get_json("/_mock/explain/r1")["calls"][0]["scenarios"]
    assert selected["reached"] == ["item 1 of attempts in mine"]
    [call] = edge.get_json("/_mock/calls")["calls"]
    assert call["scenarios"] == ["mine", "item 1 of attempts in mine"]
