"""A response of the control API becomes a value or an error."""

import httpx
import pytest

from mockserver.client import ControlError, WaitTimeout, operations
from mockserver.client.transport import parse_response

WAIT = operations.wait("call", {"state": "ended"}, {})


@pytest.mark.parametrize(
    ("kind", "error"), [("wait-timeout", WaitTimeout), ("request-timeout", ControlError)]
)
def test_only_a_wait_that_timed_out_is_not_in_time(kind: str, error: type[Exception]) -> None:
    """A request that arrives too slowly has the same status."""
    problem = {"type": f"urn:call-mockserver:problem:{kind}", "status": 408, "detail": "late"}
    with pytest.raises(error):
        parse_response(WAIT, httpx.Response(408, json=problem))
