"""The contract: what a provider is, what it may look at, and all that it can bring about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mockserver.core.account import ONCE, Account, Retry
from mockserver.core.call import Call, Event
from mockserver.core.http import Reply, Request
from mockserver.core.rules import Case, Fault, Rulebook, Violation
from mockserver.core.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Effects:
    """All that a provider can bring about; it says so, the engine sees to it.

    `place`: a new call, or a known one `again`; `tell`: (call id, an event at its time) to come;
    `send`: webhooks.
    """

    place: tuple[Call, ...] = ()
    tell: tuple[tuple[str, Event], ...] = ()
    send: tuple[Webhook, ...] = ()


NOTHING: Final = Effects()


@dataclass(frozen=True, slots=True)
class Outcome:
    reply: Reply
    effects: Effects = NOTHING


@dataclass(frozen=True, slots=True)
class Moment:
    """All that a provider may look at after an event: the call as it is now, and whose it is."""

    call: Call
    event: Event
    account: Account


React = Callable[[Moment], Effects]


def following(table: Mapping[str, React]) -> React:
    """What follows an event, by its verb; nothing follows a verb that the table does not name."""

    def react(moment: Moment) -> Effects:
        return table[moment.event.verb](moment) if moment.event.verb in table else NOTHING

    return react


Parties = Callable[[Request], tuple[Mapping[str, str], ...]]


def nobody(_: Request) -> tuple[Mapping[str, str], ...]:
    """Who is called by a request that places no call."""
    return ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation: where it is, what it refuses, what it answers.

    `parties` tells for each call that a request would place the numbers of `a`, `b` and `callee`;
    it is tolerant of nonsense.
    """

    operation: str
    method: str
    host: str
    path: str
    rules: Rulebook
    answer: Callable[[Case], Outcome]
    parties: Parties = nobody
    body_limit: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Provider:
    """One emulated API, as a value.

    `legs` maps `a` and `b` to the vendor's words for them; `status` says a call's state in the
    vendor's word; `new_id` makes the vendor's id of a call from (seed, how manieth call it is).
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
    new_id: Callable[[str, int], str]
    webhooks: tuple[str, ...] = ()
    retry: Retry = ONCE
    faults: tuple[Fault, ...] = ()
    """Those that no rule brings about, and only a scenario can order."""
    records: Mapping[str, type] = field(default_factory=dict)
    """Key of an account -> the frozen dataclass of what it keeps there, by identity."""
    quirks: Mapping[str, str] = field(default_factory=dict)
    """Name of an observed manner -> what it changes."""


def faults(provider: Provider) -> tuple[Fault, ...]:
    """Every fault of a provider once, in the order of its rulebooks."""
    books = (endpoint.rules for endpoint in provider.endpoints)
    rules = (rule.fault for book in books for stage in book for rule in stage)
    return tuple(dict.fromkeys((*rules, provider.wrong_method, *provider.faults)))


def nothing(_: str) -> tuple[Mapping[str, Any], ...]:
    return ()


Check = Callable[[Mapping[str, object]], tuple[Violation, ...]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A provider bound to what its schema file says: a check per operation, the document itself."""

    provider: Provider
    checks: Mapping[str, Check]
    document: Callable[[], Mapping[str, Any]]
    examples: Callable[[str], tuple[Mapping[str, Any], ...]] = nothing
    """Operation -> the request bodies that its document shows."""
