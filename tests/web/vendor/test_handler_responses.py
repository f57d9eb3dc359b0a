"""A scenario may refuse, delay or break off the response of a vendor request."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from mockserver.core.behavior import DEFAULT_BEHAVIOR
from mockserver.core.configuration import Configuration
from mockserver.core.http import Response
from mockserver.core.provider import all_faults
from mockserver.core.rulebook import Fault
from mockserver.core.scenario import ApiBehavior, Scenario
from mockserver.engine.exchange import Exchange
from mockserver.web.vendor import delays as delay_module
from mockserver.web.vendor import handler
from mockserver.web.views.log_lines import format_line
from tests.support import read
from tests.support.matches import activate
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, read_problem
from tests.support.site_client import SiteClient, build_site_client, configuration_with_scenarios

SCENARIOS = """
scenarios:
  broke: {refuse: insufficient-balance}
  down-once: {responses: [{refuse: service-unavailable}, pass]}
  slow: {responses: [{after: 2.5s}]}
  slow-and-broke: {responses: [{after: 3s, refuse: insufficient-balance}]}
  gone: {responses: [{break: reset}, {after: 1s, break: empty}, pass]}
  chaos: {match: {fields: {mid: "chaos-*"}}, refuse: conflict}
"""


@pytest.fixture
def scenario_site(tmp_path: Path) -> SiteClient:
    return build_site_client(configuration_with_scenarios(tmp_path, SCENARIOS))


@pytest.fixture(autouse=True)
def delays(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The real seconds for which the handler has slept."""
    seconds: list[float] = []

    async def sleep(wait: float) -> None:
        seconds.append(wait)

    names = {"sleep": staticmethod(sleep), "CancelledError": asyncio.CancelledError}
    monkeypatch.setattr(delay_module, "asyncio", type("", (), names))
    return seconds


def statuses(site: SiteClient, count: int, *scenarios: str, **fields: object) -> list[int]:
    return [site.click_to_call(*scenarios, **fields).status_code for _ in range(count)]


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        ("broke", [402, 402]),
        ("down-once", [503, 200, 200]),
    ],
)
def test_a_scenario_refuses_as_many_requests_as_it_says(
    scenario_site: SiteClient, scenario: str, expected: list[int]
) -> None:
    assert statuses(scenario_site, len(expected), scenario) == expected
    assert len(read.calls(scenario_site.sandbox.state)) == expected.count(200)


def test_a_scenario_refuses_with_a_fault_of_the_vendor(scenario_site: SiteClient) -> None:
    response = scenario_site.click_to_call("broke")
    body = {"status": "ERROR", "code": 402, "message": "Insufficient balance"}
    assert response.json() == body
    assert response.headers["x-mock-fault"] == "insufficient-balance"
    assert response.headers["x-mock-explain"] == (
        "scenario broke (mine.yaml:3:10) orders refuse: insufficient-balance (assumed); "
        "chosen by the header X-Mock-Scenario"
    )
    [request] = scenario_site.get_json("/_mock/requests")["requests"]
    assert (request["fault"], request["scenarios"]) == ("insufficient-balance", ["broke"])


def test_a_matching_scenario_is_recorded_beside_those_of_the_header(
    scenario_site: SiteClient,
) -> None:
    assert statuses(scenario_site, 1, "callee-busy", mid="chaos-1") == [409]
    assert read.exchanges(scenario_site.sandbox.state)[0].scenario_names == ("callee-busy", "chaos")
    assert statuses(scenario_site, 1, mid="calm") == [200]


def test_a_refusal_by_a_scenario_precedes_the_faults_of_the_request(
    scenario_site: SiteClient,
) -> None:
    response = scenario_site.request(
        "POST", CLICK_TO_CALL_PATH, content=b"{", headers={"x-mock-scenario": "broke"} | HEADERS
    )
    assert response.status_code == 402
    activate(scenario_site.sandbox.state, "down-once")
    assert [
        scenario_site.request("PUT", CLICK_TO_CALL_PATH, headers=HEADERS).status_code
        for _ in range(2)
    ] == [503, 405]


@pytest.mark.parametrize(
    ("scenario", "status", "expected"),
    [("slow", 200, [2.5]), ("slow-and-broke", 402, [3.0]), ("broke", 402, []), ("", 200, [])],
)
def test_a_delay_is_in_real_seconds_and_leaves_the_virtual_time_unchanged(
    scenario_site: SiteClient,
    delays: list[float],
    scenario: str,
    status: int,
    expected: list[float],
) -> None:
    response = scenario_site.click_to_call(*filter(None, [scenario]))
    assert (response.status_code, delays) == (status, expected)
    assert response.headers["x-mock-now"] == "2026-01-01T09:00:00.000Z"


