"""The clients under an import name of the server; `mock_calls` holds them."""

from mock_calls import *  # noqa: F403 - its public names and no others
from mock_calls import __all__ as __all__
