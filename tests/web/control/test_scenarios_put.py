"""A put adds or replaces a scenario in one sandbox until it is deleted."""

from typing import Any

import httpx
import pytest

from tests.support.edge_site import EdgeSite, control_state
from tests.support.simulation import CLICK_TO_CALL_PATH
from tests.support.site import read_problem

SCENARIOS = "/_mock/scenarios"
BUSY = {"legs": {"callee": "busy"}}


def put(edge: EdgeSite, name: str, text: str, prefix: str = "") -> httpx.Response:
    return edge.request("PUT", f"{prefix}{SCENARIOS}/{name}", content=text.encode())


def list_scenarios(edge: EdgeSite, prefix: str = "") -> dict[str, Any]:
    return {
        scenario["name"]: scenario
        for scenario in edge.get_json(f"{prefix}{SCENARIOS}")["scenarios"]
    }


def play(edge: EdgeSite, *scenarios: str, prefix: str = "") -> Any:
    call = edge.click_to_call(*scenarios, path=f"{prefix}{CLICK_TO_CALL_PATH}", attempts=0).headers[
        "x-mock-call"
    ]
    edge.advance(prefix)
    return edge.get_json(f"{prefix}/_mock/calls/{call}")["outcome"]


@pytest.mark.parametrize(
    "text",
    [
        '{"legs": {"callee": "busy"}}',
        '{\n  "legs": {\n    "callee": "busy"\n  }\n}\n',
        "legs: {callee: busy}",
        "legs:\n  callee: busy\n",
        "legs:\r\n  callee: busy\r\n",
        "# a comment\nlegs:\n  callee: busy # another",
        "\n\n  legs:\n    callee: busy\n\n",
        "legs: {callee: {ring: 1s, then: busy}}",
        "---\nlegs: {callee: busy}\n",
    ],
)
def test_a_put_scenario_may_be_yaml_or_json_and_is_played(edge: EdgeSite, text: str) -> None:
    response = put(edge, "mine", text)
    assert response.status_code == 200, response.text
    scenario = response.json()
    assert scenario == {**scenario, "name": "mine", "aspects": ["legs"], "matches": False}
    assert list_scenarios(edge)["mine"] == scenario
    assert play(edge, "mine") == "busy"


def test_a_put_scenario_is_returned_with_its_location(edge: EdgeSite) -> None:
    text = "{description: The callee is busy., legs: {callee: busy}}"
    scenario = put(edge, "mine", text).json()
    assert scenario == {
        "name": "mine",
        "description": "The callee is busy.",
        "file": "PUT mine",
        "line": 1,
        "aspects": ["legs"],
        "matches": False,
        "needs": {},
        "notes": [],
    }


@pytest.mark.parametrize(
    ("text", "aspects", "matches"),
    [
        ("responses: [{refuse: forbidden}]", ["api"], False),
        ("webhooks: {any: {drop: all}}", ["webhooks"], False),
        ("match: {b: '*'}\nlegs: {b: busy}", ["legs"], True),
        ("responses: [pass]\nlegs: {b: busy}\nwebhooks: {any: {duplicate: 2}}",
         ["api", "legs", "webhooks"], False),
    ],
)  # fmt: skip
def test_a_put_scenario_is_returned_with_its_aspects(
    edge: EdgeSite,
    text: str,
    aspects: list[str],
    matches: bool,  # noqa: FBT001 - a table
) -> None:
    scenario = put(edge, "mine", text).json()
    assert (scenario["aspects"], scenario["matches"]) == (aspects, matches)


def test_a_put_scenario_with_a_match_rule_is_used_for_matching_requests(edge: EdgeSite) -> None:
    put(edge, "mine", "match: {b: '*6000'}\nlegs: {callee: busy}")
    assert play(edge) == "busy"


