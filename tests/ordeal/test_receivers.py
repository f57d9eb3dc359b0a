"""An ordeal names the planted defect of each receiver, and nothing for the right ones."""

from collections.abc import Iterator
from secrets import token_hex
from time import monotonic
from typing import Final

import pytest

from mockserver.app import run_server
from mockserver.ordeal.plan import Plan
from mockserver.ordeal.runner import Report, run_ordeal
from mockserver.settings import Settings
from tests.ordeal.receivers.receiver import Receiver, serve
from tests.ordeal.receivers.table import RECEIVERS, Planted
from tests.support.ordeal_vendors import VENDORS

LIMIT: Final = 30  # seconds
FEW: Final = ("once-by-numbers", "not-idempotent", "calls-back-again")
"""The receivers that are tried unless `--ordeal all` is given."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        names = RECEIVERS if metafunc.config.getoption("ordeal") == "all" else FEW
        metafunc.parametrize("name", names)


@pytest.fixture
def tried(name: str) -> Iterator[tuple[str, Receiver]]:
    """The origin of a server, and a receiver."""
    vendor = RECEIVERS[name].build.vendor
    with serve(RECEIVERS[name].build) as receiver:
        settings = Settings(
            port=0,
            clock="manual",
            quiet=True,
            number_plan=False,
            webhook={vendor: f"{receiver.url}/hook"},
        )
        with run_server(settings) as origin:
            receiver.origin = origin
            yield origin, receiver


def try_receiver(tried: tuple[str, Receiver], planted: Planted, *, has_probe: bool) -> Report:
    origin, receiver = tried
    plan = Plan(
        provider=receiver.vendor,
        vendor=VENDORS[receiver.vendor],
        seed=token_hex(4),
        to="" if planted.is_application else f"{receiver.url}/hook",
        app=f"{receiver.url}/order" if planted.is_application else "",
        probe=f"{receiver.url}/probe" if has_probe else "",
    )
    return run_ordeal(origin, plan)


def found_defects(report: Report) -> set[str]:
    return {defect.name for verdict in report.verdicts for defect in verdict.defects}


def states(report: Report) -> set[str]:
    return {verdict.state for verdict in report.verdicts}


def test_with_a_probe_an_ordeal_names_exactly_the_planted_defect(
    name: str, tried: tuple[str, Receiver]
) -> None:
    planted, since = RECEIVERS[name], monotonic()
    report = try_receiver(tried, planted, has_probe=True)
    assert found_defects(report) == ({planted.defect} if planted.defect else set())
    assert planted.defect or states(report) == {"right"}
    assert monotonic() - since < LIMIT


def test_without_a_probe_an_ordeal_says_what_only_a_probe_can_tell(
    name: str, tried: tuple[str, Receiver]
) -> None:
    planted = RECEIVERS[name]
    report = try_receiver(tried, planted, has_probe=False)
    is_seen = planted.defect and not planted.needs_probe
    assert found_defects(report) == ({planted.defect} if is_seen else set())
    assert is_seen or states(report) == {"unknown"}


def test_there_are_at_least_twenty_planted_faults_and_three_right_receivers() -> None:
    defects = [planted.defect for planted in RECEIVERS.values()]
    assert len([defect for defect in defects if defect]) >= 20
    assert defects.count("") >= 3
