"""One round: all that clients can do to a sandbox, once."""

from collections.abc import Iterator
from typing import Any, Final

import httpx

from mockserver.engine.possible_acts import LEG_EVENTS
from tests.soak.operations import Client, send_each_operation
from tests.support.conformance import PROVIDERS, build_uploads, load_pages
from tests.support.control_routes import ROUTE_CASES, STREAM, request_content, request_path
from tests.support.generated_requests import generate_requests
from tests.support.simulation import CLICK_TO_CALL

NAME: Final = "round"  # of the sandbox
READY: Final = ("GET", "/ready")
"""The table has the status of a server that has not started."""

GENERATED: Final = 20  # requests to each vendor
SEEDS: Final = 50
"""Sets of generated requests: after as many rounds, nothing larger comes than did before."""

ARGUMENTS: Final = {"press": {"digits": "1"}, "say": {"words": "yes"}, "hangup": {"cause": "busy"}}
MOBTEXTING: Final = "/mobtexting/api/v2/voice/c2c"
PAGES: Final = tuple(load_pages().items())
BEARER: Final = {"authorization": "Bearer key", "accept": "application/json"}
FILLED: Final[tuple[tuple[str, str, Any], ...]] = (
    ("POST", "/clock/advance", {"until": "idle"}),
    ("PUT", "/scenarios/mine", {"legs": {"callee": "busy"}}),
    ("POST", "/activations", {"scenario": "callee-busy"}),
    ("PUT", "/sandboxes/old", {}),
    ("POST", "/receive/old", {"a": 1}),
)
"""What the control routes need beside calls."""

ADVANCES: Final = (
    {"by": 2},
    {"until": "next"},
    {"by": "30s"},
    {"until": "idle"},
    {"by": "2h"},
    {"until": "empty"},
)
LAST_ROUTES: Final = (("DELETE", "/activations"), ("POST", "/reset"))
"""They remove what others need."""
BAD_BODIES: Final = (b"", b"{", b"[]", b'{"unknown": 1}', b"\xff", b"[" * 2_000)


def play_round(http: httpx.Client, number: int) -> list[str]:
    """Do everything once in the sandbox `NAME`; return what did not happen as it should.

    The sandbox is new in every other round, and reset in the others.
    """
    client = Client(http, f"/_sandbox/{NAME}")
    if number % 2:
        response = client.control("POST", "/reset")
    else:
        body = {"clock": "manual", "seed": f"{number}", "start_at": "2026-01-01T09:00:00Z"}
        response = http.put(f"/_mock/sandboxes/{NAME}", json=body)
    assert response.is_success, response.text
    wrong = send_each_operation(client)
    inject_events(client)
    send_page_examples(client)
    send_generated(client, number)
    wait_and_advance(client)
    send_bad_requests(client)
    wrong += fork(client, number)
    client.control("POST", "/reset").raise_for_status()
    return wrong + call_each_control_route(client)


def inject_events(client: Client) -> None:
    """Advance the clock in parts, and let every event happen to every call before each."""
    for body in ADVANCES:
        for call in client.control("GET", "/calls").json()["calls"]:
            for event in events_for(call):
                client.control("POST", f"/calls/{call['id']}/events", json=event)
        client.control("POST", "/clock/advance", json=body).raise_for_status()
        client.control("GET", f"/calls/{call['id']}/timeline").raise_for_status()


