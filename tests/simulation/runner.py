"""The run of one seed: random clients, receivers and operators, and the resulting history."""

import hashlib
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random
from typing import Any, NamedTuple

from mockserver.config.registry import bundled_folder
from mockserver.core.account import merge_patch
from mockserver.core.call import Event, IllegalTransition
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.journal import JournalEntry
from mockserver.core.lifecycle import ACTIVE_PHASES
from mockserver.core.webhook import Delivery
from mockserver.engine.exchange import Exchange
from mockserver.engine.pipeline import handle
from mockserver.engine.sandbox_state import SandboxState
from mockserver.engine.simulation import apply_event, run_due_item, update_account
from mockserver.engine.webhooks import complete_attempt, redeliver
from mockserver.web.views.serializers import serialize_entry
from tests.simulation.history import History, Sent
from tests.simulation.receivers import Mode, choose_mode
from tests.support import read
from tests.support.builders import build_incoming_request

FOLDER = str(bundled_folder("scenarios"))
"""Where this checkout has the bundled files; a log tells it, and no digest may."""

START = 1_767_258_000_000
ACTION_COUNT = 40
MAX_STEPS = 4_000  # after which a run must be idle
BASIC = "Basic " + b64encode(b"customer:token").decode()
HOOK = "http://receiver.test/hook"
HOOKS = {"effebot": "webhookUrl", "innocalls": "webhook"}
ODD_VALUES: tuple[object, ...] = ("", " ", 0, -1, 12, None, [], {}, "x" * 300, "\u202e", "9", True)
EVENTS = (
    Event(at=0, type="answer"),
    Event(at=0, type="hangup", data={"cause": "busy"}),
    Event(at=0, type="hangup", data={"cause": "normal"}),
    Event(at=0, type="press", data={"digits": "1"}),
    Event(at=0, type="say", data={"words": "yes"}),
    Event(at=0, type="machine"),
    Event(at=0, type="continue", source="control"),
    Event(at=0, type="poll"),
)


def build_patches(hook: str) -> tuple[Mapping[str, Any], ...]:
    """Return the changes of an account; one lets its webhooks go to `hook`."""
    return (
        {"retry": {"waits": ["60s", "300s"]}},
        {"retry": {"waits": []}},
        {"webhooks": {"any": hook}},
        {"limits": {"requests": 3, "per": "1s"}},
        {"limits": None},
    )


class PendingAttempt(NamedTuple):
    """An attempt whose result arrives at `back`."""

    back: int
    number: int
    delivery: Delivery
    mode: Mode


class RunResult(NamedTuple):
    """The result of a seed; two runs of one seed have equal digests."""

    digest: str
    history: History
    met: Counter[str]
    unfinished: list[str]


