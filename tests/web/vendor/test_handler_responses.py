"""What scenarios say of the API's answer: refuse it, delay it, break it off; and what cannot be."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from mockserver.core.behavior import DEFAULT_BEHAVIOR
from mockserver.core.configuration import Configuration
from mockserver.core.provider import all_faults
from mockserver.core.rulebook import Fault
from mockserver.core.scenario import ApiBehavior, MatchRule, Scenario
from mockserver.core.selection import Activation
from mockserver.web.vendor import handler
from tests.support import read
from tests.support.simulation import CLICK_TO_CALL
from tests.support.site_client import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    SiteClient,
    build_site_client,
    configuration_with_scenarios,
    read_problem,
)

STORIES = """
scenarios:
  broke: {refuse: insufficient-balance}
  down-once: {answers: [{refuse: service-unavailable}, pass]}
  slow: {answers: [{after: 2.5s}]}
  slow-and-broke: {answers: [{after: 3s, refuse: insufficient-balance}]}
  gone: {answers: [{break: reset}, {after: 1s, break: empty}, pass]}
  chaos: {match: {fields: {mid: "chaos-*"}}, refuse: conflict}
"""


@pytest.fixture
def told(tmp_path: Path) -> SiteClient:
    return build_site_client(configuration_with_scenarios(tmp_path, STORIES))


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The real seconds that the gateway has waited."""
    seconds: list[float] = []

    async def sleep(wait: float) -> None:
        seconds.append(wait)

    monkeypatch.setattr(handler, "asyncio", type("", (), {"sleep": staticmethod(sleep)}))
    return seconds


def statuses(site: SiteClient, count: int, *stories: str, **fields: object) -> list[int]:
    return [site.click_to_call(*stories, **fields).status_code for _ in range(count)]


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("broke", [402, 402]),
        ("down-once", [503, 200, 200]),
    ],
)
def test_refuse(told: SiteClient, story: str, expected: list[int]) -> None:
    assert statuses(told, len(expected), story) == expected
    assert len(read.calls(told.sandbox.state)) == expected.count(200)


def test_a_refusal_that_a_story_orders_is_the_vendor_s(told: SiteClient) -> None:
    answer = told.click_to_call("broke")
    body = {"status": "ERROR", "code": 402, "message": "Insufficient balance"}
    assert answer.json() == body
    assert answer.headers["x-mock-fault"] == "insufficient-balance"
    assert (
        answer.headers["x-mock-explain"] == "insufficient-balance (assumed): Insufficient balance"
    )
    [request] = told.get_json("/_mock/requests")["requests"]
    assert (request["fault"], request["scenario"]) == ("insufficient-balance", ["broke"])


def test_a_story_that_suits_is_named_beside_those_of_the_header(told: SiteClient) -> None:
    assert statuses(told, 1, "callee-busy", mid="chaos-1") == [409]
    assert read.exchanges(told.sandbox.state)[0].scenarios == ("callee-busy", "chaos")
    assert statuses(told, 1, mid="calm") == [200]


def test_an_order_comes_before_what_the_request_itself_would_be_refused_for(
    told: SiteClient,
) -> None:
    answer = told.request(
        "POST", CLICK_TO_CALL_PATH, content=b"{", headers={"x-mock-scenario": "broke"} | HEADERS
    )
    assert answer.status_code == 402
    read.activations(told.sandbox.state).append(
        Activation(id="a1", scenario_name="down-once", match=MatchRule(), remaining=None)
    )
    assert [
        told.request("GET", CLICK_TO_CALL_PATH, headers=HEADERS).status_code for _ in range(2)
    ] == [503, 405]


@pytest.mark.parametrize(
    ("story", "status", "expected"),
    [("slow", 200, [2.5]), ("slow-and-broke", 402, [3.0]), ("broke", 402, []), ("", 200, [])],
)
def test_a_delay_is_in_real_seconds(
    told: SiteClient, slept: list[float], story: str, status: int, expected: list[float]
) -> None:
    answer = told.click_to_call(*filter(None, [story]))
    assert (answer.status_code, slept) == (status, expected)
    assert answer.headers["x-mock-now"] == "2026-01-01T09:00:00.000Z"


def test_a_break_without_a_connection_is_told(told: SiteClient, slept: list[float]) -> None:
    """A client in the same process has no socket that could be reset."""
    reset, empty, passed = (told.click_to_call("gone") for _ in range(3))
    detail = "a scenario orders a break here"
    assert read_problem(reset) == (502, "connection broken", f"{detail}: reset")
    assert read_problem(empty) == (502, "connection broken", f"{detail}: empty")
    assert (passed.status_code, slept) == (200, [1.0])


def test_a_request_that_was_broken_off_is_on_record(told: SiteClient) -> None:
    told.click_to_call("gone")
    [request] = told.get_json("/_mock/requests")["requests"]
    known = {name: request[name] for name in ("status", "answer", "fault", "scenario", "call")}
    assert known == {
        "status": None,
        "answer": None,
        "fault": None,
        "scenario": ["gone"],
        "call": None,
    }
    assert told.get_json("/_mock/journal")["facts"][0]["status"] is None


