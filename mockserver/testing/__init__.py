"""Hypothesis strategies, and a rule machine that plays an application against the mock server.

They need Hypothesis, which the extra `testing` installs.
"""

try:
    import hypothesis as _hypothesis  # noqa: F401 - only to say what is missing
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "mockserver.testing needs Hypothesis: pip install 'call-mockserver[testing]'",
        name=error.name,
    ) from None

from mockserver.testing.deliveries import webhook_deliveries
from mockserver.testing.machine import CallMachine, run_machine
from mockserver.testing.playing import SentWebhook
from mockserver.testing.requests import VendorRequest, requests
from mockserver.testing.scenarios import scenarios

__all__ = [
    "CallMachine",
    "SentWebhook",
    "VendorRequest",
    "requests",
    "run_machine",
    "scenarios",
    "webhook_deliveries",
]
