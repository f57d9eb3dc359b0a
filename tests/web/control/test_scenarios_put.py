"""Scenarios put in place of others, for one sandbox, and taken away again."""

from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from tests.support.edge_site import (
    CLICK_TO_CALL_PATH,
    EdgeSite,
    build_edge_site,
    control_state,
    read_problem,
)

SCENARIOS = "/_mock/scenarios"
BUSY = {"legs": {"callee": "busy"}}


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def put(edge: EdgeSite, name: str, text: str, prefix: str = "") -> httpx.Response:
    return edge.request("PUT", f"{prefix}{SCENARIOS}/{name}", content=text.encode())


def listed(edge: EdgeSite, prefix: str = "") -> dict[str, Any]:
    return {one["name"]: one for one in edge.get_json(f"{prefix}{SCENARIOS}")["scenarios"]}


def outcome(edge: EdgeSite, *stories: str, prefix: str = "") -> Any:
    call = edge.click_to_call(*stories, path=f"{prefix}{CLICK_TO_CALL_PATH}", attempts=0).headers[
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
def test_put_in_yaml_or_json_is_what_plays(edge: EdgeSite, text: str) -> None:
    answer = put(edge, "mine", text)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told == {**told, "name": "mine", "speaks_to": ["phones"], "matches": False}
    assert listed(edge)["mine"] == told
    assert outcome(edge, "mine") == "busy"


def test_it_says_where_it_stands(edge: EdgeSite) -> None:
    told = put(edge, "mine", "legs: {callee: busy}").json()
    assert told == {
        "name": "mine",
        "file": "PUT mine",
        "line": 1,
        "speaks_to": ["phones"],
        "matches": False,
    }


@pytest.mark.parametrize(
    ("text", "speaks_to", "matches"),
    [
        ("answers: [{refuse: forbidden}]", ["api"], False),
        ("webhooks: {any: {drop: all}}", ["webhooks"], False),
        ("match: {b: '*'}\nlegs: {b: busy}", ["phones"], True),
        ("answers: [pass]\nlegs: {b: busy}\nwebhooks: {any: {duplicate: 2}}",
         ["api", "phones", "webhooks"], False),
    ],
)  # fmt: skip
def test_it_says_what_it_speaks_to(
    edge: EdgeSite,
    text: str,
    speaks_to: list[str],
    matches: bool,  # noqa: FBT001 - a table
) -> None:
    told = put(edge, "mine", text).json()
    assert (told["speaks_to"], told["matches"]) == (speaks_to, matches)


def test_one_with_a_match_plays_unasked(edge: EdgeSite) -> None:
    put(edge, "mine", "match: {b: '*6000'}\nlegs: {callee: busy}")
    assert outcome(edge) == "busy"


def test_put_again_takes_the_place_of_what_was_put(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    put(edge, "mine", "legs: {callee: no-answer}")
    assert outcome(edge, "mine") == "no-answer"


def test_put_over_a_bundled_one_and_delete_brings_it_back(edge: EdgeSite) -> None:
    before = listed(edge)
    put(edge, "answered", "legs: {callee: busy}")
    assert (listed(edge)["answered"]["file"], outcome(edge)) == ("PUT answered", "busy")
    answer = edge.request("DELETE", f"{SCENARIOS}/answered")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (listed(edge), outcome(edge)) == (before, "completed")


def test_one_may_lead_to_another(edge: EdgeSite) -> None:
    put(edge, "inner", "legs: {callee: busy}")
    put(edge, "outer", "play: inner")
    assert outcome(edge, "outer") == "busy"
    code, title, detail = read_problem(edge.request("DELETE", f"{SCENARIOS}/inner"))
    assert (code, title) == (422, "scenario does not read")
    assert detail.startswith("outer:1:7: ")
    assert outcome(edge, "inner") == "busy"
    told = [edge.request("DELETE", f"{SCENARIOS}/{one}").status_code for one in ("outer", "inner")]
    assert told == [204, 204]


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
        ("play: nobody", ["mine:1:7: "]),
        ("play: mine", ["mine:1:"]),
        ("", ["mine:1:1: "]),
        ("~", ["mine:1:1: "]),
        ("busy", ["mine:1:1: "]),
        ("[busy]", ["mine:1:1: "]),
        ("legs: {callee: busy}\n---\nlegs: {callee: busy}\n", ["mine:"]),
        ("\tlegs: {callee: busy}", ["mine:"]),
    ],
)
def test_what_does_not_read_is_refused_with_the_place_of_each_problem(
    edge: EdgeSite, text: str, problems: list[str]
) -> None:
    before = control_state(edge)
    answer = put(edge, "mine", text)
    code, title, detail = read_problem(answer)
    assert (code, title) == (422, "scenario does not read")
    told = answer.json()["problems"]
    assert detail == "\n".join(told)
    assert [one for one in problems if not any(said.startswith(one) for said in told)] == []
    assert len(told) >= len(problems)
    assert control_state(edge) == before


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", "legs: {callee: busy}".encode("utf-16"), b"legs: {callee: \x00}"]
)
def test_bytes_that_are_no_text_are_refused(edge: EdgeSite, body: bytes) -> None:
    answer = edge.request("PUT", f"{SCENARIOS}/mine", content=body)
    assert read_problem(answer)[:2] == (422, "scenario does not read")


