"""Say whether an agent can take a call, and change the state of an agent."""

from collections.abc import Iterator
from typing import Final

from mockserver.core.account import Account, SaveRecord
from mockserver.core.call import Call
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.core.read_model import ReadModel
from mockserver.providers.ccai.call_state import pending_agent
from mockserver.providers.ccai.request import records
from mockserver.providers.ccai.roles import agent_leg

AWAY_STATES: Final = ("ended", "left")


def why_unavailable(read_model: ReadModel, account: Account, name: str) -> str:
    """Why a known agent cannot take a call; empty if the agent can."""
    state = records(account, "agents")[name].state
    if state != "available":
        return f"{name} is not available, but {state}"
    calls = read_model.live_calls(account.key)
    call = next((call for call in calls if is_in(call, name)), None)
    return f"{name} is in call {call.spec.vendor_id}" if call else ""


def is_in(call: Call, name: str) -> bool:
    """Whether the agent is in the call: dialed and not gone, or about to be dialed."""
    leg = agent_leg(call)
    is_present = leg is not None and leg.number == name and leg.state not in AWAY_STATES
    return is_present or pending_agent(call) == name


def release_agent(account: Account, name: str, at: int) -> Effects:
    """Make the agent available, unless the state was changed from `busy` in the meantime."""
    agent = records(account, "agents").get(name)
    if agent is None or agent.state != "busy":
        return NO_EFFECTS
    return set_agent_state(account, name, "available", at)


def set_agent_state(account: Account, name: str, state: str, at: int) -> Effects:
    """Save the agent with `state` since `at` (ms); an unknown agent is ignored.

    An agent who has gone away since a transfer named that one does not become busy.
    """
    agent = records(account, "agents").get(name)
    if agent is None or (state == "busy" and agent.state != "available"):
        return NO_EFFECTS
    changed = agent._replace(state=state, since=at)
    return Effects(records=(SaveRecord(account.key, "agents", name, changed),))


def agent_choices(context: EventContext) -> Iterator[tuple[str, str]]:
    """Yield the arguments of an act that may name any agent of the account."""
    return (("agent", name) for name in records(context.account, "agents"))


def transfer_choices(context: EventContext) -> Iterator[tuple[str, str]]:
    """Yield the arguments of a transfer: an agent, or a menu."""
    yield from agent_choices(context)
    yield from (("menu", name) for name in records(context.account, "menus"))
