"""All that one sandbox remembers."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from heapq import heappop, heappush
from types import MappingProxyType
from typing import Any, NamedTuple

from mockserver.core.account import Account
from mockserver.core.call import Call, Event
from mockserver.core.http import Request, Response
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.journal import JournalEntry
from mockserver.core.provider import BoundProvider
from mockserver.core.read_model import ReadModel
from mockserver.core.rulebook import Rule, Violation
from mockserver.core.scenario import MatchContext, Scenario, ScenarioSet
from mockserver.core.script import DueStep, Script, WaitReason
from mockserver.core.selection import Activation, SelectedScenario
from mockserver.core.webhook import Delivery
from mockserver.engine.ring import KEPT, Ring

Key = tuple[str, str]
"""(provider, name of the account)"""


class Told(NamedTuple):
    """An event that a provider announced, and the attempt to which it belongs."""

    attempt: int
    event: Event


class Change(NamedTuple):
    """What an account's timeline merges into it."""

    account: Key
    patch: Mapping[str, object]


class Due(NamedTuple):
    """A thing with a time; of two at one time, the one that came first.

    `subject` is the id of a call, or that of a webhook when the kind is `delivery`.
    """

    at: int
    serial: int
    kind: str
    subject: str
    what: Told | Change | None = None


class Exchange(NamedTuple):
    """One vendor request and what it got; `why` says in one line why it was refused.

    Provider and operation are empty for a path that nobody has. The rest is for `explain`: the
    rules it broke, how stories saw it, and what was activated then.
    """

    id: str
    at: int
    provider: str
    operation: str
    request: Request
    reply: Response
    fault: str | None
    why: str
    stories: tuple[str, ...]
    calls: tuple[str, ...] = ()
    broken: tuple[Rule, ...] = ()
    violations: tuple[Violation, ...] = ()
    seen: tuple[MatchContext, ...] = ()
    activations: tuple[Activation, ...] = ()


ReadAccount = Callable[[str, str, Mapping[str, Any]], tuple[Account | None, tuple[Any, ...]]]
"""(name, provider, document) -> the account, or else all that is wrong: (path, sentence)."""


def unpopulated(_: str, account: Account) -> Account:
    return account


class World(NamedTuple):
    """What a sandbox starts from. `targets` maps a provider to where `--webhook` sends."""

    seed: str
    listings: Mapping[str, BoundProvider]
    stories: ScenarioSet
    accounts: Mapping[Key, Account]
    read_account: ReadAccount
    targets: Mapping[str, str] = EMPTY_MAPPING
    populate: Callable[[str, Account], Account] = unpopulated
    """(seed, account) -> the account with the records that it wants made up."""


