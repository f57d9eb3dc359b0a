"""Receivers with a planted fault: within 200 examples each shows it, and in the smallest run."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from typing import Final

import pytest
from hypothesis import Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from mock_calls import MockServer
from mockserver.app import run_server
from mockserver.settings import Settings
from mockserver.testing import SentWebhook, run_machine, webhook_deliveries
from tests.ordeal.receivers.in_process import Response, deliver
from tests.ordeal.receivers.machines import (
    ORIGIN,
    ApplicationMachine,
    CallingBackMachine,
    DispatchMachine,
    ReceiverMachine,
)
from tests.ordeal.receivers.receiver import Receiver
from tests.ordeal.receivers.reports import READERS
from tests.ordeal.receivers.table import RECEIVERS

Run = tuple[str, ...]
"""What the receiver gets, webhook by webhook; empty if nothing is wrong with it."""

FEW: Final = ("once-by-numbers", "not-idempotent", "checks-before-it-stores", "reads-only-once")
"""The receivers that are tried unless `--ordeal all` is given."""

TIMEOUT: Final = 10  # seconds

WITHIN_200: Final = settings(
    max_examples=200,
    stateful_step_count=6,
    deadline=None,
    database=None,
    derandomize=True,
    phases=(Phase.generate, Phase.shrink),
    print_blob=False,
)

MACHINES: Final[Mapping[str, type[ReceiverMachine]]] = {
    "calls-back-once": CallingBackMachine,
    "calls-back-again": CallingBackMachine,
    "application": ApplicationMachine,
    "forgets-early-webhooks": ApplicationMachine,
    "dispatches": DispatchMachine,
}
"""The receivers that ask the API: they need a server."""

NOT_DRAWN: Final = frozenset({"forgets-early-dispatches"})
"""Both webhooks have to come while the response does, which only real time shows: the ordeal."""

ONE: Final = ("c1 completed",)
COPY: Final = ("c1 completed", "c1 completed, copy")
DAMAGED: Final = ("c1 truncate",)

SMALLEST: Final[Mapping[str, Run]] = {
    "not-idempotent": COPY,
    "answers-before-it-has-stored": ONE,
    "stores-nothing": ONE,
    "answers-with-the-wrong-status": ONE,
    "answers-too-late": ONE,
    "breaks-on-damage": DAMAGED,
    "counts-damage": DAMAGED,
    "stops-after-damage": ("c2 truncate", "c1 completed"),
    "refuses-copies": COPY,
    "checks-before-it-stores": ("c1 completed", "c1 completed, copy, at once"),
    "knows-only-the-last-report": (
        "c2 completed",
        "c1 completed, 1 s late",
        "c2 completed, copy",
    ),
    "takes-copies-back": COPY,
    "refuses-old-reports": ("c1 completed, 301 s late",),
    "ignores-old-reports": ("c1 completed, 301 s late",),
    "reads-only-once": ("c1 completed, in pieces",),
    "depends-on-order": ("c1 CDR", "c1 GetDigits"),
    "refuses-disorder": ("c1 CDR",),
    "mixes-calls": ("c1 GetDigits", "c2 GetDigits", "c1 CDR", "c2 CDR"),
    "trusts-the-last-status": ("c1 started", "c1 processed", "c1 finished", "c1 answered"),
    "charges-each-attempt": (
        "c1 processed",
        "c1 started",
        "c1 answered",
        "c1 finished",
        "c1 finished, attempt 2",
    ),
    "ignores-later-attempts": ("c1 finished, attempt 2",) * 4,
    "calls-back-again": ("c1 completed, again", "c2 completed", "c3 completed"),
    "forgets-early-webhooks": ("c1 status, again", "c1 status", "c1 status"),
}
"""Name of a receiver with a fault -> its smallest run."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        names = (
            sorted({*RECEIVERS} - NOT_DRAWN)
            if metafunc.config.getoption("ordeal") == "all"
            else FEW
        )
        metafunc.parametrize("name", names)


