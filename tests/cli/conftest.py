"""Every CLI test runs without the environment variables of the developer."""

import os

import pytest

from tests.support.processes import CLEAN_ENVIRONMENT


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ.keys() - CLEAN_ENVIRONMENT.keys():
        monkeypatch.delenv(name)
