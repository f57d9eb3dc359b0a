"""Providers: effects by event type, faults, and defaults."""

import pytest

from mockserver.core.account import Account
from mockserver.core.bound_provider import (
    BoundProvider,
    OperationOutline,
    RequestForm,
    no_examples,
    no_form,
    no_outline,
)
from mockserver.core.call import Event
from mockserver.core.http import Request, Response
from mockserver.core.provider import (
    NO_EFFECTS,
    Effects,
    Endpoint,
    EndpointResult,
    EventContext,
    Provider,
    all_faults,
    by_event_type,
    endpoint_roles,
    no_calls,
    no_change,
    no_guard,
    rules_of,
)
from mockserver.core.rulebook import Evidence, Fault, Rule, Rulebook
from tests.support.builders import build_call, build_call_spec, build_request_context

CALL = build_call(spec=build_call_spec(account="shop", flow="one-leg"), legs=())
ENDED = Effects(events=(("c1", Event(at=9, type="hangup", leg="a")),))
handle_event = by_event_type({"ended": lambda _: ENDED})


@pytest.mark.parametrize(("event_type", "effects"), [("ended", ENDED), ("bridge", NO_EFFECTS)])
def test_by_event_type_runs_the_handler_of_the_event_type_or_has_no_effects(
    event_type: str, effects: Effects
) -> None:
    assert (
        handle_event(
            EventContext(
                call=CALL,
                event=Event(at=0, type=event_type),
                account=Account(name="shop", provider="mobtexting"),
            )
        )
        == effects
    )


def test_a_vendor_event_has_no_guard_and_changes_nothing_by_default() -> None:
    context = EventContext(
        call=CALL,
        event=Event(at=0, type="sing"),
        account=Account(name="shop", provider="mobtexting"),
    )
    assert (no_guard(context), no_change(CALL, context.event)) == ("", CALL)


def test_no_effects_is_empty() -> None:
    assert Effects(calls=(), events=(), webhooks=()) == NO_EFFECTS


def build_fault(name: str) -> Fault:
    return Fault(name=name, status=422, message=name, evidence=Evidence.ASSUMED)


def build_endpoint(operation: str, *names: str) -> Endpoint:
    rulebook: Rulebook = tuple(
        (Rule(test=lambda _: True, fault=build_fault(name)),) for name in names
    )
    return Endpoint(
        operation=operation,
        method="POST",
        host="host",
        path="/",
        rules=rulebook,
        respond=lambda _: EndpointResult(response=Response(status=200)),
    )


PLAIN = Provider(
    name="plain",
    title="Plain",
    roles={"a": "first"},
    endpoints=(build_endpoint("one", "x", "y"), build_endpoint("two", "y", "z")),
    credential=lambda _: None,
    refuse=lambda _, __: Response(status=422),
    wrong_method=build_fault("wrong-method"),
    on_event=lambda _: NO_EFFECTS,
    status=lambda _: "",
    new_call_id=lambda *_: "",
)


def test_all_faults_lists_each_fault_once_in_the_order_of_the_rulebooks() -> None:
    provider = PLAIN._replace(scenario_only_faults=(build_fault("z"), build_fault("down")))
    names = [fault.name for fault in all_faults(provider)]
    assert names == ["x", "y", "z", "wrong-method", "down"]


def test_an_endpoint_plans_no_calls_by_default() -> None:
    assert PLAIN.endpoints[0].planned_calls is no_calls
    assert no_calls(build_request_context()) == ()


def test_a_bound_provider_has_no_examples_by_default() -> None:
    bound = BoundProvider(provider=PLAIN, checks={}, document=dict)
    assert (bound.examples, no_examples("one")) == (no_examples, ())


def test_a_bound_provider_has_an_empty_form_by_default() -> None:
    bound = BoundProvider(provider=PLAIN, checks={}, document=dict)
    form = RequestForm(method="", media_type="", names=())
    assert (bound.form, no_form("one")) == (no_form, form)


def test_a_bound_provider_has_an_empty_outline_by_default() -> None:
    default = BoundProvider._field_defaults["outline"]
    assert (default, no_outline("x")) == (
        no_outline,
        OperationOutline(summary="", types=(), examples=()),
    )


def test_the_roles_are_those_of_the_endpoint_or_else_of_the_provider() -> None:
    first, *_ = PLAIN.endpoints
    assert endpoint_roles(PLAIN, first) == {"a": "first"}
    assert endpoint_roles(PLAIN, first._replace(roles={"a": "other"})) == {"a": "other"}


def test_an_endpoint_accepts_a_body_of_one_megabyte_by_default() -> None:
    assert PLAIN.endpoints[0].body_limit == 1_000_000


def test_an_endpoint_matches_every_request_by_default() -> None:
    assert PLAIN.endpoints[0].when(Request(method="GET", path="/"))


def test_the_rules_of_a_fault_are_found_in_each_operation() -> None:
    fault = build_fault("x")
    first, second = (Rule(test=bool, fault=fault, field=field) for field in ("a", "b"))
    other = Rule(test=bool, fault=build_fault("other"))
    one, two = PLAIN.endpoints
    provider = PLAIN._replace(
        endpoints=(
            one._replace(rules=((first,), (other, second), (first,))),
            two._replace(rules=((second,),)),
        )
    )
    assert rules_of(provider, fault) == (("one", first), ("one", second), ("two", second))
    assert rules_of(provider, build_fault("unknown")) == ()
