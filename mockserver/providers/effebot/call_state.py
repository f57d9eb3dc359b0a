"""What Effebot remembers of a call beyond its legs: answers, actions taken, what it has cost."""

from decimal import Decimal
from typing import NamedTuple

from mockserver.core.call import Call, Event


class CallState(NamedTuple):
    answers: tuple[str, ...] = ()
    entry_indexes: tuple[int, ...] = ()
    is_blocked: bool = False
    cost: Decimal = Decimal(0)
    client: str = ""


INITIAL_STATE = CallState()


def state_of(call: Call) -> CallState:
    return call.state if isinstance(call.state, CallState) else INITIAL_STATE


def add_branch(call: Call, event: Event) -> Call:
    """An entry of `ivrs` has been chosen, by an answer or by silence."""
    mine, answer = state_of(call), str(event.data.get("answer", ""))
    entry = int(str(event.data["entry"]))
    answers = (*mine.answers, answer) if answer else mine.answers
    blocked = mine.is_blocked or event.data.get("block") == "1"
    return call._replace(
        state=mine._replace(
            answers=answers, entry_indexes=(*mine.entry_indexes, entry), is_blocked=blocked
        )
    )


def add_answer(call: Call, event: Event) -> Call:
    """An answer that leads nowhere."""
    mine = state_of(call)
    return call._replace(state=mine._replace(answers=(*mine.answers, str(event.data["answer"]))))


def add_cost(call: Call, event: Event) -> Call:
    mine = state_of(call)
    return call._replace(state=mine._replace(cost=mine.cost + Decimal(str(event.data["amount"]))))


def status(call: Call) -> str:
    first = call.legs[0]
    if call.phase == "placed":
        return "created"
    if call.phase == "ended":
        return "finished" if first.answered_at is not None else "canceled"
    if first.answered_at is not None:
        return "answered"
    return "started" if first.ringing_at is not None else "processed"
