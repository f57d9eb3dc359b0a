"""A loop of webhooks to the own server ends, however they spell its address."""

from collections.abc import Iterator

import httpx
import pytest

from mockserver.app import run_server
from mockserver.settings import parse_settings
from mockserver.web.vendor.handler import MAX_WEBHOOK_DEPTH
from tests.support.sockets import free_port

QUERY = "access_token=k&bridge=918068281234&from=918867135000&to=918867136000"
CALL = f"/mobtexting/api/v2/voice/c2c?{QUERY}"
HOST_NAMES = ("127.0.0.1", "localhost", "127.0.0.2", "loop.localhost", "[::1]")
EVERYWHERE = "::"


@pytest.fixture(params=HOST_NAMES)
def client(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    port = free_port()
    flags = {
        "host": EVERYWHERE,
        "port": str(port),
        "clock": "manual",
        "token": "none",
        "quiet": True,
        "webhook": (f"mobtexting=http://{request.param}:{port}{CALL}",),
    }
    try:
        with (
            run_server(parse_settings(flags, {})),
            httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http,
        ):
            yield http
    except OSError:
        pytest.skip("this machine has no IPv6")


def test_a_loop_of_webhooks_to_the_own_server_ends_at_the_maximum_depth(
    client: httpx.Client,
) -> None:
    client.post(CALL, json={}).raise_for_status()
    result = client.post("/_mock/clock/advance", json={"until": "idle"}).json()
    assert (result["attempts"], result["stop_reason"], result["next_at"]) == (
        MAX_WEBHOOK_DEPTH + 1,
        None,
        None,
    )
    attempts = [
        webhook["attempts"][0] for webhook in client.get("/_mock/webhooks").json()["webhooks"]
    ]
    assert [attempt["status"] for attempt in attempts] == [200] * MAX_WEBHOOK_DEPTH + [508]
    assert attempts[-1]["response"] == {
        "type": "urn:call-mockserver:problem:webhook-loop",
        "title": "webhook loop",
        "status": 508,
        "detail": "webhooks to this very server have led to one another 8 times",
    }
    assert len(client.get("/_mock/calls").json()["calls"]) == MAX_WEBHOOK_DEPTH + 1


def test_a_new_request_of_the_client_restarts_the_webhook_depth(client: httpx.Client) -> None:
    for _ in range(2):
        client.post(CALL, json={}).raise_for_status()
        client.post("/_mock/clock/advance", json={"until": "idle"}).raise_for_status()
    assert len(client.get("/_mock/calls").json()["calls"]) == 2 * (MAX_WEBHOOK_DEPTH + 1)


def test_forwarded_headers_do_not_change_the_client_address() -> None:
    """Otherwise loops would not be noticed, and an IP allow list could be bypassed."""
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        account = f"{origin}/_mock/accounts/phonon/phonon-default"
        httpx.patch(account, json={"ip_allow_list": ["10.0.0.0/8"]}).raise_for_status()
        response = httpx.post(
            f"{origin}/phonon/kairos-apis/outbound/create",
            json={"api-version": "1.0", "security-id": "k", "flow-id": "f", "calls": []},
            headers={"x-forwarded-for": "10.1.2.3"},
        )
    assert response.headers["x-mock-fault"] == "ip-not-whitelisted"
