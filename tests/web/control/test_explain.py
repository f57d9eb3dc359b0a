"""Why a request was answered as it was: rules, sources, values, stories."""

from typing import Any

import httpx
import pytest

from mockserver.core.configuration import Configuration
from tests.support.edge_site import (
    CLICK_TO_CALL_PATH,
    HEADERS,
    KEY,
    EdgeSite,
    build_edge_site,
    read_problem,
)
from tests.support.simulation import CLICK_TO_CALL

KEYS = [
    "request",
    "provider",
    "operation",
    "status",
    "why",
    "rules",
    "nearest",
    "scenarios",
    "passed_over",
    "hints",
]
PHONES = [{"question": "phones", "scenario": "answered", "rank": "default"}]


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    return build_edge_site(configuration)


def explained(edge: EdgeSite, name: str = "r1", prefix: str = "") -> Any:
    told = edge.get_json(f"{prefix}/_mock/explain/{name}")
    assert list(told) == KEYS
    return told


def click(edge: EdgeSite, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    sent = {"json": dict(CLICK_TO_CALL), **more}
    return edge.request("POST", CLICK_TO_CALL_PATH, headers={**HEADERS, **(headers or {})}, **sent)


def without(name: str) -> dict[str, object]:
    return {field: value for field, value in CLICK_TO_CALL.items() if field != name}


def put(edge: EdgeSite, name: str, **scenario: object) -> None:
    answer = edge.request("PUT", f"/_mock/scenarios/{name}", json=scenario)
    assert answer.status_code == 200, answer.text


def activate(edge: EdgeSite, scenario: str, **match: object) -> None:
    body = {"scenario": scenario, "match": match, "times": 1}
    assert edge.request("POST", "/_mock/activations", json=body).status_code == 201


def test_an_accepted_request(edge: EdgeSite) -> None:
    click(edge)
    assert explained(edge) == {
        "request": "r1",
        "provider": "mobtexting",
        "operation": "c2c",
        "status": 200,
        "why": "nothing was wrong with it",
        "rules": [],
        "nearest": [],
        "scenarios": PHONES,
        "passed_over": [],
        "hints": [],
    }


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (
            {**CLICK_TO_CALL, "bridge": "+918068281234"},
            {
                "fault": "bridge-malformed",
                "source": "assumed",
                "message": "The bridge format is invalid.",
                "field": "bridge",
                "received": "+918068281234",
                "would_pass": "10 to 15 digits with country code (assumed; "
                "the page's samples have twelve)",
            },
        ),
        (
            without("to"),
            {
                "fault": "to-required",
                "source": "assumed",
                "message": "The to field is required.",
                "field": "to",
                "received": None,
                "would_pass": None,
            },
        ),
        (
            {**CLICK_TO_CALL, "attempts": 3},
            {
                "fault": "attempts-malformed",
                "source": "assumed",
                "message": "The attempts must be between 0 and 2.",
                "field": "attempts",
                "received": 3,
                "would_pass": "0, 1 or 2",
            },
        ),
        (
            {**CLICK_TO_CALL, "variables": "text"},
            {
                "fault": "variables-malformed",
                "source": "assumed",
                "message": "The variables must be an array.",
                "field": "variables",
                "received": "text",
                "would_pass": "an object of texts",
            },
        ),
    ],
)
def test_a_refused_request(
    edge: EdgeSite, body: dict[str, object], rule: dict[str, object]
) -> None:
    answer = click(edge, json=body)
    assert answer.headers["x-mock-fault"] == rule["fault"]
    told = explained(edge, answer.headers["x-mock-request"])
    assert (told["status"], told["rules"]) == (422, [rule])
    assert told["why"] == answer.headers["x-mock-explain"]


def test_every_rule_of_the_stage_that_objects_is_told(edge: EdgeSite) -> None:
    click(edge, json={"to": "x"})
    told = [one["fault"] for one in explained(edge)["rules"]]
    assert told == ["bridge-required", "from-required", "to-malformed"]


