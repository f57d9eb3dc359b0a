"""An explanation shows the rules, scenarios and hints behind the response to a request."""

from typing import Any

import httpx
import pytest

from tests.support.edge_site import EdgeSite
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import BEARER, HEADERS, read_problem
from tests.support.vendors import phonon

KEYS = [
    "request",
    "provider",
    "operation",
    "status",
    "reason",
    "ignored",
    "rules",
    "nearest",
    "calls",
    "hints",
]
NUMBERS = {
    **dict.fromkeys(("callee", "b", "to"), CLICK_TO_CALL["to"]),
    **dict.fromkeys(("a", "from"), CLICK_TO_CALL["from"]),
}
ORDER = "scenario {0} (PUT {0}:1:1) orders {1}; chosen by the header X-Mock-Scenario"
DEFAULT_SELECTION = [{"aspect": "legs", "scenario": "answered", "rank": "default"}]


def explain(edge: EdgeSite, name: str = "r1", prefix: str = "") -> Any:
    explanation = edge.get_json(f"{prefix}/_mock/explain/{name}")
    assert list(explanation) == KEYS
    return explanation


def explain_call(edge: EdgeSite, name: str = "r1") -> Any:
    """The entry of the only call that the request would place."""
    [call] = explain(edge, name)["calls"]
    keys = ["call", "numbers", "scenarios", "activations", "rejected", "legs", "overtaken"]
    assert list(call) == keys
    return call


def click_to_call(
    edge: EdgeSite, headers: dict[str, str] | None = None, **changes: Any
) -> httpx.Response:
    arguments = {"json": dict(CLICK_TO_CALL), **changes}
    return edge.request(
        "POST", CLICK_TO_CALL_PATH, headers={**HEADERS, **(headers or {})}, **arguments
    )


def without_field(name: str) -> dict[str, object]:
    return {field: value for field, value in CLICK_TO_CALL.items() if field != name}


def put_scenario(edge: EdgeSite, name: str, **scenario: object) -> None:
    response = edge.request("PUT", f"/_mock/scenarios/{name}", json=scenario)
    assert response.status_code == 200, response.text


def activate(edge: EdgeSite, scenario: str, **match: object) -> None:
    body = {"scenario": scenario, "match": match, "times": 1}
    assert edge.request("POST", "/_mock/activations", json=body).status_code == 201


def test_an_accepted_request_is_explained_without_rules(edge: EdgeSite) -> None:
    click_to_call(edge)
    assert explain(edge) == {
        "request": "r1",
        "provider": "mobtexting",
        "operation": "c2c",
        "status": 200,
        "reason": "nothing was wrong with it",
        "ignored": [],
        "rules": [],
        "nearest": [],
        "calls": [
            {
                "call": "c1",
                "numbers": NUMBERS,
                "scenarios": DEFAULT_SELECTION,
                "activations": [],
                "rejected": [],
                "legs": [
                    {
                        "attempt": 1,
                        "leg": "a",
                        "number": NUMBERS["a"],
                        "decided_by": "default",
                        "behavior": "rings 2 s, answered",
                        "is_person": False,
                    },
                    {
                        "attempt": 1,
                        "leg": "b",
                        "number": NUMBERS["b"],
                        "decided_by": "scenario",
                        "behavior": "rings 2 s, answered",
                        "is_person": False,
                    },
                ],
                "overtaken": [],
            }
        ],
        "hints": [],
    }


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (
            {**CLICK_TO_CALL, "bridge": "+918068281234"},
            {
                "fault": "bridge-malformed",
                "evidence": "assumed",
                "message": "The bridge format is invalid.",
                "field": "bridge",
                "received": "+918068281234",
                "would_pass": "10 to 15 digits with country code (assumed; "
                "the page's samples have twelve), such as 918867136000",
                "sample": "918867136000",
                "condition": "assumed",
                "note": None,
            },
        ),
        (
            without_field("to"),
            {
                "fault": "to-required",
                "evidence": "assumed",
                "message": "The to field is required.",
                "field": "to",
                "received": None,
                "would_pass": "10 to 15 digits with country code, or flow:<id>, such as "
                "918867136000",
                "sample": "918867136000",
                "condition": "documented",
                "note": "one of the three parameters of the page's first table",
            },
        ),
        (
            {**CLICK_TO_CALL, "attempts": 3},
            {
                "fault": "attempts-malformed",
                "evidence": "assumed",
                "message": "The attempts must be between 0 and 2.",
                "field": "attempts",
                "received": 3,
                "would_pass": "0, 1 or 2",
                "sample": "1",
                "condition": "documented",
                "note": "the page has `Max 2`",
            },
        ),
        (
            {**CLICK_TO_CALL, "variables": "text"},
            {
                "fault": "variables-malformed",
                "evidence": "assumed",
                "message": "The variables must be an array.",
                "field": "variables",
                "received": "text",
                "would_pass": 'an object of texts, such as {"Name": "YourName"}',
                "sample": {"Name": "YourName"},
                "condition": "assumed",
                "note": "the page calls it an array, and its sample has names in brackets",
            },
        ),
    ],
)
def test_a_refused_request_is_explained_by_the_rule_it_violates(
    edge: EdgeSite, body: dict[str, object], rule: dict[str, object]
) -> None:
    response = click_to_call(edge, json=body)
    assert response.headers["x-mock-fault"] == rule["fault"]
    explanation = explain(edge, response.headers["x-mock-request"])
    assert (explanation["status"], explanation["rules"]) == (422, [rule])
    assert explanation["reason"] == response.headers["x-mock-explain"]


