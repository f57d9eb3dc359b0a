"""Fixtures for all tests: the bundled configuration, a state, a site, a suite of its own."""

import asyncio
from pathlib import Path
from tempfile import gettempdir
from textwrap import dedent

import pytest
from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

from mockserver.compiler import build_configuration as made
from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from mockserver.settings import parse_settings
from tests.support.simulation import START
from tests.support.site_client import SiteClient, build_site_client
from tests.support.suites import SUITE_HEADER, RunSuite, is_plugin_installed

# Hypothesis keeps its database outside of the checkout.
set_hypothesis_home_dir(Path(gettempdir()) / "hypothesis")
# The same examples at each run, so that a failure comes from the change and not from chance.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--runs", type=int, default=2, help="how often a server is started and ended in each way"
    )
    parser.addoption(
        "--resets", type=int, default=1_000, help="how often a world is reset in the midst of it"
    )


@pytest.fixture
def runs(request: pytest.FixtureRequest) -> range:
    told: int = request.config.getoption("--runs")
    return range(told)


@pytest.fixture(scope="session")
def configuration() -> Configuration:
    """All that is bundled."""
    return made(parse_settings({"seed": "seed"}, {}))


@pytest.fixture
def state(configuration: Configuration) -> SandboxState:
    return SandboxState(configuration, START)


@pytest.fixture
def site(configuration: Configuration) -> SiteClient:
    """The whole site in this process, on a manual clock."""
    return build_site_client(configuration)


@pytest.fixture(params=["asyncio", "uvloop"])
def either_loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once as it is without uvloop, once as the server runs."""
    if request.param == "uvloop":
        made = pytest.importorskip("uvloop").new_event_loop
        monkeypatch.setattr(asyncio.events, "new_event_loop", made)


@pytest.fixture
def suite(pytester: pytest.Pytester) -> RunSuite:
    """Run tests in a process of their own, warnings as errors."""

    def run(tests: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(SUITE_HEADER + dedent(tests))
        plugin = () if is_plugin_installed() else ("-p", "mockserver.pytest_plugin")
        return pytester.runpytest_subprocess(
            *plugin, "-q", "-W", "error", "-p", "no:cacheprovider", *arguments, timeout=60
        )

    return run
