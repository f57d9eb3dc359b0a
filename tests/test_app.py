"""The parts put together: an address, a socket, a server that says when it is ready."""

import json
import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from mockserver import app
from mockserver.app import build_server, describe_providers, describe_scenarios, run_server, serve
from mockserver.compiler import build_configuration, count_scenarios
from mockserver.config.registry import load_providers
from mockserver.delivery.asgi import AttachedApps
from mockserver.settings import Settings, SettingsError
from mockserver.web.server.protocol import HttpProtocol
from mockserver.web.server.uvicorn_server import Server, ServerAddress, bind_socket
from tests.support.simulation import CLICK_TO_CALL, START

HERE = Settings(port=0, clock="manual", start=START, seed="s", quiet=True)
ANY = ("0.0.0.0", "::")


def speaks_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


IPV6 = pytest.param(
    "::1", marks=pytest.mark.skipif(not speaks_ipv6(), reason="this machine has no IPv6")
)


def ask(url: str, body: object = None, method: str | None = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", "authorization": "Bearer k-1"}
    request = Request(url, content, headers, method=method)  # noqa: S310 - loopback
    with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
        return json.load(answer)


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A port on which somebody listens already."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other


def port(listening: socket.socket) -> int:
    number: int = listening.getsockname()[1]
    return number


def test_described_is_what_the_control_api_tells() -> None:
    with run_server(HERE) as origin:
        told = ask(f"{origin}/_mock/providers")["providers"]
    assert describe_providers(origin) == told


def test_scenarios_is_what_the_control_api_tells() -> None:
    with run_server(HERE) as origin:
        told = ask(f"{origin}/_mock/scenarios")["scenarios"]
    assert describe_scenarios(build_configuration(HERE)) == told


# --- the address ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("localhost", "http://localhost:80"),
        (ANY[0], "http://127.0.0.1:80"),
        (ANY[1], "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("10.0.0.7", "http://10.0.0.7:80"),
    ],
)
def test_address_reaches_itself(host: str, origin: str) -> None:
    local = ("http://localhost:80", "http://127.0.0.1:80", "http://[::1]:80")
    assert ServerAddress(host=host, port=80).origin == origin
    assert ServerAddress(host=host, port=80).origins == (origin, *local)


@pytest.mark.parametrize("host", ["127.0.0.1", IPV6, "localhost"])
def test_bound_listens(host: str) -> None:
    with bind_socket(host, 0) as listening:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        assert listening.family == family
        with socket.create_connection(("::1" if ":" in host else "127.0.0.1", port(listening))):
            pass


def test_bound_on_a_taken_port(taken: socket.socket) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        bind_socket("127.0.0.1", port(taken))


def test_bound_on_an_address_of_somebody_else() -> None:
    with pytest.raises(OSError, match="Cannot assign requested address"):
        bind_socket("192.0.2.1", 0)


# --- the server ----------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [app.load_configuration, lambda one: serve(one, print, print)])
def test_a_clock_that_does_not_exist_is_refused_before_a_port_is_taken(
    start: Callable[[Settings], object], taken: socket.socket
) -> None:
    with pytest.raises(SettingsError) as caught:
        start(HERE._replace(clock="fast", port=port(taken)))
    modes = "real, manual, instant, or a pace such as 60x"
    assert str(caught.value) == f"clock 'fast' is no mode: {modes}"


