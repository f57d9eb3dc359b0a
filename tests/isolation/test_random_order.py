"""Two suites in random orders: no test sees the attachments, webhooks or clock of another."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.suites import is_plugin_installed

SUITES = ("first", "second")
PASSED = {"first": 9, "second": 7}
"""Suite -> how many tests it has."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Half of the orders are for one process, and half for two at one server."""
    if "order" in metafunc.fixturenames:
        first = 1 if "origin" in metafunc.fixturenames else 0
        count = metafunc.config.getoption("--suite-orders")
        metafunc.parametrize("order", range(first, count, 2))


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with run_server(Settings(port=0, clock="manual", quiet=True)) as origin:
        yield origin


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with both suites."""
    for name in SUITES:
        shutil.copy(Path(__file__).with_name(f"{name}_suite.py"), tmp_path / f"test_{name}.py")
    return tmp_path


def run(directory: Path, order: int, *arguments: str) -> str:
    """Run tests in a pytest process; return its last line, without the time."""
    plugin = () if is_plugin_installed() else ("-p", "mock_calls.pytest_plugin")
    options = ("-q", "-W", "error", "-p", "no:cacheprovider", "--random-order-bucket=global")
    command = [sys.executable, "-m", "pytest", *plugin, *options, f"--random-order-seed={order}"]
    result = subprocess.run(  # noqa: S603 - our own command
        [*command, *arguments], cwd=directory, check=False, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.strip().splitlines()[-1].partition(" in ")[0]


def test_two_suites_in_one_process_pass_in_any_order(directory: Path, order: int) -> None:
    assert run(directory, order) == f"{sum(PASSED.values())} passed"


def test_two_suites_side_by_side_at_one_server_pass_in_any_order(
    directory: Path, order: int, origin: str
) -> None:
    def run_suite(name: str) -> str:
        return run(directory, order, f"--mock-calls-url={origin}", f"test_{name}.py")

    with ThreadPoolExecutor() as threads:
        lines = dict(zip(SUITES, threads.map(run_suite, SUITES), strict=True))
    assert lines == {name: f"{count} passed" for name, count in PASSED.items()}