def test_a_planted_fault_is_found_within_200_examples_in_the_smallest_run(name: str) -> None:
    find_run = find_run_with_server if name in MACHINES else find_deliveries
    assert find_run(name) == SMALLEST.get(name, ())


def test_each_planted_fault_has_its_smallest_run() -> None:
    faulty = [name for name in RECEIVERS if RECEIVERS[name].defect and name not in NOT_DRAWN]
    assert list(SMALLEST) == faulty


def find_deliveries(name: str) -> Run:
    build = RECEIVERS[name].build
    try:
        found = find(deliveries_of(build.vendor), partial(is_wrong, build), settings=WITHIN_200)
    except NoSuchExample:
        return ()
    return tuple(describe(build.vendor, sent) for sent in found)


@cache
def deliveries_of(vendor: str) -> st.SearchStrategy[tuple[SentWebhook, ...]]:
    return webhook_deliveries(vendor)


def is_wrong(build: type[Receiver], deliveries: tuple[SentWebhook, ...]) -> bool:
    """Return True if a webhook is not accepted in time, or the calls are not counted by then."""
    receiver = build()
    responses = deliver(receiver, deliveries)
    is_accepted = all(map(is_right, deliveries, responses))
    return not is_accepted or receiver.counts["calls"] != count_calls(build.vendor, deliveries)


def is_right(sent: SentWebhook, response: Response) -> bool:
    """Return whether a webhook is accepted; one that is damaged may be refused."""
    may_refuse = sent.altered and 400 <= response.status < 500
    is_accepted = response.status in sent.accepted or may_refuse
    return bool(is_accepted) and response.seconds < TIMEOUT


LAST: Final[Mapping[str, set[str]]] = {
    "effebot": {"finished"},
    "innocalls": {"GetDigits", "CDR"},
    "mobtexting": {"completed"},
    "phonon": {"completed"},
}
"""Vendor -> the words that have to come of a call that counts."""


def count_calls(vendor: str, deliveries: tuple[SentWebhook, ...]) -> int:
    words = dict[str, set[str]]()
    for sent in deliveries:
        if sent.altered is None:
            words.setdefault(sent.call, set()).add(read_word(vendor, sent))
    return sum(LAST[vendor] <= each for each in words.values())


def read_word(vendor: str, sent: SentWebhook) -> str:
    return READERS[vendor](sent.query, sent.body).word


def describe(vendor: str, sent: SentWebhook) -> str:
    """Return the call and its word, and what is unusual about the webhook."""
    if sent.altered:
        return f"{sent.call} {sent.altered}"
    late = datetime.fromisoformat(sent.at).timestamp() - READERS[vendor](sent.query, sent.body).at
    unusual = {
        f"attempt {sent.attempt}": sent.attempt > 1,
        f"{late:.0f} s late": vendor == "mobtexting" and late > 0 and not sent.copy_of,
        "copy": sent.copy_of,
        "in pieces": len(sent.pieces) > 1,
        "at once": sent.at_once,
    }
    words = [f"{sent.call} {read_word(vendor, sent)}", *filter(unusual.get, unusual)]
    return ", ".join(words)


def find_run_with_server(name: str) -> Run:
    members = {"build": RECEIVERS[name].build}
    machine: type[ReceiverMachine] = type("PlantedMachine", (MACHINES[name],), members)
    settings = Settings(port=0, clock="manual", seed="s", quiet=True, number_plan=False)
    with run_server(settings) as origin, MockServer(origin, name) as base:
        base.open(clock="manual", seed="s", start_at="2026-01-01T09:00:00Z")
        if machine.provider == "mobtexting":
            base.deliver("mobtexting", f"{ORIGIN}/hook")
        try:
            run_machine(machine, base, WITHIN_200)
        except AssertionError:
            return machine.last_run
    return ()