class Store:
    """Plain data. Whoever changes it has computed everything before."""

    def __init__(self, world: World, start: int, name: str = "default") -> None:
        self.world = world
        self.name = name
        self.epoch = 0
        self.errors = 0
        self.watchers: list[Callable[[JournalEntry], None]] = []
        self._blank(start)

    def _blank(self, start: int) -> None:
        self.started = start
        made, seed = self.world.accounts.items(), self.world.seed
        self.accounts: dict[Key, Account] = {
            key: self.world.populate(seed, one) if one.generate else one for key, one in made
        }
        self.calls: dict[str, Call] = {}
        self.stories: dict[str, SelectedScenario] = {}
        self.travels: dict[str, Scenario] = {}
        self.activations: list[Activation] = []
        self.activated = 0
        self.asked: dict[str, int] = {}
        self.arrivals: dict[Key, deque[int]] = {}
        self.held: dict[str, list[str]] = {}
        self.queueing: dict[str, str] = {}
        self.media: dict[str, str] = {}
        self.origins: OrderedDict[str, None] = OrderedDict()
        self.scripts: dict[str, Script] = {}
        self.turns: dict[str, tuple[int, DueStep]] = {}
        self.waiting: dict[str, tuple[WaitReason, ...]] = {}
        self.exchanges: Ring[Exchange] = Ring()
        self.deliveries: dict[str, Delivery] = {}
        self.sent: dict[str, list[str]] = {}
        self.depths: dict[str, int] = {}
        self.journal: Ring[JournalEntry] = Ring()
        self.ended: OrderedDict[str, None] = OrderedDict()  # a dict is slow to find its first
        self.recorded = 0
        self.requested = 0
        self.placed = 0
        self.packed = 0
        self._agenda: list[Due] = []
        self._serial = 0
        self._view()
        for key, account in self.accounts.items():
            for after, patch in account.timeline:
                self.schedule(start + after, "account", account.name, Change(key, patch))

    def _view(self) -> None:
        """What providers may read, as it changes."""
        self.named: dict[Key, str] = {}
        self.marks: OrderedDict[str, list[int]] = OrderedDict()
        self.blobs: dict[str, bytes] = {}
        self.view = ReadModel(
            seed=self.world.seed,
            path_prefix="" if self.name == "default" else f"/_sandbox/{self.name}",
            accounts=MappingProxyType(self.accounts),
            calls=MappingProxyType(self.calls),
            call_ids_by_vendor_id=MappingProxyType(self.named),
            deliveries=MappingProxyType(self.deliveries),
            delivery_ids_by_call=MappingProxyType(self.sent),
            counts=MappingProxyType(self.marks),
            uploads=MappingProxyType(self.blobs),
        )

    def reset(self, start: int) -> None:
        """Back to the seeded start; what is out on its way belongs to an epoch that is over."""
        self.epoch += 1
        self._blank(start)

    def account(self, provider: str, credential: str | None) -> Account | None:
        """Whose credential this is; an account that names it comes before one that takes any."""
        first = None
        for (whose, _), account in self.accounts.items():
            if whose != provider or not account.allows_credential(credential):
                continue
            if account.credentials is not None:
                return account
            first = first or account
        return first

    def record(self, fact: JournalEntry, size: int = 0) -> None:
        """`size` in bytes is what the fact holds on to, beyond what they all do."""
        self.journal.append(fact)
        self.recorded += 1
        if size:
            self.journal.weigh(self.recorded, size)
        if fact.type == "error":
            self.errors += 1
        if self.watchers:
            self._tell(fact)

    def _tell(self, fact: JournalEntry) -> None:
        for watcher in tuple(self.watchers):
            try:
                watcher(fact)
            except Exception:  # noqa: BLE001 - who cannot watch any more must not stop the clock
                self.watchers.remove(watcher)

    def mark(self, key: str, now: int) -> None:
        """So many marks of a key, and so many keys, are known: those that came last."""
        times = self.marks.setdefault(key, [])
        times.append(now)
        if len(times) > 2 * KEPT:
            del times[:KEPT]
        if len(self.marks) > KEPT:
            self.marks.popitem(last=False)

    def hear_from(self, origin: str) -> None:
        """As many as there are requests that may name one."""
        self.origins[origin] = None
        if len(self.origins) > KEPT:
            self.origins.popitem(last=False)

    def forget(self, name: str) -> None:
        """Drop how a call is played."""
        played = (self.stories, self.travels, self.scripts, self.turns, self.waiting, self.depths)
        for about in played:
            about.pop(name, None)

    def schedule(self, at: int, kind: str, subject: str, what: Told | Change | None = None) -> int:
        self._serial += 1
        heappush(self._agenda, Due(at, self._serial, kind, subject, what))
        return self._serial

    def peek(self) -> Due | None:
        """The earliest thing due, without taking it."""
        agenda = self._agenda
        while agenda and not self._alive(agenda[0]):
            heappop(agenda)
        return agenda[0] if agenda else None

    def take(self) -> Due | None:
        return heappop(self._agenda) if self.peek() else None

    def pending(self) -> Iterator[Due]:
        return filter(self._alive, self._agenda)

    def _alive(self, due: Due) -> bool:
        """A step is moot once its call has another, what was told of a call once that is over."""
        if due.kind == "script":
            turn = self.turns.get(due.subject)
            return turn is not None and turn[0] == due.serial
        return due.kind != "told" or self._still(due)

    def _still(self, due: Due) -> bool:
        """Whether an announced event can come: after a call's end only an act that fits there."""
        call, told = self.calls.get(due.subject), due.what
        if call is None:
            return False
        if call.phase != "ended" or not isinstance(told, Told):
            return True
        provider = self.world.listings[call.spec.provider].provider
        act = provider.vendor_events.get(told.event.type)
        return act is not None and provider.status(call) in act.allowed_in
