"""What a provider brings about, and every fault that it knows."""

import pytest

from mockserver.core.account import Account
from mockserver.core.call import Call, Event, Order
from mockserver.core.http import Reply, Request
from mockserver.core.provider import (
    NOTHING,
    Effects,
    Endpoint,
    Listing,
    Moment,
    Outcome,
    Provider,
    faults,
    following,
    nobody,
    nothing,
    possible,
    roles,
    unnoted,
)
from mockserver.core.rules import Fault, Rule, Rulebook, Source

CALL = Call(Order("c1", "v1", "mobtexting", "shop", "c2c", "one-leg", {}, 0), (), 0)
ENDED = Effects(tell=(("c1", Event(9, "hangup", "a")),))
react = following({"ended": lambda _: ENDED})


@pytest.mark.parametrize(("verb", "effects"), [("ended", ENDED), ("bridge", NOTHING)])
def test_following_by_the_verb(verb: str, effects: Effects) -> None:
    assert react(Moment(CALL, Event(0, verb), Account("shop", "mobtexting"))) == effects


def test_act_that_says_no_more_is_possible_and_notes_nothing() -> None:
    moment = Moment(CALL, Event(0, "sing"), Account("shop", "mobtexting"))
    assert (possible(moment), unnoted(CALL, moment.event)) == ("", CALL)


def test_nothing_is_empty() -> None:
    assert Effects((), (), ()) == NOTHING


def fault(name: str) -> Fault:
    return Fault(name, 422, name, Source.ASSUMED)


def endpoint(operation: str, *names: str) -> Endpoint:
    book: Rulebook = tuple((Rule(lambda _: True, fault(name)),) for name in names)
    return Endpoint(operation, "POST", "host", "/", book, lambda _: Outcome(Reply(200)))


PLAIN = Provider(
    name="plain",
    title="Plain",
    legs={"a": "first"},
    endpoints=(endpoint("one", "x", "y"), endpoint("two", "y", "z")),
    credential=lambda _: None,
    refuse=lambda _, __: Reply(422),
    wrong_method=fault("wrong-method"),
    react=lambda _: NOTHING,
    status=lambda _: "",
    new_id=lambda *_: "",
)


def test_faults_each_once_in_the_order_of_the_rulebooks() -> None:
    told = PLAIN._replace(faults=(fault("z"), fault("down")))
    names = [one.name for one in faults(told)]
    assert names == ["x", "y", "z", "wrong-method", "down"]


def test_nobody_is_called_unless_an_endpoint_says_so() -> None:
    assert PLAIN.endpoints[0].parties is nobody
    assert nobody(Request("GET", "/")) == ()


def test_listing_shows_no_examples_unless_its_document_does() -> None:
    listing = Listing(PLAIN, {}, dict)
    assert (listing.examples, nothing("one")) == (nothing, ())


def test_roles_are_the_operation_s_own_or_the_provider_s() -> None:
    first, *_ = PLAIN.endpoints
    assert roles(PLAIN, first) == {"a": "first"}
    assert roles(PLAIN, first._replace(legs={"a": "other"})) == {"a": "other"}


def test_endpoint_takes_a_megabyte_unless_it_says_otherwise() -> None:
    assert PLAIN.endpoints[0].body_limit == 1_000_000


def test_endpoint_is_always_meant_unless_it_says_when() -> None:
    assert PLAIN.endpoints[0].when(Request("GET", "/"))
