"""What Effebot remembers of a call beyond its legs: answers, actions taken, what it has cost."""

from decimal import Decimal
from typing import NamedTuple

from mockserver.core.call import Call, Event


class Notes(NamedTuple):
    answers: tuple[str, ...] = ()
    taken: tuple[int, ...] = ()
    blocked: bool = False
    cost: Decimal = Decimal(0)
    client: str = ""


BLANK = Notes()


def notes(call: Call) -> Notes:
    return call.state if isinstance(call.state, Notes) else BLANK


def branched(call: Call, event: Event) -> Call:
    """An entry of `ivrs` has been chosen, by an answer or by silence."""
    mine, answer = notes(call), str(event.data.get("answer", ""))
    entry = int(str(event.data["entry"]))
    answers = (*mine.answers, answer) if answer else mine.answers
    blocked = mine.blocked or event.data.get("block") == "1"
    return call._replace(
        state=mine._replace(answers=answers, taken=(*mine.taken, entry), blocked=blocked)
    )


def answered(call: Call, event: Event) -> Call:
    """An answer that leads nowhere."""
    mine = notes(call)
    return call._replace(state=mine._replace(answers=(*mine.answers, str(event.data["answer"]))))


def paid(call: Call, event: Event) -> Call:
    mine = notes(call)
    return call._replace(state=mine._replace(cost=mine.cost + Decimal(str(event.data["amount"]))))