@pytest.mark.parametrize(
    ("sent", "fault"),
    [({"content": b"{"}, "malformed-body"), ({"content": b""}, "bridge-required")],
)
def test_a_body_that_does_not_read_is_no_field_s(
    edge: EdgeSite, sent: dict[str, bytes], fault: str
) -> None:
    edge.request(
        "POST", CLICK_TO_CALL_PATH, headers={**HEADERS, "content-type": "application/json"}, **sent
    )
    first = explained(edge)["rules"][0]
    assert first["fault"] == fault
    if fault == "malformed-body":
        assert (first["field"], first["received"], first["would_pass"]) == (None, None, None)


def test_a_stranger(edge: EdgeSite) -> None:
    click(edge, headers={"authorization": "Bearer invalid"})
    told = explained(edge)
    assert [one["fault"] for one in told["rules"]] == ["unauthenticated"]
    assert told["status"] == 401


def test_a_wrong_method(edge: EdgeSite) -> None:
    edge.request("PUT", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
    told = explained(edge)
    assert ([one["fault"] for one in told["rules"]], told["nearest"]) == (["wrong-method"], [])


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {**CLICK_TO_CALL, "bridge": KEY}},
        {"json": {**CLICK_TO_CALL, "mid": [KEY, {"a": f"is {KEY}."}]}},
        {"json": {**CLICK_TO_CALL, "variables": f"token={KEY}"}},
        {"json": {**CLICK_TO_CALL, "webhook_id": {"password": KEY}}},
    ],
    ids=str,
)
def test_a_received_credential_is_masked(edge: EdgeSite, sent: dict[str, Any]) -> None:
    click(edge, **sent)
    answer = edge.request("GET", "/_mock/explain/r1")
    assert KEY not in answer.text
    assert "***" in str(answer.json()["rules"][0]["received"])


NAMED = [
    {"webhook_id": {"password": "another-secret"}},
    {"mid": {"access_token": "another-secret"}},
]


@pytest.mark.parametrize("fields", NAMED, ids=str)
def test_a_received_secret_is_masked_by_its_name(edge: EdgeSite, fields: dict[str, object]) -> None:
    click(edge, json={**CLICK_TO_CALL, **fields})
    [rule] = explained(edge)["rules"]
    assert "another-secret" not in str(rule)
    assert "***" in str(rule["received"])


@pytest.mark.parametrize("fields", NAMED, ids=str)
def test_a_received_secret_is_masked_in_the_sentence_too(
    edge: EdgeSite, fields: dict[str, object]
) -> None:
    click(edge, json={**CLICK_TO_CALL, **fields})
    assert "another-secret" not in explained(edge)["why"]


def test_a_file_is_told_by_its_name(edge: EdgeSite) -> None:
    files = {"bridge": ("a.wav", b"RIFF", "audio/wav")}
    edge.request("POST", CLICK_TO_CALL_PATH, headers=HEADERS, data=without("bridge"), files=files)
    [rule] = explained(edge)["rules"]
    assert rule["received"] == {"file": "a.wav", "type": "audio/wav", "bytes": 4}


def test_a_path_that_nobody_has(edge: EdgeSite) -> None:
    edge.request("POST", "/api/v2/voice/c2", headers=HEADERS)
    told = explained(edge)
    assert (told["provider"], told["operation"], told["status"]) == (None, None, 404)
    assert told["nearest"] == ["POST /api/v2/voice/c2c"]
    assert told["why"] == (
        "no emulated API has POST /api/v2/voice/c2; nearest: POST /api/v2/voice/c2c"
    )
    assert (told["rules"], told["scenarios"], told["passed_over"]) == ([], [], [])


def test_a_story_of_the_header(edge: EdgeSite) -> None:
    click(edge, headers={"x-mock-scenario": "callee-busy, late-report"})
    assert explained(edge)["scenarios"] == [
        {"question": "phones", "scenario": "callee-busy", "rank": "header"},
        {"question": "webhooks", "scenario": "late-report", "rank": "header"},
    ]


def test_an_activation_and_what_is_left_without_it(edge: EdgeSite) -> None:
    activate(edge, "callee-busy", provider="mobtexting")
    click(edge)
    click(edge)
    told = [explained(edge, name)["scenarios"] for name in ("r1", "r2")]
    first = [{"question": "phones", "scenario": "callee-busy", "rank": "activation"}]
    assert told == [first, PHONES]