def with_stories(configuration: Configuration, *stories: Scenario) -> SiteClient:
    named = {**configuration.scenarios.by_name, **{story.name: story for story in stories}}
    return build_site_client(
        configuration._replace(scenarios=configuration.scenarios._replace(by_name=named))
    )


def test_a_fault_that_this_vendor_does_not_have_is_not_ordered(
    configuration: Configuration,
) -> None:
    site = with_stories(
        configuration,
        Scenario(name="another-s", responses=(ApiBehavior(fault="subscription-ended"),)),
    )
    assert site.click_to_call("another-s").status_code == 200


@pytest.mark.parametrize(
    ("needs", "fields", "unmet"),
    [
        ({"leg": "b"}, {"to": "flow:220"}, "it needs a leg b"),
        ({"operation": "dial"}, {}, "it needs the operation dial"),
        ({"provider": "phonon"}, {}, "it needs the provider phonon"),
    ],
)
def test_a_story_that_does_not_fit_is_our_own_problem(
    configuration: Configuration, needs: dict[str, str], fields: dict[str, object], unmet: str
) -> None:
    site = with_stories(
        configuration, Scenario(name="bound", needs=needs, legs={"a": DEFAULT_BEHAVIOR})
    )
    told = read_problem(site.click_to_call("answered", "bound", **fields))
    assert told == (422, "scenario does not fit", f"bound cannot play here: {unmet}")
    assert (read.calls(site.sandbox.state), list(read.journal(site.sandbox.state))) == ({}, [])
    assert site.click_to_call("answered", **fields).status_code == 200


def test_a_story_that_fits_one_call_of_the_request_plays(told: SiteClient) -> None:
    assert statuses(told, 1, "second-leg-no-answer") == [200]


# --- beside the answer ---------------------------------------------------------------------------


def with_flaw(site: SiteClient) -> httpx.Response:
    return site.request("POST", CLICK_TO_CALL_PATH, content=b"{", headers=HEADERS)


REFUSALS: list[tuple[str, Callable[[SiteClient], httpx.Response]]] = [
    (
        "unauthenticated",
        lambda site: site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL)),
    ),
    ("malformed-body", with_flaw),
    ("wrong-method", lambda site: site.request("DELETE", CLICK_TO_CALL_PATH)),
    ("to-required", lambda site: site.click_to_call(to="")),
    ("to-malformed", lambda site: site.click_to_call(to="x")),
    ("insufficient-balance", lambda site: site.click_to_call("broke")),
    ("service-unavailable", lambda site: site.click_to_call("down-once")),
    ("conflict", lambda site: site.click_to_call(mid="chaos-7")),
]


@pytest.mark.parametrize(("fault", "act"), REFUSALS, ids=[name for name, _ in REFUSALS])
def test_every_refusal_says_which_and_why(
    told: SiteClient, fault: str, act: Callable[[SiteClient], httpx.Response]
) -> None:
    answer = act(told)
    known: dict[str, Fault] = {
        one.name: one
        for one in all_faults(told.sandbox.state.configuration.providers["mobtexting"].provider)
    }
    meant = f"{fault} ({known[fault].evidence}): {known[fault].message}"
    assert answer.headers["x-mock-fault"] == fault
    assert answer.headers["x-mock-explain"].partition(";")[0] == meant
    assert answer.headers["x-mock-request"] == "r1"
    assert "x-mock-call" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", CLICK_TO_CALL_PATH),
        ("GET", CLICK_TO_CALL_PATH),
        ("GET", "/nowhere"),
        ("GET", "/_mock/nowhere"),
        ("DELETE", "/_mock/clock"),
        ("PUT", "/_mock/clock"),
        ("POST", "/_mock/inbox/x"),
        ("GET", "/_media/default/x.wav"),
        ("GET", "/_mock/health"),
    ],
)
def test_every_answer_tells_the_sandbox_s_time(site: SiteClient, method: str, path: str) -> None:
    site.advance(by=90)
    answer = site.request(method, path)
    assert answer.headers.get_list("x-mock-now") == ["2026-01-01T09:01:30.000Z"]


def test_a_failure_of_ours_tells_the_time_too(configuration: Configuration) -> None:
    site = build_site_client(configuration)
    site.sandbox.state.exchanges = None  # type: ignore[assignment] # so that two routes fail
    for answer in (site.click_to_call(), site.request("GET", "/_mock/requests")):
        assert read_problem(answer)[:2] == (500, "mock failed")
        assert answer.headers["x-mock-now"] == "2026-01-01T09:00:00.000Z"


def test_how_long_answers_took_is_kept_for_as_many_as_the_journal(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "MAX_ITEMS", 2)
    for _ in range(3):
        site.click_to_call()
    assert list(site.sandbox.request_durations) == ["r2", "r3"]
