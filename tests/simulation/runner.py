"""One seed's run: what random clients, receivers and operators do, and all that came of it."""

import hashlib
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random
from typing import Any, NamedTuple

from mockserver.core.account import merge_patch
from mockserver.core.call import Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.journal import JournalEntry
from mockserver.core.lifecycle import ACTIVE_PHASES
from mockserver.core.webhook import Delivery
from mockserver.engine.exchange import Exchange, IncomingRequest
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, step, update_account
from mockserver.engine.webhooks import complete_attempt, redeliver
from mockserver.web.views.serializers import serialize_entry
from tests.simulation.history import History, Sent
from tests.simulation.receivers import Mode, mode
from tests.support import read

START = 1_767_258_000_000
DEEDS = 40
PATIENCE = 4_000  # steps in which everything has to come to rest
BASIC = "Basic " + b64encode(b"customer:token").decode()
HOOK = "http://receiver.test/hook"
HOOKS = {"effebot": "webhookUrl", "innocalls": "webhook"}
ODD: tuple[object, ...] = ("", " ", 0, -1, 12, None, [], {}, "x" * 300, "\u202e", "9", True)
EVENTS = (
    Event(at=0, type="answer"),
    Event(at=0, type="hangup", data={"cause": "busy"}),
    Event(at=0, type="hangup", data={"cause": "normal"}),
    Event(at=0, type="digits", data={"digits": "1"}),
    Event(at=0, type="speech", data={"words": "yes"}),
    Event(at=0, type="machine"),
    Event(at=0, type="continue", source="control"),
    Event(at=0, type="polled"),
)
PATCHES: tuple[Mapping[str, Any], ...] = (
    {"retry": {"waits": ["60s", "300s"]}},
    {"retry": {"waits": []}},
    {"webhooks": {"any": HOOK}},
    {"limits": {"requests": 3, "per": "1s"}},
    {"limits": None},
)


class Out(NamedTuple):
    """A webhook that is with its receiver until `back`."""

    back: int
    nth: int
    delivery: Delivery
    mode: Mode


class Ran(NamedTuple):
    """What came of a seed; two runs of one seed have equal digests."""

    digest: str
    history: History
    met: Counter[str]
    unfinished: list[str]