def test_an_activation_that_does_not_suit_answers_nothing(edge: EdgeSite) -> None:
    activate(edge, "callee-busy", b="*9")
    click(edge)
    assert explained(edge)["scenarios"] == PHONES


def test_an_answer_that_a_story_orders(edge: EdgeSite) -> None:
    put(edge, "closed", answers=[{"refuse": "forbidden"}])
    answer = click(edge, headers={"x-mock-scenario": "closed"})
    told = explained(edge)
    assert (answer.status_code, told["status"]) == (403, 403)
    assert [one["fault"] for one in told["rules"]] == ["forbidden"]
    assert told["scenarios"][0] == {"question": "api", "scenario": "closed", "rank": "header"}


def test_a_connection_that_a_story_breaks_has_no_status(edge: EdgeSite) -> None:
    put(edge, "cut", answers=[{"break": "reset"}])
    click(edge, headers={"x-mock-scenario": "cut"})
    assert explained(edge)["status"] is None


def test_match_stories_say_why_they_were_passed_over(edge: EdgeSite) -> None:
    put(edge, "mine", match={"b": "*6000"}, legs={"callee": "busy"})
    put(edge, "other-number", match={"b": "*9"}, legs={"callee": "busy"})
    put(edge, "other-field", match={"fields": {"mid": "m-*"}}, legs={"callee": "busy"})
    put(edge, "other-leg", match={"a": "[!9]*"}, legs={"callee": "busy"})
    put(edge, "nobody-s", match={"a": "*", "account": "acme"}, legs={"callee": "busy"})
    click(edge)
    told = explained(edge)
    assert told["scenarios"] == [{"question": "phones", "scenario": "mine", "rank": "match"}]
    assert told["passed_over"] == [
        {"scenario": "other-number", "why": "b is 918867136000, not *9"},
        {"scenario": "other-field", "why": "field mid is not sent, not m-*"},
        {"scenario": "other-leg", "why": "a is 918867135000, not [!9]*"},
        {"scenario": "nobody-s", "why": "account is mobtexting-default, not acme"},
    ]


def test_a_story_that_lacks_what_it_needs_was_passed_over(edge: EdgeSite) -> None:
    needy = {"match": {"a": "*"}, "needs": {"leg": "b"}, "legs": {"b": "busy"}}
    put(edge, "needy", **needy)
    click(edge, json={**CLICK_TO_CALL, "to": "flow:220"})
    told = explained(edge)["passed_over"]
    assert told == [{"scenario": "needy", "why": "it needs a leg b"}]


def test_the_credential_by_which_a_story_was_passed_over_is_masked(edge: EdgeSite) -> None:
    put(edge, "theirs", match={"credential": "key-*"}, legs={"callee": "busy"})
    click(edge)
    [told] = explained(edge)["passed_over"]
    assert KEY not in told["why"]
    assert told["why"].startswith("credential is ***")
    assert told["why"].endswith(", not key-*")


def test_it_tells_what_was_then_not_what_is_now(edge: EdgeSite) -> None:
    """Activations are those of that time; the scenarios are those that are loaded now."""
    click(edge)
    activate(edge, "callee-busy")
    assert explained(edge)["scenarios"] == PHONES


@pytest.mark.parametrize("name", ["r2", "R1", "r01", "c1", "%00", "r1;"])
def test_a_request_that_nobody_made(edge: EdgeSite, name: str) -> None:
    click(edge)
    code, title, detail = read_problem(edge.request("GET", f"/_mock/explain/{name}"))
    assert (code, title) == (404, "not found")
    assert detail.endswith("GET /_mock/requests lists them")


def test_each_sandbox_explains_its_own(edge: EdgeSite) -> None:
    edge.click_to_call(path=f"/_sandbox/t1{CLICK_TO_CALL_PATH}")
    assert explained(edge, prefix="/_sandbox/t1")["request"] == "r1"
    assert read_problem(edge.request("GET", "/_mock/explain/r1"))[0] == 404