def watched(settings: Settings, act: Callable[[str], object]) -> tuple[list[str], list[str]]:
    """What a server has said and logged, when `act` was done to it at its origin."""
    said: list[str] = []
    logged: list[str] = []
    ready = threading.Event()

    def say(text: str) -> None:
        said.append(text)
        ready.set()

    listening = bind_socket(settings.host, settings.port)
    inner = build_server(
        app.load_configuration(settings), settings, listening, (say, logged.append), AttachedApps()
    )
    assert isinstance(inner, Server)
    thread = threading.Thread(target=inner.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        assert ready.wait(10)
        act(ServerAddress(host=settings.host, port=port_of(said[0])).origin)
    finally:
        inner.should_exit = True
        thread.join(10)
    return said, logged


def port_of(line: str) -> int:
    found = re.match(r"mockserver ready on http://\S+:(\d+) ", line)
    assert found
    return int(found[1])


@pytest.mark.parametrize("host", ["127.0.0.1", IPV6])
def test_server_says_when_it_is_ready(host: str) -> None:
    settings = HERE._replace(host=host, clock="60x", quiet=False)
    said, logged = watched(settings, lambda origin: ask(f"{origin}/_mock/health"))
    known, made = load_providers(), build_configuration(HERE)
    many = f"{len(known)} provider" + ("s" if len(known) > 1 else "")
    told = f"clock 60x, seed s, {many}, {count_scenarios(made)} scenarios"
    base = ServerAddress(host=host, port=port_of(said[0])).origin
    assert said[0] == f"mockserver ready on {base} ({told})"
    assert said[1:] == [f"  {name}: {base}/{name}" for name in known]
    assert logged == []


@pytest.mark.parametrize("quiet", [False, True])
def test_server_logs_a_line_for_each_fact_unless_it_is_quiet(*, quiet: bool) -> None:
    def act(origin: str) -> None:
        ask(f"{origin}/api/v2/voice/c2c", dict(CLICK_TO_CALL))
        ask(f"{origin}/_mock/clock/advance", {"until": "idle"})

    _, logged = watched(HERE._replace(quiet=quiet), act)
    verbs = [line.split()[-1] for line in logged]
    assert verbs[3:-3] == ([] if quiet else ["ring", "answer", "ring", "answer", "bridge",
                                            "normal", "normal", "completed"])  # fmt: skip
    assert bool(logged) != quiet


def test_running_serves_while_the_block_runs() -> None:
    with run_server(HERE) as origin:
        told = ask(f"{origin}/_mock/health")
        assert (told["status"], told["seed"], told["clock"]) == ("ok", "s", "manual")
    with pytest.raises(OSError, match="refused"):
        ask(f"{origin}/_mock/health")


def test_a_report_goes_over_a_socket_into_our_own_inbox() -> None:
    with run_server(HERE) as origin:
        ask(f"{origin}/mobtexting/api/v2/voice/c2c", dict(CLICK_TO_CALL))
        told = ask(f"{origin}/_mock/clock/advance", {"by": "1m"})
        [received] = ask(f"{origin}/_mock/inboxes/mobtexting")["received"]
        [webhook] = ask(f"{origin}/_mock/webhooks")["webhooks"]
    assert (told["attempts"], webhook["state"]) == (1, "delivered")
    assert webhook["url"] == f"{origin}/_mock/inbox/mobtexting"
    assert (received["body"], received["method"]) == (webhook["body"], "POST")
    assert received["at"] == webhook["attempts"][0]["at"] == "2026-01-01T09:00:10.000Z"


def test_an_advance_from_inside_the_receiver_is_refused_over_a_socket() -> None:
    """A receiver that calls us back is served; one that would wait for itself is not."""
    codes = list[int]()

    def receiver() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65_536)
            for path, body in (("calls", None), ("clock/advance", {"by": 1})):
                try:
                    ask(f"{origin}/_mock/{path}", body)
                    codes.append(200)
                except OSError as error:
                    codes.append(error.code)  # type: ignore[attr-defined] # an HTTPError
                    error.close()  # type: ignore[attr-defined] # as above
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        hook = {"mobtexting": f"http://127.0.0.1:{port(listening)}/"}
        with run_server(HERE._replace(webhook=hook)) as origin:
            thread = threading.Thread(target=receiver)
            thread.start()
            ask(f"{origin}/api/v2/voice/c2c", dict(CLICK_TO_CALL))
            assert ask(f"{origin}/_mock/clock/advance", {"until": "idle"})["stopped"] is None
            thread.join(10)
    assert codes == [200, 409]


def test_two_servers_with_one_seed_tell_the_same_bytes() -> None:
    def told() -> bytes:
        with run_server(HERE) as origin:
            for to in ("918867136000", "918867136001"):
                ask(f"{origin}/api/v2/voice/c2c", {**CLICK_TO_CALL, "to": to})
            ask(f"{origin}/_mock/clock/advance", {"until": "idle"})
            opener = build_opener(ProxyHandler({}))
            with opener.open(f"{origin}/_mock/journal", timeout=10) as answer:
                content: bytes = answer.read()
        return content

    first = told()
    assert first == told()
    assert b"{origin}/_mock/inbox/mobtexting" in first


def test_serve_takes_no_harm_from_the_signal_that_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = list[object]()

    def run(self: Server, sockets: list[socket.socket] | None = None) -> None:
        assert self.config.http is HttpProtocol
        for one in sockets or ():
            seen.append(port(one) > 0)
            one.close()
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.raise_signal(ending)
            seen.append(ending)

    monkeypatch.setattr(Server, "run", run)
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        serve(HERE, print, print)
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    assert seen == [True, signal.SIGTERM, signal.SIGINT]


def test_serve_on_a_taken_port(taken: socket.socket) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        serve(HERE._replace(port=port(taken)), print, print)
