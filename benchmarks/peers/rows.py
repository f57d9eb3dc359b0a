"""All of them in turns: cold start, memory, requests, webhooks."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.engine import CLICK, HEADERS
from benchmarks.load import Load
from benchmarks.peers.files import written
from benchmarks.receiver import Heard, receiver
from benchmarks.servers import FLOOR, OURS, SERVERS, up
from benchmarks.web import ASKED
from benchmarks.wrk import script, wrk

BODY = json.dumps(CLICK)
HOT = 50_000  # requests
SENDERS = ("mockserver", "Mockoon", "WireMock", "Starlette and aiohttp's client")


class Budget(NamedTuple):
    """How much is asked of each."""

    rounds: int = 3
    seconds: float = 5.0
    requests: int = 200_000
    patience: float = 60.0
    """Seconds in which those requests may be answered; who is slower has had fewer by then."""


Words = Mapping[str, Sequence[str]]
Table = Iterator[tuple[str, str]]


def starts(words: Words, budget: Budget) -> Table:
    took, held = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for _ in range(budget.rounds):
        for name in words:
            with up(words[name], ASKED) as server:
                took[name].append(server.took)
                held[name].append(server.resident())
    for name in words:
        floor = median(took[name]) / median(took[FLOOR])
        told = f"{median(took[name]) * 1e3:,.0f} ms, {floor:.2f} of the floor"
        yield f"{name}: first answer", f"{told}, {median(held[name]):.0f} MB"


def requests(words: Words, place: Path, budget: Budget) -> Table:
    file = script(place, BODY, HEADERS)
    found, spent = defaultdict[str, list[Load]](list), defaultdict[str, list[float]](list)
    for _ in range(budget.rounds):
        for name in words:
            with up(words[name], ASKED) as server:
                wrk(server.url, file, seconds=2)
                before = server.cpu()
                one = wrk(server.url, file, seconds=budget.seconds)
                spent[name].append((server.cpu() - before) / (one.rate * budget.seconds) * 1e6)
                found[name].append(one)
    ours = median(one.rate for one in found["mockserver"])
    floor = median(one.rate for one in found[FLOOR])
    for name in words:
        rate, p50, p99, wrong = (median(column) for column in zip(*found[name], strict=True))
        told = f"{rate:,.0f} a second, {rate / floor:.2f} of the floor"
        told += f", ours is {ours / rate:.2f} of it"
        told += f", p50 {p50:.1f} ms, p99 {p99:.1f} ms, {median(spent[name]):.0f} us of CPU each"
        yield f"{name}: requests", told + (f", {wrong:.0f} wrong" if wrong else "")


def warming(words: Words, place: Path) -> Table:
    """Over the first ten seconds from cold, and once 50,000 requests have been answered."""
    file = script(place, BODY, HEADERS)
    for name in ("mockserver", "WireMock"):
        with up(words[name], ASKED) as server:
            cold = wrk(server.url, file, seconds=10)
            while (done := cold.rate * 10) < HOT:
                more = wrk(server.url, file, seconds=5)
                cold = cold._replace(rate=(done + more.rate * 5) / 10)
            hot = wrk(server.url, file, seconds=5)
        yield f"{name}: hot", f"{hot.rate:,.0f} a second"
        with up(words[name], ASKED) as server:
            first = wrk(server.url, file, seconds=10)
        yield f"{name}: first ten seconds", f"{first.rate:,.0f} a second"


def memory(words: Words, place: Path, budget: Budget) -> Table:
    """Ours plays its calls to their end meanwhile: those that live are kept, however many."""
    file = script(place, BODY, HEADERS)
    ending = {**words, "mockserver": (*OURS, "--clock", "instant")}
    for name in words:
        with up(ending[name], ASKED) as server:
            done, began = 0.0, server.resident()
            until = time.monotonic() + budget.patience
            while done < budget.requests and time.monotonic() < until:
                done += wrk(server.url, file, seconds=5).rate * 5
            told = f"{server.resident():.0f} MB after {done:,.0f} requests, {began:.0f} MB before"
            yield f"{name}: memory", told


def webhooks(words: Words, place: Path, budget: Budget) -> Table:
    """One for each request; those that come within the same seconds and two more count."""
    file = script(place, BODY, HEADERS)
    with receiver() as heard:
        written(place, heard.url)
        told = dict(_sent(words, heard, file, budget, SENDERS))
        lost = script(place, BODY, {**HEADERS, "x-mock-scenario": "lost-report"})
        alone = dict(_sent(words, heard, lost, budget, SENDERS[:1]))
    reference = median(one[1] for one in told[SENDERS[-1]])
    for name in SENDERS:
        rate, hooks = (median(column) for column in zip(*told[name], strict=True))
        share = f"{hooks / reference:.2f} of {SENDERS[-1]}"
        yield f"{name}: webhooks", f"{hooks:,.0f} a second, {share}, beside {rate:,.0f} requests"
    written(place, "")
    beside, without = (median(one[0] for one in all_[SENDERS[0]]) for all_ in (told, alone))
    kept = f"{beside / without:.2f} of those for calls whose webhooks are lost, {without:,.0f}"
    yield f"{SENDERS[0]}: requests beside webhooks", kept


def _sent(
    words: Words, heard: Heard, file: Path, budget: Budget, names: Sequence[str]
) -> Iterator[tuple[str, Any]]:
    hook = ("--clock", "instant", "--webhook", f"mobtexting={heard.url}")
    for name in names:
        rounds = []
        command = (*OURS, *hook) if name == "mockserver" else words[name]
        for _ in range(budget.rounds):
            with up(command, ASKED, {"HOOK": heard.url}) as server:
                before = heard.heard()
                one = wrk(server.url, file, seconds=budget.seconds)
                time.sleep(2)
                got = heard.heard() - before
            rounds.append((one.rate, got / (budget.seconds + 2)))
        yield name, rounds


def rows(words: Words, place: Path, budget: Budget) -> Table:
    every = {**SERVERS, **words}
    plain = {name: one for name, one in every.items() if name != SENDERS[-1]}
    yield from starts(plain, budget)
    yield from requests(plain, place, budget)
    yield from warming(plain, place)
    yield from webhooks(every, place, budget)
    yield from memory(plain, place, budget)
