"""What the tests of the pytest plugin share: the header of an inner test suite."""

from collections.abc import Callable
from importlib.metadata import entry_points

import pytest

RunSuite = Callable[..., pytest.RunResult]
"""Runs the source of a test file in a pytest process."""
SUITE_HEADER = """
import httpx
import pytest

CLICK = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}
HEADERS = {"authorization": "Bearer key", "accept": "application/json"}


def click(mock, path="/api/v2/voice/c2c"):
    url = mock.url("mobtexting") + path
    return httpx.post(url, json=CLICK, headers=HEADERS, trust_env=False)

"""


def is_plugin_installed() -> bool:
    """Whether pytest finds the plugin by its entry point."""
    return any(
        entry_point.value == "mock_calls.pytest_plugin"
        for entry_point in entry_points(group="pytest11")
    )
