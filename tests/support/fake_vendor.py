"""A vendor that nobody has: a queue with agents, a branch by key, money, numbers in turn, files."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from mockserver.core.account import Account, Charge, SaveRecord
from mockserver.core.behavior import DEFAULT_BEHAVIOR
from mockserver.core.call import Call, Event, build_dial_event
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request, Response
from mockserver.core.provider import (
    NO_EFFECTS,
    BoundProvider,
    Effects,
    Endpoint,
    EndpointResult,
    EventContext,
    Provider,
    Resource,
    VendorEvent,
    by_event_type,
)
from mockserver.core.rulebook import Evidence, Fault, RequestContext
from mockserver.core.scenario import Scenario, ScenarioSet
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from tests.support import read

ACCOUNT_KEY = ("toy", "shop")
QUEUE_TIMEOUT = 600_000
DEFAULT_SCENARIO = Scenario(name="answered", legs={"callee": DEFAULT_BEHAVIOR})


class Agent(NamedTuple):
    state: str = "available"


def status(call: Call) -> str:
    """`queued`, `offered` while it rings at an agent's, `connected`, `held`, `finished`."""
    agent = call.leg("b")
    if call.phase in ("placed", "ended", "over"):
        return "finished" if call.phase == "ended" else "waiting"
    if agent and agent.state in ("ringing", "answered"):
        held = call.state == "held"
        return "offered" if agent.state == "ringing" else "held" if held else "connected"
    return "queued" if call.spec.flow == "queue" else "alone"


def available_agents(account: Account) -> list[str]:
    return [name for name, one in account.records["agents"].items() if one.state == "available"]


def assign_agent(_: Call, account: Account, now: int) -> Event | None:
    names = available_agents(account)
    return Event(at=now, type="offer", data={"agent": names[0]}) if names else None


def check_agent_exists(moment: EventContext) -> str:
    name = moment.event.data.get("agent", "")
    return "" if name in moment.account.records["agents"] else f"there is no agent {name}"


def dial_agent(moment: EventContext) -> Event:
    return build_dial_event(moment.event.at, "b", "agent", str(moment.event.data["agent"]))


def save_agent(moment: EventContext, name: str, state: str) -> Effects:
    return Effects(
        records=(
            SaveRecord(
                account=moment.account.key, kind="agents", identity=name, record=Agent(state)
            ),
        )
    )


def on_offer(moment: EventContext) -> Effects:
    return save_agent(moment, str(moment.event.data["agent"]), "busy")


def on_begin(moment: EventContext) -> Effects:
    end = Event(at=moment.event.at + QUEUE_TIMEOUT, type="abandon")
    return (
        Effects(events=((moment.call.spec.id, end),))
        if status(moment.call) == "queued"
        else NO_EFFECTS
    )


def on_abandon(moment: EventContext) -> Effects:
    gone = Event(at=moment.event.at, type="hangup", leg="a", data={"cause": "normal"})
    return Effects(events=((moment.call.spec.id, gone),))


