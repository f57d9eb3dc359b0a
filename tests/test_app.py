"""The whole server: its address, its socket and what it prints when it is ready."""

import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import NoReturn
from urllib.request import ProxyHandler, build_opener

import pytest

from mockserver import app
from mockserver.app import build_server, describe_providers, describe_scenarios, run_server, serve
from mockserver.compiler import build_configuration, count_scenarios
from mockserver.config.registry import load_providers
from mockserver.settings import Settings, SettingsError
from mockserver.web.server.protocol import HttpProtocol
from mockserver.web.server.uvicorn_server import Server, ServerAddress, bind_socket
from tests.support.fetch import fetch_json
from tests.support.simulation import CLICK_TO_CALL, START
from tests.support.sockets import IPV6

SETTINGS = Settings(port=0, clock="manual", start=START, seed="s", quiet=True)
WILDCARDS = ("0.0.0.0", "::")


@pytest.fixture
def taken_socket() -> Iterator[socket.socket]:
    """A socket that listens on a port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def port_of_socket(listener: socket.socket) -> int:
    number: int = listener.getsockname()[1]
    return number


def test_describe_providers_equals_the_control_api() -> None:
    with run_server(SETTINGS) as origin:
        expected = fetch_json(f"{origin}/_mock/providers")["providers"]
    assert describe_providers(origin) == expected


def test_describe_scenarios_equals_the_control_api() -> None:
    with run_server(SETTINGS) as origin:
        expected = fetch_json(f"{origin}/_mock/scenarios")["scenarios"]
    assert describe_scenarios(build_configuration(SETTINGS)) == expected


# --- the address ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("localhost", "http://localhost:80"),
        (WILDCARDS[0], "http://127.0.0.1:80"),
        (WILDCARDS[1], "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("10.0.0.7", "http://10.0.0.7:80"),
    ],
)
def test_a_server_address_has_an_origin_that_reaches_it(host: str, origin: str) -> None:
    local = ("http://localhost:80", "http://127.0.0.1:80", "http://[::1]:80")
    assert ServerAddress(host=host, port=80).origin == origin
    assert ServerAddress(host=host, port=80).origins == (origin, *local)


@pytest.mark.parametrize("host", ["127.0.0.1", IPV6, "localhost"])
def test_a_bound_socket_listens(host: str) -> None:
    with bind_socket(host, 0) as listener:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        assert listener.family == family
        with socket.create_connection(
            ("::1" if ":" in host else "127.0.0.1", port_of_socket(listener))
        ):
            pass


def test_binding_a_taken_port_fails(taken_socket: socket.socket) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        bind_socket("127.0.0.1", port_of_socket(taken_socket))


def test_binding_an_address_of_another_machine_fails() -> None:
    with pytest.raises(OSError, match="Cannot assign requested address"):
        bind_socket("192.0.2.1", 0)


# --- the server ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start", [app.load_configuration, lambda settings: serve(settings, print, print)]
)
def test_an_unknown_clock_is_refused_before_a_port_is_bound(
    start: Callable[[Settings], object], taken_socket: socket.socket
) -> None:
    with pytest.raises(SettingsError) as error:
        start(SETTINGS._replace(clock="fast", port=port_of_socket(taken_socket)))
    modes = "real, manual, instant, or a pace such as 60x"
    assert str(error.value) == f"clock 'fast' is not a mode: {modes}"


def run_and_collect(
    settings: Settings, use: Callable[[str], object]
) -> tuple[list[str], list[str]]:
    """Run a server, call `use` with its origin, and return what it printed and logged."""
    printed: list[str] = []
    logged: list[str] = []
    ready = threading.Event()

    def say(text: str) -> None:
        printed.append(text)
        ready.set()

    listener = bind_socket(settings.host, settings.port)
    server = build_server(
        app.load_configuration(settings), settings, listener, (say, logged.append)
    )
    assert isinstance(server, Server)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert ready.wait(10)
        use(ServerAddress(host=settings.host, port=port_of_line(printed[0])).origin)
    finally:
        server.should_exit = True
        thread.join(10)
    return printed, logged


def port_of_line(line: str) -> int:
    match = re.match(r"mockserver ready on http://\S+:(\d+) ", line)
    assert match
    return int(match[1])


@pytest.mark.parametrize("host", ["127.0.0.1", IPV6])
def test_a_server_prints_its_address_settings_and_providers_when_ready(host: str) -> None:
    settings = SETTINGS._replace(host=host, clock="60x", quiet=False)
    printed, logged = run_and_collect(settings, lambda origin: fetch_json(f"{origin}/_mock/health"))
    providers, configuration = load_providers(), build_configuration(SETTINGS)
    count = f"{len(providers)} provider" + ("s" if len(providers) > 1 else "")
    summary = f"clock 60x, seed s, {count}, {count_scenarios(configuration)} scenarios"
    base = ServerAddress(host=host, port=port_of_line(printed[0])).origin
    assert printed[0] == f"mockserver ready on {base} ({summary})"
    paths = {**{name: name for name in providers}, "page": "_mock/ui/"}
    assert printed[1:] == [f"  {name}: {base}/{path}" for name, path in paths.items()]
    assert logged == []


@pytest.mark.parametrize("quiet", [False, True])
def test_a_server_logs_one_line_per_journal_entry_unless_quiet(*, quiet: bool) -> None:
    def place_and_finish_a_call(origin: str) -> None:
        fetch_json(f"{origin}/api/v2/voice/c2c", dict(CLICK_TO_CALL))
        fetch_json(f"{origin}/_mock/clock/advance", {"until": "idle"})

    _, logged = run_and_collect(SETTINGS._replace(quiet=quiet), place_and_finish_a_call)
    last_words = [line.split()[-1] for line in logged]
    assert last_words[3:-4] == ([] if quiet else ["(from)", "answer", "(to)", "answer", "bridge",
                                            "normal", "normal", "completed"])  # fmt: skip
    assert bool(logged) != quiet


def test_a_server_that_cannot_be_built_leaves_no_open_socket(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listeners = []

    def fail(
        _: object, __: object, listener: socket.socket, *___: object, https_parts: None
    ) -> NoReturn:
        assert https_parts is None
        listeners.append(listener)
        raise LookupError("oops")

    monkeypatch.setattr(app, "build_server", fail)
    with pytest.raises(LookupError), run_server(SETTINGS):
        pass
    assert [listener.fileno() for listener in listeners] == [-1]


def test_run_server_serves_while_its_block_runs() -> None:
    with run_server(SETTINGS) as origin:
        health = fetch_json(f"{origin}/_mock/health")
        assert (health["status"], health["seed"], health["clock"]) == ("ok", "s", "manual")
    with pytest.raises(OSError, match="refused"):
        fetch_json(f"{origin}/_mock/health")


def test_a_report_is_delivered_over_a_socket_to_the_server_s_own_inbox() -> None:
    with run_server(SETTINGS) as origin:
        fetch_json(f"{origin}/mobtexting/api/v2/voice/c2c", dict(CLICK_TO_CALL))
        result = fetch_json(f"{origin}/_mock/clock/advance", {"by": "1m"})
        [received] = fetch_json(f"{origin}/_mock/inboxes/mobtexting")["received"]
        [webhook] = fetch_json(f"{origin}/_mock/webhooks")["webhooks"]
    assert (result["attempts"], webhook["state"]) == (1, "delivered")
    assert webhook["url"] == f"{origin}/_mock/receive/mobtexting"
    assert (received["body"], received["method"]) == (webhook["body"], "POST")
    assert received["at"] == webhook["attempts"][0]["at"] == "2026-01-01T09:00:10.000Z"


def test_a_receiver_may_read_calls_but_not_advance_the_clock_during_an_attempt() -> None:
    """An advance would wait for the receiver, and the receiver for the advance."""
    codes = list[int]()

    def receiver() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            for path, body in (("calls", None), ("clock/advance", {"by": 1})):
                try:
                    fetch_json(f"{origin}/_mock/{path}", body)
                    codes.append(200)
                except OSError as error:
                    codes.append(error.code)  # type: ignore[attr-defined] # an HTTPError
                    error.close()  # type: ignore[attr-defined] # as above
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10)
        webhook = {"mobtexting": f"http://127.0.0.1:{port_of_socket(listener)}/"}
        with run_server(SETTINGS._replace(webhook=webhook)) as origin:
            thread = threading.Thread(target=receiver)
            thread.start()
            fetch_json(f"{origin}/api/v2/voice/c2c", dict(CLICK_TO_CALL))
            assert (
                fetch_json(f"{origin}/_mock/clock/advance", {"until": "idle"})["stop_reason"]
                is None
            )
            thread.join(10)
    assert codes == [200, 409]


def test_two_servers_with_the_same_seed_have_the_same_journal_bytes() -> None:
    def journal_of_a_new_server() -> bytes:
        with run_server(SETTINGS) as origin:
            for to in ("918867136000", "918867136001"):
                fetch_json(f"{origin}/api/v2/voice/c2c", {**CLICK_TO_CALL, "to": to})
            fetch_json(f"{origin}/_mock/clock/advance", {"until": "idle"})
            opener = build_opener(ProxyHandler({}))
            with opener.open(f"{origin}/_mock/journal", timeout=10) as response:
                content: bytes = response.read()
        return content

    first = journal_of_a_new_server()
    assert first == journal_of_a_new_server()
    assert b"{origin}/_mock/receive/mobtexting" in first


def test_serve_returns_normally_after_a_second_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    observed = list[object]()

    def run(self: Server, sockets: list[socket.socket] | None = None) -> None:
        assert self.config.http is HttpProtocol
        for item in sockets or ():
            observed.append(port_of_socket(item) > 0)
            item.close()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.raise_signal(number)
            observed.append(number)

    monkeypatch.setattr(Server, "run", run)
    before = {item: signal.getsignal(item) for item in (signal.SIGTERM, signal.SIGINT)}
    try:
        serve(SETTINGS, print, print)
    finally:
        for item, handler in before.items():
            signal.signal(item, handler)
    assert observed == [True, signal.SIGTERM, signal.SIGINT]


def test_serve_on_a_taken_port_fails(taken_socket: socket.socket) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        serve(SETTINGS._replace(port=port_of_socket(taken_socket)), print, print)
