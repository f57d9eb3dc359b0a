"""A vendor that nobody has: a queue with agents, a branch by key, money, numbers in turn, files."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from mockserver.core.account import Account, Charge, Keep
from mockserver.core.call import Call, Event, dial
from mockserver.core.http import Reply, Request
from mockserver.core.legs import ANSWERED
from mockserver.core.provider import (
    NOTHING,
    Act,
    Effects,
    Endpoint,
    Listing,
    Moment,
    Outcome,
    Provider,
    Resource,
    following,
)
from mockserver.core.rules import Case, Fault, Source
from mockserver.core.story import Stories, Story
from mockserver.engine.casework import Asked
from mockserver.engine.simulation import request
from mockserver.engine.store import Exchange, Store, World

KEY = ("toy", "shop")
PATIENCE = 600_000
USUAL = Story("answered", legs={"callee": ANSWERED})


class Agent(NamedTuple):
    state: str = "available"


def status(call: Call) -> str:
    """`queued`, `offered` while it rings at an agent's, `connected`, `held`, `finished`."""
    agent = call.leg("b")
    if call.phase in ("placed", "ended", "over"):
        return "finished" if call.phase == "ended" else "waiting"
    if agent and agent.state in ("ringing", "answered"):
        held = call.notes == "held"
        return "offered" if agent.state == "ringing" else "held" if held else "connected"
    return "queued" if call.order.shape == "queue" else "alone"


def free(account: Account) -> list[str]:
    return [name for name, one in account.records["agents"].items() if one.state == "available"]


def given(_: Call, account: Account, now: int) -> Event | None:
    names = free(account)
    return Event(now, "offer", data={"agent": names[0]}) if names else None


def nobody_of_that_name(moment: Moment) -> str:
    name = moment.event.data.get("agent", "")
    return "" if name in moment.account.records["agents"] else f"there is no agent {name}"


def rung(moment: Moment) -> Event:
    return dial(moment.event.at, "b", "agent", str(moment.event.data["agent"]))


def kept(moment: Moment, name: str, state: str) -> Effects:
    return Effects(keep=(Keep(moment.account.key, "agents", name, Agent(state)),))


def offered(moment: Moment) -> Effects:
    return kept(moment, str(moment.event.data["agent"]), "busy")


def begun(moment: Moment) -> Effects:
    end = Event(moment.event.at + PATIENCE, "abandon")
    return (
        Effects(tell=((moment.call.order.id, end),)) if status(moment.call) == "queued" else NOTHING
    )


def abandoned(moment: Moment) -> Effects:
    gone = Event(moment.event.at, "hangup", "a", {"cause": "normal"})
    return Effects(tell=((moment.call.order.id, gone),))


def left(moment: Moment) -> Effects:
    """An agent who did not answer is offered nothing more; one who did pays and is free again."""
    leg = moment.call.leg(moment.event.leg)
    if leg is None or leg.role != "agent":
        return NOTHING
    if leg.answered_at is None:
        return kept(moment, leg.number, "ignoring")
    seconds = Decimal((moment.event.at - leg.answered_at) // 1_000)
    charge = Charge(moment.account.key, seconds / 100, "talk", moment.call.order.id)
    return kept(moment, leg.number, "available")._replace(charge=(charge,))


def pressed(moment: Moment) -> Effects:
    """Key 1 brings the manager in."""
    if moment.call.order.shape != "branch" or moment.event.data["digits"] != "1":
        return NOTHING
    manager = dial(moment.event.at, "b", "manager", "200")
    return Effects(tell=((moment.call.order.id, manager),))


def transferred(moment: Moment) -> Effects:
    return Effects(tell=((moment.call.order.id, Event(moment.event.at, "leave", "b")),))


def over(moment: Moment) -> Effects:
    """The next number, where the request has several."""
    numbers = moment.call.order.wanted.get("numbers")
    nth = moment.call.target + 1
    if not isinstance(numbers, list) or moment.call.legs[0].answered_at or nth >= len(numbers):
        return NOTHING
    return Effects(place=(moment.call.onward(moment.event.at, str(numbers[nth])),))


def noted(word: str) -> Any:
    return lambda call, _: call._replace(notes=word)


def placed(case: Case) -> Outcome:
    shape = case.text("shape") or "queue"
    numbers = case.fields.get("numbers", ["100"])
    first = str(numbers[0]) if isinstance(numbers, list) else "100"
    call = case.call(shape, {"a": first}, None)
    marks = ("placed",)
    return Outcome(Reply(200, {"id": call.order.vendor_id}), Effects((call,), mark=marks))


def uploaded(case: Case) -> Outcome:
    return Outcome(Reply(200, {}), Effects(hold=(case.request.body,)))


def polled(case: Case) -> Outcome:
    call = case.view.call("toy", case.text("id"))
    name = call.order.id if call else ""
    return Outcome(Reply(200, {}), Effects(tell=((name, Event(case.now, "polled")),)))


ACTS = {
    "offer": Act(
        frozenset({"queued"}),
        frozenset({"agent"}),
        hinders=nobody_of_that_name,
        dials="b",
        rings=rung,
    ),
    "abandon": Act(frozenset({"queued"})),
    "hold": Act(frozenset({"connected"}), note=noted("held"), undo="resume"),
    "resume": Act(frozenset({"held"}), note=noted("")),
    "transfer": Act(frozenset({"connected"})),
    "rate": Act(frozenset({"finished"}), note=noted("rated")),
}

TOY = Provider(
    name="toy",
    title="Toy",
    legs={"a": "caller", "b": "agent"},
    endpoints=(
        Endpoint("place", "POST", "toy.test", "/calls", (), placed),
        Endpoint("upload", "POST", "toy.test", "/files", (), uploaded),
        Endpoint("poll", "GET", "toy.test", "/calls/{id}", (), polled),
    ),
    credential=lambda _: "key",
    refuse=lambda _, __: Reply(400),
    wrong_method=Fault("wrong-method", 405, "no", Source.ASSUMED),
    react=following(
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
    new_id=lambda _, number, __: f"v{number}",
    records={"agents": Agent},
    acts=ACTS,
    resources={"agent": Resource(lambda call: status(call) == "queued", given)},
)
LISTING = Listing(
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


def opened(account: Account, *stories: Story, start: int = 0) -> Store:
    """A store of this vendor alone; the first story is the default."""
    told = stories or (USUAL,)
    named = Stories({one.name: one for one in told}, told[0].name)
    return Store(World("s", {"toy": LISTING}, named, {KEY: account}, lambda *_: (None, ())), start)


def ask(store: Store, nth: int = 0, now: int = 0, body: bytes = b"", **fields: object) -> Exchange:
    """A request to its first endpoint, or another one."""
    sent = Request("POST", "/", fields=fields, body=body)
    return request(store, Asked(LISTING, TOY.endpoints[nth], sent), now)


def told(store: Store, *verbs: str) -> list[tuple[int, str, str, str]]:
    """When, which call, what, whose: of all events, or of those verbs."""
    events = (
        (event.at, name, event.verb, event.leg)
        for name, call in store.calls.items()
        for event in call.events
        if not verbs or event.verb in verbs
    )
    return sorted(events)
