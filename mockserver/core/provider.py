"""The contract: what a provider is, what it may look at, and all that it can bring about."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from mockserver.core.account import ONCE, Account, Charge, Keep, Retry
from mockserver.core.call import Call, Event
from mockserver.core.empty import EMPTY
from mockserver.core.http import Reply, Request
from mockserver.core.rules import Case, Fault, Rulebook, Violation
from mockserver.core.view import BARE, View
from mockserver.core.webhook import Webhook


class Effects(NamedTuple):
    """All that a provider can bring about; it says so, the engine sees to it.

    `place`: a new call, a known one `again`, or one that has not begun at another time; `tell`:
    (call id, an event at its time) to come; `send`: webhooks; `keep`: records of accounts;
    `charge`: money; `mark`: what happened now and is counted later (`View.marked`); `hold`: files
    uploaded.
    """

    place: tuple[Call, ...] = ()
    tell: tuple[tuple[str, Event], ...] = ()
    send: tuple[Webhook, ...] = ()
    keep: tuple[Keep, ...] = ()
    charge: tuple[Charge, ...] = ()
    mark: tuple[str, ...] = ()
    hold: tuple[bytes, ...] = ()


NOTHING: Final = Effects()


class Outcome(NamedTuple):
    reply: Reply
    effects: Effects = NOTHING


class Moment(NamedTuple):
    """All that a provider may look at after an event: the call as it is now, and whose it is."""

    call: Call
    event: Event
    account: Account
    view: View = BARE


React = Callable[[Moment], Effects]


def following(table: Mapping[str, React]) -> React:
    """What follows an event, by its verb; nothing follows a verb that the table does not name."""

    def react(moment: Moment) -> Effects:
        return table[moment.event.verb](moment) if moment.event.verb in table else NOTHING

    return react


def unnoted(call: Call, _: Event) -> Call:
    """For an act that changes nothing in the call's notes."""
    return call


def possible(_: Moment) -> str:
    return ""


class Act(NamedTuple):
    """What a vendor knows beyond ring, answer, digits, speech, bridge and hang-up.

    It is a step of scenarios and an event of the control API, and `react` hears of it by its name.
    `when` holds the vendor's status words in which it may be, those of an ended call too;
    `arguments` what it may be told; `hinders` says in words what stands against it, empty if
    nothing; `note` is pure and changes nothing but `call.notes`; `dials` is the leg that it rings,
    if it rings one, and `rings` the dialling that comes with it (`core.call.dial`); `undo` is the
    act that `for: 20s` plays afterwards.
    """

    when: frozenset[str]
    arguments: frozenset[str] = frozenset()
    note: Callable[[Call, Event], Call] = unnoted
    hinders: Callable[[Moment], str] = possible
    dials: str = ""
    rings: Callable[[Moment], Event] | None = None
    undo: str = ""


class Resource(NamedTuple):
    """Something scarce: whether a call waits for it now, and the act that gives it if one is free.

    Giving is taking: what `react` keeps after the act has to make the thing busy.
    """

    waits: Callable[[Call], bool]
    give: Callable[[Call, Account, int], Event | None]


class Person(NamedTuple):
    """Somebody made up, of whom a provider makes a record."""

    first_name: str
    last_name: str
    email: str
    phone: str


Generator = Callable[[Person, int, Account], tuple[str, Any]]
"""(somebody, how manieth from 0, the account so far) -> identity and record."""


Parties = Callable[[Request], tuple[Mapping[str, str], ...]]


def nobody(_: Request) -> tuple[Mapping[str, str], ...]:
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
    answer: Callable[[Case], Outcome]
    parties: Parties = nobody
    body_limit: int = 1_000_000
    when: Callable[[Request], bool] = always
    legs: Mapping[str, str] | None = None


class Provider(NamedTuple):
    """One emulated API, as a value.

    `legs` maps `a` and `b` to the vendor's words for them; `status` says a call's state in the
    vendor's word; `new_id` makes the vendor's id of a call from (seed, how manieth call it is, the
    operation). `settings` is the named tuple of what an account says beside records and the
    keys that all accounts have. No act bears the name of a core event.
    """

    name: str
    title: str
    legs: Mapping[str, str]
    endpoints: tuple[Endpoint, ...]
    credential: Callable[[Request], str | None]
    refuse: Callable[[tuple[Fault, ...], Case], Reply]
    wrong_method: Fault
    react: React
    status: Callable[[Call], str]
    new_id: Callable[[str, int, str], str]
    webhooks: tuple[str, ...] = ()
    retry: Retry = ONCE
    faults: tuple[Fault, ...] = ()
    """Those that no rule brings about, and only a scenario can order."""
    records: Mapping[str, type] = EMPTY
    """Key of an account -> the named tuple of what it keeps there, by identity."""
    settings: type | None = None
    generators: Mapping[str, Generator] = EMPTY
    """Kind of record -> what `generate` makes of somebody; in the order in which they are made."""
    quirks: Mapping[str, str] = EMPTY
    """Name of an observed manner -> what it changes."""
    acts: Mapping[str, Act] = EMPTY
    resources: Mapping[str, Resource] = EMPTY


def faults(provider: Provider) -> tuple[Fault, ...]:
    """Every fault of a provider once, in the order of its rulebooks."""
    books = (endpoint.rules for endpoint in provider.endpoints)
    rules = (rule.fault for book in books for stage in book for rule in stage)
    return tuple(dict.fromkeys((*rules, provider.wrong_method, *provider.faults)))


def roles(provider: Provider, endpoint: Endpoint) -> Mapping[str, str]:
    """The vendor's words for the legs of an operation."""
    return provider.legs if endpoint.legs is None else endpoint.legs


def nothing(_: str) -> tuple[Mapping[str, Any], ...]:
    return ()


Check = Callable[[Mapping[str, object]], tuple[Violation, ...]]


class Listing(NamedTuple):
    """A provider bound to what its schema file says: a check per operation, the document itself."""

    provider: Provider
    checks: Mapping[str, Check]
    document: Callable[[], Mapping[str, Any]]
    examples: Callable[[str], tuple[Mapping[str, Any], ...]] = nothing
    """Operation -> the parameters of the requests that its document shows."""