def test_every_violated_rule_of_the_failing_stage_is_listed(edge: EdgeSite) -> None:
    click_to_call(edge, json={"to": "x"})
    faults = [rule["fault"] for rule in explain(edge)["rules"]]
    assert faults == ["bridge-required", "from-required", "to-malformed"]


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [({"content": b"{"}, "malformed-body"), ({"content": b""}, "bridge-required")],
)
def test_the_rule_of_a_malformed_body_names_no_field(
    edge: EdgeSite, arguments: dict[str, bytes], fault: str
) -> None:
    edge.request(
        "POST",
        CLICK_TO_CALL_PATH,
        headers={**HEADERS, "content-type": "application/json"},
        **arguments,
    )
    rule = explain(edge)["rules"][0]
    assert rule["fault"] == fault
    if fault == "malformed-body":
        assert (rule["field"], rule["received"], rule["sample"]) == (None, None, None)
        assert rule["would_pass"].startswith("a body that can be read; this one cannot: ")


def test_an_unknown_credential_is_explained_as_unauthenticated(edge: EdgeSite) -> None:
    click_to_call(edge, headers={"authorization": "Bearer invalid"})
    explanation = explain(edge)
    assert [rule["fault"] for rule in explanation["rules"]] == ["unauthenticated"]
    assert explanation["status"] == 401


def test_a_wrong_method_is_explained_without_nearest_paths(edge: EdgeSite) -> None:
    edge.request("PUT", CLICK_TO_CALL_PATH, json=dict(CLICK_TO_CALL), headers=HEADERS)
    explanation = explain(edge)
    assert ([rule["fault"] for rule in explanation["rules"]], explanation["nearest"]) == (
        ["wrong-method"],
        [],
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {"json": {**CLICK_TO_CALL, "bridge": BEARER}},
        {"json": {**CLICK_TO_CALL, "mid": [BEARER, {"a": f"is {BEARER}."}]}},
        {"json": {**CLICK_TO_CALL, "variables": f"token={BEARER}"}},
        {"json": {**CLICK_TO_CALL, "webhook_id": {"password": BEARER}}},
    ],
    ids=str,
)
def test_a_received_credential_is_redacted_in_the_explanation(
    edge: EdgeSite, arguments: dict[str, Any]
) -> None:
    click_to_call(edge, **arguments)
    response = edge.request("GET", "/_mock/explain/r1")
    assert BEARER not in response.text
    assert "***" in str(response.json()["rules"][0]["received"])


SECRET_FIELDS = [
    {"webhook_id": {"password": "another-secret"}},
    {"mid": {"access_token": "another-secret"}},
]


@pytest.mark.parametrize("fields", SECRET_FIELDS, ids=str)
def test_a_received_secret_is_redacted_because_of_its_field_name(
    edge: EdgeSite, fields: dict[str, object]
) -> None:
    click_to_call(edge, json={**CLICK_TO_CALL, **fields})
    [rule] = explain(edge)["rules"]
    assert "another-secret" not in str(rule)
    assert "***" in str(rule["received"])


@pytest.mark.parametrize("fields", SECRET_FIELDS, ids=str)
def test_a_received_secret_is_redacted_in_the_reason_too(
    edge: EdgeSite, fields: dict[str, object]
) -> None:
    click_to_call(edge, json={**CLICK_TO_CALL, **fields})
    assert "another-secret" not in explain(edge)["reason"]


