"""The engine's tests use Mobtexting alone, so that they depend on no other provider."""

import pytest

from mockserver.core.configuration import Configuration
from tests.support.simulation import only_providers


@pytest.fixture(scope="session")
def configuration(configuration: Configuration) -> Configuration:
    return only_providers(configuration, "mobtexting")
