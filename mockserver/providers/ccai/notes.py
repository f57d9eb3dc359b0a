"""What the CCAI Platform remembers of a call beyond its legs and events."""

from typing import NamedTuple

from mockserver.core.call import Call, Event


class Transfer(NamedTuple):
    """To a menu or an agent, at a time in ms; `agent` is who handed the call over."""

    at: int
    menu: str = ""
    to: str = ""
    agent: str = ""


class Notes(NamedTuple):
    """`stage` is a status that an act has brought about; `holds` are (since, until) in ms."""

    stage: str = ""
    deflection: str = "no_deflection"
    rating: int | None = None
    expired: bool = False
    holds: tuple[tuple[int, int | None], ...] = ()
    transfers: tuple[Transfer, ...] = ()


BLANK = Notes()
DEFLECTIONS = ("temp_redirection_phone", "temp_redirection_queue", "after_hours_message_only")
"""Those that have been observed."""


def notes(call: Call) -> Notes:
    return call.state if isinstance(call.state, Notes) else BLANK


def staged(call: Call, stage: str) -> Call:
    return call._replace(state=notes(call)._replace(stage=stage))


def open_hold(call: Call) -> bool:
    holds = notes(call).holds
    return bool(holds) and holds[-1][1] is None


def held(call: Call, event: Event) -> Call:
    mine = notes(call)
    return call._replace(state=mine._replace(holds=(*mine.holds, (event.at, None))))


def resumed(call: Call, event: Event) -> Call:
    mine = notes(call)
    *before, (since, _) = mine.holds
    return call._replace(state=mine._replace(holds=(*before, (since, event.at))))


def deflected(call: Call, event: Event) -> Call:
    to = str(event.data.get("to", DEFLECTIONS[0]))
    return call._replace(state=notes(call)._replace(stage="deflected", deflection=to))


def voiced(call: Call, _: Event) -> Call:
    return call._replace(state=notes(call)._replace(stage="voicemail", deflection="voicemail"))


def transferred(call: Call, event: Event) -> Call:
    """Whoever is on hold is so no longer."""
    if open_hold(call):
        call = resumed(call, event)
    mine, agent = notes(call), call.leg("b")
    moved = Transfer(
        event.at,
        str(event.data.get("menu", "")),
        str(event.data.get("agent", "")),
        agent.number if agent else "",
    )
    return call._replace(state=mine._replace(transfers=(*mine.transfers, moved)))


def rated(call: Call, event: Event) -> Call:
    stars = int(str(event.data.get("stars", "5")))
    return call._replace(state=notes(call)._replace(rating=stars))


def expired(call: Call, _: Event) -> Call:
    return call._replace(state=notes(call)._replace(expired=True))
