"""An explanation shows what was decided at the request; what happens later does not change it."""

import asyncio
from typing import Any

import pytest

from mockserver.core.scenario import MatchContext, MatchRule
from tests.support.edge_site import EdgeSite
from tests.support.site import build_client
from tests.support.vendors import effebot

OTHER = {"match": {"callee": "*9"}, "legs": {"callee": "busy"}}
REJECTED = [{"scenario": "other", "reason": "callee is 918867136000, not *9"}]


def put_scenario(edge: EdgeSite, name: str, **scenario: object) -> None:
    response = edge.request("PUT", f"/_mock/scenarios/{name}", json=scenario)
    assert response.status_code == 200, response.text


def explained_call(edge: EdgeSite) -> Any:
    [call] = edge.get_json("/_mock/explain/r1")["calls"]
    return call


def decisions(edge: EdgeSite) -> list[tuple[int, str, str]]:
    return [(leg["attempt"], leg["leg"], leg["decided_by"]) for leg in explained_call(edge)["legs"]]


@pytest.mark.parametrize(
    ("method", "scenario"),
    [
        ("PUT", {**OTHER, "match": {"callee": "*"}}),
        ("PUT", {"legs": {"a": "busy"}}),
        ("DELETE", None),
    ],
)
def test_a_scenario_that_changes_after_the_request_stays_rejected(
    edge: EdgeSite, method: str, scenario: object
) -> None:
    put_scenario(edge, "other", **OTHER)
    edge.click_to_call(to="918867136000")
    edge.request(method, "/_mock/scenarios/other", json=scenario)
    assert explained_call(edge)["rejected"] == REJECTED


def test_a_scenario_that_comes_after_the_request_is_not_rejected(edge: EdgeSite) -> None:
    edge.click_to_call()
    put_scenario(edge, "other", **OTHER)
    assert explained_call(edge)["rejected"] == []


def test_a_scenario_that_changes_after_the_request_still_has_decided_the_legs(
    edge: EdgeSite,
) -> None:
    put_scenario(edge, "used", legs={"a": "answered", "b": "busy"})
    put_scenario(edge, "mine", use="used")
    edge.click_to_call("mine")
    put_scenario(edge, "used", legs={"a": "answered"})
    assert decisions(edge) == [(1, "a", "scenario"), (1, "b", "scenario")]


def test_a_step_that_has_run_still_has_decided_its_leg(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", steps=[{"after": "5s", "ring": "b"}, {"after": "1s", "answer": "b"}])
    edge.click_to_call("mine")
    edge.advance()
    assert decisions(edge) == [(1, "a", "default"), (1, "b", "steps")]


def test_each_dial_attempt_has_its_decisions(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", attempts=[{"a": "no-answer"}, {"b": "busy"}])
    edge.click_to_call("mine", attempts=1)
    first = [(1, "a", "scenario"), (1, "b", "default")]
    assert decisions(edge) == first
    edge.advance()
    assert decisions(edge) == [*first, (2, "a", "default"), (2, "b", "scenario")]


def test_a_batch_is_explained_one_call_at_a_time(
    edge: EdgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two calls, the event loop runs what else there is to do."""
    for digit in "789":
        put_scenario(edge, f"other-{digit}", match={"callee": f"*{digit}"}, legs=OTHER["legs"])
    phones = [f"1888000{number:04}" for number in range(20)]
    body = dict(effebot.CREATE_EXAMPLE, phones=phones)
    edge.request("POST", "/effebot/apiCalls/create", json=body)
    comparisons_by_turn = [0]
    mismatch = MatchRule.mismatch

    def count(rule: MatchRule, context: MatchContext) -> str:
        comparisons_by_turn[-1] += 1
        return mismatch(rule, context)

    async def begin_turns() -> None:
        while True:
            comparisons_by_turn.append(0)
            await asyncio.sleep(0)

    async def main() -> Any:
        async with build_client(edge.app) as client:
            task = asyncio.create_task(begin_turns())
            response = await client.get("/_mock/explain/r1")
            task.cancel()
            return response.json()

    monkeypatch.setattr(MatchRule, "mismatch", count)
    explained = asyncio.run(main())
    assert [len(call["rejected"]) for call in explained["calls"]] == [*[3] * 7, 2, 2, 2] * 2
    assert [turn for turn in comparisons_by_turn if turn] == [3] * 20
