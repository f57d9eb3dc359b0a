"""What can happen to a call now, by the tables of the lifecycle and of its vendor."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

from mockserver.core.call import Call, Event
from mockserver.core.causes import CAUSES
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.lifecycle import ACTIVE_PHASES, LEG_TRANSITIONS
from mockserver.core.provider import EventContext, VendorEvent
from mockserver.core.value import Value
from mockserver.engine.effects import call_account
from mockserver.engine.sandbox_state import SandboxState

LEG_EVENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "answer": (),
        "press": ("digits",),
        "say": ("words",),
        "hangup": ("cause",),
        "continue": (),
    }
)
"""Event -> its arguments; `continue` belongs to no leg and only lets the script go on."""

CONTINUE: Final = "continue"
MAX_CHOICES: Final = 100
"""Values of the arguments of one act that are tried; an account may have thousands of agents."""


class PossibleAct(Value):
    """An event that is possible now; `leg` is empty for one of the call as a whole.

    `choices` maps those arguments that take certain values only to them.
    """

    event: str
    leg: str = ""
    arguments: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = EMPTY_MAPPING


def leg_acts(call: Call) -> Iterator[PossibleAct]:
    """Yield what each leg can do, in the order of `LEG_EVENTS`."""
    if call.phase not in ACTIVE_PHASES:
        return
    for leg in call.legs:
        for event, arguments in LEG_EVENTS.items():
            if (leg.state, event) in LEG_TRANSITIONS:
                choices = {"cause": tuple(CAUSES)} if "cause" in arguments else EMPTY_MAPPING
                yield PossibleAct(event, leg.name, arguments, choices)


def possible_acts(state: SandboxState, call: Call, now: int) -> tuple[PossibleAct, ...]:
    """Return what the legs can do, `continue` if a step waits for it, and the vendor's acts."""
    reasons = [wait.reason for wait in state.calls.progress[call.spec.id].wait_reasons]
    to_go_on = (PossibleAct(CONTINUE),) if "control" in reasons else ()
    return (*leg_acts(call), *to_go_on, *_vendor_acts(state, call, now))


def _vendor_acts(state: SandboxState, call: Call, now: int) -> Iterator[PossibleAct]:
    provider = state.configuration.providers[call.spec.provider].provider
    status, account = provider.status(call), call_account(state, call)
    for name, vendor_event in provider.vendor_events.items():
        if status in vendor_event.allowed_in:
            context = EventContext(call, Event(now, name), account, state.read_model)
            yield from _build_act(name, vendor_event, context)


def _build_act(
    name: str, vendor_event: VendorEvent, context: EventContext
) -> Iterator[PossibleAct]:
    """Yield the act, unless its guard forbids it with every value that its arguments can have."""
    arguments = tuple(sorted(vendor_event.arguments))
    tried = (*islice(vendor_event.choices(context), MAX_CHOICES),)
    free = set(arguments) - {argument for argument, _ in tried}
    allowed = [pair for pair in tried if not _refusal(vendor_event, context, [pair])]
    is_possible = bool(allowed or free) or not _refusal(vendor_event, context, ())
    if is_possible:
        choices = {
            argument: tuple(value for key, value in allowed if key == argument)
            for argument in arguments
            if argument not in free
        }
        yield PossibleAct(name, "", arguments, choices)


def _refusal(
    vendor_event: VendorEvent, context: EventContext, data: Iterable[tuple[str, str]]
) -> str:
    """Say why the act is not possible with these arguments; empty if it is."""
    return vendor_event.guard(context.replace(event=context.event.replace(data=dict(data))))