def test_a_received_file_is_shown_by_its_name_type_and_size(edge: EdgeSite) -> None:
    files = {"bridge": ("a.wav", b"RIFF", "audio/wav")}
    edge.request(
        "POST", CLICK_TO_CALL_PATH, headers=HEADERS, data=without_field("bridge"), files=files
    )
    [rule] = explain(edge)["rules"]
    assert rule["received"] == {"file": "a.wav", "type": "audio/wav", "bytes": 4}


def test_an_unknown_path_is_explained_by_the_nearest_paths(edge: EdgeSite) -> None:
    edge.request("POST", "/api/v2/voice/c2", headers=HEADERS)
    explanation = explain(edge)
    assert (explanation["provider"], explanation["operation"], explanation["status"]) == (
        None,
        None,
        404,
    )
    assert explanation["nearest"] == ["POST /api/v2/voice/c2c"]
    assert explanation["reason"] == (
        "no emulated API has POST /api/v2/voice/c2; nearest: POST /api/v2/voice/c2c"
    )
    assert (explanation["rules"], explanation["calls"]) == ([], [])


def test_the_scenarios_of_the_header_are_listed_by_aspect(edge: EdgeSite) -> None:
    click_to_call(edge, headers={"x-mock-scenario": "callee-busy, late-report"})
    assert explain_call(edge)["scenarios"] == [
        {"aspect": "legs", "scenario": "callee-busy", "rank": "header"},
        {"aspect": "webhooks", "scenario": "late-report", "rank": "header"},
    ]


def test_an_activation_is_listed_for_the_requests_that_it_was_in_force_for(edge: EdgeSite) -> None:
    activate(edge, "callee-busy", provider="mobtexting")
    click_to_call(edge)
    click_to_call(edge)
    scenarios = [explain_call(edge, name)["scenarios"] for name in ("r1", "r2")]
    activated = [{"aspect": "legs", "scenario": "callee-busy", "rank": "activation"}]
    assert scenarios == [activated, DEFAULT_SELECTION]


def test_an_activation_that_does_not_match_is_not_listed(edge: EdgeSite) -> None:
    activate(edge, "callee-busy", b="*9")
    click_to_call(edge)
    assert explain_call(edge)["scenarios"] == DEFAULT_SELECTION


def test_a_fault_that_a_scenario_causes_is_explained_by_that_scenario(edge: EdgeSite) -> None:
    put_scenario(edge, "closed", responses=[{"refuse": "forbidden"}])
    response = click_to_call(edge, headers={"x-mock-scenario": "closed"})
    explanation = explain(edge)
    assert (response.status_code, explanation["status"]) == (403, 403)
    assert explanation["reason"] == ORDER.format("closed", "refuse: forbidden (assumed)")
    assert (explanation["rules"], explanation["hints"]) == ([], [])
    assert explain_call(edge)["scenarios"][0] == {
        "aspect": "api",
        "scenario": "closed",
        "rank": "header",
    }


def test_a_connection_that_a_scenario_breaks_has_no_status(edge: EdgeSite) -> None:
    put_scenario(edge, "cut", responses=[{"break": "reset"}])
    click_to_call(edge, headers={"x-mock-scenario": "cut"})
    assert explain(edge)["status"] is None


