"""The engine is tried with one provider, the plainest, so that a test means no other."""

import pytest

from mockserver.engine.store import World
from tests.conftest import only


@pytest.fixture(scope="session")
def world(world: World) -> World:
    return only(world, "mobtexting")
