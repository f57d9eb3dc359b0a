"""What is on record of a request: ids, the call it made, and why it was refused."""

from typing import Any

import pytest

from mockserver.core.account import Limits
from mockserver.core.call import Event, Leg, recording_token
from mockserver.core.http import Request, Response, Upload
from mockserver.core.rulebook import Evidence, Fault, Rule, Violation
from mockserver.engine.exchange import Exchange, IncomingRequest, RequestSelection
from mockserver.engine.pipeline import (
    build_context,
    build_exchange,
    build_match_contexts,
    build_unknown_path_exchange,
    respond,
)
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.simulation import CLICK_TO_CALL, START, change_account, click_to_call

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}


def asked(
    state: SandboxState, flaw: str = "", objection: Rule | None = None, **fields: object
) -> IncomingRequest:
    listing = state.configuration.providers["mobtexting"]
    sent = {**CLICK_TO_CALL, **fields}
    request = Request(
        method="POST",
        path="/api/v2/voice/c2c",
        origin="http://mock",
        headers=HEADERS,
        fields=sent,
        body_error=flaw,
    )
    return IncomingRequest(
        bound=listing,
        endpoint=listing.provider.endpoints[0],
        request=request,
        scenarios=("no-answer",),
        forced_rule=objection,
    )


def test_ids_count_from_one(state: SandboxState) -> None:
    made = [click_to_call(state), click_to_call(state, to=None), click_to_call(state)]
    assert [exchange.id for exchange in made] == ["r1", "r2", "r3"]
    assert [exchange.call_ids for exchange in made] == [("c1",), (), ("c2",)]


def test_opened_knows_the_account_and_what_is_wrong(state: SandboxState) -> None:
    case = build_context(state, asked(state, to="1"), START)
    assert case.authenticated_account is read.accounts(state)["mobtexting", "mobtexting-default"]
    assert [(one.field, one.keyword) for one in case.violations] == [("to", "pattern")]
    assert case.now == START


@pytest.mark.parametrize(
    ("limits", "crowded"), [(None, False), (Limits(requests=1, per=1_000), True)]
)
def test_opened_says_whether_the_limit_is_used_up(
    state: SandboxState,
    limits: Limits | None,
    crowded: bool,  # noqa: FBT001 - what the table expects
) -> None:
    change_account(state, limits=limits)
    assert [build_context(state, asked(state), START).rate_limited for _ in range(2)] == [
        False,
        crowded,
    ]


@pytest.mark.parametrize(("headers", "secret"), [(HEADERS, "key"), ({}, "")])
def test_asked_says_whose_it_is_and_which_stories(
    state: SandboxState, headers: dict[str, str], secret: str
) -> None:
    wanted = asked(state)
    told = wanted._replace(request=wanted.request._replace(headers=headers))
    assert (told.credential_or_empty, told.selection) == (
        secret,
        RequestSelection(scenario_names=("no-answer",), credential=secret, activations=()),
    )


def test_opened_checks_no_fields_of_a_body_that_it_could_not_read(state: SandboxState) -> None:
    assert (
        build_context(state, asked(state, flaw="the body is not JSON", to="1"), START).violations
        == ()
    )


@pytest.mark.parametrize(("at", "starts_at"), [(None, START), (START + 9, START + 9)])
def test_opened_makes_calls_one_after_another(
    state: SandboxState, at: int | None, starts_at: int
) -> None:
    click_to_call(state)
    case = build_context(state, asked(state, mid="7"), START)
    calls = [case.build_call("b-after-a", {"a": "1", "b": "2"}, at) for _ in range(2)]
    assert [call.spec.id for call in calls] == ["c2", "c3"]
    call = calls[0]
    assert call.spec._asdict() == {
        "id": "c2",
        "vendor_id": "67df616d-624c-45be-afb8-942709672a5e",
        "provider": "mobtexting",
        "account": "mobtexting-default",
        "operation": "c2c",
        "flow": "b-after-a",
        "parameters": {**CLICK_TO_CALL, "mid": "7"},
        "created_at": START,
        "recording_url": f"http://mock/_media/default/{recording_token('seed', 'c2')}.wav",
    }
    assert call.legs == (
        Leg(name="a", role="from", number="1"),
        Leg(name="b", role="to", number="2"),
    )
    assert (call.starts_at, call.events) == (starts_at, (Event(at=START, type="placed"),))


