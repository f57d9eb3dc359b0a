"""Build the transfers of a call object, and the offers to groups that follow from them."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.time import format_iso
from mockserver.providers.ccai.call_state import Transfer, state_of
from mockserver.providers.ccai.participants import agent_fail_reason, agent_info, menu_path
from mockserver.providers.ccai.records import Agent
from mockserver.providers.ccai.request import Json, account_menu, parameter_text, records
from mockserver.providers.ccai.roles import leg_name

LOST_REASONS: Final = {
    "expire": "transfer_expired",
    **dict.fromkeys(("hangup", "cancel", "deflect", "voicemail"), "eu_abandoned"),
}
"""Event that ends the wait for an agent -> fail reason of the transfer (assumed).

The vendor's page of reason codes has `eu_abandoned` for an end user who leaves the queue.
"""


class Outcome(NamedTuple):
    """What has become of a transfer: `decision` is the event that decided it, None for not yet.

    `offers` are those up to the decision, `later_offers` those after it.
    """

    transfer: Transfer
    decision: Event | None
    offers: tuple[Event, ...]
    later_offers: tuple[Event, ...]

    @property
    def is_answered(self) -> bool:
        return self.decision is not None and self.decision.type == "answer"


def build_transfer_objects(call: Call, account: Account) -> Iterator[Json]:
    """The JSON of each transfer.

    An agent whom a transfer names stays its `to_agent`, whoever answers in the end; a transfer to
    a menu has the agent who answers (assumed). Its first status, `transferring`, is documented;
    the other words are assumed.
    """
    for index, outcome in enumerate(_outcomes(call)):
        transfer = outcome.transfer
        yield {
            "id": index + 1,
            "status": _status(outcome),
            "fail_reason": _fail_reason(call, outcome),
            "created_at": format_iso(transfer.at),
            "from_menu": menu_path(_menu_before(call, index), account),
            "to_menu": menu_path(transfer.menu, account) if transfer.menu else None,
            "from_agent": agent_info(transfer.from_agent, account),
            "to_agent": agent_info(transfer.to_agent or _answerer(outcome), account),
        }


def casts_after_refusals(call: Call, account: Account) -> Iterator[tuple[int, str]]:
    """(time in ms, group) of each offer to a group because a named agent has not taken the call.

    The call goes to the group of its menu, or without a menu to that of the next agent (assumed).
    """
    for index, outcome in enumerate(_outcomes(call)):
        if outcome.decision and _is_refusal(call, outcome.decision):
            menu = account_menu(account, _menu_before(call, index))
            in_menu = [(outcome.decision.at, menu.group)] if menu else ()
            yield from in_menu or _cast_to_next_agent(account, outcome)


def _cast_to_next_agent(account: Account, outcome: Outcome) -> Iterator[tuple[int, str]]:
    for offer in outcome.later_offers[:1]:
        agent: Agent | None = records(account, "agents").get(str(offer.data["agent"]))
        if agent:
            yield offer.at, agent.group


def _outcomes(call: Call) -> Iterator[Outcome]:
    """The outcome of each transfer of the call, in order."""
    positions = [at for at, event in enumerate(call.events, 1) if event.type == "transfer"]
    spans = pairwise((*positions, None))
    for transfer, (start, end) in zip(state_of(call).transfers, spans, strict=True):
        yield _outcome(call, transfer, call.events[start:end])


def _outcome(call: Call, transfer: Transfer, events: tuple[Event, ...]) -> Outcome:
    """The outcome of a transfer by the `events` after it and before the next one."""
    deciding = (
        (position, event)
        for position, event in enumerate(events)
        if _decides(call, transfer, event)
    )
    end, decision = next(deciding, (len(events), None))
    return Outcome(transfer, decision, _offers(events[:end]), _offers(events[end:]))


def _offers(events: tuple[Event, ...]) -> tuple[Event, ...]:
    return tuple(event for event in events if event.type == "offer")


def _decides(call: Call, transfer: Transfer, event: Event) -> bool:
    """Whether the event decides the transfer; one to a menu goes on if an agent ignores it."""
    if event.leg == leg_name(call, "agent"):
        return event.type == "answer" or (event.type == "hangup" and bool(transfer.to_agent))
    return event.type in LOST_REASONS


def _is_refusal(call: Call, decision: Event) -> bool:
    """Whether the agent who was named has not taken the call."""
    return decision.type == "hangup" and decision.leg == leg_name(call, "agent")


def _status(outcome: Outcome) -> str:
    if outcome.decision is None:
        return "transferring"
    return "transferred" if outcome.is_answered else "failed"


def _fail_reason(call: Call, outcome: Outcome) -> str:
    if outcome.decision is None or outcome.is_answered:
        return "nothing"
    if _is_refusal(call, outcome.decision):
        return agent_fail_reason(outcome.decision)
    return LOST_REASONS[outcome.decision.type]


def _answerer(outcome: Outcome) -> str:
    """The agent who has answered; empty if none has."""
    return str(outcome.offers[-1].data["agent"]) if outcome.is_answered else ""


def _menu_before(call: Call, index: int) -> str:
    """The menu of the call before transfer `index` (from 0)."""
    menus = [transfer.menu for transfer in state_of(call).transfers[:index] if transfer.menu]
    return menus[-1] if menus else parameter_text(call, "menu_id")
