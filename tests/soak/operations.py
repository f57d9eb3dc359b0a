"""A request to each operation of each vendor that is accepted in a fresh sandbox."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import httpx

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.provider import Endpoint
from tests.support.conformance import PROVIDERS, load_pages

CREDENTIALS: Final = {name: page.credential for name, page in load_pages().items()}
PHONON_CALLS: Final = {"calls": [{"client-identifier": "x", "contact-numbers": ["918867136000"]}]}

Bodies = Mapping[str, Any]
"""Vendor and operation -> the body of the last answer."""

CHANGES: Final[Mapping[str, Callable[[Bodies, str], Mapping[str, Any]]]] = {
    "ccai cancel-scheduled": lambda bodies, _: {"id": bodies["ccai create-scheduled"]["id"]},
    "ccai end-user": lambda bodies, _: {"id": bodies["ccai create-outbound"]["id"]},
    "effebot create": lambda _, origin: {"webhookUrl": f"{origin}/_mock/receive/effebot"},
    "effebot get": lambda bodies, _: {"apiCallIdList": [bodies["effebot create"]["id"]]},
    "effebot get-with-templates": lambda bodies, _: {
        "apiCallIdList": [bodies["effebot create-with-template"]["id"]]
    },
    "effebot update": lambda bodies, _: {
        "callList": [{"id": bodies["effebot create"]["id"], "replannedAt": 1_767_258_060}]
    },
    "effebot remove": lambda bodies, _: {"idList": [bodies["effebot create"]["id"]]},
    "effebot play-record": lambda bodies, _: {
        "file": f"{bodies['effebot create-record']['id']}.wav"
    },
    "innocalls call-status": lambda bodies, _: {
        "call_id": bodies["innocalls bridge"]["data"]["call_id"]
    },
    "innocalls dispatch": lambda _, origin: {"webhook": f"{origin}/_mock/receive/innocalls"},
    "phonon create": lambda _, __: PHONON_CALLS,
    "phonon create-bulk": lambda _, __: PHONON_CALLS,
}
"""Vendor and operation -> fields beside those of its example: what an earlier request has made,
webhooks to this server, a start at once."""

FIRST: Final = ("create", "create-record", "create-with-template", "bridge", "create-scheduled")
"""Operations that make what others name."""


class Client(NamedTuple):
    """Sends requests to one sandbox; `prefix` is that of its paths, empty for the default one."""

    http: httpx.Client
    prefix: str = ""

    @property
    def origin(self) -> str:
        return f"{self.http.base_url}".rstrip("/") + self.prefix

    def control(self, method: str, path: str, **content: Any) -> httpx.Response:
        return self.http.request(method, f"{self.prefix}/_mock{path}", **content)

    def send(
        self, bound: BoundProvider, endpoint: Endpoint, fields: Mapping[str, Any]
    ) -> httpx.Response:
        """Send fields in path, and in query or JSON, with a valid credential."""
        name, rest = bound.provider.name, dict(fields)
        path = re.sub(r"\{(\w+)\}", lambda match: str(rest.pop(match[1])), endpoint.path)
        return self.http.request(
            endpoint.method,
            f"{self.prefix}/{name}/{endpoint.host.replace('*', 'customer')}{path}",
            headers={"accept": "application/json", **CREDENTIALS[name]},
            params=rest if endpoint.method == "GET" else None,
            json=None if endpoint.method == "GET" else rest,
        )


def all_endpoints() -> list[tuple[BoundProvider, Endpoint]]:
    """Return every endpoint, first those that make what others name."""
    rows = [(bound, each) for bound in PROVIDERS.values() for each in bound.provider.endpoints]
    return sorted(rows, key=lambda row: row[1].operation not in FIRST)


def name_of(bound: BoundProvider, endpoint: Endpoint) -> str:
    return f"{bound.provider.name} {endpoint.operation}"


def build_fields(
    bound: BoundProvider, endpoint: Endpoint, bodies: Bodies, origin: str
) -> dict[str, Any]:
    """Return the fields of the first example of an endpoint with its `CHANGES`."""
    change = CHANGES.get(name_of(bound, endpoint))
    changes = change(bodies, origin) if change else {}
    return {**bound.examples(endpoint.operation)[0], **changes}


def send_each_operation(client: Client) -> list[str]:
    """Send a request to each endpoint; return what was not accepted, with the answer."""
    bodies: dict[str, Any] = {}
    refused = []
    for bound, endpoint in all_endpoints():
        response = client.send(
            bound, endpoint, build_fields(bound, endpoint, bodies, client.origin)
        )
        name = name_of(bound, endpoint)
        if response.headers.get("content-type", "").startswith("application/json"):
            bodies[name] = response.json()
        if response.status_code >= 400 or "x-mock-fault" in response.headers:
            refused.append(f"{name}: {response.status_code} {response.text[:300]}")
    return refused
