"""A webhook to ourselves that leads to another one ends, however it spells our address."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from mockserver.app import run_server
from mockserver.settings import parse_settings
from mockserver.web.vendor.handler import MAX_WEBHOOK_DEPTH

QUERY = "access_token=k&bridge=918068281234&from=918867135000&to=918867136000"
CALL = f"/mobtexting/api/v2/voice/c2c?{QUERY}"
SPELLED = ("127.0.0.1", "localhost", "127.0.0.2", "loop.localhost", "[::1]")
EVERYWHERE = "::"


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture(params=SPELLED)
def looping(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    port = free()
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
            httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
        ):
            yield client
    except OSError:
        pytest.skip("this machine has no IPv6")


def test_a_webhook_to_ourselves_ends(looping: httpx.Client) -> None:
    looping.post(CALL, json={}).raise_for_status()
    told = looping.post("/_mock/clock/advance", json={"until": "idle"}).json()
    assert (told["attempts"], told["stopped"], told["next_at"]) == (
        MAX_WEBHOOK_DEPTH + 1,
        None,
        None,
    )
    made = [hook["attempts"][0] for hook in looping.get("/_mock/webhooks").json()["webhooks"]]
    assert [one["status"] for one in made] == [200] * MAX_WEBHOOK_DEPTH + [508]
    assert made[-1]["answer"]["detail"] == (
        "webhooks to this very server have led to one another 8 times"
    )
    assert len(looping.get("/_mock/calls").json()["calls"]) == MAX_WEBHOOK_DEPTH + 1


def test_who_asks_again_by_himself_begins_anew(looping: httpx.Client) -> None:
    for _ in range(2):
        looping.post(CALL, json={}).raise_for_status()
        looping.post("/_mock/clock/advance", json={"until": "idle"}).raise_for_status()
    assert len(looping.get("/_mock/calls").json()["calls"]) == 2 * (MAX_WEBHOOK_DEPTH + 1)


def test_no_header_says_who_asks() -> None:
    """Else no webhook with `X-Forwarded-For` were known as ours, and a list of addresses vain."""
    with run_server(parse_settings({"port": "0", "clock": "manual", "quiet": True}, {})) as origin:
        account = f"{origin}/_mock/accounts/phonon/phonon-default"
        httpx.patch(account, json={"ip_allow_list": ["10.0.0.0/8"]}).raise_for_status()
        told = httpx.post(
            f"{origin}/phonon/kairos-apis/outbound/create",
            json={"api-version": "1.0", "security-id": "k", "flow-id": "f", "calls": []},
            headers={"x-forwarded-for": "10.1.2.3"},
        )
    assert told.headers["x-mock-fault"] == "ip-not-whitelisted"
