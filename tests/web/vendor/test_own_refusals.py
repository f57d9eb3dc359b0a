"""A request that the mock server itself refuses leaves a trace: an exchange, or log and health."""

import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from mockserver.web.vendor.request import DEFAULT_BODY_LIMIT
from mockserver.web.views.log_lines import format_line
from tests.support import read
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS, read_problem

UNKNOWN = "no scenario is named 'calle-busy': did you mean 'callee-busy'?"
UNMET = "second-leg-no-answer cannot be in force here: it needs a leg b"
NOWHERE = "no emulated API has GET /nowhere; nearest: "


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def rejections(edge: EdgeSite) -> Any:
    return edge.get_json("/_mock/health")["rejections"]


@pytest.mark.parametrize(
    ("names", "fields", "kind", "detail"),
    [
        (("calle-busy",), {}, "unknown-scenario", UNKNOWN),
        (("answered", "calle-busy"), {}, "unknown-scenario", UNKNOWN),
        (("second-leg-no-answer",), {"to": "flow:220"}, "scenario-not-applicable", UNMET),
    ],
)
def test_a_request_refused_for_its_scenario_is_an_exchange_like_every_other(
    edge: EdgeSite, names: tuple[str, ...], fields: dict[str, Any], kind: str, detail: str
) -> None:
    lines, state = list[str](), edge.default.state
    state.journal.subscribe(lambda entry: lines.append(format_line(entry, state)))
    edge.click_to_call()
    response = edge.click_to_call(*names, **fields)
    assert read_problem(response) == (422, kind, detail)
    assert (response.headers["x-mock-request"], "x-mock-fault" in response.headers) == ("r2", False)
    listed = edge.get_json("/_mock/requests")["requests"][1]
    keys = ("id", "provider", "operation", "status", "fault", "problem", "scenarios", "calls")
    shown = ["r2", "mobtexting", "c2c", 422, None, kind, list(names), []]
    assert [listed[key] for key in keys] == shown
    assert listed["response"] == response.json()
    [entry] = [each for each in edge.get_json("/_mock/journal")["entries"] if "problem" in each]
    assert (entry["type"], entry["request"], entry["problem"]) == ("request", "r2", kind)
    assert lines[-1] == f"09:00:00 mobtexting r2 POST {CLICK_TO_CALL_PATH} 422 {kind}"
    explained = edge.get_json("/_mock/explain/r2")
    assert (explained["status"], explained["reason"]) == (422, detail)
    assert (explained["rules"], explained["hints"], explained["calls"]) == ([], [], [])
    assert rejections(edge) == {kind: 1}


def test_an_unknown_path_is_an_exchange_with_its_problem_and_is_counted(edge: EdgeSite) -> None:
    response = edge.request("GET", "/nowhere")
    assert response.headers["x-mock-request"] == "r1"
    [listed] = edge.get_json("/_mock/requests")["requests"]
    assert (listed["provider"], listed["problem"], listed["status"]) == ("", "unknown-path", 404)
    assert listed["response"] == response.json()
    assert listed["response"]["detail"].startswith(NOWHERE)
    diagram = edge.request("GET", "/_mock/timeline?format=mermaid").text
    assert diagram.splitlines()[-1] == "    mock-->>client: 09:00:00 404 unknown-path"
    assert rejections(edge) == {"unknown-path": 1}


def post(edge: EdgeSite, path: str = CLICK_TO_CALL_PATH, **more: Any) -> httpx.Response:
    headers = HEADERS | more.pop("headers", {})
    return edge.request("POST", path, headers=headers, **({"json": dict(CLICK_TO_CALL)} | more))


def fill_with_sandboxes(edge: EdgeSite) -> httpx.Response:
    for number in range(1_000):
        response = post(edge, headers={"x-mock-sandbox": f"t{number}"})
        if response.status_code == 409:
            break
    return response


@pytest.mark.parametrize(
    ("send", "expected"),
    [
        (lambda edge: post(edge, hosts=("evil.test",)), (403, "foreign-host")),
        (lambda edge: post(edge, hosts=("mock.test", "a")), (400, "bad-request")),
        (lambda edge: post(edge, headers={"origin": "http://evil.test"}), (403, "foreign-origin")),
        (lambda edge: post(edge, json=None, content=b" " * (DEFAULT_BODY_LIMIT + 1)),
         (413, "body-too-large")),
        (lambda edge: post(edge, headers={"content-encoding": "br"}),
         (415, "unsupported-encoding")),
        (lambda edge: post(edge, headers={"content-encoding": "gzip"}), (400, "bad-request")),
        (lambda edge: post(edge, headers={"transfer-encoding": "gzip"}), (400, "bad-request")),
        (lambda edge: post(edge, headers={"x-mock-sandbox": "a b"}), (404, "unknown-sandbox")),
        (lambda edge: post(edge, headers={"x-mock-webhook-depth": "9"}), (508, "webhook-loop")),
        (fill_with_sandboxes, (409, "too-many-sandboxes")),
    ],
    ids=["host", "hosts", "origin", "large", "encoded", "packed", "framing", "sandbox", "loop",
         "sandboxes"],
)  # fmt: skip
def test_what_is_refused_before_it_is_matched_is_an_exchange_and_is_counted(
    edge: EdgeSite, send: Callable[[EdgeSite], httpx.Response], expected: tuple[int, str]
) -> None:
    lines, state = list[str](), edge.default.state
    state.journal.subscribe(lambda entry: lines.append(format_line(entry, state)))
    response = send(edge)
    status, kind, detail = read_problem(response)
    assert (status, kind, response.headers["x-mock-request"]) == (*expected, "r1")
    [listed] = edge.get_json("/_mock/requests")["requests"]
    keys = ("id", "provider", "operation", "path", "status", "problem", "response")
    shown = ["r1", "mobtexting", "c2c", CLICK_TO_CALL_PATH, status, kind, response.json()]
    assert [listed[key] for key in keys] == shown
    assert lines == [f"09:00:00 mobtexting r1 POST {CLICK_TO_CALL_PATH} {status} {kind}"]
    assert edge.get_json("/_mock/explain/r1")["reason"] == detail
    assert rejections(edge) == {kind: 1}


