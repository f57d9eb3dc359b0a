"""The engine is tried with one provider, the plainest, so that a test means no other."""

import pytest

from mockserver.core.configuration import Configuration
from tests.conftest import only


@pytest.fixture(scope="session")
def world(world: Configuration) -> Configuration:
    return only(world, "mobtexting")