def test_putting_a_scenario_again_replaces_it(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    put(edge, "mine", "legs: {callee: no-answer}")
    assert play(edge, "mine") == "no-answer"


def test_a_put_scenario_replaces_a_bundled_one_until_it_is_deleted(edge: EdgeSite) -> None:
    before = list_scenarios(edge)
    put(edge, "answered", "legs: {callee: busy}")
    assert (list_scenarios(edge)["answered"]["file"], play(edge)) == ("PUT answered", "busy")
    response = edge.request("DELETE", f"{SCENARIOS}/answered")
    assert (response.status_code, response.content) == (204, b"")
    assert (list_scenarios(edge), play(edge)) == (before, "completed")


def test_a_put_scenario_that_another_one_uses_cannot_be_deleted(edge: EdgeSite) -> None:
    put(edge, "inner", "legs: {callee: busy}")
    put(edge, "outer", "use: inner")
    assert play(edge, "outer") == "busy"
    status, kind, detail = read_problem(edge.request("DELETE", f"{SCENARIOS}/inner"))
    assert (status, kind) == (422, "invalid-scenario")
    assert detail.startswith("outer:1:6: ")
    assert play(edge, "inner") == "busy"
    statuses = [
        edge.request("DELETE", f"{SCENARIOS}/{name}").status_code for name in ("outer", "inner")
    ]
    assert statuses == [204, 204]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("legs: {callee: bussy}", ["mine:1:16: "]),
        ("legs:\n  callee: bussy", ["mine:2:11: "]),
        ('{"legs": {"callee": "bussy"}}', ["mine:1:21: "]),
        ("lexs: {callee: busy}", ["mine:1:1: "]),
        ("legs: {callee: bussy}\nlexs: 1\nneeds: {leg: z}", ["mine:1:16: ", "mine:2:1: "]),
        ("legs: [", ["mine:"]),
        ("legs: {callee: busy}\nlegs: {callee: busy}", ["mine:2:1: "]),
        ("legs: &x {callee: busy}\n<<: *x", ["mine:"]),
        ("use: nobody", ["mine:1:6: "]),
        ("use: mine", ["mine:1:"]),
        ("", ["mine:1:1: "]),
        ("~", ["mine:1:1: "]),
        ("busy", ["mine:1:1: "]),
        ("[busy]", ["mine:1:1: "]),
        ("legs: {callee: busy}\n---\nlegs: {callee: busy}\n", ["mine:"]),
        ("\tlegs: {callee: busy}", ["mine:"]),
    ],
)
def test_an_invalid_scenario_is_rejected_with_the_location_of_each_problem(
    edge: EdgeSite, text: str, problems: list[str]
) -> None:
    before = control_state(edge)
    response = put(edge, "mine", text)
    status, kind, detail = read_problem(response)
    assert (status, kind) == (422, "invalid-scenario")
    actual = response.json()["problems"]
    assert detail == "\n".join(actual)
    for problem in problems:
        assert any(line.startswith(problem) for line in actual)
    assert len(actual) >= len(problems)
    assert control_state(edge) == before


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", "legs: {callee: busy}".encode("utf-16"), b"legs: {callee: \x00}"]
)
def test_a_scenario_body_that_is_no_text_is_rejected(edge: EdgeSite, body: bytes) -> None:
    response = edge.request("PUT", f"{SCENARIOS}/mine", content=body)
    assert read_problem(response)[:2] == (422, "invalid-scenario")


def test_a_scenario_whose_dry_run_finds_a_problem_is_rejected(edge: EdgeSite) -> None:
    """The scenario is checked by the same dry run as one of a file."""
    before = control_state(edge)
    text = "steps: [{a: answer}, {a: hangup}, {a: answer}]"
    status, _, detail = read_problem(put(edge, "mine", text))
    assert (status, detail.startswith("mine:1:")) == (422, True)
    assert control_state(edge) == before


def test_a_rejected_put_leaves_the_existing_scenario_in_force(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    assert read_problem(put(edge, "mine", "legs: {callee: bussy}"))[0] == 422
    assert play(edge, "mine") == "busy"


@pytest.mark.parametrize(
    "name",
    ["with%20blank", "%C3%A4%C3%B6", "%F0%9F%98%80", "a%22b", "a%27b", "a:b", "~", "null", "1",
     "%23", "no", "<<", "a.b-c_d", "x" * 200, "-", "[a]", "%7Ba%7D", "%5C"],
)  # fmt: skip
def test_an_unusual_scenario_name_is_accepted_unchanged_or_rejected(
    edge: EdgeSite, name: str
) -> None:
    """A rejected name is reported as a scenario that does not read."""
    response = put(edge, name, "legs: {callee: busy}")
    assert response.status_code in (200, 422)
    if response.status_code == 200:
        decoded = httpx.URL(f"http://h/{name}").path.removeprefix("/")
        assert response.json()["name"] == decoded
        assert list_scenarios(edge)[decoded]["file"] == f"PUT {decoded}"
        assert edge.request("DELETE", f"{SCENARIOS}/{name}").status_code == 204
    else:
        assert read_problem(response)[1] == "invalid-scenario"


@pytest.mark.parametrize("name", ["a%0Ab", "%00", "a%1Bb", "a%7Fb", "a%C2%85b", "%E2%80%A8"])
def test_a_scenario_name_with_control_characters_breaks_nothing(edge: EdgeSite, name: str) -> None:
    response = put(edge, name, "legs: {callee: busy}")
    assert response.status_code in (200, 404, 422)
    assert edge.request("GET", SCENARIOS).status_code == 200


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("answered", "answered is in a file: only what was PUT can be deleted"),
        ("qqqq", "qqqq does not exist: only what was PUT can be deleted"),
        ("mime", "mime does not exist: did you mean 'mine'?"),
    ],
)
def test_only_a_put_scenario_can_be_deleted(edge: EdgeSite, name: str, hint: str) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    assert read_problem(edge.request("DELETE", f"{SCENARIOS}/{name}")) == (
        404,
        "scenario-not-uploaded",
        hint,
    )


