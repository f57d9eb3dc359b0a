"""A webhook on its way to receivers of every manner, on real sockets."""

import asyncio
import gzip
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import __version__
from mockserver.core.webhook import Answer, Delivery, Webhook
from mockserver.runtime import courier as module
from mockserver.runtime import targets
from mockserver.runtime.courier import LIMIT, PER_TARGET, Courier
from mockserver.runtime.targets import Lookups, Policy

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
BOMB = gzip.compress(bytes(1 << 24)) * 5


def delivery(url: str, **webhook: Any) -> Delivery:
    sent = Webhook("c1", "completed", url, **webhook)
    return Delivery("w1", "mobtexting", "any", sent, epoch=0, state="pending", due=0)


def origin() -> str:
    return "http://127.0.0.1:1"


@asynccontextmanager
async def receiver(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Its port; whoever is still on the line at the end is cut off."""
    lines: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines[asyncio.current_task()] = writer
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in lines.values():
            writer.transport.abort()
        await asyncio.gather(*filter(None, lines))


def carried(handler: Handler, deadline: float = 10.0, **webhook: Any) -> Answer:
    async def scenario() -> Answer:
        async with receiver(handler) as port:
            courier = Courier(origin, deadline=deadline)
            answer = await courier.carry(delivery(f"http://127.0.0.1:{port}/hook", **webhook))
            return answer._replace(millis=0)

    return asyncio.run(scenario())


# --- manners -------------------------------------------------------------------------------------


def says(*parts: bytes) -> Handler:
    """Reads the head of the request, says these, closes."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.writelines(parts)

    return handler


def repeats(start: bytes, part: bytes, pace: float) -> Handler:
    """Says something, then something else again and again: a drip, or at pace 0 a flood."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(start)
        while not writer.is_closing():
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pace)

    return handler


async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def resets(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def hangs_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    pass


async def half_then_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-le")
    await reader.read()


HEAD = b"HTTP/1.1 200 OK\r\n"

FAULTS = {
    "reset after accept": (resets, Answer(None, "reset")),
    "hangs up at once": (hangs_up, Answer(None, "reset")),
    "empty answer": (says(), Answer(None, "reset")),
    "cut status line": (says(b"HTTP/1.1 2"), Answer(None, "reset")),
    "cut head": (says(HEAD + b"x: y\r\n"), Answer(None, "reset")),
    "cut body": (says(HEAD, b"content-length: 9\r\n\r\nabc"), Answer(None, "reset")),
    "cut chunks": (
        says(HEAD, b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        Answer(None, "reset"),
    ),
    "only interim answers": (says(b"HTTP/1.1 103 Hints\r\n\r\n"), Answer(None, "reset")),
    "garbage": (says(b"garbage\r\n\r\n"), Answer(None, "protocol")),
    "garbage without an end": (says(b"garbage"), Answer(None, "protocol")),
    "binary garbage": (says(b"\x15\x03\x01\x00\x02\x02F"), Answer(None, "protocol")),
    "another protocol": (says(b"SSH-2.0-OpenSSH_9.6\r\n"), Answer(None, "protocol")),
    "HTTP/2": (says(b"HTTP/2 200 OK\r\n\r\n"), Answer(None, "protocol")),
    "impossible status": (says(b"HTTP/1.1 099 Low\r\n\r\n"), Answer(None, "protocol")),
    "bad header": (says(HEAD, b"no colon\r\n\r\n"), Answer(None, "protocol")),
    "bad length": (says(HEAD, b"content-length: -1\r\n\r\n"), Answer(None, "protocol")),
    "two lengths": (
        says(HEAD, b"content-length: 1\r\ncontent-length: 2\r\n\r\nab"),
        Answer(None, "protocol"),
    ),
    "bad chunk": (
        says(HEAD, b"transfer-encoding: chunked\r\n\r\nzz\r\n"),
        Answer(None, "protocol"),
    ),
    "unasked upgrade": (
        says(b"HTTP/1.1 101 Switch\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
        Answer(None, "protocol"),
    ),
    "huge head": (says(HEAD, b"x: ", b"a" * 70_000, b"\r\n\r\n"), Answer(None, "too-large")),
    "many headers": (says(HEAD, b"x: y\r\n" * 12_000, b"\r\n"), Answer(None, "too-large")),
    "endless head": (repeats(HEAD + b"x: ", b"a" * 9_999, 0), Answer(None, "too-large")),
    "endless body": (repeats(HEAD + b"\r\n", b"a" * 9_999, 0), Answer(200, None, b"a" * LIMIT)),
    "body declared without bound": (
        says(HEAD, b"content-length: 99999999999\r\n\r\n", b"a" * LIMIT),
        Answer(200, None, b"a" * LIMIT),
    ),
    "gzip bomb": (
        says(HEAD, b"content-encoding: gzip\r\n\r\n", BOMB),
        Answer(200, None, BOMB[:LIMIT]),
    ),
    "redirect": (
        says(b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\n\r\n"),
        Answer(302),
    ),
}


@pytest.mark.parametrize(("handler", "answer"), FAULTS.values(), ids=FAULTS)
def test_fault(handler: Handler, answer: Answer) -> None:
    assert carried(handler) == answer


SLOW = {
    "silent": silent,
    "half a head": half_then_silent,
    "head drip": repeats(HEAD + b"x: ", b"a", 0.01),
    "body drip": repeats(HEAD + b"content-length: 999\r\n\r\n", b"a", 0.01),
    "endless 103": repeats(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", 0.01),
    "flood of 103": repeats(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 99, 0),
}


@pytest.mark.parametrize("handler", SLOW.values(), ids=SLOW)
def test_deadline(handler: Handler) -> None:
    assert carried(handler, deadline=0.2) == Answer(None, "timeout")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (OK, Answer(200, None, b"ok")),
        (b"HTTP/1.0 404 Not Found\r\n\r\ngone", Answer(404, None, b"gone")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204)),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, Answer(200, None, b"ok")),
        (
            b"HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            Answer(500, None, b"ab"),
        ),
        (OK + b"more than was declared", Answer(200, None, b"ok")),
    ],
)
def test_answer(answer: bytes, expected: Answer) -> None:
    assert carried(says(answer)) == expected


def test_answer_to_a_request_that_is_not_read() -> None:
    async def early(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        await writer.drain()
        await _reader.read(1)

    assert carried(early, body={"a": "b" * 9_999_999}) == Answer(200, None, b"ok")


def test_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = asyncio.run(Courier(origin).carry(delivery(f"http://127.0.0.1:{port}/")))
    assert answer._replace(millis=0) == Answer(None, "connect")


def test_real_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter((5.0, 5.1234))
    monkeypatch.setattr(module, "monotonic", lambda: next(ticks))
    refused = Courier(origin).carry(delivery("http://0.0.0.0/"))
    assert asyncio.run(refused).millis == 123


# --- what is sent --------------------------------------------------------------------------------


def heard(path: str = "/hook", **webhook: Any) -> tuple[str, ...]:
    """The request as the receiver sees it, line by line, without the port."""
    lines: list[str] = []
    port = 0

    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = [int(line[16:]) for line in head.split(b"\r\n") if line[:15] == b"content-length:"]
        text = (head + await reader.readexactly(sum(length))).decode()
        lines.extend(text.replace(str(port), "PORT").split("\r\n"))
        writer.write(OK)

    async def scenario() -> Answer:
        nonlocal port
        async with receiver(listens) as port:
            courier = Courier(lambda: f"http://127.0.0.1:{port}")
            return await courier.carry(delivery(f"{{origin}}{path}", **webhook))

    assert asyncio.run(scenario())[:3] == (200, None, b"ok")
    return tuple(lines)


COMMON = (
    "host: 127.0.0.1:PORT",
    f"user-agent: call-mockserver/{__version__}",
    "accept: */*",
    "accept-encoding: identity",
    "connection: close",
)
JSON = "content-type: application/json"


def test_post_with_a_body() -> None:
    assert heard(body={"name": "Zoë", "n": [1, None], "in": {"a": True}}) == (
        "POST /hook HTTP/1.1",
        *COMMON,
        JSON,
        "content-length: 44",
        "",
        '{"name":"Zoë","n":[1,null],"in":{"a":true}}',
    )


def test_post_without_a_body() -> None:
    assert heard() == ("POST /hook HTTP/1.1", *COMMON, "content-length: 0", "", "")


def test_get_with_a_query() -> None:
    sent = heard("/hook?to=%2B91&name=a b", method="GET")
    assert sent == ("GET /hook?to=%2B91&name=a%20b HTTP/1.1", *COMMON, "", "")


def test_headers_of_the_webhook_come_on_top() -> None:
    headers = {"Content-Type": "application/x-json", "User-Agent": "vendor/1", "X-Sign": "s"}
    assert heard(body={}, headers=headers) == (
        "POST /hook HTTP/1.1",
        "host: 127.0.0.1:PORT",
        "user-agent: vendor/1",
        *COMMON[2:],
        "content-type: application/x-json",
        "content-length: 2",
        "x-sign: s",
        "",
        "{}",
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"x": "a\r\ny: z"},
        {"x": "a\ny: z"},
        {"x": "a\rb"},
        {"x": "a\x00b"},
        {"x": "Zoë"},
        {"x": "\u202e"},
        {"x": "\ud800"},
        {"x": " a"},
        {"x": "a "},
        {"x y": "a"},
        {"x:": "a"},
        {"x\r\ny": "a"},
        {"": "a"},
        {"ü": "a"},
        {"content-length": "1"},
        {"content-length": "99"},
        {"content-length": "-1"},
        {"content-length": "x"},
        {"transfer-encoding": "gzip"},
        {"host": "a\r\nb"},
    ],
)
def test_header_that_cannot_be_sent(headers: dict[str, str]) -> None:
    answer = carried(says(OK), headers=headers, body={"a": 1})
    assert answer == Answer(None, "protocol")


@pytest.mark.parametrize("method", ["", "A B", "GET /x HTTP/1.1\r\n", "Ü", "CONNECT"])
def test_method_that_cannot_be_sent(method: str) -> None:
    assert carried(says(b"HTTP/1.1 200 OK\r\n\r\n"), method=method) == Answer(None, "protocol")


def test_body_that_cannot_be_encoded() -> None:
    assert carried(says(OK), body={"a": "\ud800"}) == Answer(None, "protocol")


# --- where it goes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "error", "reason"),
    [
        ("", "protocol", b"the scheme of the URL is neither http nor https"),
        ("file:///etc/passwd", "protocol", b"the scheme of the URL is neither http nor https"),
        ("http://a:99999/", "protocol", b"the URL cannot be read"),
        ("http://u:p@127.0.0.1/", "protocol", b"the URL has user-info"),
        (
            "http://169.254.169.254/",
            "refused-target",
            b"169.254.169.254 (metadata) is never a target",
        ),
        (
            "https://8.8.8.8/",
            "refused-target",
            b"8.8.8.8 (public) is not among the --webhook-targets",
        ),
        ("http://nosuch.test/", "dns", b"no address of nosuch.test was found"),
    ],
)
def test_refused(url: str, error: str, reason: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "getaddrinfo", lambda *_, **__: [])
    answer = asyncio.run(Courier(origin).carry(delivery(url)))
    assert answer._replace(millis=0) == Answer(None, error, reason)


class Lines:
    """Stands for asyncio.open_connection: remembers who is called; what it says decides."""

    def __init__(self, *outcomes: Exception) -> None:
        self.outcomes = list(outcomes)
        self.called: list[tuple[str, int, str | None]] = []

    async def __call__(
        self, address: str, port: int, ssl: object, server_hostname: str | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        assert (ssl is None) == (server_hostname is None)
        self.called.append((address, port, server_hostname))
        raise self.outcomes.pop(0) if self.outcomes else ConnectionRefusedError


@pytest.mark.parametrize(
    ("url", "outcomes", "expected"),
    [
        ("http://localhost:1/", (), (["127.0.0.1", "::1"], "connect")),
        ("http://localhost:1/", (OSError(),), (["127.0.0.1", "::1"], "connect")),
        (
            "http://localhost:1/",
            (OSError(), ConnectionResetError()),
            (["127.0.0.1", "::1"], "reset"),
        ),
        ("https://localhost:1/", (ssl.SSLError(),), (["127.0.0.1"], "tls")),
        ("https://localhost:1/", (ConnectionResetError(),), (["127.0.0.1"], "tls")),
        ("https://localhost:1/", (ConnectionAbortedError(),), (["127.0.0.1"], "tls")),
        ("https://127.0.0.1:1/", (ssl.SSLCertVerificationError(),), (["127.0.0.1"], "tls")),
        ("http://127.0.0.1:1/", (TimeoutError(),), (["127.0.0.1"], "timeout")),
        ("http://10.0.0.1:1/", (OSError(),), (["10.0.0.1"], "connect")),
        ("http://10.0.0.1:1/", (BrokenPipeError(),), (["10.0.0.1"], "reset")),
        ("http://10.0.0.1:1/", (UnicodeError(),), (["10.0.0.1"], "protocol")),
    ],
)
def test_connecting(
    url: str,
    outcomes: tuple[Exception, ...],
    expected: tuple[list[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = Lines(*outcomes)
    monkeypatch.setattr(asyncio, "open_connection", lines)
    answer = asyncio.run(Courier(origin).carry(delivery(url)))
    assert ([address for address, *_ in lines.called], answer.error) == expected


WILD = st.one_of(st.ip_addresses().map(str), st.sampled_from(["127.0.0.1", "10.0.0.7", "ff02::1"]))


ALLOW = st.sampled_from([("loopback", "private"), ("loopback", "private", "public"), ("10.0.0.7",)])


@given(st.lists(WILD, max_size=4), st.lists(WILD, max_size=4), ALLOW)
@settings(max_examples=100, deadline=None)
def test_the_address_that_was_checked_is_connected(
    found: list[str], later: list[str], allow: tuple[str, ...]
) -> None:
    """A name that changes its addresses after the check (rebinding) gains nothing."""
    answers = iter((found, later, later))
    lines = Lines()
    policy = Policy(allow)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(targets, "look_up", lambda _: tuple(next(answers)))
        patch.setattr(targets, "DESK", Inline())
        patch.setattr(asyncio, "open_connection", lines)
        answer = asyncio.run(Courier(origin, policy).carry(delivery("https://name.test:8443/")))
    chosen = targets.choose(found, {"name.test"}, policy) if found else ()
    expected = () if isinstance(chosen, targets.Refused) else chosen
    assert lines.called == [(address, 8443, "name.test") for address in expected]
    assert (answer.error == "connect") == bool(expected)


class Inline(Lookups):
    """Lookups without a thread, for many examples."""

    async def ask(self, name: str) -> tuple[str, ...]:
        return targets.look_up(name)


def test_proxies_and_netrc_of_the_environment_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trapped: list[bytes] = []

    async def trap(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        trapped.append(await reader.read(1))

    async def scenario() -> tuple[str, ...]:
        async with receiver(trap) as port:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
                for variable in (name, name.lower()):
                    monkeypatch.setenv(variable, f"http://127.0.0.1:{port}")
            return await asyncio.to_thread(heard)

    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login trap password trap\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    sent = asyncio.run(scenario())
    assert (sent, trapped) == (("POST /hook HTTP/1.1", *COMMON, "content-length: 0", "", ""), [])


# --- TLS -----------------------------------------------------------------------------------------


def test_tls_against_a_plain_port() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    assert secured(plain, None) == Answer(None, "tls")


def test_tls_against_a_port_that_hangs_up() -> None:
    assert secured(hangs_up, None) == Answer(None, "tls")


def test_plain_against_a_tls_port(identity: ssl.SSLContext) -> None:
    assert secured(silent, identity, "http://127.0.0.1").error in {"protocol", "reset"}


def test_certificate_is_verified(identity: ssl.SSLContext) -> None:
    assert secured(says(OK), identity) == Answer(None, "tls")


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("localhost", Answer(200, None, b"ok")),
        ("127.0.0.1", Answer(200, None, b"ok")),
        ("other.localhost", Answer(None, "tls")),
    ],
)
def test_certificate_is_for_the_name(host: str, answer: Answer, identity: ssl.SSLContext) -> None:
    assert secured(says(OK), identity, f"https://{host}") == answer


def secured(
    handler: Handler, context: ssl.SSLContext | None, base: str = "https://127.0.0.1"
) -> Answer:
    async def scenario() -> Answer:
        async with receiver(handler, context) as port:
            answer = await Courier(origin).carry(delivery(f"{base}:{port}/hook"))
            return answer._replace(millis=0)

    return asyncio.run(scenario())


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    file = tmp_path / "receiver.pem"
    file.write_text(PEM)
    return file


@pytest.fixture
def trusted(pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))


@pytest.fixture
def identity(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


# --- many at once --------------------------------------------------------------------------------


@pytest.mark.parametrize(("in_flight", "most"), [(4, 4), (64, PER_TARGET)])
def test_no_more_at_once_than_there_are_places(in_flight: int, most: int) -> None:
    now, peaks = 0, set()

    async def scenario() -> set[tuple[object, ...]]:
        full = asyncio.Barrier(most)

        async def counts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal now
            now += 1
            await reader.readuntil(b"\r\n\r\n")
            await full.wait()
            peaks.add(now)
            await full.wait()
            now -= 1
            writer.write(OK)

        async with receiver(counts) as port:
            courier = Courier(origin, in_flight=in_flight)
            sent = delivery(f"http://127.0.0.1:{port}/hook")
            answers = await asyncio.gather(*(courier.carry(sent) for _ in range(40)))
        return {answer[:3] for answer in answers}

    assert (asyncio.run(scenario()), peaks) == ({(200, None, b"ok")}, {most})


def test_a_silent_target_delays_no_other() -> None:
    async def scenario() -> Answer:
        async with receiver(silent) as deaf, receiver(says(OK)) as port:
            courier = Courier(origin, in_flight=PER_TARGET + 1)
            sent = delivery(f"http://127.0.0.1:{deaf}/")
            lost = [asyncio.create_task(courier.carry(sent)) for _ in range(30)]
            await asyncio.sleep(0)
            answer = await courier.carry(delivery(f"http://127.0.0.1:{port}/"))
            assert all(task.cancel() for task in lost)  # none was done
            await asyncio.gather(*lost, return_exceptions=True)
            return answer._replace(millis=0)

    assert asyncio.run(scenario()) == Answer(200, None, b"ok")


def test_the_wait_for_a_place_is_not_part_of_the_deadline() -> None:
    async def scenario() -> list[Answer]:
        async with receiver(silent) as deaf, receiver(says(OK)) as port:
            courier = Courier(origin, deadline=0.2, in_flight=1)
            sent = [delivery(f"http://127.0.0.1:{at}/") for at in (deaf, deaf, port)]
            answers = await asyncio.gather(*map(courier.carry, sent))
            return [answer._replace(millis=0) for answer in answers]

    lost = Answer(None, "timeout")
    assert asyncio.run(scenario()) == [lost, lost, Answer(200, None, b"ok")]


def test_a_cancelled_delivery_is_cut_and_leaves_its_place() -> None:
    async def scenario() -> Answer:
        begun, over = asyncio.Event(), asyncio.Event()

        async def waits(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            begun.set()
            with suppress(ConnectionError):
                await reader.read()
            over.set()

        async with receiver(waits) as deaf, receiver(says(OK)) as port:
            courier = Courier(origin, in_flight=1)
            task = asyncio.create_task(courier.carry(delivery(f"http://127.0.0.1:{deaf}/")))
            await begun.wait()
            task.cancel()
            await over.wait()
            assert task.cancelled()
            return await courier.carry(delivery(f"http://127.0.0.1:{port}/"))

    assert asyncio.run(scenario())[:3] == (200, None, b"ok")


def test_close_cuts_what_is_under_way() -> None:
    async def scenario() -> Answer:
        begun = asyncio.Event()

        async def waits(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            begun.set()
            await reader.read()

        async with receiver(waits) as port:
            courier = Courier(origin)
            task = asyncio.create_task(courier.carry(delivery(f"http://127.0.0.1:{port}/")))
            await begun.wait()
            await courier.close()
            return (await task)._replace(millis=0)

    assert asyncio.run(scenario()) == Answer(None, "reset")


def test_no_connection_is_used_twice() -> None:
    async def scenario() -> list[int | None]:
        async with receiver(says(OK)) as port:
            courier = Courier(origin)
            sent = delivery(f"http://127.0.0.1:{port}/")
            return [(await courier.carry(sent)).status for _ in range(20)]

    assert asyncio.run(scenario()) == [200] * 20


PEM = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgu94PLaTTl7ZVWZAf
5In6x3J1dSMjjF53TdnZGyCmB/WhRANCAASOfj2JZrYAIOn4mpfiMligjgVRCurq
neaXoyKkiWnbORgIs1DXByRJokUart166Lwra8zhLJ1WcjXlZWy0EEPQ
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBdjCCAR2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABI5+PYlmtgAg6fia
l+IyWKCOBVEK6uqd5pejIqSJads5GAizUNcHJEmiRRqu3XrovCtrzOEsnVZyNeVl
bLQQQ9CjXjBcMB0GA1UdDgQWBBRS4mG8iPXHcHAfkPQgToLB/mVIhTAPBgNVHRMB
Af8EBTADAQH/MA4GA1UdDwEB/wQEAwIChDAaBgNVHREEEzARgglsb2NhbGhvc3SH
BH8AAAEwCgYIKoZIzj0EAwIDRwAwRAIgUlT+xmF5XQHXU1H0ok/wQxyA0KCqn7lG
yqbRXA052E4CIFFh54vZdwQSTEDnpKTYne4vLeD9Ctr/nDO5EUvmUQNg
-----END CERTIFICATE-----
"""
"""Signed by itself, for localhost and 127.0.0.1, until 2120: it guards nothing but these tests."""
