"""The provider contract: endpoints, vendor events, what a provider reads, and its effects."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from mockserver.core.account import NO_RETRY, Account, Charge, Retry, SaveRecord
from mockserver.core.account_values import AccountRules
from mockserver.core.call import Call, Event, PlannedCall
from mockserver.core.fake_person import RecordGenerator
from mockserver.core.findings import Finders, RefusedItem
from mockserver.core.http import Request, Response
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.ordeal_profile import OrdealProfile
from mockserver.core.possible_calls import NO_CALLS, PossibleCalls
from mockserver.core.read_model import EMPTY_READ_MODEL, ReadModel
from mockserver.core.rulebook import Evidence, Fault, RequestContext, Rule, Rulebook
from mockserver.core.sample import OtherSampleMaker, SampleMaker, keep_account
from mockserver.core.status_row import StatusRow
from mockserver.core.value import TrackedValue, Value
from mockserver.core.webhook import Webhook
from mockserver.core.webhook_kind import WebhookKind


class Effects(Value):
    """Everything that a provider can cause, as a value; the engine applies it.

    - `calls`: new calls, known ones with a new attempt, or with another start before they begin;
    - `events`: pairs of a call id and an event, applied at the time of the event;
    - `at_once`: events of the call that come right after the event, before all that follows from
      it; only `on_event` causes them, and they have no effects of their own;
    - `webhooks` to send, `records` of accounts to save, `charges` to accounts;
    - `counts`, `sequences`: keys that are counted, for these names of `ReadModel`;
    - `uploads`: files to store, for `ReadModel.uploads`.
    """

    calls: tuple[Call, ...] = ()
    events: tuple[tuple[str, Event], ...] = ()
    at_once: tuple[Event, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    records: tuple[SaveRecord, ...] = ()
    charges: tuple[Charge, ...] = ()
    counts: tuple[str, ...] = ()
    sequences: tuple[str, ...] = ()
    uploads: tuple[bytes, ...] = ()


NO_EFFECTS: Final = Effects()


class EndpointResult(TrackedValue):
    response: Response
    effects: Effects = NO_EFFECTS
    refused_items: tuple[RefusedItem, ...] = ()
    """For each item left out: the rule that it breaks, and where."""


class EventContext(TrackedValue):
    """What a provider may read after an event: the call after it, and the account of the call."""

    call: Call
    event: Event
    account: Account
    read_model: ReadModel = EMPTY_READ_MODEL


OnEvent = Callable[[EventContext], Effects]


def by_event_type(handlers: Mapping[str, OnEvent]) -> OnEvent:
    """Build an `on_event` from a table of event types; other types have no effects."""

    def on_event(context: EventContext) -> Effects:
        if context.event.type in handlers:
            return handlers[context.event.type](context)
        return NO_EFFECTS

    return on_event


def no_change(call: Call, _: Event) -> Call:
    """Return the call unchanged: for vendor events that do not affect `Call.state`."""
    return call


def no_guard(_: EventContext) -> str:
    return ""


class VendorEvent(NamedTuple):
    """An event that only this vendor knows, beyond those of `core.lifecycle`.

    Scenarios can have it as a step, the control API can inject it, and `on_event` receives it
    under its name.

    - `allowed_in`: the vendor's status words in which it is legal, also those of an ended call;
    - `arguments`: the keys that its data may have;
    - `apply`: returns the call after it; pure, and changes nothing but `Call.state`;
    - `guard`: returns in words why it is not legal now, empty if it is;
    - `dials`: the leg that it rings, or the vendor's word for it; empty for none;
    - `next_event`: builds the event that follows it at once, as `core.call.build_dial_event` does;
    - `undo`: the vendor event that `for: 20s` in a step plays afterwards;
    - `is_timer`: whether it ends a wait. A timer that comes when its wait is over is ignored;
    - `is_timeout`: whether it comes because nobody has acted in time;
    - `choices`: (argument, value) pairs that `guard` may accept now; none of a free text.
    """

    allowed_in: frozenset[str]
    arguments: frozenset[str] = frozenset()
    apply: Callable[[Call, Event], Call] = no_change
    guard: Callable[[EventContext], str] = no_guard
    dials: str = ""
    next_event: Callable[[EventContext], Event] | None = None
    undo: str = ""
    is_timer: bool = False
    is_timeout: bool = False
    choices: Callable[[EventContext], Iterable[tuple[str, str]]] = lambda _: ()


class Resource(NamedTuple):
    """Something scarce that calls wait for, such as an agent.

    `waits_for` returns True if the call waits for it now. `assign` takes the call, the account,
    the time in ms and the read model; it returns the vendor event that assigns a free one, None if
    none is free. The records that `on_event` saves after that event have to make it busy, else it
    would be assigned twice. `is_reserved`: whether a certain one is about to be assigned.
    """

    waits_for: Callable[[Call], bool]
    assign: Callable[[Call, Account, int, ReadModel], Event | None]
    is_reserved: Callable[[Call], bool] = lambda _: False


PlannedCalls = Callable[[RequestContext], tuple[PlannedCall, ...]]


def no_calls(_: RequestContext) -> tuple[PlannedCall, ...]:
    """For endpoints that place no calls."""
    return ()


class Endpoint(NamedTuple):
    """One operation: its method, host and path, what it refuses, and how it responds.

    - `path` may have parameters such as `{id}`, which become fields of the request.
    - `planned_calls` returns the calls that a request would place: with the numbers that will be
      dialed and the parameters that will be kept. It must not fail on malformed fields, or without
      an account; then it has what was sent. `respond` places some or all of them, and no others.
    - `body_limit` is in bytes.
    - `when` chooses among endpoints with the same method and path: the first one that holds.
    - `roles` are the vendor's words for the legs, empty for those of the provider.
    - `calls` says what the calls of `planned_calls` can be like.
    - `evidence` is how we know that the vendor has this operation at this address.

    An operation may have two endpoints.
    """

    operation: str
    method: str
    host: str
    path: str
    rules: Rulebook
    respond: Callable[[RequestContext], EndpointResult]
    planned_calls: PlannedCalls = no_calls
    body_limit: int = 1_000_000
    when: Callable[[Request], bool] = lambda _: True
    roles: Mapping[str, str] = EMPTY_MAPPING
    calls: PossibleCalls = NO_CALLS
    evidence: Evidence = Evidence.DOCUMENTED


class Provider(NamedTuple):
    """One emulated API, as a value.

    - `roles` maps `a` and `b` to the vendor's words for these legs.
    - `credential` reads the credential of a request, None if there is none.
    - `refuse` renders the response to one or more faults.
    - `status` returns the vendor's word for the state of a call.
    - `new_call_id` builds the vendor's id of a call from the context of its request and the number
      of the call in its sandbox, from 1.
    - `settings` is the named tuple of the keys of an account that are neither records nor common
      to all accounts.

    No vendor event may have the name of a core event.
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
    new_call_id: Callable[[RequestContext, int], str]
    webhooks: Mapping[str, WebhookKind] = EMPTY_MAPPING
    retry: Retry = NO_RETRY
    scenario_only_faults: tuple[Fault, ...] = ()
    """Faults that no rule has, and only a scenario can order."""
    records: Mapping[str, type] = EMPTY_MAPPING
    """Key of an account (kind of record) -> the named tuple of its records, kept by identity."""
    settings: type | None = None
    account_rules: AccountRules = AccountRules()
    generators: Mapping[str, RecordGenerator] = EMPTY_MAPPING
    """Kind of record -> its generator, in the order in which the kinds are generated."""
    quirks: Mapping[str, str] = EMPTY_MAPPING
    """Name of an observed deviation from the documentation -> what it changes, in words."""
    vendor_events: Mapping[str, VendorEvent] = EMPTY_MAPPING
    resources: Mapping[str, Resource] = EMPTY_MAPPING
    samples: Mapping[str, SampleMaker] = EMPTY_MAPPING
    other_samples: Mapping[str, OtherSampleMaker] = EMPTY_MAPPING
    """Operation that places calls, or none -> what makes requests that an account accepts."""
    ready_account: Callable[[Account], Account] = keep_account
    """Returns the account without what is only so at the moment: everybody is available."""
    finders: Finders = EMPTY_MAPPING
    """For each test of its rules: where a request breaks it, and what would pass there."""
    words: Mapping[str, Mapping[str, Evidence]] = EMPTY_MAPPING
    """Field of a response or webhook -> its words, and how we know that the vendor has each."""
    statuses: tuple[StatusRow, ...] = ()
    """The words that `status` returns, in the order of a call's life."""
    details: Mapping[str, tuple[str, Evidence]] = EMPTY_MAPPING
    """Part of a response, webhook or default -> what it is, and how we know."""
    ordeal: OrdealProfile | None = None  # for those that send webhooks


def all_faults(provider: Provider) -> tuple[Fault, ...]:
    """Return every fault of a provider once, in the order of its rulebooks."""
    faults = (rule.fault for each in provider.endpoints for stage in each.rules for rule in stage)
    return tuple(dict.fromkeys((*faults, provider.wrong_method, *provider.scenario_only_faults)))


def rules_of(provider: Provider, fault: Fault) -> tuple[tuple[str, Rule], ...]:
    """Return (operation, rule) of each rule that has this fault, in the order of the operations."""
    rows = (
        (endpoint.operation, rule)
        for endpoint in provider.endpoints
        for stage in endpoint.rules
        for rule in stage
        if rule.fault == fault
    )
    return tuple(dict.fromkeys(rows))


def find_fault(provider: Provider, name: str) -> Fault | None:
    return next((fault for fault in all_faults(provider) if fault.name == name), None)


def endpoint_roles(provider: Provider, endpoint: Endpoint) -> Mapping[str, str]:
    """Return the vendor's words for the legs of an operation: leg -> word."""
    return endpoint.roles or provider.roles