def test_putting_and_deleting_a_scenario_is_journaled_if_it_succeeds(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    put(edge, "broken", "legs: {callee: bussy}")
    edge.request("DELETE", f"{SCENARIOS}/mine")
    edge.request("DELETE", f"{SCENARIOS}/mine")
    entries = [
        {name: entry[name] for name in ("type", "method", "path", "body")}
        for entry in edge.get_json("/_mock/journal")["entries"]
    ]
    common = {"type": "command", "path": "/scenarios/mine"}
    assert entries == [
        {**common, "method": "PUT", "body": "legs: {callee: busy}"},
        {**common, "method": "DELETE", "body": None},
    ]


def test_a_put_scenario_exists_only_in_its_own_sandbox(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}", "/_sandbox/t1")
    put(edge, "answered", "legs: {callee: busy}", "/_sandbox/t1")
    assert "mine" in list_scenarios(edge, "/_sandbox/t1")
    assert "mine" not in list_scenarios(edge)
    outcomes = [play(edge, prefix=prefix) for prefix in ("", "/_sandbox/t1", "/_sandbox/t2")]
    assert outcomes == ["completed", "busy", "completed"]
    assert "mine" not in list_scenarios(edge, "/_sandbox/t2")


def test_a_reset_removes_put_scenarios(edge: EdgeSite) -> None:
    before = list_scenarios(edge)
    put(edge, "answered", "legs: {callee: busy}")
    edge.request("POST", "/_mock/reset")
    assert (list_scenarios(edge), play(edge)) == (before, "completed")
    assert read_problem(edge.request("DELETE", f"{SCENARIOS}/answered"))[0] == 404


def test_a_call_keeps_the_scenario_with_which_it_began(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    edge.click_to_call("mine")
    put(edge, "mine", "legs: {callee: no-answer}")
    edge.advance()
    assert edge.get_json("/_mock/calls/c1")["legs"][1]["cause"] == "busy"


def test_an_activated_scenario_is_no_longer_used_once_it_is_deleted(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    body = {"scenario": "mine", "times": 1}
    assert edge.request("POST", "/_mock/activations", json=body).status_code == 201
    edge.request("DELETE", f"{SCENARIOS}/mine")
    assert play(edge) == "completed"


def test_a_scenario_body_over_the_limit_is_rejected(edge: EdgeSite) -> None:
    status, _, detail = read_problem(put(edge, "mine", "#" * 1_000_001))
    assert (status, detail) == (413, "a request to the control API can have at most 1 MB")


def test_a_put_scenario_is_tried_on_the_accounts_that_the_sandbox_has_now(edge: EdgeSite) -> None:
    """The scenario names an agent of an account that was put before; another has no such agent."""
    offer = "{act: offer, agent: ann@acme.test, then: answered}"
    text = f"needs: {{provider: ccai, operation: create-inbound}}\nsteps: [{offer}]"
    status, kind, detail = read_problem(put(edge, "mine", text))
    assert (status, kind) == (422, "invalid-scenario")
    assert detail.endswith("; tried with create-inbound on account ccai-default of ccai")
    for name, agent in (("acme", "ann@acme.test"), ("other", "bob@acme.test")):
        agents = {"agents": {agent: {"state": "offline"}}}
        edge.request("PUT", f"/_mock/accounts/ccai/{name}", json=agents)
    scenario = put(edge, "mine", text).json()
    assert scenario["notes"] == [
        {
            "provider": "ccai",
            "account": "other",
            "operation": "create-inbound",
            "reason": "no agent is named 'ann@acme.test': did you mean 'bob@acme.test'?",
        }
    ]
    assert list_scenarios(edge)["mine"] == scenario
    edge.request("DELETE", f"{SCENARIOS}/mine")
    assert put(edge, "mine", "legs: {callee: busy}").json()["notes"] == []