def test_a_break_without_a_socket_is_a_502_problem(
    scenario_site: SiteClient, delays: list[float]
) -> None:
    """A client in the same process has no socket to reset."""
    reset, empty, passed = (scenario_site.click_to_call("gone") for _ in range(3))
    detail = "a scenario orders a break here"
    assert read_problem(reset) == (502, "connection-broken", f"{detail}: reset")
    assert read_problem(empty) == (502, "connection-broken", f"{detail}: empty")
    assert (passed.status_code, delays) == (200, [1.0])


def test_a_request_broken_off_by_a_scenario_is_recorded_without_a_status(
    scenario_site: SiteClient,
) -> None:
    scenario_site.click_to_call("gone")
    [request] = scenario_site.get_json("/_mock/requests")["requests"]
    names = ("status", "response", "fault", "scenarios", "calls")
    recorded = {name: request[name] for name in names}
    assert recorded == {
        "status": None,
        "response": None,
        "fault": None,
        "scenarios": ["gone"],
        "calls": [],
    }
    assert scenario_site.get_json("/_mock/journal")["entries"][0]["status"] is None


def build_site_with_scenarios(configuration: Configuration, *scenarios: Scenario) -> SiteClient:
    by_name = {
        **configuration.scenarios.by_name,
        **{scenario.name: scenario for scenario in scenarios},
    }
    return build_site_client(
        configuration._replace(scenarios=configuration.scenarios._replace(by_name=by_name))
    )


def test_a_scenario_fault_unknown_to_the_vendor_is_ignored(
    configuration: Configuration,
) -> None:
    site = build_site_with_scenarios(
        configuration,
        Scenario(name="another-s", responses=(ApiBehavior(fault="subscription-ended"),)),
    )
    response = site.click_to_call("another-s")
    reason = "mobtexting has no fault subscription-ended to refuse with"
    assert (response.status_code, response.headers["x-mock-ignored"]) == (
        200,
        f"scenario another-s: refuse: subscription-ended: {reason}",
    )
    ignored = {
        "call": None,
        "request": "r1",
        "webhook": None,
        "scenario": "another-s",
        "what": "refuse: subscription-ended",
        "reason": reason,
        "strict": True,
    }
    assert site.get_json("/_mock/explain/r1")["ignored"] == [ignored]
    [entry] = [
        entry for entry in site.get_json("/_mock/journal")["entries"] if entry["type"] == "ignored"
    ]
    assert entry == {
        "id": 3,
        "at": "2026-01-01T09:00:00.000Z",
        "type": "ignored",
        **ignored,
    }


def test_a_raw_answer_is_marked_as_the_scenarios_in_the_journal_and_in_the_log(
    configuration: Configuration,
) -> None:
    answer = Response(status=502, body=b"down")
    site = build_site_with_scenarios(
        configuration, Scenario(name="gateway", responses=(ApiBehavior(answer=answer),))
    )
    log_lines, state = list[str](), site.sandbox.state
    state.journal.subscribe(lambda entry: log_lines.append(format_line(entry, state)))
    assert site.click_to_call("gateway").text == "down"
    [entry] = site.get_json("/_mock/journal")["entries"]
    marks = [entry[key] for key in ("status", "response", "fault", "scenarios", "ordered_by")]
    assert marks == [502, "down", None, ["gateway"], "gateway"]
    order = "scenario gateway orders status: 502; chosen by the header X-Mock-Scenario"
    assert entry["ordered"] == order
    assert log_lines == [f"09:00:00 mobtexting r1 POST /api/v2/voice/c2c 502 ({order})"]


def test_a_dribbled_response_of_a_provider_that_fails_is_a_problem_at_once(
    configuration: Configuration,
) -> None:
    """Our own failure is not dribbled, nor is it in the way of the next request."""
    dribbling = Scenario(name="dribbling", responses=(ApiBehavior(dribble=3_600_000),))
    site = build_site_with_scenarios(configuration, dribbling)

    def fail(*_: object) -> Exchange:
        raise LookupError("lost")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handler, "respond", fail)
        assert site.click_to_call("dribbling").status_code == 500
    assert site.click_to_call().status_code == 200


