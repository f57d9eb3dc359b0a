"""The contract: what a provider is, what it may look at, and all that it can bring about."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from mockserver.core.account import NO_RETRY, Account, Charge, Retry, SaveRecord
from mockserver.core.call import Call, Event
from mockserver.core.http import Request, Response
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.read_model import EMPTY_READ_MODEL, ReadModel
from mockserver.core.rulebook import Fault, RequestContext, Rulebook, Violation
from mockserver.core.webhook import Webhook


class Effects(NamedTuple):
    """All that a provider can bring about; it says so, the engine sees to it.

    `place`: a new call, a known one `again`, or one that has not begun at another time; `tell`:
    (call id, an event at its time) to come; `send`: webhooks; `keep`: records of accounts;
    `charge`: money; `mark`: what happened now and is counted later (`View.marked`); `hold`: files
    uploaded.
    """

    calls: tuple[Call, ...] = ()
    events: tuple[tuple[str, Event], ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    records: tuple[SaveRecord, ...] = ()
    charges: tuple[Charge, ...] = ()
    counts: tuple[str, ...] = ()
    uploads: tuple[bytes, ...] = ()


NO_EFFECTS: Final = Effects()


class EndpointResult(NamedTuple):
    response: Response
    effects: Effects = NO_EFFECTS


class EventContext(NamedTuple):
    """All that a provider may look at after an event: the call as it is now, and whose it is."""

    call: Call
    event: Event
    account: Account
    read_model: ReadModel = EMPTY_READ_MODEL


OnEvent = Callable[[EventContext], Effects]


def by_event_type(handlers: Mapping[str, OnEvent]) -> OnEvent:
    """What follows an event, by its verb; nothing follows a verb that the table does not name."""

    def react(moment: EventContext) -> Effects:
        return handlers[moment.event.type](moment) if moment.event.type in handlers else NO_EFFECTS

    return react


def no_change(call: Call, _: Event) -> Call:
    """For an act that changes nothing in the call's notes."""
    return call


def no_guard(_: EventContext) -> str:
    return ""


class VendorEvent(NamedTuple):
    """What a vendor knows beyond ring, answer, digits, speech, bridge and hang-up.

    It is a step of scenarios and an event of the control API, and `react` hears of it by its name.
    `when` holds the vendor's status words in which it may be, those of an ended call too;
    `arguments` what it may be told; `hinders` says in words what stands against it, empty if
    nothing; `note` is pure and changes nothing but `call.notes`; `dials` is the leg that it rings,
    if it rings one, and `rings` the dialling that comes with it (`core.call.dial`); `undo` is the
    act that `for: 20s` plays afterwards.
    """

    allowed_in: frozenset[str]
    arguments: frozenset[str] = frozenset()
    apply: Callable[[Call, Event], Call] = no_change
    guard: Callable[[EventContext], str] = no_guard
    dials: str = ""
    ring: Callable[[EventContext], Event] | None = None
    undo: str = ""


class Resource(NamedTuple):
    """Something scarce: whether a call waits for it now, and the act that gives it if one is free.

    Giving is taking: what `react` keeps after the act has to make the thing busy.
    """

    waits_for: Callable[[Call], bool]
    assign: Callable[[Call, Account, int], Event | None]


class FakePerson(NamedTuple):
    """Somebody made up, of whom a provider makes a record."""

    first_name: str
    last_name: str
    email: str
    phone: str


RecordGenerator = Callable[[FakePerson, int, Account], tuple[str, Any]]
"""(somebody, how manieth from 0, the account so far) -> identity and record."""


CalledNumbers = Callable[[Request], tuple[Mapping[str, str], ...]]


def no_called_numbers(_: Request) -> tuple[Mapping[str, str], ...]:
    """Who is called by a request that places no call."""
    return ()


def always(_: Request) -> bool:
    return True


class Endpoint(NamedTuple):
    """One operation: where it is, what it refuses, what it answers.

    `path` may have parts such as `{id}`, which are fields of the request. `parties` tells for each
    call that a request would place the numbers of `a`, `b` and `callee`; it is tolerant of
    nonsense. Of several operations at one path and method the first whose `when` holds is meant.
    `legs` are the vendor's words for the legs where this operation has its own. An operation may
    have two endpoints.
    """

    operation: str
    method: str
    host: str
    path: str
    rules: Rulebook
    respond: Callable[[RequestContext], EndpointResult]
    called_numbers: CalledNumbers = no_called_numbers
    body_limit: int = 1_000_000
    when: Callable[[Request], bool] = always
    roles: Mapping[str, str] | None = None


class Provider(NamedTuple):
    """One emulated API, as a value.

    `legs` maps `a` and `b` to the vendor's words for them; `status` says a call's state in the
    vendor's word; `new_id` makes the vendor's id of a call from (seed, how manieth call it is, the
    operation). `settings` is the named tuple of what an account says beside records and the
    keys that all accounts have. No act bears the name of a core event.
    """

    name: str
    title: str
    roles: Mapping[str, str]
    endpoints: tuple[Endpoint, ...]
    credential: Callable[[Request], str | None]
    refuse: Callable[[tuple[Fault, ...], RequestContext], Response]
    wrong_method: Fault
    on_event: OnEvent
    status: Callable[[Call], str]
    new_call_id: Callable[[str, int, str], str]
    webhooks: tuple[str, ...] = ()
    retry: Retry = NO_RETRY
    scenario_only_faults: tuple[Fault, ...] = ()
    """Those that no rule brings about, and only a scenario can order."""
    records: Mapping[str, type] = EMPTY_MAPPING
    """Key of an account -> the named tuple of what it keeps there, by identity."""
    settings: type | None = None
    generators: Mapping[str, RecordGenerator] = EMPTY_MAPPING
    """Kind of record -> what `generate` makes of somebody; in the order in which they are made."""
    quirks: Mapping[str, str] = EMPTY_MAPPING
    """Name of an observed manner -> what it changes."""
    vendor_events: Mapping[str, VendorEvent] = EMPTY_MAPPING
    resources: Mapping[str, Resource] = EMPTY_MAPPING


def all_faults(provider: Provider) -> tuple[Fault, ...]:
    """Every fault of a provider once, in the order of its rulebooks."""
    books = (endpoint.rules for endpoint in provider.endpoints)
    rules = (rule.fault for book in books for stage in book for rule in stage)
    return tuple(dict.fromkeys((*rules, provider.wrong_method, *provider.scenario_only_faults)))


def endpoint_roles(provider: Provider, endpoint: Endpoint) -> Mapping[str, str]:
    """The vendor's words for the legs of an operation."""
    return provider.roles if endpoint.roles is None else endpoint.roles


def no_examples(_: str) -> tuple[Mapping[str, Any], ...]:
    return ()


Check = Callable[[Mapping[str, object]], tuple[Violation, ...]]


class BoundProvider(NamedTuple):
    """A provider bound to what its schema file says: a check per operation, the document itself."""

    provider: Provider
    checks: Mapping[str, Check]
    document: Callable[[], Mapping[str, Any]]
    examples: Callable[[str], tuple[Mapping[str, Any], ...]] = no_examples
    """Operation -> the parameters of the requests that its document shows."""
