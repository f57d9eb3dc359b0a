"""The mutable state of one sandbox."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from heapq import heappop, heappush
from types import MappingProxyType

from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.configuration import AccountKey, Configuration
from mockserver.core.journal import JournalEntry
from mockserver.core.read_model import ReadModel
from mockserver.core.scenario import Scenario
from mockserver.core.script import DueStep, Script, WaitReason
from mockserver.core.selection import SelectedScenario
from mockserver.core.value import Value
from mockserver.core.webhook import Delivery
from mockserver.engine.bounded_log import MAX_ITEMS, BoundedLog
from mockserver.engine.exchange import Exchange
from mockserver.engine.state.activations import Activations


class ScheduledEvent(Value):
    """An event that a provider scheduled, and the index of its dial attempt, from 0."""

    attempt: int
    event: Event


class AccountPatch(Value):
    """A JSON merge patch (RFC 7396) from an account's timeline."""

    account_key: AccountKey
    patch: Mapping[str, object]


class DueItem(Value, order=True):
    """An element of the agenda, ordered by time in ms and then by `serial`.

    `kind` is `script`, `event` (one that a provider scheduled), `delivery` or `account`.
    `subject` is a call ID, for `delivery` a delivery ID, for `account` the account's name.
    """

    at: int
    serial: int
    kind: str
    subject: str
    payload: ScheduledEvent | AccountPatch | None = None


class SandboxState:
    """All data of a sandbox. Callers compute a change completely before they store it here."""

    def __init__(self, configuration: Configuration, start: int, name: str = "default") -> None:
        self.configuration = configuration
        self.name = name
        self.epoch = 0
        self.error_count = 0
        self.subscribers: list[Callable[[JournalEntry], None]] = []
        self._initialize(start)

    def _initialize(self, start: int) -> None:
        self.started_at = start
        initial, seed = self.configuration.accounts.items(), self.configuration.seed
        self.accounts: dict[AccountKey, Account] = {
            key: self.configuration.populate(seed, account) if account.generate else account
            for key, account in initial
        }
        self.calls: dict[str, Call] = {}
        self.leg_scenarios: dict[str, SelectedScenario] = {}
        self.webhook_scenarios: dict[str, Scenario] = {}
        self.activations = Activations()
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
        # not a dict, where popping the first key is slow
        self.ended_calls: OrderedDict[str, None] = OrderedDict()
        self.entry_count = 0
        self.request_count = 0
        self.call_count = 0
        self.delivery_count = 0
        self._agenda: list[DueItem] = []
        self._serial = 0
        self._build_read_model()
        for key, account in self.accounts.items():
            for delay, patch in account.timeline:
                self.schedule(start + delay, "account", account.name, AccountPatch(key, patch))

    def _build_read_model(self) -> None:
        """Build the read model for providers: live, read-only views of this state."""
        self.call_ids_by_vendor_id: dict[tuple[str, str], str] = {}
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
        """Return to the seeded start, at `start` in ms, in a new epoch.

        Results of deliveries sent before belong to the old epoch and are ignored.
        """
        self.epoch += 1
        self._initialize(start)

    def find_account(self, provider: str, credential: str | None) -> Account | None:
        """Find the provider's account with this credential.

        An account that names the credential comes before one that accepts any.
        """
        first = None
        for (account_provider, _), account in self.accounts.items():
            if account_provider != provider or not account.allows_credential(credential):
                continue
            if account.credentials is not None:
                return account
            first = first or account
        return first

    def record(self, entry: JournalEntry, size: int = 0) -> None:
        """Append an entry to the journal and notify the subscribers.

        `size` is the number of bytes that its payload keeps in memory, 0 if they are few.
        """
        self.journal.append(entry)
        self.entry_count += 1
        if size:
            self.journal.add_weight(self.entry_count, size)
        if entry.type == "error":
            self.error_count += 1
        if self.subscribers:
            self._notify_subscribers(entry)

    def _notify_subscribers(self, entry: JournalEntry) -> None:
        for subscriber in tuple(self.subscribers):
            try:
                subscriber(entry)
            except Exception:  # noqa: BLE001 - a failing subscriber must not stop the clock
                self.subscribers.remove(subscriber)

    def count(self, key: str, now: int) -> None:
        """Count `key` at `now`, in ms. Keeps the last `MAX_ITEMS` times of a key, at least.

        Above `MAX_ITEMS` keys, the key added first is evicted.
        """
        times = self.counts.setdefault(key, [])
        times.append(now)
        if len(times) > 2 * MAX_ITEMS:
            del times[:MAX_ITEMS]
        if len(self.counts) > MAX_ITEMS:
            self.counts.popitem(last=False)

    def record_origin(self, origin: str) -> None:
        """Remember an origin; bounded like the exchanges, each of which has one."""
        self.request_origins[origin] = None
        if len(self.request_origins) > MAX_ITEMS:
            self.request_origins.popitem(last=False)

    def drop_progress(self, call_id: str) -> None:
        """Drop a call's scenarios, script, waits and webhook depth."""
        mappings = (
            self.leg_scenarios,
            self.webhook_scenarios,
            self.scripts,
            self.next_steps,
            self.wait_reasons,
            self.webhook_depths,
        )
        for mapping in mappings:
            mapping.pop(call_id, None)

    def schedule(
        self, at: int, kind: str, subject: str, payload: ScheduledEvent | AccountPatch | None = None
    ) -> int:
        self._serial += 1
        heappush(self._agenda, DueItem(at, self._serial, kind, subject, payload))
        return self._serial

    def peek(self) -> DueItem | None:
        """Return the earliest due item without taking it; None if there is none."""
        agenda = self._agenda
        while agenda and not self._is_current(agenda[0]):
            heappop(agenda)
        return agenda[0] if agenda else None

    def take(self) -> DueItem | None:
        return heappop(self._agenda) if self.peek() else None

    def pending_items(self) -> Iterator[DueItem]:
        return filter(self._is_current, self._agenda)

    def _is_current(self, due: DueItem) -> bool:
        """Whether the item still holds: its step is the call's next, or its event can occur."""
        if due.kind == "script":
            scheduled = self.next_steps.get(due.subject)
            return scheduled is not None and scheduled[0] == due.serial
        return due.kind != "event" or self._can_occur(due)

    def _can_occur(self, due: DueItem) -> bool:
        """Return False if the call was evicted, or has ended in a status without this event."""
        call, payload = self.calls.get(due.subject), due.payload
        if call is None:
            return False
        if call.phase != "ended" or not isinstance(payload, ScheduledEvent):
            return True
        provider = self.configuration.providers[call.spec.provider].provider
        vendor_event = provider.vendor_events.get(payload.event.type)
        return vendor_event is not None and provider.status(call) in vendor_event.allowed_in