def on_leg_end(moment: EventContext) -> Effects:
    """An agent who did not answer is offered nothing more; one who did pays and is free again."""
    leg = moment.call.leg(moment.event.leg)
    if leg is None or leg.role != "agent":
        return NO_EFFECTS
    if leg.answered_at is None:
        return save_agent(moment, leg.number, "ignoring")
    seconds = Decimal((moment.event.at - leg.answered_at) // 1_000)
    charge = Charge(
        account=moment.account.key, amount=seconds / 100, reason="talk", call_id=moment.call.spec.id
    )
    return save_agent(moment, leg.number, "available")._replace(charges=(charge,))


def on_digits(moment: EventContext) -> Effects:
    """Key 1 brings the manager in."""
    if moment.call.spec.flow != "branch" or moment.event.data["digits"] != "1":
        return NO_EFFECTS
    manager = build_dial_event(moment.event.at, "b", "manager", "200")
    return Effects(events=((moment.call.spec.id, manager),))


def on_transfer(moment: EventContext) -> Effects:
    return Effects(
        events=((moment.call.spec.id, Event(at=moment.event.at, type="leave", leg="b")),)
    )


def on_attempt_ended(moment: EventContext) -> Effects:
    """The next number, where the request has several."""
    numbers = moment.call.spec.parameters.get("numbers")
    nth = moment.call.number_index + 1
    if not isinstance(numbers, list) or moment.call.legs[0].answered_at or nth >= len(numbers):
        return NO_EFFECTS
    return Effects(calls=(moment.call.with_next_number(moment.event.at, str(numbers[nth])),))


def set_state(word: str) -> Any:
    return lambda call, _: call._replace(state=word)


def place(case: RequestContext) -> EndpointResult:
    shape = case.text("shape") or "queue"
    numbers = case.fields.get("numbers", ["100"])
    first = str(numbers[0]) if isinstance(numbers, list) else "100"
    call = case.build_call(shape, {"a": first}, None)
    marks = ("placed",)
    return EndpointResult(
        response=Response(status=200, body={"id": call.spec.vendor_id}),
        effects=Effects(calls=(call,), counts=marks),
    )


def upload(case: RequestContext) -> EndpointResult:
    return EndpointResult(
        response=Response(status=200, body={}), effects=Effects(uploads=(case.request.body,))
    )


def poll(case: RequestContext) -> EndpointResult:
    call = case.read_model.find_call("toy", case.text("id"))
    name = call.spec.id if call else ""
    return EndpointResult(
        response=Response(status=200, body={}),
        effects=Effects(events=((name, Event(at=case.now, type="polled")),)),
    )


VENDOR_EVENTS = {
    "offer": VendorEvent(
        allowed_in=frozenset({"queued"}),
        arguments=frozenset({"agent"}),
        guard=check_agent_exists,
        dials="b",
        ring=dial_agent,
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
            respond=place,
        ),
        Endpoint(
            operation="upload",
            method="POST",
            host="toy.test",
            path="/files",
            rules=(),
            respond=upload,
        ),
        Endpoint(
            operation="poll",
            method="GET",
            host="toy.test",
            path="/calls/{id}",
            rules=(),
            respond=poll,
        ),
    ),
    credential=lambda _: "key",
    refuse=lambda _, __: Response(status=400),
    wrong_method=Fault(name="wrong-method", status=405, message="no", evidence=Evidence.ASSUMED),
    on_event=by_event_type(
        {
            "begin": on_begin,
            "offer": on_offer,
            "abandon": on_abandon,
            "hangup": on_leg_end,
            "leave": on_leg_end,
            "digits": on_digits,
            "transfer": on_transfer,
            "attempt-ended": on_attempt_ended,
        }
    ),
    status=status,
    new_call_id=lambda _, number, __: f"v{number}",
    records={"agents": Agent},
    vendor_events=VENDOR_EVENTS,
    resources={
        "agent": Resource(waits_for=lambda call: status(call) == "queued", assign=assign_agent)
    },
)
BOUND_FAKE_VENDOR = BoundProvider(
    provider=FAKE_VENDOR,
    checks={one.operation: lambda _: () for one in FAKE_VENDOR.endpoints},
    document=dict,
    examples=lambda operation: ({},) if operation == "place" else (),
)


def build_shop(agents: Mapping[str, str], balance: str | None = None) -> Account:
    """An account with these agents, by name and state."""
    return Account(
        name="shop",
        provider="toy",
        balance=None if balance is None else Decimal(balance),
        records={"agents": {name: Agent(state) for name, state in agents.items()}},
        document={"agents": {name: {"state": state} for name, state in agents.items()}},
    )


def build_state(account: Account, *stories: Scenario, start: int = 0) -> SandboxState:
    """A store of this vendor alone; the first story is the default."""
    told = stories or (DEFAULT_SCENARIO,)
    named = ScenarioSet({one.name: one for one in told}, told[0].name)
    return SandboxState(
        Configuration(
            seed="s",
            providers={"toy": BOUND_FAKE_VENDOR},
            scenarios=named,
            accounts={ACCOUNT_KEY: account},
            parse_account=lambda *_: (None, ()),
        ),
        start,
    )


def place_calls(
    state: SandboxState, nth: int = 0, now: int = 0, body: bytes = b"", **fields: object
) -> Exchange:
    """A request to its first endpoint, or another one."""
    sent = Request(method="POST", path="/", fields=fields, body=body)
    return handle(
        state,
        IncomingRequest(bound=BOUND_FAKE_VENDOR, endpoint=FAKE_VENDOR.endpoints[nth], request=sent),
        now,
    )


def event_log(state: SandboxState, *verbs: str) -> list[tuple[int, str, str, str]]:
    """When, which call, what, whose: of all events, or of those verbs."""
    events = (
        (event.at, name, event.type, event.leg)
        for name, call in read.calls(state).items()
        for event in call.events
        if not verbs or event.type in verbs
    )
    return sorted(events)
