"""Fixtures for the tests of the control API."""

import pytest

from mockserver.core.configuration import Configuration
from tests.support.edge_site import EdgeSite, build_edge_site


@pytest.fixture
def edge(configuration: Configuration) -> EdgeSite:
    """The whole site in this process, with a manual clock and a loopback dispatcher."""
    return build_edge_site(configuration)
