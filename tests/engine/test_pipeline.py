"""The pipeline: request contexts, exchanges, and the explanation of a fault."""

from typing import Any

import pytest
from msgspec.structs import asdict

from mockserver.core.account import Limits
from mockserver.core.call import Event, Leg, PlannedCall
from mockserver.core.http import Request, Response, Upload
from mockserver.core.rulebook import (
    Evidence,
    Fault,
    RequestContext,
    Rule,
    Violation,
    ViolationTest,
)
from mockserver.core.seeded import recording_token
from mockserver.core.selection import SelectedScenario
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.own_refusals import OwnRefusal, record_refusal
from mockserver.engine.pipeline import (
    build_context,
    handle,
    match_request,
    respond,
)
from mockserver.engine.refusals import explain_refusal
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.state.accounts import Accounts
from tests.support import read
from tests.support.simulation import (
    START,
    build_click_to_call,
    change_account,
    click_to_call,
)

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}


def build_incoming(
    state: SandboxState, body_error: str = "", wrong_method: Rule | None = None, **fields: object
) -> IncomingRequest:
    incoming = build_click_to_call(state, "no-answer", **fields)
    request = incoming.request.replace(origin="http://mock", body_error=body_error)
    return incoming.replace(request=request, wrong_method=wrong_method)


def test_request_and_call_ids_count_from_one(state: SandboxState) -> None:
    exchanges = [click_to_call(state), click_to_call(state, to=None), click_to_call(state)]
    assert [exchange.id for exchange in exchanges] == ["r1", "r2", "r3"]
    assert [exchange.call_ids for exchange in exchanges] == [("c1",), (), ("c2",)]


def test_the_request_context_has_account_violations_and_time(state: SandboxState) -> None:
    context = build_context(state, build_incoming(state, to="1"), START)
    assert context.authenticated_account is read.accounts(state)["mobtexting", "mobtexting-default"]
    assert [(violation.field, violation.keyword) for violation in context.violations] == [
        ("to", "pattern")
    ]
    assert context.now == START


@pytest.mark.parametrize(
    ("limits", "limited"), [(None, False), (Limits(requests=1, per=1_000), True)]
)
def test_the_request_context_says_whether_the_rate_limit_is_exceeded(
    state: SandboxState,
    limits: Limits | None,
    limited: bool,  # noqa: FBT001 - what the table expects
) -> None:
    change_account(state, limits=limits)
    first = build_context(state, build_incoming(state), START)
    handle(state, build_incoming(state), START)
    second = build_context(state, build_incoming(state), START)
    assert (first.rate_limited, second.rate_limited) == (False, limited)


def test_building_a_request_context_changes_nothing(state: SandboxState) -> None:
    change_account(state, limits=Limits(requests=1, per=1_000))
    contexts = [build_context(state, build_incoming(state), START) for _ in range(3)]
    assert [context.rate_limited for context in contexts] == [False, False, False]
    assert read.request_times(state) == {}


def test_fields_of_an_unreadable_body_are_not_validated(state: SandboxState) -> None:
    assert (
        build_context(
            state, build_incoming(state, body_error="the body is not JSON", to="1"), START
        ).violations
        == ()
    )


@pytest.mark.parametrize(("at", "starts_at"), [(None, START), (START + 9, START + 9)])
def test_a_request_context_places_its_planned_calls_with_consecutive_ids(
    state: SandboxState, at: int | None, starts_at: int
) -> None:
    click_to_call(state)
    planned = PlannedCall(
        flow="b-after-a", numbers={"a": "1", "b": "2"}, parameters={"mid": "7"}, starts_at=at
    )
    context = build_context(state, build_incoming(state), START, (planned, planned, planned))
    calls = [context.place(index) for index in (0, 2)]
    assert [(call.spec.id, call.spec.match_index) for call in calls] == [("c2", 0), ("c3", 2)]
    call = calls[0]
    assert asdict(call.spec) == {
        "id": "c2",
        "vendor_id": "67df616d-624c-45be-afb8-942709672a5e",
        "provider": "mobtexting",
        "account": "mobtexting-default",
        "operation": "c2c",
        "flow": "b-after-a",
        "parameters": {"mid": "7"},
        "created_at": START,
        "recording_url": f"http://mock/_media/default/{recording_token('seed', 'c2')}.wav",
        "roles": {"a": "from", "b": "to"},
        "match_index": 0,
    }
    assert call.legs == (
        Leg(name="a", role="from", number="1"),
        Leg(name="b", role="to", number="2"),
    )
    assert (call.starts_at, call.events) == (starts_at, (Event(at=START, type="placed"),))


def test_a_request_context_places_calls_without_an_account(state: SandboxState) -> None:
    state.accounts = Accounts(())
    context = build_context(state, build_incoming(state), START)
    assert (context.account, context.place(0).spec.account) == (None, "")


def test_a_request_context_that_plans_no_call_places_none(state: SandboxState) -> None:
    context = build_context(state, build_incoming(state), START, ())
    with pytest.raises(LookupError, match="this request places no call"):
        context.place(0)


