"""Calls that tests of the clients place."""

import httpx

from mock_calls import MockServer
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH

HEADERS = {"authorization": "Bearer key", "accept": "application/json"}


def click_to_call(mock: MockServer, **fields: object) -> httpx.Response:
    """Send a Mobtexting click-to-call to the sandbox of the client."""
    url = mock.url("mobtexting") + CLICK_TO_CALL_PATH
    return httpx.post(url, json={**CLICK_TO_CALL, **fields}, headers=HEADERS, trust_env=False)
