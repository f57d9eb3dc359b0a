"""Find the legs of the agent and of the end user by their roles, and who ended a call."""

from mockserver.core.call import Call, Event, Leg


def leg_name(call: Call, role: str) -> str:
    """The name of the leg of a role, `agent` or `end_user`."""
    return next(name for name, word in call.spec.roles.items() if word == role)


def agent_leg(call: Call) -> Leg | None:
    """The leg of the current or last agent; None before the first offer of a queued call."""
    return call.leg(leg_name(call, "agent"))


def end_user_leg(call: Call) -> Leg:
    name = leg_name(call, "end_user")
    return next(leg for leg in call.legs if leg.name == name)


def ending_hangup(call: Call) -> Event | None:
    """The hangup that ended the call, None for none: the first one but those of ignored offers."""
    agent, is_offered = leg_name(call, "agent"), False
    for event in call.events:
        if event.type == "offer" or (event.type, event.leg) == ("answer", agent):
            is_offered = event.type == "offer"
        elif event.type == "hangup" and not (is_offered and event.leg == agent):
            return event
        elif event.type == "hangup":
            is_offered = False
    return None


def has_answered(call: Call, hangup: Event) -> bool:
    """Whether the side that hung up had answered."""
    return any(
        (event.type, event.leg) == ("answer", hangup.leg)
        for event in call.events[: call.events.index(hangup)]
    )