class Run:
    """The world of one seed, and who is at work in it."""

    def __init__(self, configuration: Configuration, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - to be repeated, not to be secret
        self.state = SandboxState(configuration._replace(seed=str(seed)), START)
        read.subscribers(self.state).append(self._heard)
        self.now = START
        self.facts: list[tuple[int, JournalEntry]] = []
        self.sent: list[Sent] = []
        self.out: list[Out] = []
        self.acts: dict[tuple[int, str], tuple[str, ...]] = {}
        self.repeated: set[tuple[int, str]] = set()
        self.met: Counter[str] = Counter()
        self.digest = hashlib.sha256()

    def _heard(self, fact: JournalEntry) -> None:
        self.facts.append((self.state.epoch, fact))
        self.met[f"fact {fact.type}"] += 1
        told = serialize_entry(fact, self.state.configuration)
        self.digest.update(json.dumps(told, sort_keys=True).encode())

    def play(self) -> Ran:
        for _ in range(DEEDS):
            deed = self.chance.choices(tuple(DEED), weights=tuple(DEED.values()))[0]
            deed(self)
        return self.rest()

    def rest(self) -> Ran:
        """Nothing more is done: all that is under way comes to its end."""
        self._come_to_rest()
        rest = [due.subject for due in read.pending_items(self.state)]
        history = History(self.facts, self.sent, self.acts, self.state.epoch, self.repeated)
        return Ran(self.digest.hexdigest(), history, self.met, rest)

    def _come_to_rest(self) -> None:
        for _ in range(PATIENCE):
            if not self._move():
                return

    def _move(self) -> bool:
        """The next thing in time: a receiver answers, or something falls due."""
        due = read.peek(self.state)
        back = min(self.out, default=None)
        if back and (due is None or back.back <= due.at):
            self.out.remove(back)
            self.now = max(self.now, back.back)
            self.met[f"receiver {back.mode.name}"] += 1
            self.met["late answer"] += back.delivery.epoch != self.state.epoch
            complete_attempt(self.state, back.delivery, back.mode.answer, self.now)
        elif due:
            self.now = max(self.now, due.at)
            if delivery := step(self.state):
                self._hand_out(delivery)
        return bool(due or back)

    def _hand_out(self, delivery: Delivery) -> None:
        how, name = mode(self.chance), delivery.webhook.call_id
        key = (delivery.epoch, delivery.id)
        travels = bool(
            name in read.webhook_scenarios(self.state)
            and read.webhook_scenarios(self.state)[name].webhooks
        )
        number = len(delivery.attempts) + 1
        free = travels or key in self.repeated or "." in delivery.id
        self.sent.append(Sent(delivery.epoch, self.now, delivery.id, name, number, free))
        self.out.append(Out(self.now + how.takes, len(self.sent), delivery, how))

    def request(self) -> None:
        """A client asks for something, mostly as it should."""
        state, chance = self.state, self.chance
        listing = chance.choice(tuple(state.configuration.providers.values()))
        provider = listing.provider
        endpoint = chance.choice(provider.endpoints)
        examples = tuple(listing.examples(endpoint.operation)) or ({},)
        fields = self._changed(dict(chance.choice(examples)), provider.name)
        headers = {"authorization": BASIC if provider.name == "ccai" else "Bearer key"}
        headers["accept"] = "application/json"
        body = str(len(self.facts)).encode()
        sent = Request(
            method=endpoint.method,
            path=endpoint.path,
            origin="http://h",
            headers=headers,
            fields=fields,
            body=body,
        )
        meant = (
            one
            for one in provider.endpoints
            if (one.method, one.host, one.path) == (endpoint.method, endpoint.host, endpoint.path)
            and one.when(sent)
        )
        asked = IncomingRequest(
            bound=listing,
            endpoint=next(meant, endpoint),
            request=sent,
            scenarios=self._stories(provider.name),
        )
        self._answered(handle(state, asked, self.now), provider.name)

    def _changed(self, fields: dict[str, Any], provider: str) -> dict[str, Any]:
        """Sometimes a field is missing or odd, often it names a call that there is."""
        chance, mine = (
            self.chance,
            [key for key in read.call_ids_by_vendor_id(self.state) if key[0] == provider],
        )
        if provider in HOOKS and chance.random() < 0.7:
            fields[HOOKS[provider]] = HOOK
        if mine and "id" in fields:
            fields["id"] = chance.choice(mine)[1]
        if fields and chance.random() < 0.2:
            fields[chance.choice(tuple(fields))] = chance.choice(ODD)
        if fields and chance.random() < 0.1:
            del fields[chance.choice(tuple(fields))]
        return fields

    def _stories(self, provider: str) -> tuple[str, ...]:
        known = self.state.configuration.scenarios.by_name
        suiting = [
            name
            for name, story in known.items()
            if "/" not in name and story.needs.get("provider", provider) == provider
        ]
        return (self.chance.choice(suiting),) if self.chance.random() < 0.7 else ()

    def _answered(self, exchange: Exchange, provider: str) -> None:
        listed = tuple(self.state.configuration.providers[provider].provider.vendor_events)
        self.acts.update({(self.state.epoch, name): listed for name in exchange.call_ids})
        self.met["refused" if exchange.fault else "accepted"] += 1
        self.digest.update(repr((exchange.response.status, exchange.response.body)).encode())

    def advance(self) -> None:
        for _ in range(self.chance.randrange(1, 25)):
            if not self._move():
                self.now += self.chance.randrange(60_000)
                return

    def play_person(self) -> None:
        """Somebody does something to a phone, whether or not it can be."""
        if not read.calls(self.state):
            return
        live = [
            name for name, call in read.calls(self.state).items() if call.phase in ACTIVE_PHASES
        ]
        name = self.chance.choice(live or tuple(read.calls(self.state)))
        leg = self.chance.choice(("", *(leg.name for leg in read.calls(self.state)[name].legs)))
        event = self.chance.choice(EVENTS)._replace(at=self.now, leg=leg)
        with suppress(IllegalTransition):
            apply_event(self.state, name, event)
            self.met["person"] += 1

    def redeliver(self) -> None:
        settled = [
            name
            for name, one in read.deliveries(self.state).items()
            if one.state != "pending" and one.next_attempt_at is None
        ]
        if settled:
            name = self.chance.choice(settled)
            redeliver(self.state, name, self.now)
            self.repeated.add((self.state.epoch, name))
            self.met["redelivered"] += 1

    def change_account(self) -> None:
        key = self.chance.choice(tuple(read.accounts(self.state)))
        document = merge_patch(read.accounts(self.state)[key].document, self.chance.choice(PATCHES))
        account, flaws = self.state.configuration.parse_account(key[1], key[0], document)
        if account and not flaws:
            update_account(self.state, account, self.now)
            self.met["account"] += 1

    def reset(self) -> None:
        self.met["reset with webhooks out"] += bool(self.out)
        self.met["reset with calls alive"] += bool(read.next_steps(self.state))
        self.state.reset(self.now)


DEED: Mapping[Callable[[Run], None], int] = {
    Run.request: 40,
    Run.advance: 40,
    Run.play_person: 12,
    Run.redeliver: 4,
    Run.change_account: 4,
    Run.reset: 1,
}
"""What is done, and how often beside the others."""
