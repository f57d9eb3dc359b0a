"""One server for all client tests, with a sandbox for each test."""

import re
from collections.abc import Iterator

import pytest

from mock_calls import MockServer
from mockserver.app import run_server
from mockserver.settings import Settings

SETTINGS = Settings(port=0, clock="manual", seed="s", quiet=True)


@pytest.fixture(scope="session")
def origin() -> Iterator[str]:
    with run_server(SETTINGS) as origin:
        yield origin


@pytest.fixture
def mock(origin: str, request: pytest.FixtureRequest) -> Iterator[MockServer]:
    name = re.sub("[^A-Za-z0-9]", "-", request.node.name)[:60]
    with MockServer(origin, f"t-{name}") as client:
        client.open(clock="manual", seed="s", start_at="2026-01-01T09:00:00Z")
        yield client
        client.drop()
