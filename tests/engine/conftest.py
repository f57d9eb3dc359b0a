"""The engine is tried with one provider, the plainest, so that a test means no other."""

import pytest

from mockserver.core.configuration import Configuration
from tests.support.simulation import only_providers


@pytest.fixture(scope="session")
def configuration(configuration: Configuration) -> Configuration:
    return only_providers(configuration, "mobtexting")
