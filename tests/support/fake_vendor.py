"""A fake vendor with a queue and agents, a branch by digit, charges, several numbers and files."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from mockserver.core.account import Account, Charge, SaveRecord
from mockserver.core.behavior import DEFAULT_BEHAVIOR
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.call import Call, Event, PlannedCall, build_dial_event
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.provider import (
    NO_EFFECTS,
    Effects,
    Endpoint,
    EndpointResult,
    EventContext,
    Provider,
    Resource,
    VendorEvent,
    by_event_type,
)
from mockserver.core.read_model import ReadModel
from mockserver.core.rulebook import Evidence, Fault, RequestContext
from mockserver.core.sample import Sample
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read
from tests.support.builders import build_incoming_request

ACCOUNT_KEY = ("toy", "shop")
QUEUE_TIMEOUT = 600_000
DEFAULT_SCENARIO = Scenario(name="answered", legs={"callee": DEFAULT_BEHAVIOR})


class Agent(NamedTuple):
    state: str = "available"


def status(call: Call) -> str:
    """Return the vendor's status, such as `queued`, or `offered` while an agent's leg rings."""
    agent = call.leg("b")
    if call.phase in ("placed", "ended", "over"):
        return "finished" if call.phase == "ended" else "waiting"
    if agent and agent.state in ("ringing", "answered"):
        held = call.state == "held"
        return "offered" if agent.state == "ringing" else "held" if held else "connected"
    return "queued" if call.spec.flow == "queue" else "alone"


def available_agents(account: Account) -> list[str]:
    return [name for name, agent in account.records["agents"].items() if agent.state == "available"]


def assign_agent(_: Call, account: Account, now: int, __: ReadModel) -> Event | None:
    names = available_agents(account)
    return Event(at=now, type="offer", data={"agent": names[0]}) if names else None


def check_agent_exists(context: EventContext) -> str:
    name = context.event.data.get("agent", "")
    return "" if name in context.account.records["agents"] else f"there is no agent {name}"


def dial_agent(context: EventContext) -> Event:
    return build_dial_event(context.event.at, "b", "agent", str(context.event.data["agent"]))


def save_agent(context: EventContext, name: str, state: str) -> Effects:
    return Effects(
        records=(
            SaveRecord(
                account=context.account.key, kind="agents", identity=name, record=Agent(state)
            ),
        )
    )


def on_offer(context: EventContext) -> Effects:
    return save_agent(context, str(context.event.data["agent"]), "busy")


def on_begin(context: EventContext) -> Effects:
    timeout = Event(at=context.event.at + QUEUE_TIMEOUT, type="abandon")
    return (
        Effects(events=((context.call.spec.id, timeout),))
        if status(context.call) == "queued"
        else NO_EFFECTS
    )


def on_abandon(context: EventContext) -> Effects:
    hangup = Event(at=context.event.at, type="hangup", leg="a", data={"cause": "normal"})
    return Effects(events=((context.call.spec.id, hangup),))


def on_answer(context: EventContext) -> Effects:
    """Bridge a queued call once both sides have answered."""
    answered = sum(leg.state == "answered" for leg in context.call.legs)
    if context.call.spec.flow != "queue" or answered < 2:
        return NO_EFFECTS
    return Effects(events=((context.call.spec.id, Event(at=context.event.at, type="bridge")),))


def on_leg_end(context: EventContext) -> Effects:
    """Mark an agent who did not answer; charge for and free one who did."""
    leg = context.call.leg(context.event.leg)
    if leg is None or leg.role != "agent":
        return NO_EFFECTS
    if leg.answered_at is None:
        return save_agent(context, leg.number, "ignoring")
    seconds = Decimal((context.event.at - leg.answered_at) // 1_000)
    charge = Charge(
        account=context.account.key,
        amount=seconds / 100,
        reason="talk",
        call_id=context.call.spec.id,
    )
    return save_agent(context, leg.number, "available").replace(charges=(charge,))


def on_press(context: EventContext) -> Effects:
    """Digit 1 dials the manager."""
    if context.call.spec.flow != "branch" or context.event.data["digits"] != "1":
        return NO_EFFECTS
    manager = build_dial_event(context.event.at, "b", "manager", "200")
    return Effects(events=((context.call.spec.id, manager),))


def on_transfer(context: EventContext) -> Effects:
    return Effects(
        events=((context.call.spec.id, Event(at=context.event.at, type="leave", leg="b")),)
    )


def on_attempt_ended(context: EventContext) -> Effects:
    """Dial the next number if the request has several."""
    numbers = context.call.spec.parameters.get("numbers")
    index = context.call.number_index + 1
    if not isinstance(numbers, list) or context.call.legs[0].answered_at or index >= len(numbers):
        return NO_EFFECTS
    return Effects(calls=(context.call.with_next_number(context.event.at, str(numbers[index])),))


def set_state(state: str) -> Any:
    return lambda call, _: call.replace(state=state)


def planned_calls(context: RequestContext) -> tuple[PlannedCall, ...]:
    flow = context.text("shape") or "queue"
    numbers = context.fields.get("numbers", ["100"])
    first = str(numbers[0]) if isinstance(numbers, list) else "100"
    return (PlannedCall(flow=flow, numbers={"a": first}, parameters=context.fields),)


def place_call(context: RequestContext) -> EndpointResult:
    call = context.place(0)
    counts = ("placed",)
    return EndpointResult(
        response=Response(status=200, body={"id": call.spec.vendor_id}),
        effects=Effects(calls=(call,), counts=counts),
    )


def upload_file(context: RequestContext) -> EndpointResult:
    return EndpointResult(
        response=Response(status=200, body={}), effects=Effects(uploads=(context.request.body,))
    )


def poll_call(context: RequestContext) -> EndpointResult:
    call = context.read_model.find_call("toy", context.text("id"))
    name = call.spec.id if call else ""
    return EndpointResult(
        response=Response(status=200, body={}),
        effects=Effects(events=((name, Event(at=context.now, type="poll")),)),
    )


VENDOR_EVENTS = {
    "offer": VendorEvent(
        allowed_in=frozenset({"queued"}),
        arguments=frozenset({"agent"}),
        guard=check_agent_exists,
        dials="b",
        next_event=dial_agent,
    ),
    "abandon": VendorEvent(allowed_in=frozenset({"queued"})),
    "hold": VendorEvent(
        allowed_in=frozenset({"connected"}), apply=set_state("held"), undo="resume"
    ),
    "resume": VendorEvent(allowed_in=frozenset({"held"}), apply=set_state("")),
    "transfer": VendorEvent(allowed_in=frozenset({"connected"})),
    "rate": VendorEvent(allowed_in=frozenset({"finished"}), apply=set_state("rated")),
}

FAKE_VENDOR = Provider(
    name="toy",
    title="Toy",
    roles={"a": "caller", "b": "agent"},
    endpoints=(
        Endpoint(
            operation="place",
            method="POST",
            host="toy.test",
            path="/calls",
            rules=(),
            respond=place_call,
            planned_calls=planned_calls,
        ),
        Endpoint(
            operation="upload",
            method="POST",
            host="toy.test",
            path="/files",
            rules=(),
            respond=upload_file,
        ),
        Endpoint(
            operation="poll",
            method="GET",
            host="toy.test",
            path="/calls/{id}",
            rules=(),
            respond=poll_call,
        ),
    ),
    credential=lambda _: "key",
    refuse=lambda _, __: Response(status=400),
    wrong_method=Fault(name="wrong-method", status=405, message="no", evidence=Evidence.ASSUMED),
    on_event=by_event_type(
        {
            "begin": on_begin,
            "offer": on_offer,
            "answer": on_answer,
            "abandon": on_abandon,
            "hangup": on_leg_end,
            "leave": on_leg_end,
            "press": on_press,
            "transfer": on_transfer,
            "attempt-ended": on_attempt_ended,
        }
    ),
    status=status,
    new_call_id=lambda _, number: f"v{number}",
    records={"agents": Agent},
    vendor_events=VENDOR_EVENTS,
    samples={"place": lambda *_: (Sample(fields={}),)},
    resources={
        "agent": Resource(waits_for=lambda call: status(call) == "queued", assign=assign_agent)
    },
)
BOUND_FAKE_VENDOR = BoundProvider(
    provider=FAKE_VENDOR,
    checks={endpoint.operation: lambda _: () for endpoint in FAKE_VENDOR.endpoints},
    document=dict,
    examples=lambda operation: ({},) if operation == "place" else (),
)


def build_shop(agents: Mapping[str, str], balance: str | None = None) -> Account:
    """Return an account with these agents, given as name -> state."""
    return Account(
        name="shop",
        provider="toy",
        balance=None if balance is None else Decimal(balance),
        records={"agents": {name: Agent(state) for name, state in agents.items()}},
        document={"agents": {name: {"state": state} for name, state in agents.items()}},
    )


def build_state(account: Account, *scenarios: Scenario, start: int = 0) -> SandboxState:
    """Return a state with this vendor only; the first scenario is the default."""
    known = scenarios or (DEFAULT_SCENARIO,)
    scenario_set = ScenarioSet({scenario.name: scenario for scenario in known}, known[0].name)
    return SandboxState(
        Configuration(
            seed="s",
            providers={"toy": BOUND_FAKE_VENDOR},
            scenarios=scenario_set,
            accounts={ACCOUNT_KEY: account},
            parse_account=lambda *_: (None, ()),
        ),
        start,
    )


def place_calls(
    state: SandboxState, endpoint_index: int = 0, now: int = 0, body: bytes = b"", **fields: object
) -> Exchange:
    """Send a request to the endpoint at this index."""
    sent = Request(method="POST", path="/", fields=fields, body=body)
    return handle(
        state,
        build_incoming_request(
            bound=BOUND_FAKE_VENDOR, endpoint=FAKE_VENDOR.endpoints[endpoint_index], request=sent
        ),
        now,
    )


def event_log(state: SandboxState, *event_types: str) -> list[tuple[int, str, str, str]]:
    """Return (time, call id, event type, leg) of all events, or of those of some types."""
    events = (
        (event.at, name, event.type, event.leg)
        for name, call in read.calls(state).items()
        for event in call.events
        if not event_types or event.type in event_types
    )
    return sorted(events)
