"""All that one sandbox remembers."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from heapq import heappop, heappush
from types import MappingProxyType
from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.configuration import AccountKey, Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.read_model import ReadModel
from mockserver.core.scenario import Scenario
from mockserver.core.script import DueStep, Script, WaitReason
from mockserver.core.selection import Activation, SelectedScenario
from mockserver.core.webhook import Delivery
from mockserver.engine.bounded_log import MAX_ITEMS, BoundedLog
from mockserver.engine.exchange import Exchange


class ScheduledEvent(NamedTuple):
    """An event that a provider announced, and the attempt to which it belongs."""

    attempt: int
    event: Event


class AccountPatch(NamedTuple):
    """What an account's timeline merges into it."""

    account_key: AccountKey
    patch: Mapping[str, object]


class DueItem(NamedTuple):
    """A thing with a time; of two at one time, the one that came first.

    `subject` is the id of a call, or that of a webhook when the kind is `delivery`.
    """

    at: int
    serial: int
    kind: str
    subject: str
    payload: ScheduledEvent | AccountPatch | None = None


class SandboxState:
    """Plain data. Whoever changes it has computed everything before."""

    def __init__(self, configuration: Configuration, start: int, name: str = "default") -> None:
        self.configuration = configuration
        self.name = name
        self.epoch = 0
        self.error_count = 0
        self.subscribers: list[Callable[[JournalEntry], None]] = []
        self._initialize(start)

    def _initialize(self, start: int) -> None:
        self.started_at = start
        made, seed = self.configuration.accounts.items(), self.configuration.seed
        self.accounts: dict[AccountKey, Account] = {
            key: self.configuration.populate(seed, one) if one.generate else one
            for key, one in made
        }
        self.calls: dict[str, Call] = {}
        self.leg_scenarios: dict[str, SelectedScenario] = {}
        self.webhook_scenarios: dict[str, Scenario] = {}
        self.activations: list[Activation] = []
        self.activation_count = 0
        self.response_positions: dict[str, int] = {}
        self.request_times: dict[AccountKey, deque[int]] = {}
        self.held_deliveries: dict[str, list[str]] = {}
        self.resource_queue: dict[str, str] = {}
        self.call_ids_by_recording: dict[str, str] = {}
        self.request_origins: OrderedDict[str, None] = OrderedDict()
        self.scripts: dict[str, Script] = {}
        self.next_steps: dict[str, tuple[int, DueStep]] = {}
        self.wait_reasons: dict[str, tuple[WaitReason, ...]] = {}
        self.exchanges: BoundedLog[Exchange] = BoundedLog()
        self.deliveries: dict[str, Delivery] = {}
        self.delivery_ids_by_call: dict[str, list[str]] = {}
        self.webhook_depths: dict[str, int] = {}
        self.journal: BoundedLog[JournalEntry] = BoundedLog()
        self.ended_calls: OrderedDict[str, None] = OrderedDict()  # a dict is slow to find its first
        self.entry_count = 0
        self.request_count = 0
        self.call_count = 0
        self.delivery_count = 0
        self._agenda: list[DueItem] = []
        self._serial = 0
        self._build_read_model()
        for key, account in self.accounts.items():
            for after, patch in account.timeline:
                self.schedule(start + after, "account", account.name, AccountPatch(key, patch))

    def _build_read_model(self) -> None:
        """What providers may read, as it changes."""
        self.call_ids_by_vendor_id: dict[AccountKey, str] = {}
        self.counts: OrderedDict[str, list[int]] = OrderedDict()
        self.uploads: dict[str, bytes] = {}
        self.read_model = ReadModel(
            seed=self.configuration.seed,
            path_prefix="" if self.name == "default" else f"/_sandbox/{self.name}",
            accounts=MappingProxyType(self.accounts),
            calls=MappingProxyType(self.calls),
            call_ids_by_vendor_id=MappingProxyType(self.call_ids_by_vendor_id),
            deliveries=MappingProxyType(self.deliveries),
            delivery_ids_by_call=MappingProxyType(self.delivery_ids_by_call),
            counts=MappingProxyType(self.counts),
            uploads=MappingProxyType(self.uploads),
        )

    def reset(self, start: int) -> None:
        """Back to the seeded start; what is out on its way belongs to an epoch that is over."""
        self.epoch += 1
        self._initialize(start)

    def find_account(self, provider: str, credential: str | None) -> Account | None:
        """Whose credential this is; an account that names it comes before one that takes any."""
        first = None
        for (whose, _), account in self.accounts.items():
            if whose != provider or not account.allows_credential(credential):
                continue
            if account.credentials is not None:
                return account
            first = first or account
        return first

    def record(self, entry: JournalEntry, size: int = 0) -> None:
        """`size` in bytes is what the fact holds on to, beyond what they all do."""
        self.journal.append(entry)
        self.entry_count += 1
        if size:
            self.journal.add_weight(self.entry_count, size)
        if entry.type == "error":
            self.error_count += 1
        if self.subscribers:
            self._notify_subscribers(entry)

    def _notify_subscribers(self, entry: JournalEntry) -> None:
        for watcher in tuple(self.subscribers):
            try:
                watcher(entry)
            except Exception:  # noqa: BLE001 - who cannot watch any more must not stop the clock
                self.subscribers.remove(watcher)

    def count(self, key: str, now: int) -> None:
        """So many marks of a key, and so many keys, are known: those that came last."""
        times = self.counts.setdefault(key, [])
        times.append(now)
        if len(times) > 2 * MAX_ITEMS:
            del times[:MAX_ITEMS]
        if len(self.counts) > MAX_ITEMS:
            self.counts.popitem(last=False)

    def record_origin(self, origin: str) -> None:
        """As many as there are requests that may name one."""
        self.request_origins[origin] = None
        if len(self.request_origins) > MAX_ITEMS:
            self.request_origins.popitem(last=False)

    def drop_progress(self, call_id: str) -> None:
        """Drop how a call is played."""
        played = (
            self.leg_scenarios,
            self.webhook_scenarios,
            self.scripts,
            self.next_steps,
            self.wait_reasons,
            self.webhook_depths,
        )
        for about in played:
            about.pop(call_id, None)

    def schedule(
        self, at: int, kind: str, subject: str, payload: ScheduledEvent | AccountPatch | None = None
    ) -> int:
        self._serial += 1
        heappush(self._agenda, DueItem(at, self._serial, kind, subject, payload))
        return self._serial

    def peek(self) -> DueItem | None:
        """The earliest thing due, without taking it."""
        agenda = self._agenda
        while agenda and not self._is_current(agenda[0]):
            heappop(agenda)
        return agenda[0] if agenda else None

    def take(self) -> DueItem | None:
        return heappop(self._agenda) if self.peek() else None

    def pending_items(self) -> Iterator[DueItem]:
        return filter(self._is_current, self._agenda)

    def _is_current(self, due: DueItem) -> bool:
        """A step is moot once its call has another, what was told of a call once that is over."""
        if due.kind == "script":
            turn = self.next_steps.get(due.subject)
            return turn is not None and turn[0] == due.serial
        return due.kind != "told" or self._can_occur(due)

    def _can_occur(self, due: DueItem) -> bool:
        """Whether an announced event can come: after a call's end only an act that fits there."""
        call, told = self.calls.get(due.subject), due.payload
        if call is None:
            return False
        if call.phase != "ended" or not isinstance(told, ScheduledEvent):
            return True
        provider = self.configuration.providers[call.spec.provider].provider
        act = provider.vendor_events.get(told.event.type)
        return act is not None and provider.status(call) in act.allowed_in
