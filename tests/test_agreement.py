"""What answers and webhooks say of calls agrees with the journal, and a read changes no answer."""

from collections.abc import Callable
from itertools import count
from types import ModuleType
from typing import Any

import pytest

from mockserver.core.account import Charge
from mockserver.core.configuration import Configuration
from mockserver.providers.effebot import pricing, responses
from mockserver.providers.effebot import webhooks as effebot
from mockserver.providers.innocalls import responses as innocalls
from mockserver.providers.mobtexting import webhooks as mobtexting
from mockserver.providers.phonon import webhooks as phonon
from tests.simulation.agreement import READS, find_disagreements


def test_a_read_repeated_at_once_is_answered_alike_and_all_that_is_said_agrees_with_the_journal(
    request: pytest.FixtureRequest, configuration: Configuration
) -> None:
    compared = 0
    for seed in range(request.config.getoption("--agreement")):
        problems, statements = find_disagreements(configuration, seed)
        assert problems == []
        compared += statements
    assert compared > 0


WRITES = {
    "effebot": "create create-record remove-record confirm-phone update remove "
    "create-with-template block-phones",
    "innocalls": "order-confirmation bridge dispatch webrtc-enter webrtc-call",
    "mobtexting": "c2c",
    "phonon": "create create-bulk",
}
"""Vendor -> the operations that place or change something."""


@pytest.mark.parametrize("name", READS)
def test_every_operation_either_reads_or_writes(configuration: Configuration, name: str) -> None:
    operations = {each.operation for each in configuration.providers[name].provider.endpoints}
    assert operations == {*READS[name], *WRITES[name].split()}


Function = Callable[..., Any]


def hour_late(right: Function) -> Function:
    return lambda at, *more: right(None if at is None else at + 3_600_000, *more)


def never_alike(_: Function) -> Function:
    counter = count()
    return lambda *_: next(counter)


def of_the_last_event(_: Function) -> Function:
    return lambda call: call.events[-1].at


def doubled(right: Function) -> Function:
    def charge(*arguments: Any) -> Charge:
        built: Charge = right(*arguments)
        return built.replace(amount=built.amount * 2)

    return charge


def always_seven(_: Function) -> Function:
    return lambda *_: 7


@pytest.mark.parametrize(
    ("module", "name", "spoil", "problem"),
    [
        (effebot, "planned_at", never_alike, "effebot get is answered"),
        (effebot, "_updated_at", of_the_last_event, "updatedAt is"),
        (effebot, "epoch_seconds", hour_late, "startedAt is"),
        (pricing, "build_charge", doubled, "cost is"),
        (responses, "epoch_seconds", always_seven, "charged are"),
        (innocalls, "format_time", hour_late, "actualDateTime is"),
        (mobtexting, "_format_time", hour_late, "start_at is"),
        (mobtexting, "_seconds_between", always_seven, "duration is"),
        (phonon, "_format_time", hour_late, "attempts is"),
        (phonon, "_talk_time", always_seven, "attempts is"),
    ],
)
def test_a_wrong_time_amount_or_duration_is_found(  # noqa: PLR0913, PLR0917 - the columns of the table
    configuration: Configuration,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    name: str,
    spoil: Callable[[Function], Function],
    problem: str,
) -> None:
    monkeypatch.setattr(module, name, spoil(getattr(module, name)))
    problems = (line for seed in range(30) for line in find_disagreements(configuration, seed)[0])
    assert any(problem in line for line in problems)