class Run:
    """The sandbox of one seed and the actions on it; `state` is another one than a new one."""

    def __init__(
        self, configuration: Configuration, seed: int, state: SandboxState | None = None
    ) -> None:
        self.chance = Random(seed)  # noqa: S311 - repeatable on purpose
        self.state = state or SandboxState(configuration._replace(seed=str(seed)), START)
        self.state.journal.subscribe(self._record_entry)
        self.now = START
        self.entries: list[tuple[int, JournalEntry]] = []
        self.sent: list[Sent] = []
        self.out: list[PendingAttempt] = []
        self.vendor_events: dict[tuple[int, str], tuple[str, ...]] = {}
        self.repeated: set[tuple[int, str]] = set()
        self.met: Counter[str] = Counter()
        self.digest = hashlib.sha256()

    def _record_entry(self, entry: JournalEntry) -> None:
        self.entries.append((self.state.epoch, entry))
        self.met[f"entry {entry.type}"] += 1
        serialized = serialize_entry(entry, self.state.configuration)
        text = json.dumps(serialized, sort_keys=True).replace(FOLDER, "scenarios")
        self.digest.update(text.encode())

    def play(self) -> RunResult:
        for _ in range(ACTION_COUNT):
            action = self.chance.choices(tuple(ACTIONS), weights=tuple(ACTIONS.values()))[0]
            action(self)
        return self.finish()

    def finish(self) -> RunResult:
        """Run until idle without further actions."""
        self._run_until_idle()
        return self.build_result()

    def build_result(self) -> RunResult:
        unfinished = [due.subject for due in read.pending_items(self.state)]
        history = History(
            self.entries, self.sent, self.vendor_events, self.state.epoch, self.repeated
        )
        return RunResult(self.digest.hexdigest(), history, self.met, unfinished)

    def _run_until_idle(self) -> None:
        for _ in range(MAX_STEPS):
            if not self._step():
                return

    def _step(self) -> bool:
        """Take the next step in time: complete an attempt or run the next due item."""
        due = read.peek(self.state)
        pending = min(self.out, default=None)
        if pending and (due is None or pending.back <= due.at):
            self.out.remove(pending)
            self.now = max(self.now, pending.back)
            self.met[f"receiver {pending.mode.name}"] += 1
            self.met["late result"] += pending.delivery.epoch != self.state.epoch
            complete_attempt(self.state, pending.delivery, pending.mode.result, self.now)
        elif due:
            self.now = max(self.now, due.at)
            if delivery := run_due_item(self.state):
                self._start_attempt(delivery)
        return bool(due or pending)

    def hook(self) -> str:
        """Return the URL of a receiver for the webhooks of a request or an account."""
        return HOOK

    def _start_attempt(self, delivery: Delivery) -> None:
        receiver_mode = choose_mode(self.chance)
        self.record_attempt(delivery)
        self.out.append(
            PendingAttempt(self.now + receiver_mode.takes, len(self.sent), delivery, receiver_mode)
        )

    def record_attempt(self, delivery: Delivery) -> None:
        """Record that an attempt begins now."""
        name = delivery.webhook.call_id
        key = (delivery.epoch, delivery.id)
        has_delivery_behavior = bool(
            name in read.webhook_scenarios(self.state)
            and read.webhook_scenarios(self.state)[name].webhooks
        )
        number = len(delivery.attempts) + 1
        out_of_order = has_delivery_behavior or key in self.repeated or "." in delivery.id
        self.sent.append(Sent(delivery.epoch, self.now, delivery.id, name, number, out_of_order))

    def request(self) -> None:
        """Send a request, mostly a valid one."""
        state, chance = self.state, self.chance
        bound = chance.choice(tuple(state.configuration.providers.values()))
        provider = bound.provider
        endpoint = chance.choice(provider.endpoints)
        examples = tuple(bound.examples(endpoint.operation)) or ({},)
        fields = self._mutate_fields(dict(chance.choice(examples)), provider.name)
        headers = {"authorization": BASIC if provider.name == "ccai" else "Bearer key"}
        headers |= {"accept": "application/json", "content-type": "application/json"}
        body = str(len(self.entries)).encode()
        sent = Request(
            method=endpoint.method,
            path=endpoint.path,
            origin="http://h",
            headers=headers,
            fields=fields,
            body=body,
        )
        matching = (
            item
            for item in provider.endpoints
            if (item.method, item.host, item.path)
            == (endpoint.method, endpoint.host, endpoint.path)
            and item.when(sent)
        )
        incoming = build_incoming_request(
            bound=bound,
            endpoint=next(matching, endpoint),
            request=sent,
            scenario_names=self._scenarios(provider.name),
        )
        self.record_exchange(handle(state, incoming, self.now), provider.name)

    def _mutate_fields(self, fields: dict[str, Any], provider: str) -> dict[str, Any]:
        """Sometimes remove or spoil a field, and often name an existing call."""
        chance, own_calls = (
            self.chance,
            [key for key in read.call_ids_by_vendor_id(self.state) if key[0] == provider],
        )
        if provider in HOOKS and chance.random() < 0.7:
            fields[HOOKS[provider]] = self.hook()
        if own_calls and "id" in fields:
            fields["id"] = chance.choice(own_calls)[1]
        if fields and chance.random() < 0.2:
            fields[chance.choice(tuple(fields))] = chance.choice(ODD_VALUES)
        if fields and chance.random() < 0.1:
            del fields[chance.choice(tuple(fields))]
        return fields

    def _scenarios(self, provider: str) -> tuple[str, ...]:
        scenarios = self.state.configuration.scenarios.by_name
        suitable = [
            name
            for name, scenario in scenarios.items()
            if "/" not in name and scenario.needs.get("provider", provider) == provider
        ]
        return (self.chance.choice(suitable),) if self.chance.random() < 0.7 else ()

    def record_exchange(self, exchange: Exchange, provider: str) -> None:
        vendor_events = tuple(self.state.configuration.providers[provider].provider.vendor_events)
        self.vendor_events.update(
            {(self.state.epoch, name): vendor_events for name in exchange.call_ids}
        )
        self.met["refused" if exchange.fault else "accepted"] += 1
        self.digest.update(repr((exchange.response.status, exchange.response.body)).encode())

    def advance(self) -> None:
        for _ in range(self.chance.randrange(1, 25)):
            if not self._step():
                self.now += self.chance.randrange(60_000)
                return

    def apply_leg_event(self) -> None:
        """Apply a random event to a leg, possible or not."""
        if not read.calls(self.state):
            return
        active = [
            name for name, call in read.calls(self.state).items() if call.phase in ACTIVE_PHASES
        ]
        name = self.chance.choice(active or tuple(read.calls(self.state)))
        leg = self.chance.choice(("", *(leg.name for leg in read.calls(self.state)[name].legs)))
        event = self.chance.choice(EVENTS).replace(at=self.now, leg=leg)
        with suppress(IllegalTransition):
            apply_event(self.state, name, event)
            self.met["leg event"] += 1

    def redeliver(self) -> None:
        settled = [
            name
            for name, item in read.deliveries(self.state).items()
            if item.state != "pending" and item.next_attempt_at is None
        ]
        if settled:
            name = self.chance.choice(settled)
            redeliver(self.state, name, self.now)
            self.repeated.add((self.state.epoch, name))
            self.met["redelivered"] += 1

    def change_account(self) -> None:
        key = self.chance.choice(tuple(read.accounts(self.state)))
        patch = self.chance.choice(build_patches(self.hook()))
        document = merge_patch(read.accounts(self.state)[key].document, patch)
        account, problems = self.state.configuration.parse_account(key[1], key[0], document)
        if account and not problems:
            update_account(self.state, account, self.now)
            self.met["account"] += 1

    def reset(self) -> None:
        self.met["reset with webhooks out"] += bool(self.out)
        self.met["reset with calls alive"] += bool(read.next_steps(self.state))
        self.state.reset(self.now)


ACTIONS: Mapping[Callable[[Run], None], int] = {
    Run.request: 40,
    Run.advance: 40,
    Run.apply_leg_event: 12,
    Run.redeliver: 4,
    Run.change_account: 4,
    Run.reset: 1,
}
"""Action -> its weight."""