def test_what_cannot_be_played_is_refused(edge: EdgeSite) -> None:
    """Rehearsed like those of a file."""
    before = control_state(edge)
    text = "steps: [{a: answer}, {a: hangup}, {a: answer}]"
    code, _, detail = read_problem(put(edge, "mine", text))
    assert (code, detail.startswith("mine:1:")) == (422, True)
    assert control_state(edge) == before


def test_others_in_the_way_of_each_other_stay_as_they_were(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    assert read_problem(put(edge, "mine", "legs: {callee: bussy}"))[0] == 422
    assert outcome(edge, "mine") == "busy"


@pytest.mark.parametrize(
    "name",
    ["with%20blank", "%C3%A4%C3%B6", "%F0%9F%98%80", "a%22b", "a%27b", "a:b", "~", "null", "1",
     "%23", "no", "<<", "a.b-c_d", "x" * 200, "-", "[a]", "%7Ba%7D", "%5C"],
)  # fmt: skip
def test_a_name_may_be_odd_but_never_breaks_anything(edge: EdgeSite, name: str) -> None:
    """Taken under that very name, or refused as a scenario that does not read."""
    answer = put(edge, name, "legs: {callee: busy}")
    assert answer.status_code in (200, 422)
    if answer.status_code == 200:
        shown = httpx.URL(f"http://h/{name}").path.removeprefix("/")
        assert answer.json()["name"] == shown
        assert listed(edge)[shown]["file"] == f"PUT {shown}"
        assert edge.request("DELETE", f"{SCENARIOS}/{name}").status_code == 204
    else:
        assert read_problem(answer)[1] == "scenario does not read"


@pytest.mark.parametrize("name", ["a%0Ab", "%00", "a%1Bb", "a%7Fb", "a%C2%85b", "%E2%80%A8"])
def test_a_name_with_control_characters_never_breaks_anything(edge: EdgeSite, name: str) -> None:
    answer = put(edge, name, "legs: {callee: busy}")
    assert answer.status_code in (200, 404, 422)
    assert edge.request("GET", SCENARIOS).status_code == 200


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("answered", "answered stands in a file: only what was PUT can be deleted"),
        (
            "answerd",
            "answerd is not there did you mean 'answered'?: only what was PUT can be deleted",
        ),
        ("qqqq", "qqqq is not there : only what was PUT can be deleted"),
    ],
)
def test_only_what_was_put_can_be_deleted(edge: EdgeSite, name: str, hint: str) -> None:
    assert read_problem(edge.request("DELETE", f"{SCENARIOS}/{name}")) == (404, "not found", hint)


def test_it_is_a_fact_of_the_journal(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    put(edge, "broken", "legs: {callee: bussy}")
    edge.request("DELETE", f"{SCENARIOS}/mine")
    edge.request("DELETE", f"{SCENARIOS}/mine")
    told = [
        {name: one[name] for name in ("fact", "method", "path", "body")}
        for one in edge.get_json("/_mock/journal")["facts"]
    ]
    here = {"fact": "control", "path": "/scenarios/mine"}
    assert told == [
        {**here, "method": "PUT", "body": "legs: {callee: busy}"},
        {**here, "method": "DELETE", "body": None},
    ]


def test_it_is_put_into_one_sandbox_only(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}", "/_sandbox/t1")
    put(edge, "answered", "legs: {callee: busy}", "/_sandbox/t1")
    assert "mine" in listed(edge, "/_sandbox/t1")
    assert "mine" not in listed(edge)
    assert "mine" not in listed(edge, "/_sandbox/t2")
    told = [outcome(edge, prefix=prefix) for prefix in ("", "/_sandbox/t1", "/_sandbox/t2")]
    assert told == ["completed", "busy", "completed"]


def test_a_reset_takes_what_was_put(edge: EdgeSite) -> None:
    before = listed(edge)
    put(edge, "answered", "legs: {callee: busy}")
    edge.request("POST", "/_mock/reset")
    assert (listed(edge), outcome(edge)) == (before, "completed")
    assert read_problem(edge.request("DELETE", f"{SCENARIOS}/answered"))[0] == 404


def test_a_call_keeps_the_story_with_which_it_began(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    edge.click_to_call("mine")
    put(edge, "mine", "legs: {callee: no-answer}")
    edge.advance()
    assert edge.get_json("/_mock/calls/c1")["legs"][1]["cause"] == "busy"


def test_what_is_activated_and_taken_away_plays_no_more(edge: EdgeSite) -> None:
    put(edge, "mine", "legs: {callee: busy}")
    body = {"scenario": "mine", "times": 1}
    assert edge.request("POST", "/_mock/activations", json=body).status_code == 201
    edge.request("DELETE", f"{SCENARIOS}/mine")
    assert outcome(edge) == "completed"


def test_a_body_over_the_limit_is_refused(edge: EdgeSite) -> None:
    code, _, detail = read_problem(put(edge, "mine", "#" * 1_000_001))
    assert (code, detail) == (413, "a request to the mock has at most 1 MB")
