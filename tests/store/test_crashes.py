"""A server with a store goes on where it ended, or was killed: nothing acknowledged is missing."""

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event
from typing import NamedTuple

import pytest

from tests.bad_receivers.load import NAMES
from tests.support.crash_runs import (
    Outcome,
    Placing,
    count_results,
    owed_reports,
    read_outcome,
    serve_stored,
    wait_until_idle,
)
from tests.support.processes import ServerProcess
from tests.support.repeat_receiver import RepeatReceiver, WebhookKey, run_repeat_receiver


class Plan(NamedTuple):
    """A signal ends the server with this `--durable` so often while calls are placed.

    `rests` says that it also ends when nobody sends requests any more.
    """

    number: signal.Signals
    durable: str
    times: int = 1
    rests: bool = False


PLANS = {
    "kill-engine": Plan(signal.SIGKILL, "engine", times=2, rests=True),
    "kill-disk": Plan(signal.SIGKILL, "disk"),
    "term-engine": Plan(signal.SIGTERM, "engine"),
    "term-disk": Plan(signal.SIGTERM, "disk"),
}


class Run(NamedTuple):
    """`recorded` are the results that the file had at each end of the server."""

    acknowledged: dict[int, str]
    receiver: RepeatReceiver
    outcome: Outcome
    recorded: list[Counter[str]]


@contextmanager
def ended_by(
    plan: Plan, folder: Path, port: int, recorded: list[Counter[str]]
) -> Iterator[ServerProcess]:
    with serve_stored(folder, port, "--durable", plan.durable) as server:
        yield server
        server.process.send_signal(plan.number)
        server.process.wait(10)
    recorded.append(count_results(folder))


def run_with_ends(folder: Path, count: int, plan: Plan) -> Run:
    """Place calls at a server that ends at moments that the seed chooses."""
    random, recorded = Random(count), list[Counter[str]]()  # noqa: S311 - a seed, no secret
    middle = range(count // 4, count * 7 // 8)
    moments = sorted(random.choice(middle) for _ in range(plan.times))
    with run_repeat_receiver() as receiver:
        placing = Placing(count, receiver.port)
        placing.start()
        for moment in (*moments, *[None] * plan.rests):
            with ended_by(plan, folder, receiver.port, recorded) as server:
                placing.set_port(int(server.ready["port"]))
                if moment is None:
                    placing.join()
                else:
                    assert placing.wait_for(moment)
                Event().wait(random.uniform(0, 0.05))
            placing.set_port(None)
        with serve_stored(folder, receiver.port) as server:
            if not plan.rests:
                placing.set_port(int(server.ready["port"]))
                placing.join()
            assert receiver.wait_for_arrivals(owed_reports([*placing.acknowledged]))
            wait_until_idle(server)
            return Run(placing.acknowledged, receiver, read_outcome(server), recorded)


@pytest.fixture(scope="module", params=PLANS.values(), ids=[*PLANS])
def run(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Run:
    count = request.config.getoption("--crash-calls")
    return run_with_ends(tmp_path_factory.mktemp("run"), count, request.param)


def test_every_acknowledged_call_is_there_and_its_id_was_given_once(run: Run) -> None:
    providers = {call["id"]: call["provider"] for call in run.outcome.calls}
    numbers = {
        call["id"]: int(call["parameters"]["to"][2:])
        for call in run.outcome.calls
        if call["provider"] == "mobtexting"
    }
    assert len(providers) == len(run.outcome.calls)
    assert len({*run.acknowledged.values()}) == len(run.acknowledged)
    for number, call_id in run.acknowledged.items():
        assert providers[call_id] == NAMES[number % len(NAMES)]
        assert numbers.get(call_id, number) == number


def test_every_call_ends_exactly_once(run: Run) -> None:
    assert {call["state"] for call in run.outcome.calls} == {"ended"}
    assert run.outcome.ends == Counter(call["id"] for call in run.outcome.calls)


def count_arrivals(run: Run, mark: str | None) -> Counter[WebhookKey]:
    return Counter(each.key for each in run.receiver.arrivals() if each.mark == mark)


def test_every_report_arrives_and_each_repeat_is_marked(run: Run) -> None:
    """Without a mark no more requests come than there were attempts, with it no fewer."""
    attempts = Counter(each.key for each in run.outcome.attempts)
    unmarked, marked = count_arrivals(run, None), count_arrivals(run, "1")
    assert (unmarked + marked).total() == len(run.receiver.arrivals())
    assert unmarked - attempts == Counter()
    assert attempts - (unmarked + marked) == Counter()
    assert marked.total() > 0


def test_an_attempt_whose_response_was_recorded_is_never_repeated(run: Run) -> None:
    """An attempt can come again after an end at which its result was the next to be stored."""
    repeatable = Counter[WebhookKey]()
    for attempt in run.outcome.attempts:
        results = [recorded[attempt.webhook] for recorded in run.recorded]
        repeatable[attempt.key] += results.count(attempt.number - 1)
    assert count_arrivals(run, "1") - repeatable == Counter()
    assert run.recorded[0].total() > 0