@pytest.mark.parametrize(
    ("more", "kind", "name"),
    [
        ({"headers": {"x-mock-sandbox": "t1", "content-encoding": "br"}},
         "unsupported-encoding", "t1"),
        ({"headers": {"x-mock-sandbox": "new", "content-encoding": "br"}},
         "unsupported-encoding", "new"),
        ({"headers": {"authorization": "Bearer key-1", "content-encoding": "br"}},
         "unsupported-encoding", "t1"),
        ({"headers": {"x-mock-sandbox": "t1", "origin": "http://evil.test"}},
         "foreign-origin", "t1"),
        ({"headers": {"x-mock-sandbox": "new", "origin": "http://evil.test"}},
         "foreign-origin", "default"),
        ({"headers": {"authorization": "Bearer key-1", "origin": "http://evil.test"}},
         "foreign-origin", "default"),
        ({"headers": {"x-mock-sandbox": "a b"}}, "unknown-sandbox", "default"),
    ],
)  # fmt: skip
def test_a_refused_request_is_listed_in_its_sandbox_which_no_foreign_page_creates(
    edge: EdgeSite, more: Any, kind: str, name: str
) -> None:
    edge.request("PUT", "/_mock/sandboxes/t1", json={"credentials": {"mobtexting": ["key-1"]}})
    assert read_problem(post(edge, **more))[1] == kind
    listed = {each.name: read.own_refusal_count(each.state) for each in edge.registry}
    assert {each for each, count in listed.items() if count} == {name}
    assert listed.keys() == {"default", "t1", name}


def test_a_name_by_which_a_foreign_page_calls_the_server_is_not_one_of_its_own(
    edge: EdgeSite,
) -> None:
    post(edge, hosts=("evil.test",))
    assert list(read.request_origins(edge.default.state)) == [""]


CONTROL_REFUSALS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "foreign-host": ("GET", "/_mock/calls", {"hosts": ("evil.test",)}),
    "foreign-origin": ("POST", "/_mock/receive/x", {"headers": {"origin": "http://evil.test"}}),
    "body-too-large": ("POST", "/_mock/wait", {"content": bytes(DEFAULT_BODY_LIMIT + 1)}),
    "unsupported-encoding": ("POST", "/_mock/wait", {"headers": {"content-encoding": "g\x1bz"}}),
    "unknown-sandbox": ("GET", "/_sandbox/-/_mock/calls", {}),
}


@pytest.mark.parametrize("kind", CONTROL_REFUSALS)
def test_what_is_refused_on_a_control_path_is_counted_and_logged_and_no_exchange(
    edge: EdgeSite, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    method, path, more = CONTROL_REFUSALS[kind]
    with caplog.at_level(logging.WARNING, "mockserver"):
        _, actual, detail = read_problem(edge.request(method, path, **more))
    assert (actual, rejections(edge)) == (kind, {kind: 1})
    logged = detail.replace("\x1b", r"\x1b")
    assert caplog.messages == [f"a request was refused: {kind}, {logged}"]
    assert read.request_count(edge.default.state) == 0


def test_repeated_refusals_are_counted_each_and_logged_ever_more_rarely(
    edge: EdgeSite, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(25):
        edge.request("GET", "/_mock/calls", hosts=("evil.test",))
    assert rejections(edge) == {"foreign-host": 25}
    assert len(caplog.messages) == 11
    assert caplog.messages[-1].endswith("(20 times so far)")


def test_answers_of_a_control_route_are_no_refusals(edge: EdgeSite) -> None:
    assert edge.request("GET", "/_mock/calls/c9").status_code == 404
    assert edge.request("POST", "/_mock/wait", content=b"[]").status_code == 422
    assert rejections(edge) == {}


def test_scenarios_of_a_repeated_header_are_taken_as_one_list(edge: EdgeSite) -> None:
    fields = [*HEADERS.items(), ("X-Mock-Scenario", "callee-busy"), ("X-Mock-Scenario", "answered")]
    response = edge.request("POST", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=fields)
    assert response.headers["x-mock-ignored"] == (
        "scenario answered: header X-Mock-Scenario: names before it decide all that it speaks of "
        "(legs by callee-busy): combine them with use"
    )
    [listed] = edge.get_json("/_mock/requests")["requests"]
    assert listed["headers"]["x-mock-scenario"] == "callee-busy, answered"
    assert listed["scenarios"] == ["callee-busy", "answered"]
