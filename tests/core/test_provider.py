"""What a provider brings about, and every fault that it knows."""

import pytest

from mockserver.core.account import Account
from mockserver.core.call import Event
from mockserver.core.http import Request, Response
from mockserver.core.provider import (
    NO_EFFECTS,
    BoundProvider,
    Effects,
    Endpoint,
    EndpointResult,
    EventContext,
    Provider,
    all_faults,
    by_event_type,
    endpoint_roles,
    no_called_numbers,
    no_change,
    no_examples,
    no_guard,
)
from mockserver.core.rulebook import Evidence, Fault, Rule, Rulebook
from tests.support.builders import build_call, build_call_spec

CALL = build_call(spec=build_call_spec(account="shop", flow="one-leg"), legs=())
ENDED = Effects(events=(("c1", Event(at=9, type="hangup", leg="a")),))
react = by_event_type({"ended": lambda _: ENDED})


@pytest.mark.parametrize(("verb", "effects"), [("ended", ENDED), ("bridge", NO_EFFECTS)])
def test_following_by_the_verb(verb: str, effects: Effects) -> None:
    assert (
        react(
            EventContext(
                call=CALL,
                event=Event(at=0, type=verb),
                account=Account(name="shop", provider="mobtexting"),
            )
        )
        == effects
    )


def test_act_that_says_no_more_is_possible_and_notes_nothing() -> None:
    moment = EventContext(
        call=CALL,
        event=Event(at=0, type="sing"),
        account=Account(name="shop", provider="mobtexting"),
    )
    assert (no_guard(moment), no_change(CALL, moment.event)) == ("", CALL)


def test_nothing_is_empty() -> None:
    assert Effects(calls=(), events=(), webhooks=()) == NO_EFFECTS


def fault(name: str) -> Fault:
    return Fault(name=name, status=422, message=name, evidence=Evidence.ASSUMED)


def endpoint(operation: str, *names: str) -> Endpoint:
    book: Rulebook = tuple((Rule(test=lambda _: True, fault=fault(name)),) for name in names)
    return Endpoint(
        operation=operation,
        method="POST",
        host="host",
        path="/",
        rules=book,
        respond=lambda _: EndpointResult(response=Response(status=200)),
    )


PLAIN = Provider(
    name="plain",
    title="Plain",
    roles={"a": "first"},
    endpoints=(endpoint("one", "x", "y"), endpoint("two", "y", "z")),
    credential=lambda _: None,
    refuse=lambda _, __: Response(status=422),
    wrong_method=fault("wrong-method"),
    on_event=lambda _: NO_EFFECTS,
    status=lambda _: "",
    new_call_id=lambda *_: "",
)


def test_faults_each_once_in_the_order_of_the_rulebooks() -> None:
    told = PLAIN._replace(scenario_only_faults=(fault("z"), fault("down")))
    names = [one.name for one in all_faults(told)]
    assert names == ["x", "y", "z", "wrong-method", "down"]


def test_nobody_is_called_unless_an_endpoint_says_so() -> None:
    assert PLAIN.endpoints[0].called_numbers is no_called_numbers
    assert no_called_numbers(Request(method="GET", path="/")) == ()


def test_listing_shows_no_examples_unless_its_document_does() -> None:
    listing = BoundProvider(provider=PLAIN, checks={}, document=dict)
    assert (listing.examples, no_examples("one")) == (no_examples, ())


def test_roles_are_the_operation_s_own_or_the_provider_s() -> None:
    first, *_ = PLAIN.endpoints
    assert endpoint_roles(PLAIN, first) == {"a": "first"}
    assert endpoint_roles(PLAIN, first._replace(roles={"a": "other"})) == {"a": "other"}


def test_endpoint_takes_a_megabyte_unless_it_says_otherwise() -> None:
    assert PLAIN.endpoints[0].body_limit == 1_000_000


def test_endpoint_is_always_meant_unless_it_says_when() -> None:
    assert PLAIN.endpoints[0].when(Request(method="GET", path="/"))
