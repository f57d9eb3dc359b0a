"""Who has been in a call, and since when until when: the end user and each agent in turn."""

from collections.abc import Iterator
from typing import NamedTuple

from mockserver.core.call import Call
from mockserver.providers.ccai.call_state import QUEUE, agent_leg, end_user_leg, state_of


class Interval(NamedTuple):
    """`name` is an agent's e-mail; times in ms, None for not yet."""

    role: str
    name: str
    since: int | None
    until: int | None


def participant_intervals(call: Call) -> tuple[Interval, ...]:
    """The agent comes first in an outbound call, and after the end user in a queued one."""
    leg = end_user_leg(call)
    user = Interval("end_user", leg.number, leg.answered_at, leg.ended_at)
    if call.spec.flow == QUEUE:
        return (user, *agent_intervals(call))
    agent = agent_leg(call)
    return (
        (Interval("agent", agent.number, agent.answered_at, agent.ended_at), user) if agent else ()
    )


def agent_intervals(call: Call) -> Iterator[Interval]:
    """Each agent who has taken the call out of the queue, in turn; an ignored offer is none."""
    name, since = "", None
    for event in call.events:
        match event.type, event.leg:
            case "offer", _:
                name = str(event.data.get("agent", ""))
            case "answer", "b":
                since = event.at
            case (("leave" | "hangup"), "b") if since is not None:
                yield Interval("agent", name, since, event.at)
                since = None
    if since is not None:
        yield Interval("agent", name, since, None)


def answering_agent(call: Call, index: int) -> str:
    """Who has taken the call after its nth transfer and before the next one; empty for nobody."""
    handed = state_of(call).transfers
    until = handed[index + 1].at if index + 1 < len(handed) else None
    takers = (
        side.name
        for side in agent_intervals(call)
        if side.since is not None
        and side.since >= handed[index].at
        and (until is None or side.since < until)
    )
    return next(takers, "")


def hold_intervals(call: Call, interval: Interval, now: int) -> tuple[tuple[int, int], ...]:
    """The holds that fell into that side's time, in ms."""
    if interval.since is None:
        return ()
    last = now if interval.until is None else interval.until
    spans = (
        (max(since, interval.since), min(now if until is None else until, last))
        for since, until in state_of(call).holds
    )
    return tuple((since, until) for since, until in spans if since < until)
