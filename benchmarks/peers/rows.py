"""Measure all servers in turns: cold start, memory, requests, webhooks."""

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
from benchmarks.receiver import RunningReceiver, receiver
from benchmarks.servers import FLOOR, OWN_COMMAND, SERVERS, run_server
from benchmarks.web import REQUEST
from benchmarks.wrk import script, wrk

BODY = json.dumps(CLICK)
HOT = 50_000  # requests
SENDERS = ("mockserver", "Mockoon", "WireMock", "Starlette and aiohttp's client")


class Budget(NamedTuple):
    """The amount of work: `rounds` per server, `seconds` per measurement of requests.

    `requests` are sent before memory is measured; after `patience` seconds a slow server is
    measured with fewer.
    """

    rounds: int = 3
    seconds: float = 5.0
    requests: int = 200_000
    patience: float = 60.0


Words = Mapping[str, Sequence[str]]
"""Name of a server -> its command."""
Table = Iterator[tuple[str, str]]
"""Rows of (name, figures)."""


def starts(words: Words, budget: Budget) -> Table:
    """Measure from the start of the process to the first response, and the memory at that time."""
    durations, memory = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    for _ in range(budget.rounds):
        for name in words:
            with run_server(words[name], REQUEST) as server:
                durations[name].append(server.took)
                memory[name].append(server.resident())
    floor = median(durations[FLOOR])
    for name in words:
        duration = median(durations[name])
        figures = f"{duration * 1e3:,.0f} ms, {duration / floor:.2f} of the floor"
        yield f"{name}: first answer", f"{figures}, {median(memory[name]):.0f} MB"


def requests(words: Words, folder: Path, budget: Budget) -> Table:
    """Measure requests after two seconds of warm-up; the figures are medians over the rounds."""
    file = script(folder, BODY, HEADERS)
    loads, cpu_times = defaultdict[str, list[Load]](list), defaultdict[str, list[float]](list)
    for _ in range(budget.rounds):
        for name in words:
            with run_server(words[name], REQUEST) as server:
                wrk(server.url, file, seconds=2)
                cpu_before = server.cpu()
                result = wrk(server.url, file, seconds=budget.seconds)
                cpu_time = (server.cpu() - cpu_before) / (result.rate * budget.seconds) * 1e6
                cpu_times[name].append(cpu_time)
                loads[name].append(result)
    ours = median(result.rate for result in loads["mockserver"])
    floor = median(result.rate for result in loads[FLOOR])
    for name in words:
        rate, p50, p99, wrong = (median(column) for column in zip(*loads[name], strict=True))
        figures = f"{rate:,.0f} a second, {rate / floor:.2f} of the floor"
        figures += f", ours is {ours / rate:.2f} of it, p50 {p50:.1f} ms, p99 {p99:.1f} ms"
        figures += f", {median(cpu_times[name]):.0f} us of CPU each"
        yield f"{name}: requests", figures + (f", {wrong:.0f} wrong" if wrong else "")


def warming(words: Words, folder: Path) -> Table:
    """Measure the first ten seconds after a cold start, and the rate after 50,000 requests."""
    file = script(folder, BODY, HEADERS)
    for name in ("mockserver", "WireMock"):
        with run_server(words[name], REQUEST) as server:
            cold = wrk(server.url, file, seconds=10)
            while (done := cold.rate * 10) < HOT:
                extra = wrk(server.url, file, seconds=5)
                cold = cold._replace(rate=(done + extra.rate * 5) / 10)
            hot = wrk(server.url, file, seconds=5)
        yield f"{name}: hot", f"{hot.rate:,.0f} a second"
        with run_server(words[name], REQUEST) as server:
            first = wrk(server.url, file, seconds=10)
        yield f"{name}: first ten seconds", f"{first.rate:,.0f} a second"


def memory(words: Words, folder: Path, budget: Budget) -> Table:
    """Measure memory before and after many requests.

    Our server plays its calls to the end meanwhile, because it keeps all active calls.
    """
    file = script(folder, BODY, HEADERS)
    servers = {**words, "mockserver": (*OWN_COMMAND, "--clock", "instant")}
    for name in words:
        with run_server(servers[name], REQUEST) as server:
            done, before = 0.0, server.resident()
            end = time.monotonic() + budget.patience
            while done < budget.requests and time.monotonic() < end:
                done += wrk(server.url, file, seconds=5).rate * 5
            figures = (
                f"{server.resident():.0f} MB after {done:,.0f} requests, {before:.0f} MB before"
            )
            yield f"{name}: memory", figures


def webhooks(words: Words, folder: Path, budget: Budget) -> Table:
    """Measure webhooks, one for each request; those up to 2 s after the last request count."""
    file = script(folder, BODY, HEADERS)
    with receiver() as hook:
        written(folder, hook.url)
        sent = dict(_sent(words, hook, file, budget, SENDERS))
        lost_file = script(folder, BODY, {**HEADERS, "x-mock-scenario": "lost-report"})
        lost = dict(_sent(words, hook, lost_file, budget, SENDERS[:1]))
    reference = median(hook_rate for _, hook_rate in sent[SENDERS[-1]])
    for name in SENDERS:
        rate, hook_rate = (median(column) for column in zip(*sent[name], strict=True))
        share = f"{hook_rate / reference:.2f} of {SENDERS[-1]}"
        yield (
            f"{name}: webhooks",
            f"{hook_rate:,.0f} a second, {share}, beside {rate:,.0f} requests",
        )
    written(folder, "")
    rate_sent, rate_lost = (
        median(rate for rate, _ in results[SENDERS[0]]) for results in (sent, lost)
    )
    share = f"{rate_sent / rate_lost:.2f} of those for calls whose webhooks are lost"
    yield f"{SENDERS[0]}: requests beside webhooks", f"{share}, {rate_lost:,.0f}"


def _sent(
    words: Words, hook: RunningReceiver, file: Path, budget: Budget, names: Sequence[str]
) -> Iterator[tuple[str, Any]]:
    """Yield (name, rounds); each round is (requests a second, webhooks a second)."""
    options = ("--clock", "instant", "--webhook", f"mobtexting={hook.url}")
    for name in names:
        rounds = []
        command = (*OWN_COMMAND, *options) if name == "mockserver" else words[name]
        for _ in range(budget.rounds):
            with run_server(command, REQUEST, {"HOOK": hook.url}) as server:
                before = hook.received()
                result = wrk(server.url, file, seconds=budget.seconds)
                time.sleep(2)
                count = hook.received() - before
            rounds.append((result.rate, count / (budget.seconds + 2)))
        yield name, rounds


def rows(words: Words, folder: Path, budget: Budget) -> Table:
    all_servers = {**SERVERS, **words}
    # the Starlette route with aiohttp's client is a reference for webhooks only
    peers = {name: command for name, command in all_servers.items() if name != SENDERS[-1]}
    yield from starts(peers, budget)
    yield from requests(peers, folder, budget)
    yield from warming(peers, folder)
    yield from webhooks(all_servers, folder, budget)
    yield from memory(peers, folder, budget)
