"""What a provider brings about, and every fault that it knows."""

import pytest

from mockserver.core.account import Account
from mockserver.core.call import Call, CallSpec, Event
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

CALL = Call(CallSpec("c1", "v1", "mobtexting", "shop", "c2c", "one-leg", {}, 0), (), 0)
ENDED = Effects(events=(("c1", Event(9, "hangup", "a")),))
react = by_event_type({"ended": lambda _: ENDED})


@pytest.mark.parametrize(("verb", "effects"), [("ended", ENDED), ("bridge", NO_EFFECTS)])
def test_following_by_the_verb(verb: str, effects: Effects) -> None:
    assert react(EventContext(CALL, Event(0, verb), Account("shop", "mobtexting"))) == effects


def test_act_that_says_no_more_is_possible_and_notes_nothing() -> None:
    moment = EventContext(CALL, Event(0, "sing"), Account("shop", "mobtexting"))
    assert (no_guard(moment), no_change(CALL, moment.event)) == ("", CALL)


def test_nothing_is_empty() -> None:
    assert Effects((), (), ()) == NO_EFFECTS


def fault(name: str) -> Fault:
    return Fault(name, 422, name, Evidence.ASSUMED)


def endpoint(operation: str, *names: str) -> Endpoint:
    book: Rulebook = tuple((Rule(lambda _: True, fault(name)),) for name in names)
    return Endpoint(operation, "POST", "host", "/", book, lambda _: EndpointResult(Response(200)))


PLAIN = Provider(
    name="plain",
    title="Plain",
    roles={"a": "first"},
    endpoints=(endpoint("one", "x", "y"), endpoint("two", "y", "z")),
    credential=lambda _: None,
    refuse=lambda _, __: Response(422),
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
    assert no_called_numbers(Request("GET", "/")) == ()


def test_listing_shows_no_examples_unless_its_document_does() -> None:
    listing = BoundProvider(PLAIN, {}, dict)
    assert (listing.examples, no_examples("one")) == (no_examples, ())


def test_roles_are_the_operation_s_own_or_the_provider_s() -> None:
    first, *_ = PLAIN.endpoints
    assert endpoint_roles(PLAIN, first) == {"a": "first"}
    assert endpoint_roles(PLAIN, first._replace(roles={"a": "other"})) == {"a": "other"}


def test_endpoint_takes_a_megabyte_unless_it_says_otherwise() -> None:
    assert PLAIN.endpoints[0].body_limit == 1_000_000


def test_endpoint_is_always_meant_unless_it_says_when() -> None:
    assert PLAIN.endpoints[0].when(Request("GET", "/"))
