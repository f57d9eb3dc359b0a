"""Fixtures for tests of the web layer."""

from collections.abc import Iterator

import pytest

from mockserver.app import run_server
from mockserver.settings import parse_settings


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server with a manual clock, one for each module."""
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        yield int(origin.rpartition(":")[2])
