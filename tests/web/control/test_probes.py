"""The probes: whether the process lives, and whether the server takes requests."""

import asyncio

import pytest

from tests.support.edge_site import EdgeSite
from tests.support.simulation import CLICK_TO_CALL_PATH
from tests.support.site import build_client, read_problem


def ask_ready(edge: EdgeSite, *, is_started: bool, is_stopping: bool) -> list[int]:
    """Return the statuses of the probes `live` and `ready`, after a check of what is in them."""

    async def run() -> list[int]:
        if is_started:
            edge.registry.start()
        edge.registry.is_stopping = is_stopping
        async with build_client(edge.app) as client:
            paths = ("/_mock/live", "/_mock/ready")
            responses = [await client.get(path) for path in paths]
        await edge.registry.stop()
        assert responses[0].json() == {"status": "live"}
        assert responses[1].json()["status"] in ("ready", 503)
        return [response.status_code for response in responses]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("is_started", "is_stopping", "statuses"),
    [(False, False, [200, 503]), (True, False, [200, 200]), (True, True, [200, 503])],
)
def test_a_server_is_ready_between_its_start_and_the_order_to_end(
    edge: EdgeSite, *, is_started: bool, is_stopping: bool, statuses: list[int]
) -> None:
    assert ask_ready(edge, is_started=is_started, is_stopping=is_stopping) == statuses


def test_a_server_that_is_not_ready_says_why(edge: EdgeSite) -> None:
    response = edge.request("GET", "/_mock/ready")
    assert read_problem(response) == (503, "not-ready", "the server is starting")
    assert response.json()["reasons"] == ["starting"]
    edge.registry.is_stopping = True
    response = edge.request("GET", "/_mock/ready")
    assert read_problem(response) == (503, "not-ready", "the server is starting and stopping")
    assert response.json()["reasons"] == ["starting", "stopping"]


@pytest.mark.parametrize("path", ["/_mock/health", "/_mock/calls", "/", CLICK_TO_CALL_PATH])
def test_a_server_that_ends_takes_no_request(edge: EdgeSite, path: str) -> None:
    edge.registry.is_stopping = True
    response = edge.request("POST" if path == CLICK_TO_CALL_PATH else "GET", path)
    assert read_problem(response)[:2] == (503, "shutting-down")
    assert response.headers["connection"] == "close"
    assert edge.request("GET", "/_mock/live").json() == {"status": "live"}