URLENCODED = "application/x-www-form-urlencoded"
CCAI = "/ccai/apps/api/v1/calls"


BEARER_WANTED = "and this API reads `Authorization: Bearer <token>`"
BASIC_WANTED = "and this API reads `Authorization: Basic <base64 of user:token>`"
FORM_AS_JSON = "the body looks like a form and Content-Type says application/json"
PLUS = "needs a plus in front of it"
OUTBOUND = {
    "call_type": "Voice Outbound (API)",
    "agent_email": "admin@somedomain.com",
    "lang": "en",
}


def typed(content_type: str) -> dict[str, str]:
    return {**HEADERS, "content-type": content_type}


@pytest.mark.parametrize(
    ("path", "sent", "hints"),
    [
        (
            CCAI,
            {"headers": {"authorization": "Bearer token"}, "json": {}},
            [f"Authorization has the scheme Bearer, {BASIC_WANTED}"],
        ),
        (
            CLICK_TO_CALL_PATH,
            {"headers": {"authorization": "Basic a-token"}, "json": dict(CLICK_TO_CALL)},
            [f"Authorization has the scheme Basic, {BEARER_WANTED}"],
        ),
        (
            CLICK_TO_CALL_PATH,
            {"headers": {"authorization": "a-token"}, "json": dict(CLICK_TO_CALL)},
            [f"Authorization has no scheme, {BEARER_WANTED}"],
        ),
        (
            CLICK_TO_CALL_PATH,
            {"json": {**CLICK_TO_CALL, "to": "+918867136000"}},
            [
                (
                    "to needs no plus in front of it: "
                    "'918867136000' would pass, '+918867136000' does not"
                )
            ],
        ),
        (
            CLICK_TO_CALL_PATH,
            {"json": {**CLICK_TO_CALL, "from": "+91 8867-135000"}},
            ["from needs digits only: '918867135000' would pass, '+91 8867-135000' does not"],
        ),
        (
            CLICK_TO_CALL_PATH,
            {"content": b'{"to": "1"}', "headers": typed(URLENCODED)},
            [f"the body looks like JSON and Content-Type says {URLENCODED}: say application/json"],
        ),
        (
            CLICK_TO_CALL_PATH,
            {"content": b"to=1&from=2", "headers": typed("application/json")},
            [f"{FORM_AS_JSON}: send JSON, or say {URLENCODED}"],
        ),
        (
            CCAI,
            {
                "headers": {"authorization": "Basic YWNtZTp0b2tlbg=="},
                "json": {**OUTBOUND, "end_user_number": "12051234567"},
            },
            [f"end_user_number {PLUS}: '+12051234567' would pass, '12051234567' does not"],
        ),
        (CLICK_TO_CALL_PATH, {"json": {**CLICK_TO_CALL, "attempts": 3}}, []),
        (CLICK_TO_CALL_PATH, {"json": {**CLICK_TO_CALL, "variables": [1]}}, []),
        ("/nobody", {"json": {}}, []),
    ],
)  # fmt: skip
def test_hints_name_the_usual_slips(
    edge: EdgeSite, path: str, sent: dict[str, Any], hints: list[str]
) -> None:
    answer = edge.request("POST", path, **{"headers": HEADERS, **sent})
    told = edge.get_json(f"/_mock/explain/{answer.headers['x-mock-request']}")
    assert told["hints"] == hints


def test_hint_of_a_token_of_another_sandbox(edge: EdgeSite) -> None:
    mine = "/_mock/accounts/mobtexting/mobtexting-default"
    edge.request("PATCH", f"/_sandbox/t1{mine}", json={"credentials": ["key-of-t1"]})
    edge.request("PATCH", mine, json={"credentials": ["key-of-mine"]})
    headers = {"authorization": "Bearer key-of-t1", "accept": "application/json"}
    assert (
        edge.request(
            "POST", CLICK_TO_CALL_PATH, headers=headers, json=dict(CLICK_TO_CALL)
        ).status_code
        == 401
    )
    told = explained(edge)["hints"]
    assert told == ["sandbox default does not know this credential, sandbox t1 does"]
