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

KEY = ("toy", "shop")
PATIENCE = 600_000
USUAL = Scenario("answered", legs={"callee": DEFAULT_BEHAVIOR})


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


def free(account: Account) -> list[str]:
    return [name for name, one in account.records["agents"].items() if one.state == "available"]


def given(_: Call, account: Account, now: int) -> Event | None:
    names = free(account)
    return Event(now, "offer", data={"agent": names[0]}) if names else None


def nobody_of_that_name(moment: EventContext) -> str:
    name = moment.event.data.get("agent", "")
    return "" if name in moment.account.records["agents"] else f"there is no agent {name}"


def rung(moment: EventContext) -> Event:
    return build_dial_event(moment.event.at, "b", "agent", str(moment.event.data["agent"]))


def kept(moment: EventContext, name: str, state: str) -> Effects:
    return Effects(records=(SaveRecord(moment.account.key, "agents", name, Agent(state)),))


def offered(moment: EventContext) -> Effects:
    return kept(moment, str(moment.event.data["agent"]), "busy")


def begun(moment: EventContext) -> Effects:
    end = Event(moment.event.at + PATIENCE, "abandon")
    return (
        Effects(events=((moment.call.spec.id, end),))
        if status(moment.call) == "queued"
        else NO_EFFECTS
    )


def abandoned(moment: EventContext) -> Effects:
    gone = Event(moment.event.at, "hangup", "a", {"cause": "normal"})
    return Effects(events=((moment.call.spec.id, gone),))


def left(moment: EventContext) -> Effects:
    """An agent who did not answer is offered nothing more; one who did pays and is free again."""
    leg = moment.call.leg(moment.event.leg)
    if leg is None or leg.role != "agent":
        return NO_EFFECTS
    if leg.answered_at is None:
        return kept(moment, leg.number, "ignoring")
    seconds = Decimal((moment.event.at - leg.answered_at) // 1_000)
    charge = Charge(moment.account.key, seconds / 100, "talk", moment.call.spec.id)
    return kept(moment, leg.number, "available")._replace(charges=(charge,))


def pressed(moment: EventContext) -> Effects:
    """Key 1 brings the manager in."""
    if moment.call.spec.flow != "branch" or moment.event.data["digits"] != "1":
        return NO_EFFECTS
    manager = build_dial_event(moment.event.at, "b", "manager", "200")
    return Effects(events=((moment.call.spec.id, manager),))


def transferred(moment: EventContext) -> Effects:
    return Effects(events=((moment.call.spec.id, Event(moment.event.at, "leave", "b")),))


def over(moment: EventContext) -> Effects:
    """The next number, where the request has several."""
    numbers = moment.call.spec.parameters.get("numbers")
    nth = moment.call.number_index + 1
    if not isinstance(numbers, list) or moment.call.legs[0].answered_at or nth >= len(numbers):
        return NO_EFFECTS
    return Effects(calls=(moment.call.with_next_number(moment.event.at, str(numbers[nth])),))


def noted(word: str) -> Any:
    return lambda call, _: call._replace(state=word)


def placed(case: RequestContext) -> EndpointResult:
    shape = case.text("shape") or "queue"
    numbers = case.fields.get("numbers", ["100"])
    first = str(numbers[0]) if isinstance(numbers, list) else "100"
    call = case.build_call(shape, {"a": first}, None)
    marks = ("placed",)
    return EndpointResult(
        Response(200, {"id": call.spec.vendor_id}), Effects((call,), counts=marks)
    )


def uploaded(case: RequestContext) -> EndpointResult:
    return EndpointResult(Response(200, {}), Effects(uploads=(case.request.body,)))


def polled(case: RequestContext) -> EndpointResult:
    call = case.read_model.find_call("toy", case.text("id"))
    name = call.spec.id if call else ""
    return EndpointResult(Response(200, {}), Effects(events=((name, Event(case.now, "polled")),)))


ACTS = {
    "offer": VendorEvent(
        frozenset({"queued"}),
        frozenset({"agent"}),
        guard=nobody_of_that_name,
        dials="b",
        ring=rung,
    ),
    "abandon": VendorEvent(frozenset({"queued"})),
    "hold": VendorEvent(frozenset({"connected"}), apply=noted("held"), undo="resume"),
    "resume": VendorEvent(frozenset({"held"}), apply=noted("")),
    "transfer": VendorEvent(frozenset({"connected"})),
    "rate": VendorEvent(frozenset({"finished"}), apply=noted("rated")),
}

TOY = Provider(
    name="toy",
    title="Toy",
    roles={"a": "caller", "b": "agent"},
    endpoints=(
        Endpoint("place", "POST", "toy.test", "/calls", (), placed),
        Endpoint("upload", "POST", "toy.test", "/files", (), uploaded),
        Endpoint("poll", "GET", "toy.test", "/calls/{id}", (), polled),
    ),
    credential=lambda _: "key",
    refuse=lambda _, __: Response(400),
    wrong_method=Fault("wrong-method", 405, "no", Evidence.ASSUMED),
    on_event=by_event_type(
        {
            "begin": begun,
            "offer": offered,
            "abandon": abandoned,
            "hangup": left,
            "leave": left,
            "digits": pressed,
            "transfer": transferred,
            "attempt-ended": over,
        }
    ),
    status=status,
    new_call_id=lambda _, number, __: f"v{number}",
    records={"agents": Agent},
    vendor_events=ACTS,
    resources={"agent": Resource(lambda call: status(call) == "queued", given)},
)
LISTING = BoundProvider(
    TOY,
    {one.operation: lambda _: () for one in TOY.endpoints},
    dict,
    lambda operation: ({},) if operation == "place" else (),
)


def shop(agents: Mapping[str, str], balance: str | None = None) -> Account:
    """An account with these agents, by name and state."""
    return Account(
        "shop",
        "toy",
        balance=None if balance is None else Decimal(balance),
        records={"agents": {name: Agent(state) for name, state in agents.items()}},
        document={"agents": {name: {"state": state} for name, state in agents.items()}},
    )


def opened(account: Account, *stories: Scenario, start: int = 0) -> SandboxState:
    """A store of this vendor alone; the first story is the default."""
    told = stories or (USUAL,)
    named = ScenarioSet({one.name: one for one in told}, told[0].name)
    return SandboxState(
        Configuration("s", {"toy": LISTING}, named, {KEY: account}, lambda *_: (None, ())), start
    )


def ask(
    store: SandboxState, nth: int = 0, now: int = 0, body: bytes = b"", **fields: object
) -> Exchange:
    """A request to its first endpoint, or another one."""
    sent = Request("POST", "/", fields=fields, body=body)
    return handle(store, IncomingRequest(LISTING, TOY.endpoints[nth], sent), now)


def told(store: SandboxState, *verbs: str) -> list[tuple[int, str, str, str]]:
    """When, which call, what, whose: of all events, or of those verbs."""
    events = (
        (event.at, name, event.type, event.leg)
        for name, call in store.calls.items()
        for event in call.events
        if not verbs or event.type in verbs
    )
    return sorted(events)
