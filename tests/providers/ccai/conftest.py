"""The state that the tests of the CCAI Platform start from."""

import pytest

from mockserver.core.configuration import Configuration
from mockserver.engine.sandbox_state import SandboxState
from tests.support.simulation import START, only_providers


@pytest.fixture
def state(configuration: Configuration) -> SandboxState:
    return SandboxState(only_providers(configuration, "ccai"), START)
