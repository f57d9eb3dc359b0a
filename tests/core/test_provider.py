"""What follows an event, by its verb."""

import pytest

from mockserver.core.account import Account
from mockserver.core.call import Call, Event, Order
from mockserver.core.provider import NOTHING, Effects, Moment, following

CALL = Call(Order("c1", "v1", "mobtexting", "shop", "c2c", "one-leg", {}, 0), (), 0)
ENDED = Effects(tell=(("c1", Event(9, "hangup", "a")),))
react = following({"ended": lambda _: ENDED})


@pytest.mark.parametrize(("verb", "effects"), [("ended", ENDED), ("bridge", NOTHING)])
def test_following_by_the_verb(verb: str, effects: Effects) -> None:
    assert react(Moment(CALL, Event(0, verb), Account("shop", "mobtexting"))) == effects


def test_nothing_is_empty() -> None:
    assert Effects((), (), ()) == NOTHING
