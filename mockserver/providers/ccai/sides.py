"""Who has been in a call, and since when until when: the end user and each agent in turn."""

from collections.abc import Iterator
from typing import NamedTuple

from mockserver.core.call import Call
from mockserver.providers.ccai.notes import notes
from mockserver.providers.ccai.status import QUEUE, agent_leg, end_user_leg


class Side(NamedTuple):
    """`name` is an agent's e-mail; times in ms, None for not yet."""

    kind: str
    name: str
    since: int | None
    until: int | None


def sides(call: Call) -> tuple[Side, ...]:
    """The agent comes first in an outbound call, and after the end user in a queued one."""
    leg = end_user_leg(call)
    user = Side("end_user", leg.number, leg.answered_at, leg.ended_at)
    if call.spec.flow == QUEUE:
        return (user, *stints(call))
    agent = agent_leg(call)
    return (Side("agent", agent.number, agent.answered_at, agent.ended_at), user) if agent else ()


def stints(call: Call) -> Iterator[Side]:
    """Each agent who has taken the call out of the queue, in turn; an ignored offer is none."""
    name, since = "", None
    for event in call.events:
        match event.type, event.leg:
            case "offer", _:
                name = str(event.data.get("agent", ""))
            case "answer", "b":
                since = event.at
            case (("leave" | "hangup"), "b") if since is not None:
                yield Side("agent", name, since, event.at)
                since = None
    if since is not None:
        yield Side("agent", name, since, None)


def taker(call: Call, nth: int) -> str:
    """Who has taken the call after its nth transfer and before the next one; empty for nobody."""
    handed = notes(call).transfers
    until = handed[nth + 1].at if nth + 1 < len(handed) else None
    takers = (
        side.name
        for side in stints(call)
        if side.since is not None
        and side.since >= handed[nth].at
        and (until is None or side.since < until)
    )
    return next(takers, "")


def held(call: Call, side: Side, now: int) -> tuple[tuple[int, int], ...]:
    """The holds that fell into that side's time, in ms."""
    if side.since is None:
        return ()
    last = now if side.until is None else side.until
    spans = (
        (max(since, side.since), min(now if until is None else until, last))
        for since, until in notes(call).holds
    )
    return tuple((since, until) for since, until in spans if since < until)