def test_a_scenario_whose_match_rule_fails_is_listed_with_the_reason(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", match={"b": "*6000"}, legs={"callee": "busy"})
    put_scenario(edge, "other-number", match={"b": "*9"}, legs={"callee": "busy"})
    put_scenario(edge, "other-field", match={"fields": {"mid": "m-*"}}, legs={"callee": "busy"})
    put_scenario(edge, "other-leg", match={"a": "[!9]*"}, legs={"callee": "busy"})
    put_scenario(edge, "nobody-s", match={"a": "*", "account": "acme"}, legs={"callee": "busy"})
    click_to_call(edge)
    explanation = explain_call(edge)
    assert explanation["scenarios"] == [{"aspect": "legs", "scenario": "mine", "rank": "match"}]
    assert explanation["rejected"] == [
        {"scenario": "other-number", "reason": "b is 918867136000, not *9"},
        {"scenario": "other-field", "reason": "field mid is not sent, not m-*"},
        {"scenario": "other-leg", "reason": "a is 918867135000, not [!9]*"},
        {"scenario": "nobody-s", "reason": "account is mobtexting-default, not acme"},
    ]


def test_a_scenario_whose_needs_are_not_met_is_listed_with_the_reason(edge: EdgeSite) -> None:
    scenario = {"match": {"a": "*"}, "needs": {"leg": "b"}, "legs": {"b": "busy"}}
    put_scenario(edge, "needy", **scenario)
    click_to_call(edge, json={**CLICK_TO_CALL, "to": "flow:220"})
    rejected = explain_call(edge)["rejected"]
    assert rejected == [{"scenario": "needy", "reason": "it needs a leg b"}]


def test_the_reason_of_a_rejected_scenario_names_no_credential(edge: EdgeSite) -> None:
    put_scenario(edge, "vendor-s", match={"credential": "key-*"}, legs={"callee": "busy"})
    click_to_call(edge)
    [rejected] = explain_call(edge)["rejected"]
    assert rejected["reason"] == "credential is another value"


def test_a_later_activation_does_not_change_the_explanation_of_a_request(edge: EdgeSite) -> None:
    """Activations are those at the time of the request; scenarios are the present ones."""
    click_to_call(edge)
    activate(edge, "callee-busy")
    assert explain_call(edge)["scenarios"] == DEFAULT_SELECTION


@pytest.mark.parametrize("name", ["r2", "R1", "r01", "c1", "%00", "r1;"])
def test_explaining_an_unknown_request_is_not_found(edge: EdgeSite, name: str) -> None:
    click_to_call(edge)
    status, kind, detail = read_problem(edge.request("GET", f"/_mock/explain/{name}"))
    assert (status, kind) == (404, "unknown-request")
    assert detail.startswith("no request is named ")


def test_a_sandbox_explains_only_its_own_requests(edge: EdgeSite) -> None:
    edge.click_to_call(path=f"/_sandbox/t1{CLICK_TO_CALL_PATH}")
    assert explain(edge, prefix="/_sandbox/t1")["request"] == "r1"
    assert read_problem(edge.request("GET", "/_mock/explain/r1"))[0] == 404


URLENCODED = "application/x-www-form-urlencoded"
CCAI = "/ccai/apps/api/v1/calls"


BEARER_EXPECTED = "and this API reads `Authorization: Bearer <token>`"
BASIC_EXPECTED = "and this API reads `Authorization: Basic <base64 of user:token>`"
FORM_AS_JSON = "the body looks like a form and Content-Type says application/json"
PLUS = "needs a plus in front of it"
OUTBOUND = {
    "call_type": "Voice Outbound (API)",
    "agent_email": "admin@somedomain.com",
    "lang": "en",
}


def with_content_type(content_type: str) -> dict[str, str]:
    return {**HEADERS, "content-type": content_type}


@pytest.mark.parametrize(
    ("path", "arguments", "hints"),
    [
        (
            CCAI,
            {"headers": {"authorization": "Bearer token"}, "json": {}},
            [f"Authorization has the scheme Bearer, {BASIC_EXPECTED}"],
        ),
        (
            CLICK_TO_CALL_PATH,
            {"headers": {"authorization": "Basic a-token"}, "json": dict(CLICK_TO_CALL)},
            [f"Authorization has the scheme Basic, {BEARER_EXPECTED}"],
        ),
        (
            CLICK_TO_CALL_PATH,
            {"headers": {"authorization": "a-token"}, "json": dict(CLICK_TO_CALL)},
            [f"Authorization has no scheme, {BEARER_EXPECTED}"],
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
            {"content": b'{"to": "1"}', "headers": with_content_type(URLENCODED)},
            [f"the body looks like JSON and Content-Type says {URLENCODED}: say application/json"],
        ),
        (
            CLICK_TO_CALL_PATH,
            {"content": b"to=1&from=2", "headers": with_content_type("application/json")},
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
def test_hints_name_common_mistakes(
    edge: EdgeSite, path: str, arguments: dict[str, Any], hints: list[str]
) -> None:
    response = edge.request("POST", path, **{"headers": HEADERS, **arguments})
    explanation = edge.get_json(f"/_mock/explain/{response.headers['x-mock-request']}")
    assert explanation["hints"] == hints


def test_a_hint_names_the_sandbox_that_knows_the_credential(edge: EdgeSite) -> None:
    account_path = "/_mock/accounts/mobtexting/mobtexting-default"
    edge.request("PATCH", f"/_sandbox/t1{account_path}", json={"credentials": ["key-of-t1"]})
    edge.request("PATCH", account_path, json={"credentials": ["key-of-mine"]})
    headers = {"authorization": "Bearer key-of-t1", "accept": "application/json"}
    assert (
        edge.request(
            "POST", CLICK_TO_CALL_PATH, headers=headers, json=dict(CLICK_TO_CALL)
        ).status_code
        == 401
    )
    hints = explain(edge)["hints"]
    assert hints == ["sandbox default does not know this credential, sandbox t1 does"]


def test_a_raw_answer_is_explained_as_the_order_of_its_scenario(edge: EdgeSite) -> None:
    put_scenario(edge, "gateway", responses=[{"status": 502}])
    click_to_call(edge, {"x-mock-scenario": "gateway"})
    explanation = explain(edge)
    assert (explanation["status"], explanation["reason"], explanation["rules"]) == (
        502,
        ORDER.format("gateway", "status: 502"),
        [],
    )


def test_a_header_and_a_window_that_do_not_match_are_explained_in_words(edge: EdgeSite) -> None:
    put_scenario(edge, "seven", match={"headers": {"x-test": "7*"}}, legs={"a": "busy"})
    put_scenario(edge, "noon", match={"from": "12:00", "until": "13:00"}, legs={"a": "busy"})
    click_to_call(edge, {"x-test": "81"})
    assert explain_call(edge)["rejected"] == [
        {"scenario": "seven", "reason": "header x-test is 81, not 7*"},
        {"scenario": "noon", "reason": "it is 09:00:00 in UTC, not from 12:00 until 13:00"},
    ]


TICKET_OF_NOBODY = {
    "call_type": "Voice Inbound (API)",
    "menu_id": 9,
    "end_user_number": "+1 859-657-9625",
    "ticket_id": "999",
}


def test_a_condition_that_is_known_otherwise_than_its_text_is_explained_with_its_note(
    edge: EdgeSite,
) -> None:
    headers = {"authorization": "Basic Y3VzdG9tZXI6dG9rZW4="}
    path = "/ccai/apps/api/v1/calls"
    response = edge.request("POST", path, json=TICKET_OF_NOBODY, headers=headers)
    reason = "contact-not-found (documented, condition assumed): Contact not found; "
    passing = "a ticket of the account, such as 71450"
    received = f"ticket_id: received '999'; would pass: {passing}"
    assert response.headers["x-mock-explain"] == reason + received
    [rule] = explain(edge, response.headers["x-mock-request"])["rules"]
    assert rule == {
        "fault": "contact-not-found",
        "evidence": "documented",
        "message": "Contact not found",
        "field": "ticket_id",
        "received": "999",
        "would_pass": passing,
        "sample": "71450",
        "condition": "assumed",
        "note": "the page has `Contact not found` for outbound calls only",
    }


def test_what_was_overtaken_is_listed_with_the_time(edge: EdgeSite) -> None:
    put_scenario(edge, "mine", legs={"a": "busy", "b": "answered"})
    click_to_call(edge, {"x-mock-scenario": "mine"})
    edge.request("POST", "/_mock/clock/advance", json={"until": "idle"})
    explanation = explain_call(edge)
    assert explanation["overtaken"] == [
        {
            "attempt": 1,
            "leg": "b",
            "scenario": "mine",
            "what": "legs.b",
            "reason": "leg a hung up (busy)",
            "at": "2026-01-01T09:00:02.000Z",
        }
    ]


def test_a_request_without_a_call_has_nothing_overtaken(edge: EdgeSite) -> None:
    click_to_call(edge, json={})
    assert explain_call(edge)["overtaken"] == []


@pytest.mark.parametrize(
    ("host", "status"), [("central.phonon.io", 200), ("central-api.phonon.io", 202)]
)
def test_the_calls_that_an_accepted_request_leaves_out_are_explained(
    edge: EdgeSite, host: str, status: int
) -> None:
    numbers = (["918867136000"], ["12"], ["918867136001"])
    response = edge.request(
        "POST",
        f"/phonon/{host}/kairos-apis/outbound/create",
        json={**phonon.CREATE_EXAMPLE, "calls": [{"contact-numbers": each} for each in numbers]},
    )
    explanation = explain(edge)
    assert (response.status_code, explanation["status"]) == (status, status)
    assert explanation["reason"] == response.headers["x-mock-explain"]
    assert explanation["reason"].startswith("1 of 3 calls not placed: invalid-contact-number")
    assert explanation["rules"] == [
        {
            "fault": "invalid-contact-number",
            "evidence": "documented",
            "message": "Invalid Contact Number",
            "field": "calls[1].contact-numbers[0]",
            "received": "12",
            "would_pass": "10 to 15 digits with country code, such as 918867136000",
            "sample": "918867136000",
            "condition": "assumed",
            "note": "the page shows no pattern: 10 to 15 digits, perhaps after a plus",
        }
    ]
    assert [call["call"] for call in explanation["calls"]] == ["c1", None, "c2"]