def test_opened_makes_calls_for_a_stranger(state: SandboxState) -> None:
    read.accounts(state).clear()
    case = build_context(state, asked(state), START)
    assert (case.account, case.build_call("one-leg", {"a": "1"}, None).spec.account) == (None, "")


def test_recorded_of_an_accepted_request(state: SandboxState) -> None:
    wanted = asked(state)
    case = build_context(state, wanted, START)
    outcome, broken = respond(wanted, case)
    exchange = build_exchange(state, wanted, case, outcome, broken)
    assert exchange._asdict() == {
        "id": "r1",
        "at": START,
        "provider": "mobtexting",
        "operation": "c2c",
        "request": wanted.request,
        "response": Response(
            status=200, body={"status": 200, "message": "Call initiated successfully"}
        ),
        "fault": None,
        "explanation": "",
        "scenarios": ("no-answer",),
        "call_ids": ("c1",),
        "broken_rules": (),
        "violations": (),
        "match_contexts": build_match_contexts(state, wanted),
        "activations": (),
    }


def test_lost_is_on_record_under_the_next_id(state: SandboxState) -> None:
    click_to_call(state)
    sent = Request(method="GET", path="/nowhere")
    assert build_unknown_path_exchange(state, sent, START + 7, "nobody has this path") == Exchange(
        id="r2",
        at=START + 7,
        provider="",
        operation="",
        request=sent,
        response=Response(status=404),
        fault=None,
        explanation="nobody has this path",
        scenarios=(),
    )


def test_answered_objection_found_on_the_way_comes_first(state: SandboxState) -> None:
    fault = Fault(
        name="wrong-method", status=405, message="Method Not Allowed", evidence=Evidence.ASSUMED
    )
    objection = Rule(test=lambda _: True, fault=fault)
    wanted = asked(state, objection=objection, to="1")
    outcome, broken = respond(wanted, build_context(state, wanted, START))
    assert (outcome.response.status, broken, outcome.effects.calls) == (405, (objection,), ())


LONG = "x" * 100
PASSING = "would pass: 10 to 15 digits with country code, or flow:<id>"


@pytest.mark.parametrize(
    ("fields", "fault", "parts"),
    [
        ({"to": None}, "to-required", ("The to field is required.", "to: not sent")),
        ({"to": ""}, "to-required", ("The to field is required.", "to: received ''")),
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
            ("The selected bridge is invalid.", "bridge: received '918068280000'"),
        ),
    ],
)
def test_why_names_rule_source_field_and_value(
    state: SandboxState, fields: dict[str, Any], fault: str, parts: tuple[str, ...]
) -> None:
    change_account(state, numbers=frozenset({"918068281234"}))
    exchange = click_to_call(state, **fields)
    assert (exchange.fault, exchange.explanation) == (
        fault,
        f"{fault} (assumed): {'; '.join(parts)}",
    )


def test_why_tells_what_would_pass_of_its_own_field(state: SandboxState) -> None:
    wanted = asked(state, to="1")
    others = (
        Violation(field="from", keyword="pattern", expected="a name"),
        Violation(field="to", keyword="pattern", expected="ten digits"),
    )
    case = build_context(state, wanted, START)._replace(violations=others[1:])
    broken = respond(wanted, case)
    exchange = build_exchange(state, wanted, case._replace(violations=others), *broken)
    assert exchange.explanation.endswith("to: received '1'; would pass: ten digits")


def test_why_shows_what_is_no_json_as_text(state: SandboxState) -> None:
    file = Upload(filename="a.txt", content_type="text/plain", data=b"x")
    wanted = asked(state, to=file)
    case = build_context(state, asked(state), START)
    case = case._replace(
        request=wanted.request, violations=(Violation(field="to", keyword="pattern"),)
    )
    exchange = build_exchange(state, wanted, case, *respond(wanted, case))
    assert exchange.explanation.endswith("""to: received ["a.txt", "text/plain", "b'x'"]""")


def test_why_without_a_field(state: SandboxState) -> None:
    exchange = click_to_call(state, headers={"authorization": ""})
    assert exchange.explanation == "unauthenticated (assumed): Unauthenticated"


def test_why_a_body_could_not_be_read(state: SandboxState) -> None:
    wanted = asked(state, flaw="the body is not JSON: line 1 column 2: x")
    case = build_context(state, wanted, START)
    exchange = build_exchange(state, wanted, case, *respond(wanted, case))
    assert (exchange.fault, exchange.explanation) == (
        "malformed-body",
        "malformed-body (assumed): Bad Request; the body is not JSON: line 1 column 2: x",
    )