@pytest.mark.parametrize(
    ("needs", "fields", "unmet"),
    [
        ({"leg": "b"}, {"to": "flow:220"}, "it needs a leg b"),
        ({"operation": "dial"}, {}, "it needs the operation dial"),
        ({"provider": "phonon"}, {}, "it needs the provider phonon"),
    ],
)
def test_a_scenario_with_unmet_needs_is_a_422_problem_and_recorded(
    configuration: Configuration, needs: dict[str, str], fields: dict[str, object], unmet: str
) -> None:
    site = build_site_with_scenarios(
        configuration, Scenario(name="bound", needs=needs, legs={"a": DEFAULT_BEHAVIOR})
    )
    problem = read_problem(site.click_to_call("answered", "bound", **fields))
    assert problem == (422, "scenario-not-applicable", f"bound cannot be in force here: {unmet}")
    assert read.calls(site.sandbox.state) == {}
    [exchange] = read.exchanges(site.sandbox.state)
    assert (exchange.problem, exchange.explanation) == (problem[1], problem[2])
    assert site.click_to_call("answered", **fields).status_code == 200


def test_a_scenario_that_fits_a_call_of_the_request_is_used(scenario_site: SiteClient) -> None:
    assert statuses(scenario_site, 1, "second-leg-no-answer") == [200]


# --- headers beside the response -----------------------------------------------------------------


def send_malformed_body(site: SiteClient) -> httpx.Response:
    return site.request("POST", CLICK_TO_CALL_PATH, content=b"{", headers=HEADERS)


REFUSALS: list[tuple[str, Callable[[SiteClient], httpx.Response]]] = [
    (
        "unauthenticated",
        lambda site: site.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL)),
    ),
    ("malformed-body", send_malformed_body),
    ("wrong-method", lambda site: site.request("DELETE", CLICK_TO_CALL_PATH)),
    ("to-required", lambda site: site.click_to_call(to="")),
    ("to-malformed", lambda site: site.click_to_call(to="x")),
]


CONDITIONS = {
    "unauthenticated": "observed",
    "malformed-body": "observed",
    "to-required": "documented",
}
"""How we know of the conditions that the vendor's pages have, though not the text."""


@pytest.mark.parametrize(("fault", "send"), REFUSALS, ids=[name for name, _ in REFUSALS])
def test_every_refusal_names_its_fault_evidence_and_message(
    scenario_site: SiteClient, fault: str, send: Callable[[SiteClient], httpx.Response]
) -> None:
    response = send(scenario_site)
    faults: dict[str, Fault] = {
        item.name: item
        for item in all_faults(
            scenario_site.sandbox.state.configuration.providers["mobtexting"].provider
        )
    }
    condition = CONDITIONS.get(fault)
    known = f"{faults[fault].evidence}{f', condition {condition}' if condition else ''}"
    explanation = f"{fault} ({known}): {faults[fault].message}"
    assert response.headers["x-mock-fault"] == fault
    assert response.headers["x-mock-explain"].partition(";")[0] == explanation
    assert response.headers["x-mock-request"] == "r1"
    assert "x-mock-call" not in response.headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", CLICK_TO_CALL_PATH),
        ("GET", CLICK_TO_CALL_PATH),
        ("GET", "/nowhere"),
        ("GET", "/_mock/nowhere"),
        ("DELETE", "/_mock/clock"),
        ("PUT", "/_mock/clock"),
        ("POST", "/_mock/receive/x"),
        ("GET", "/_media/default/x.wav"),
        ("GET", "/_mock/health"),
    ],
)
def test_every_response_has_exactly_one_now_header(
    site: SiteClient, method: str, path: str
) -> None:
    site.advance(by=90)
    response = site.request(method, path)
    assert response.headers.get_list("x-mock-now") == ["2026-01-01T09:01:30.000Z"]


def test_a_500_problem_has_the_now_header(configuration: Configuration) -> None:
    site = build_site_client(configuration)
    site.sandbox.state.configuration = None  # type: ignore[assignment] # so that two routes fail
    for response in (site.click_to_call(), site.request("GET", "/_mock/scenarios")):
        assert read_problem(response)[:2] == (500, "internal-error")
        assert response.headers["x-mock-now"] == "2026-01-01T09:00:00.000Z"


def test_the_sandbox_keeps_the_durations_of_the_latest_requests_only(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "MAX_ITEMS", 2)
    for _ in range(3):
        site.click_to_call()
    assert list(site.sandbox.request_durations) == ["r2", "r3"]