def test_the_exchange_of_an_accepted_request_has_all_its_fields(state: SandboxState) -> None:
    incoming = build_incoming(state)
    matched = match_request(state, incoming, START)
    exchange = respond(state, matched, START)
    assert asdict(exchange) == {
        "id": "r1",
        "at": START,
        "provider": "mobtexting",
        "operation": "c2c",
        "request": incoming.request,
        "response": Response(
            status=200, body={"status": 200, "message": "Call initiated successfully"}
        ),
        "fault": None,
        "explanation": "",
        "scenario_names": ("no-answer",),
        "call_ids": ("c1",),
        "broken_rules": (),
        "findings": (),
        "ordered_by": "",
        "ordered": "",
        "activations": (),
        "problem": "",
        "ignored": (),
        "matches": matched.matches,
        "scenarios": state.configuration.scenarios,
        "placed_calls": {0: "c1"},
    }
    scenario = state.configuration.scenarios.by_name["no-answer"]
    assert [match.selection.legs for match in matched.matches] == [
        SelectedScenario(scenario=scenario, rank="header")
    ]


def test_a_request_to_an_unknown_path_gets_the_next_id(state: SandboxState) -> None:
    click_to_call(state)
    request = Request(method="GET", path="/nowhere")
    assert record_refusal(
        state,
        request,
        START + 7,
        OwnRefusal(problem="unknown-path", status=404, explanation="nobody has this path"),
    ) == Exchange(
        id="r2",
        at=START + 7,
        provider="",
        operation="",
        request=request,
        response=Response(status=404, body={}),
        fault=None,
        explanation="nobody has this path",
        problem="unknown-path",
        scenario_names=(),
        scenarios=state.configuration.scenarios,
    )


def test_a_wrong_method_comes_before_the_rulebook(state: SandboxState) -> None:
    fault = Fault(
        name="wrong-method", status=405, message="Method Not Allowed", evidence=Evidence.ASSUMED
    )
    wrong_method = Rule(test=lambda _: True, fault=fault)
    exchange = handle(state, build_incoming(state, wrong_method=wrong_method, to="1"), START)
    assert (exchange.response.status, exchange.broken_rules, exchange.call_ids) == (
        405,
        (wrong_method,),
        (),
    )


LONG = "x" * 100
PASSING = "would pass: 10 to 15 digits with country code, or flow:<id>, such as 918867136000"


@pytest.mark.parametrize(
    ("fields", "fault", "parts"),
    [
        ({"to": None}, "to-required", ("The to field is required.", "to: not sent", PASSING)),
        ({"to": ""}, "to-required", ("The to field is required.", "to: received ''", PASSING)),
        (
            {"to": "1"},
            "to-malformed",
            ("The to format is invalid.", "to: received '1'", PASSING),
        ),
        (
            {"to": LONG},
            "to-malformed",
            ("The to format is invalid.", f"to: received '{LONG[:79]}", PASSING),
        ),
        (
            {"bridge": "918068280000"},
            "bridge-unknown",
            (
                "The selected bridge is invalid.",
                "bridge: received '918068280000'",
                "would pass: a number of the account, such as 918068281234",
            ),
        ),
    ],
)
def test_the_explanation_names_fault_evidence_field_and_value(
    state: SandboxState, fields: dict[str, Any], fault: str, parts: tuple[str, ...]
) -> None:
    change_account(state, numbers=frozenset({"918068281234"}))
    evidence = "assumed, condition documented" if fault == "to-required" else "assumed"
    exchange = click_to_call(state, **fields)
    assert (exchange.fault, exchange.explanation) == (
        fault,
        f"{fault} ({evidence}): {'; '.join(parts)}",
    )


TO_MALFORMED = Rule(
    test=ViolationTest(field="to"),
    fault=Fault(name="to-malformed", status=422, message="No.", evidence=Evidence.ASSUMED),
    field="to",
)


def explain(state: SandboxState, context: RequestContext) -> str:
    bound = state.configuration.providers["mobtexting"]
    return explain_refusal((TO_MALFORMED,), context, bound)[1]


def test_the_explanation_says_what_would_pass_for_its_own_field(state: SandboxState) -> None:
    violations = (
        Violation(field="from", keyword="pattern", expected="a name"),
        Violation(field="to", keyword="pattern", expected="ten digits"),
    )
    context = build_context(state, build_incoming(state, to="1"), START)
    text = explain(state, context.replace(violations=violations))
    assert text.endswith("to: received '1'; would pass: ten digits")


def test_the_explanation_shows_a_value_that_is_no_json_as_text(state: SandboxState) -> None:
    file = Upload(filename="a.txt", content_type="text/plain", data=b"x")
    context = build_context(state, build_incoming(state), START).replace(
        request=build_incoming(state, to=file).request,
        violations=(Violation(field="to", keyword="type", expected="a text"),),
    )
    text = explain(state, context)
    assert text.endswith("""to: received ["a.txt", "text/plain", "b'x'"]; would pass: a text""")


def test_the_explanation_of_a_fault_without_a_field_is_its_message(state: SandboxState) -> None:
    exchange = click_to_call(state, headers={"authorization": ""})
    assert exchange.explanation == (
        "unauthenticated (assumed, condition observed): Unauthenticated; "
        "would pass: nothing in the request: the credential has to be that of an account"
    )


def test_the_explanation_of_a_malformed_body_has_the_parse_error(state: SandboxState) -> None:
    incoming = build_incoming(state, body_error="the body is not JSON: line 1 column 2: x")
    exchange = handle(state, incoming, START)
    assert (exchange.fault, exchange.explanation) == (
        "malformed-body",
        (
            "malformed-body (assumed, condition observed): Bad Request; "
            "the body is not JSON: line 1 column 2: x"
        ),
    )
