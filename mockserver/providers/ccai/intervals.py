"""Compute when the end user and each agent were in a call, and when it was on hold."""

from collections.abc import Iterator

from mockserver.core.call import Call
from mockserver.core.value import Value
from mockserver.providers.ccai.call_state import (
    QUEUE,
    connections,
    first_queued_at,
    state_of,
)
from mockserver.providers.ccai.roles import end_user_leg, leg_name


class Interval(Value):
    """The time of one participant in a call.

    `role` is `agent` or `end_user`; `name` is the agent's e-mail or the end user's number. Times
    are in ms, None for not yet.
    """

    role: str
    name: str
    since: int | None
    until: int | None


def participant_intervals(call: Call) -> tuple[Interval, ...]:
    """The intervals of all participants.

    The agent comes first in an outbound call, and after the end user in a queued one.
    """
    leg = end_user_leg(call)
    until = call.ended_at if leg.ended_at is None else leg.ended_at
    end_user = Interval("end_user", leg.number, leg.answered_at, until)
    agents = tuple(agent_intervals(call))
    if call.spec.flow == QUEUE:
        return (end_user, *agents)
    return (agents[0], end_user, *agents[1:])


def agent_intervals(call: Call) -> Iterator[Interval]:
    """The interval of each agent who answered, in order, and of the first one of an outbound call.

    Ignored offers have none.
    """
    agent, since = leg_name(call, "agent"), None
    is_first = call.spec.flow != QUEUE
    name = str(call.spec.parameters["agent_email"]) if is_first else ""
    for event in call.events:
        if event.type == "offer":
            name = str(event.data.get("agent", ""))
        if event.leg != agent:
            continue
        if event.type == "answer":
            since = event.at
        elif event.type in ("leave", "hangup") and (since is not None or is_first):
            yield Interval("agent", name, since, event.at)
            since, is_first = None, False
    if since is not None or is_first:
        yield Interval("agent", name, since, call.ended_at)


def wait_intervals(call: Call, until: int) -> Iterator[tuple[int, int]]:
    """The (since, until) in ms of each wait in a queue; one that is not over lasts to `until`.

    A wait begins with a create or a transfer, and ends with the next connection.
    """
    transferred = [transfer.at for transfer in state_of(call).transfers]
    connected = (*connections(call), until)
    for since, end in zip((first_queued_at(call), *transferred), connected, strict=False):
        if since is not None:
            yield since, end


def hold_intervals(call: Call, interval: Interval, now: int) -> tuple[tuple[int, int], ...]:
    """The holds within `interval` as (since, until) in ms; open ends are taken as `now`."""
    if interval.since is None:
        return ()
    end = now if interval.until is None else interval.until
    holds = (
        (max(since, interval.since), min(now if until is None else until, end))
        for since, until in state_of(call).holds
    )
    return tuple((since, until) for since, until in holds if since < until)
