"""Fixtures for all tests: the bundled configuration, a state, a site, pytest in a process."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir
from textwrap import dedent

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

from mockserver.compiler import build_configuration
from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from mockserver.settings import parse_settings
from mockserver.web.control import app as control_app
from tests.support.answer_checks import check_answers
from tests.support.simulation import START
from tests.support.site_client import SiteClient, build_site_client
from tests.support.suites import SUITE_HEADER, RunSuite, is_plugin_installed

# Hypothesis keeps its database outside of the checkout.
set_hypothesis_home_dir(Path(gettempdir()) / "hypothesis")
# Each run has the same examples, so a failure comes from a change and not from chance.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--runs", type=int, default=2, help="how often a server is started and ended in each way"
    )
    parser.addoption(
        "--resets", type=int, default=1_000, help="how often a sandbox is reset while in use"
    )
    parser.addoption(
        "--scenarios", type=int, default=15, help="of how many scenarios each word is replaced"
    )
    parser.addoption(
        "--agreement", type=int, default=30, help="how many seeds are compared with their journals"
    )
    parser.addoption(
        "--generated", type=int, default=200, help="how many generated requests each vendor gets"
    )
    parser.addoption(
        "--suite-orders", type=int, default=10, help="in how many orders two suites are run"
    )
    parser.addoption(
        "--page-load", type=int, default=15, help="the percent of 10,000 calls and 30 s of events"
    )
    parser.addoption(
        "--crash-calls", type=int, default=60, help="how many calls a server that is killed gets"
    )
    parser.addoption(
        "--ordeal", choices=("few", "all"), default="few", help="which receivers are tried"
    )


@pytest.fixture
def runs(request: pytest.FixtureRequest) -> range:
    count: int = request.config.getoption("--runs")
    return range(count)


@pytest.fixture(scope="session")
def answer_problems() -> Iterator[list[str]]:
    """Problems in the answers of control applications that are built in this process."""
    problems: list[str] = []
    build = control_app.build_control_app
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            control_app,
            "build_control_app",
            lambda: check_answers(build(), problems.append, set()),
        )
        yield problems


@pytest.fixture(autouse=True)
def checked_answers(answer_problems: list[str]) -> Iterator[None]:
    """Fail a test that got an answer of the control API which differs from its schema."""
    answer_problems.clear()
    yield
    assert answer_problems == []


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    """The bundled configuration."""
    return build_configuration(parse_settings({"seed": "seed"}, {}))


@pytest.fixture
def state(configuration: Configuration) -> SandboxState:
    return SandboxState(configuration, START)


@pytest.fixture
def site(configuration: Configuration) -> SiteClient:
    """The whole site in this process, on a manual clock."""
    return build_site_client(configuration)


@pytest.fixture(params=["asyncio", "uvloop"])
def either_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the test on the loop of asyncio and on uvloop, as the server does."""
    if request.param == "uvloop":
        new_loop = pytest.importorskip("uvloop").new_event_loop
        monkeypatch.setattr(asyncio.events, "new_event_loop", new_loop)


@pytest.fixture
def suite(pytester: pytest.Pytester) -> RunSuite:
    """Run tests in a pytest process, with warnings as errors."""

    def run(tests: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(SUITE_HEADER + dedent(tests))
        plugin = () if is_plugin_installed() else ("-p", "mock_calls.pytest_plugin")
        return pytester.runpytest_subprocess(
            *plugin, "-q", "-W", "error", "-p", "no:cacheprovider", *arguments, timeout=60
        )

    return run
