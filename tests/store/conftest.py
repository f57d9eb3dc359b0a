"""Fixtures for tests of the store: its connections, so that a test can disturb them."""

import sqlite3
from typing import Any

import pytest

from mockserver.runtime import durability, regular_storing


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """The connections that are opened from now on; what is not stored is tried again at once."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def remember(*arguments: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", remember)
    monkeypatch.setattr(durability, "RETRY_AFTER", 0.01)
    monkeypatch.setattr(regular_storing, "STORE_EVERY", 0.01)
    return opened