def events_for(call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each event once, whether or not the call is in a state for it."""
    if call["state"] != "ended":
        for name in sorted(PROVIDERS[call["provider"]].provider.vendor_events):
            yield {"event": name}
    for name in LEG_EVENTS:
        leg = {} if name == "continue" else {"leg": "a"}
        yield {"event": name, **leg, **ARGUMENTS.get(name, {})}


def send_page_examples(client: Client) -> None:
    """Send each example of the vendors' pages: forms, uploads, raw bodies, refused ones."""
    for provider, page in PAGES:
        for example in page.examples.values():
            for part in (example, *example.get("then", ())):
                if "request" in part:
                    send_example(client, provider, page.credential, part["request"])


def send_example(client: Client, provider: str, credential: Any, sent: Any) -> None:
    host = sent.get("host", PROVIDERS[provider].provider.endpoints[0].host)
    headers = {"accept": "application/json", **credential, **sent.get("headers", {})}
    client.http.request(
        sent["method"],
        f"{client.prefix}/{provider}/{host.replace('*', 'customer')}{sent['path']}",
        params=sent.get("query"),
        headers={name: value for name, value in headers.items() if value is not None},
        content=sent.get("raw"),
        json=sent.get("body"),
        data=sent.get("form"),
        files=build_uploads(sent["multipart"]) if "multipart" in sent else None,
    )


def send_generated(client: Client, number: int) -> None:
    """Send generated requests: valid, mutated, malformed and hostile ones."""
    for bound in PROVIDERS.values():
        for sent in generate_requests(bound, GENERATED, f"soak {number % SEEDS}"):
            url, headers = f"{client.prefix}{sent.path}", encoded(sent.headers)
            response = client.http.request(sent.method, url, content=sent.body, headers=headers)
            assert response.status_code < 500 or "x-mock-fault" in response.headers, response.text


def encoded(headers: Any) -> dict[bytes, bytes]:
    return {name.encode(): value.encode("utf-8", "replace") for name, value in headers.items()}


def wait_and_advance(client: Client) -> None:
    """Wait for what is there, for what an advance brings, and for what never comes."""
    for body in (
        {"for": "call", "timeout": 0},
        {"for": "request", "match": {"provider": "effebot"}, "timeout": 0},
        {"for": "webhook", "advance": "1h", "timeout": 0.2},
        {"for": "call", "match": {"provider": "nobody"}, "timeout": 0.05},
    ):
        client.control("POST", "/wait", json=body)
    with client.http.stream("GET", f"{client.prefix}/_mock/events", timeout=5) as stream:
        next(stream.iter_raw())
    client.http.get("/", headers={"accept": "text/html"})
    client.control("GET", "/journal", params={"limit": "10"}).raise_for_status()
    client.control("GET", "/timeline", params={"format": "mermaid"}).raise_for_status()
    for number in range(1, 6):
        client.http.get(f"/_media/{NAME}/c{number}.wav")


def send_bad_requests(client: Client) -> None:
    """Send bodies that are none to each control route that takes one, and unknown paths."""
    for (method, path), case in ROUTE_CASES.items():
        for body in BAD_BODIES if case.body is not None and "/receive/" not in path else ():
            response = client.control(method, case.path or path, content=body)
            assert response.status_code < 500, response.text
    for path in ("/mobtexting/none", "/none", "/_mock/none", "/_mock/calls?none=1"):
        client.http.get(client.prefix + path)
        client.http.get(client.prefix + path, headers={"origin": "http://evil.test"})
        client.http.get(client.prefix + path, headers={"host": "evil.test"})


def fork(client: Client, number: int) -> list[str]:
    """Take a snapshot, build a sandbox from it, and remove that sandbox."""
    results = (
        client.control("POST", f"/sandboxes/{NAME}/snapshots", json={"as": "seeded"}),
        client.control("PUT", "/sandboxes/fork", json={"from": NAME, "snapshot": "seeded"}),
        client.control(
            "PUT", "/sandboxes/until", json={"from": NAME, "until": f"r{number % 20 + 1}"}
        ),
        client.control("DELETE", "/sandboxes/fork"),
    )
    return [
        f"fork: {each.status_code} {each.text[:300]}" for each in results if not each.is_success
    ]


def call_each_control_route(client: Client) -> list[str]:
    """Send a valid request to each control route; return those with another status."""
    for headers in ({"x-mock-scenario": "waits-for-a-person"}, {}):
        sent = {**BEARER, **headers}
        url = client.prefix + MOBTEXTING
        client.http.post(url, json=dict(CLICK_TO_CALL), headers=sent).raise_for_status()
    for method, path, body in FILLED:
        client.control(method, path, json=body).raise_for_status()
    wrong = []
    for route, case in sorted(ROUTE_CASES.items(), key=lambda row: row[0] in LAST_ROUTES):
        path = request_path(route).removeprefix("/_mock").replace("/default/", f"/{NAME}/")
        if route != STREAM:
            response = client.control(route[0], path, **request_content(route))
            expected = 200 if route == READY else case.status
            if response.status_code != expected:
                wrong.append(f"{' '.join(route)}: {response.status_code} {response.text[:300]}")
    return wrong
