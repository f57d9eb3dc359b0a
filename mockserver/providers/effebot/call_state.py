"""The call state of Effebot (IVR answers, actions taken, cost) and its status words."""

from decimal import Decimal
from typing import Final

from mockserver.core.call import Call, Event
from mockserver.core.status_row import StatusRow
from mockserver.core.value import Value


class CallState(Value):
    """`answers` are keys and words; `entry_indexes` the entries of `ivrs` taken, from 0.

    `is_blocked` is set once an entry has blocked the callee. `cost` is in USD. `client` is the IP
    address of the client that created the call. `caller` is the duty number that was chosen for it.
    """

    answers: tuple[str, ...] = ()
    entry_indexes: tuple[int, ...] = ()
    is_blocked: bool = False
    cost: Decimal = Decimal("0.00")
    client: str = ""
    caller: str = ""


CANCELED_OUTCOME: Final = {"outcome": "cancelled"}
"""The data of an event that ends a call whose callee is not to be called."""

INITIAL_STATE = CallState()


def state_of(call: Call) -> CallState:
    return call.state if isinstance(call.state, CallState) else INITIAL_STATE


def add_branch(call: Call, event: Event) -> Call:
    """Record that an entry of `ivrs` was chosen, by an answer or by silence."""
    state, answer = state_of(call), str(event.data.get("answer", ""))
    entry = int(str(event.data["entry"]))
    answers = (*state.answers, answer) if answer else state.answers
    is_blocked = state.is_blocked or event.data.get("block") == "1"
    return call.replace(
        state=state.replace(
            answers=answers, entry_indexes=(*state.entry_indexes, entry), is_blocked=is_blocked
        )
    )


def add_answer(call: Call, event: Event) -> Call:
    """Record an answer that matches no entry."""
    state = state_of(call)
    return call.replace(state=state.replace(answers=(*state.answers, str(event.data["answer"]))))


def add_cost(call: Call, event: Event) -> Call:
    state = state_of(call)
    return call.replace(state=state.replace(cost=state.cost + Decimal(str(event.data["amount"]))))


def add_caller(call: Call, event: Event) -> Call:
    return call.replace(state=state_of(call).replace(caller=str(event.data["caller"])))


def caller_number(call: Call) -> str:
    """The number that the callee sees: that of the request, else the duty number chosen."""
    return str(call.spec.parameters.get("outgoingPhone") or state_of(call).caller)


def status(call: Call) -> str:
    """The status of a call, which depends on its A-leg alone."""
    first = call.legs[0]
    if call.phase == "placed":
        return "created"
    if call.phase == "ended":
        return "finished" if first.answered_at is not None else "canceled"
    if first.answered_at is not None:
        return "answered"
    return "started" if first.ringing_at is not None else "processed"


STATUS_TABLE: Final = (
    StatusRow("created", "", "a create", "createdAt"),
    StatusRow("processed", "created", "the start of the call"),
    StatusRow("started", "processed", "the A-leg rings", "startedAt"),
    StatusRow("answered", "started", "the A-leg answers", "answeredAt"),
    StatusRow("finished", "answered", "an end after the A-leg has answered", "finishedAt"),
    StatusRow(
        "canceled",
        "created, processed, started",
        "an end before that; the operation `remove`; a number of the block list",
        "finishedAt",
    ),
)
