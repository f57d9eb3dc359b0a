"""Fifty who hang up one call at once, on each of the five: one does it, the others hear why not."""

import asyncio
from collections import Counter

import httpx
import pytest

from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.engine.exchange import IncomingRequest
from mockserver.engine.pipeline import handle
from tests.support.edge_site import EdgeSite, build_client, build_edge_site
from tests.test_side_by_side import ASKED

MANY = 50
CALLS = 20
HANGUP = {"event": "hangup", "leg": "a"}


def calls(edge: EdgeSite, name: str) -> list[str]:
    """Calls that have been answered by their first leg, or are about to be."""
    state, (operation, fields, headers) = edge.default.state, ASKED[name]
    listing = state.configuration.providers[name]
    endpoint = next(one for one in listing.provider.endpoints if one.operation == operation)
    now = edge.default.clock.now()
    placed: list[str] = []
    for number in range(CALLS):
        sent = Request(
            method="POST", path=endpoint.path, headers=headers, fields=fields, body=b"%d" % number
        )
        asked = IncomingRequest(
            bound=listing, endpoint=endpoint, request=sent, scenarios=("answered",)
        )
        placed += handle(state, asked, now).call_ids
    edge.advance(by=3)
    return placed


async def race(edge: EdgeSite, name: str) -> list[httpx.Response]:
    async with build_client(edge.app) as there:
        asked = (there.post(f"/_mock/calls/{name}/events", json=HANGUP) for _ in range(MANY))
        return await asyncio.gather(*asked)


@pytest.mark.parametrize("name", ASKED)
def test_of_fifty_hangups_one_wins(configuration: Configuration, name: str) -> None:
    edge = build_edge_site(configuration._replace(seed=name))
    for call in calls(edge, name):
        answers = asyncio.run(race(edge, call))
        assert Counter(one.status_code for one in answers) == {200: 1, 409: MANY - 1}
        events = edge.get_json(f"/_mock/calls/{call}")["events"]
        assert [one["event"] for one in events].count("hangup") <= 2
        by_us = [one for one in events if one["event"] == "hangup" and one.get("by") == "control"]
        assert len(by_us) == 1
