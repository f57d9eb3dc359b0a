"""Whatever is sent to a vendor's operation gets a response, and each refusal is explained.

`pytest --generated N` sends N requests to each vendor.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockserver.app import run_server
from mockserver.core.configuration import Configuration
from mockserver.settings import parse_settings
from tests.support import read
from tests.support.conformance import PROVIDERS
from tests.support.edge_site import build_edge_site, build_request
from tests.support.generated_requests import GeneratedRequest, generate_requests
from tests.support.site import build_client

FLAGS = {"port": "0", "clock": "manual", "seed": "generated", "quiet": True}
START = {"start_at": "2026-01-01T12:00:00Z"}
RESET_AFTER = 500
"""How many requests one state gets, so that a run of many needs no more memory than one of few."""
PLAYED = 60
BLANK: tuple[Any, ...] = (None, "", [], {})


@pytest.fixture
def connection() -> Iterator[HTTPConnection]:
    with (
        run_server(parse_settings({**FLAGS, **START}, {})) as origin,
        closing(HTTPConnection(urlsplit(origin).netloc, timeout=20)) as opened,
    ):
        yield opened


def receive(connection: HTTPConnection, request: GeneratedRequest) -> tuple[HTTPResponse, bytes]:
    """Send a request over the connection, which stays open unless the server closes it."""
    connection.request(request.method, request.path, request.body, dict(request.headers))
    response = connection.getresponse()
    return response, response.read()


def get_json(connection: HTTPConnection, path: str) -> Any:
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, body
    return json.loads(body)


def check_explanation(explanation: Any, request: GeneratedRequest) -> None:
    """Each rule has a place with what was sent there, or says what else decides."""
    assert explanation["rules"] != []
    for rule in explanation["rules"]:
        assert rule["would_pass"] not in ("", "cannot be said"), rule
        if rule["field"] is None:
            assert rule["would_pass"].startswith(
                ("nothing in the request: ", "a body", "Content-Type ", "the method")
            )
        elif request.fields is not None:
            check_received(rule, request.fields)


def check_received(rule: Any, fields: Any) -> None:
    """What was sent at the place is shown, unless it is a secret or a number that JSON rounds."""
    sent: Any = fields
    for part in rule["field"].replace("[", ".").replace("]", "").split("."):
        if isinstance(sent, list):
            sent = sent[int(part)]
        else:
            sent = sent.get(part) if isinstance(sent, dict) else None
    if sent not in BLANK:
        assert rule["received"] is not None, rule


def test_no_generated_request_fails_or_is_dropped_and_each_refusal_is_explained(
    request: pytest.FixtureRequest, connection: HTTPConnection
) -> None:
    count = request.config.getoption("--generated")
    for name, bound in PROVIDERS.items():
        statuses: Counter[str] = Counter()
        for number, generated in enumerate(generate_requests(bound, count, "requests")):
            if number % RESET_AFTER == RESET_AFTER - 1:
                connection.request("POST", "/_mock/reset")
                connection.getresponse().read()
            response, body = receive(connection, generated)
            assert response.status < 500, (generated, body)
            statuses[f"{response.status} {response.headers.get('x-mock-fault', '')}"] += 1
            if response.headers.get("x-mock-fault"):
                assert response.headers["x-mock-explain"]
                path = f"/_mock/explain/{response.headers['x-mock-request']}"
                check_explanation(get_json(connection, path), generated)
        assert len(statuses) > 5, name
        print(name, statuses.most_common())  # noqa: T201 - the figures of a long run
    assert get_json(connection, "/_mock/health")["errors"] == 0


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_a_generated_request_has_placed_is_played_to_its_end(
    name: str, configuration: Configuration
) -> None:
    site = build_edge_site(configuration)

    async def send_all() -> None:
        async with build_client(site.app) as client:
            for each in generate_requests(PROVIDERS[name], PLAYED, "played"):
                response = await client.send(
                    build_request(each.method, each.path, content=each.body, headers=each.headers)
                )
                assert response.status_code < 500, each

    asyncio.run(send_all())
    site.advance(by="2d")
    assert read.error_count(site.default.state) == 0
    assert site.get_json("/_mock/health")["errors"] == 0
