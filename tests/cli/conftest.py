"""The command as a process of its own, without the variables of whoever runs the tests."""

import os

import pytest

from tests.support.processes import CLEAN_ENVIRONMENT


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ.keys() - CLEAN_ENVIRONMENT.keys():
        monkeypatch.delenv(name)
