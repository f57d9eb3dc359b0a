"""Of fifty simultaneous hangups of a call, one succeeds and the others get 409."""

import asyncio
from collections import Counter

import httpx
import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.engine.pipeline import handle
from tests.support.builders import build_incoming_request
from tests.support.edge_site import EdgeSite, build_edge_site
from tests.support.site import build_client
from tests.test_side_by_side import ASKED

MANY = 50
CALLS = 20
HANGUP = {"event": "hangup", "leg": "a"}


def place_calls(edge: EdgeSite, name: str) -> list[str]:
    """Place calls whose first leg has answered or is about to."""
    state, (operation, fields, headers) = edge.default.state, ASKED[name]
    bound = state.configuration.providers[name]
    endpoint = next(
        endpoint for endpoint in bound.provider.endpoints if endpoint.operation == operation
    )
    now = edge.default.clock.now()
    placed: list[str] = []
    for number in range(CALLS):
        request = Request(
            method="POST", path=endpoint.path, headers=headers, fields=fields, body=b"%d" % number
        )
        incoming = build_incoming_request(
            bound=bound, endpoint=endpoint, request=request, scenario_names=("answered",)
        )
        placed += handle(state, incoming, now).call_ids
    edge.advance(by=3)
    return placed


async def race(edge: EdgeSite, call_id: str) -> list[httpx.Response]:
    async with build_client(edge.app) as client:
        requests = (client.post(f"/_mock/calls/{call_id}/events", json=HANGUP) for _ in range(MANY))
        return await asyncio.gather(*requests)


@pytest.mark.parametrize("name", ASKED)
def test_only_one_of_fifty_simultaneous_hangups_succeeds(
    configuration: Configuration, name: str
) -> None:
    edge = build_edge_site(configuration._replace(seed=name))
    for call in place_calls(edge, name):
        responses = asyncio.run(race(edge, call))
        assert Counter(response.status_code for response in responses) == {200: 1, 409: MANY - 1}
        events = edge.get_json(f"/_mock/calls/{call}")["events"]
        assert [event["event"] for event in events].count("hangup") <= 2
        by_control = [
            event for event in events if event["event"] == "hangup" and event.get("by") == "control"
        ]
        assert len(by_control) == 1
