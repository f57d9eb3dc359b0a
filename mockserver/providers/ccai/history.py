"""Keep what accounts say when something happens to a call, and tell it from the call alone."""

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.provider import EventContext
from mockserver.core.read_model import ReadModel
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import SECOND
from mockserver.providers.ccai.call_state import QUEUE, state_of
from mockserver.providers.ccai.creation import Casting, Creation
from mockserver.providers.ccai.records import Contact, Menu, Ticket
from mockserver.providers.ccai.request import (
    account_menu,
    default_number,
    digits,
    parameter_text,
    records,
    settings,
)
from mockserver.providers.ccai.roles import leg_name

NEVER: Final = "never"
"""The recording of a menu that `leave` events leave out."""


def keep_creation(call: Call, context: RequestContext) -> Call:
    """The new call, with what it takes from its account."""
    account = context.authenticated_account
    menu = account_menu(account, parameter_text(call, "menu_id"))
    creation = Creation(
        casting=_first_casting(call, menu) if menu else None,
        outbound_number=_outbound_number(call, account),
        contact=_contact_name(call, account),
        first_participant=next_participant_id(account, context.read_model),
    )
    return call.replace(state=state_of(call).replace(creation=creation))


def _first_casting(call: Call, menu: Menu) -> Casting:
    """A queued call is offered to the group of its queue at the second of its creation."""
    return Casting(call.spec.created_at // SECOND * SECOND, menu.group, menu.recording)


def _outbound_number(call: Call, account: Account) -> str | None:
    """The number of the request, else the default.

    A queued call also gets the default if the number of the request is not known.
    """
    number = call.spec.parameters.get("outbound_number")
    known: Mapping[str, object] = records(account, "outbound_numbers")
    if number and (call.spec.flow != QUEUE or str(number) in known):
        return str(number)
    return default_number(account)


def _contact_name(call: Call, account: Account) -> str:
    """The CRM id of the end user, by ticket or, for a queued call only, by number."""
    contacts: Mapping[str, Contact] = records(account, "contacts")
    ticket: Ticket | None = records(account, "tickets").get(parameter_text(call, "ticket_id"))
    if ticket and ticket.contact in contacts:
        return ticket.contact
    if call.spec.flow != QUEUE:
        return ""
    number = digits(parameter_text(call, "end_user_number"))
    names = (name for name, contact in contacts.items() if digits(contact.number) == number)
    return next(names, "")


def menu_data(menu_id: str, account: Account) -> Mapping[str, object]:
    """The data of the `leave` event of a transfer to a menu: its group, and how it records."""
    menu = account_menu(account, menu_id)
    if menu is None:
        return {}
    recording = {} if menu.recording == NEVER else {"recording": menu.recording}
    return {"group": menu.group, **recording}


def castings(call: Call) -> Iterator[Casting]:
    """The offers of the call to groups of agents, in order: the first one, and one a transfer."""
    first = state_of(call).creation.casting
    if first:
        yield first
    for event in call.events:
        if event.type == "leave" and "group" in event.data:
            recording = str(event.data.get("recording", NEVER))
            yield Casting(event.at, str(event.data["group"]), recording)


def recording_mode(call: Call) -> str:
    """Whether the queue of the call records it: `never`, `ask` or `always`."""
    return [NEVER, *(casting.recording for casting in castings(call))][-1]


def participants_key(account: Account) -> str:
    """The sequence of the ids of an account's participants."""
    return f"participants of {account.provider} {account.name}"


def next_participant_id(account: Account, read_model: ReadModel) -> int:
    used = read_model.sequences.get(participants_key(account), 0)
    return settings(account).first_participant_id + used


def offered_participant_id(context: EventContext) -> int:
    """The id for the agent who is offered the call: that of an ignored offer, else the next."""
    unused = unused_participant_id(context.call)
    if unused is not None:
        return unused
    return next_participant_id(context.account, context.read_model)


def unused_participant_id(call: Call) -> int | None:
    """The id of the last offer if its agent has not answered, None for none."""
    ring = next((event for event in reversed(call.events) if _is_of_offer(call, event)), None)
    return None if ring is None or ring.type == "answer" else _participant(ring)


def participant_ids(call: Call) -> Iterator[int]:
    """The ids of the participants, in the order in which they came."""
    first = state_of(call).creation.first_participant
    yield first
    if call.spec.flow != QUEUE:
        yield first + 1
    ring: Event | None = None
    for event in call.events:
        if _is_of_offer(call, event):
            if event.type == "answer" and ring is not None:
                yield _participant(ring)
            ring = event if event.type == "ring" else None


def _is_of_offer(call: Call, event: Event) -> bool:
    """Whether an agent is offered the call, or answers."""
    is_offer = event.type == "ring" and "participant" in event.data
    return is_offer or (event.type, event.leg) == ("answer", leg_name(call, "agent"))


def _participant(ring: Event) -> int:
    return int(str(ring.data["participant"]))
