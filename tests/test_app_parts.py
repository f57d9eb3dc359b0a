"""What the settings decide: access control, address policy, addresses, ready lines, reload."""

import asyncio
import json
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import pytest

from mockserver.app import _reload, load_configuration, run_server
from mockserver.app.addresses import (
    build_access_control,
    build_address_policy,
    build_own_address,
    own_tls_endpoint,
)
from mockserver.app.output import print_ready_lines
from mockserver.app.page_opener import open_page
from mockserver.compiler import ScenarioCompiler, count_scenarios
from mockserver.core.address_policy import AddressPolicy
from mockserver.core.configuration import Configuration
from mockserver.core.webhook_url import ParsedUrl, parse_url
from mockserver.delivery.own_address import OwnAddress
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings, SettingsError
from mockserver.web.access_control import AccessControl
from mockserver.web.server.uvicorn_server import ServerAddress, bind_socket
from tests.support.certificates import KEY, SELF
from tests.support.dispatchers import UnusedDispatcher
from tests.support.simulation import CLICK_TO_CALL, START
from tests.support.sockets import has_ipv6

ANYWHERE = "0.0.0.0"
LOCAL = ("127.0.0.1", "::1", "localhost")
FOREIGN = (ANYWHERE, "::", "10.0.0.7", "mock.internal", "127.0.0.1.evil.test")


# --- access control ------------------------------------------------------------------------------


@pytest.mark.parametrize("host", LOCAL)
@pytest.mark.parametrize(("token", "expected"), [("", ""), ("mine", "mine"), ("none", "")])
def test_on_loopback_access_control_has_the_token_of_the_settings_but_not_none(
    host: str, token: str, expected: str
) -> None:
    """On loopback, `none` is like no token: Host and Origin are still checked."""
    settings = Settings(token=token, allow_host=("a", "b"), cors=("http://c",))
    assert build_access_control(settings, ServerAddress(host=host, port=80)) == AccessControl(
        token=expected, allowed_hosts=("a", "b"), cors_origins=("http://c",)
    )


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("token", ["mine", "none"])
def test_beyond_loopback_access_control_has_the_token_of_the_settings(
    host: str, token: str
) -> None:
    settings = Settings(token=token, allow_host=("a",))
    assert build_access_control(settings, ServerAddress(host=host, port=80)) == AccessControl(
        token=token, allowed_hosts=("a",), is_exposed=True
    )


@pytest.mark.parametrize("host", FOREIGN)
def test_beyond_loopback_access_control_draws_a_token_by_default(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda size: f"drawn-{size}")
    assert build_access_control(Settings(), ServerAddress(host=host, port=80)) == AccessControl(
        token="drawn-18", allowed_hosts=(), is_exposed=True
    )


def test_access_control_draws_another_token_each_time() -> None:
    drawn = {
        build_access_control(Settings(), ServerAddress(host=ANYWHERE, port=80)).token
        for _ in range(9)
    }
    assert (len(drawn), {len(token) for token in drawn}) == (9, {24})


# --- where webhooks may go, and the server's own address -----------------------------------------


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), AddressPolicy(allow=("loopback", "private"), rewrite={})),
        (
            Settings(webhook_targets=("public", "10.1.0.0/16")),
            AddressPolicy(allow=("loopback", "private", "public", "10.1.0.0/16"), rewrite={}),
        ),
        (
            Settings(webhook_rewrite=(("localhost", "host.test"), ("a", "b"), ("a", "c"))),
            AddressPolicy(
                allow=("loopback", "private"), rewrite={"localhost": "host.test", "a": "c"}
            ),
        ),
    ],
)
def test_the_address_policy_follows_from_the_webhook_settings(
    settings: Settings, expected: AddressPolicy
) -> None:
    assert build_address_policy(settings) == expected


@pytest.mark.parametrize(
    ("host", "own_host"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("::1", "::1"),
        (ANYWHERE, "127.0.0.1"),
        ("::", "::1"),
        ("10.0.0.7", "10.0.0.7"),
        ("fd00::7", "fd00::7"),
    ],
)
def test_the_own_tls_endpoint_is_the_address_of_the_server_s_own_links(
    host: str, own_host: str
) -> None:
    address = ServerAddress(host=host, port=8443, scheme="https")
    endpoint = own_tls_endpoint(address, Settings(tls_cert="c.pem", tls_key="k.pem"))
    link = parse_url(address.origin)
    assert isinstance(link, ParsedUrl)
    assert endpoint == (own_host, 8443, "c.pem") == (link.host, link.port, "c.pem")


def test_there_is_no_own_tls_endpoint_without_a_certificate() -> None:
    assert own_tls_endpoint(ServerAddress(host="127.0.0.1", port=80), Settings()) is None


@pytest.mark.parametrize(
    ("host", "bound_host"), [("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"), ("::1", "::1")]
)
@pytest.mark.parametrize(
    ("public_url", "parsed"),
    [
        ("", None),
        ("mock.test", None),
        (
            "https://mock.test/base",
            ParsedUrl(host="mock.test", port=443, is_secure=True, path="/base"),
        ),
    ],
)
def test_the_own_address_is_the_one_bound_and_the_public_url(
    host: str, bound_host: str, public_url: str, parsed: ParsedUrl | None
) -> None:
    if host == "::1" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with bind_socket(host, 0) as listener:
        own_address = build_own_address(Settings(public_url=public_url), listener)
        port = listener.getsockname()[1]
    assert own_address == OwnAddress(host=bound_host, port=port, public_url=parsed)


# --- the ready lines -----------------------------------------------------------------------------


def ready_lines(
    configuration: Configuration, address: ServerAddress, settings: Settings
) -> list[str]:
    printed: list[str] = []
    print_ready_lines(
        address, settings, (configuration, build_access_control(settings, address)), printed.append
    )
    return printed


@pytest.mark.parametrize(
    ("address", "settings", "base", "token_lines"),
    [
        (ServerAddress(host="127.0.0.1", port=80), Settings(), "http://127.0.0.1:80", []),
        (ServerAddress(host="::1", port=80), Settings(), "http://[::1]:80", []),
        (
            ServerAddress(host="localhost", port=8443, scheme="https"),
            Settings(),
            "https://localhost:8443",
            [],
        ),
        (
            ServerAddress(host="127.0.0.1", port=80),
            Settings(token="mine"),
            "http://127.0.0.1:80",
            [],
        ),
        (
            ServerAddress(host="127.0.0.1", port=80),
            Settings(token="none"),
            "http://127.0.0.1:80",
            [],
        ),
        (
            ServerAddress(host=ANYWHERE, port=80),
            Settings(),
            "http://0.0.0.0:80",
            ["  control API: MOCKSERVER_TOKEN=drawn"],
        ),
        (ServerAddress(host=ANYWHERE, port=80), Settings(token="mine"), "http://0.0.0.0:80", []),
        (
            ServerAddress(host=ANYWHERE, port=80),
            Settings(token="none"),
            "http://0.0.0.0:80",
            ["  control API: open to whoever can reach this address"],
        ),
    ],
)
def test_the_ready_lines_name_address_settings_providers_page_and_a_drawn_token(  # noqa: PLR0913, PLR0917 - the columns of the table
    configuration: Configuration,
    address: ServerAddress,
    settings: Settings,
    base: str,
    token_lines: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A token of the settings is not printed."""
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "drawn")
    count = len(configuration.providers)
    providers = f"{count} provider{'s' if count > 1 else ''}"
    summary = f"clock real, seed seed, {providers}, {count_scenarios(configuration)} scenarios"
    names = [f"  {name}: {base}/{name}" for name in configuration.providers]
    ready = f"mockserver ready on {base} ({summary})"
    drawn = "#token=drawn" if "drawn" in str(token_lines) else ""
    page = f"  page: {base}/_mock/ui/{drawn}"
    assert ready_lines(configuration, address, settings) == [ready, *names, page, *token_lines]


@pytest.mark.parametrize(
    ("host", "token", "access"),
    [
        ("127.0.0.1", "", {}),
        ("127.0.0.1", "mine", {}),
        (ANYWHERE, "", {"token": "drawn"}),
        (ANYWHERE, "mine", {}),
        (ANYWHERE, "none", {"control_api": "open"}),
    ],
)
def test_a_json_log_has_the_ready_lines_as_one_of_json(
    configuration: Configuration,
    host: str,
    token: str,
    access: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "drawn")
    settings = Settings(token=token, log_format="json")
    [line] = ready_lines(configuration, ServerAddress(host=host, port=80), settings)
    assert json.loads(line) == {
        "type": "ready",
        "url": f"http://{host}:80",
        "clock": "real",
        "seed": "seed",
        "page": f"http://{host}:80/_mock/ui/{'#token=drawn' if 'token' in access else ''}",
        "providers": {name: f"http://{host}:80/{name}" for name in configuration.providers},
        "scenarios": count_scenarios(configuration),
        **access,
    }


@pytest.mark.parametrize(("count", "word"), [(0, "0 providers"), (1, "1 provider")])
def test_the_ready_lines_count_the_providers(
    configuration: Configuration, count: int, word: str
) -> None:
    providers = dict(list(configuration.providers.items())[:count])
    changed = configuration._replace(providers=providers, seed="x")
    first, *rest = ready_lines(
        changed, ServerAddress(host="127.0.0.1", port=1), Settings(clock="60x")
    )
    assert f"(clock 60x, seed x, {word}, " in first
    assert len(rest) == count + 1


# --- the start -----------------------------------------------------------------------------------


@pytest.fixture
def certificate_and_key(tmp_path: Path) -> tuple[str, str]:
    """Files of a certificate for a vendor's host and of its key."""
    for name, text in (("self.pem", SELF), ("key.pem", KEY)):
        (tmp_path / name).write_text(text)
    return str(tmp_path / "self.pem"), str(tmp_path / "key.pem")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(clock="fast"), "clock 'fast' is not a mode: real, manual, instant, or a pace"),
        (Settings(clock=""), "clock '' is not a mode: real, manual, instant, or a pace"),
        (Settings(tls_cert="HERE"), "tls-cert and tls-key need each other: give both, or neither"),
        (Settings(tls_key="HERE"), "tls-cert and tls-key need each other: give both, or neither"),
        (Settings(tls_cert="HERE", tls_key="gone.pem"), "tls: there is no file gone.pem"),
        (Settings(tls_cert="gone.pem", tls_key="HERE"), "tls: there is no file gone.pem"),
        (Settings(tls_cert="HERE/..", tls_key="HERE"), "tls: there is no file HERE/.."),
        (Settings(webhook_ca=("gone.pem",)), "webhook-ca: there is no file gone.pem"),
        (Settings(webhook_ca=(__file__,)), f"webhook-ca: {__file__} holds no certificates in PEM"),
        (Settings(webhook={"nobody": "http://a"}), "webhook: no provider is named 'nobody'"),
    ],
)
def test_load_configuration_refuses_settings_that_do_not_fit(
    settings: Settings, message: str, certificate_and_key: tuple[str, str]
) -> None:
    tls_paths = {
        name: getattr(settings, name).replace("HERE", certificate_and_key[0])
        for name in ("tls_cert", "tls_key")
    }
    with pytest.raises(SettingsError) as error:
        load_configuration(settings._replace(**tls_paths))
    assert str(error.value).startswith(message.replace("HERE", certificate_and_key[0]))


def test_load_configuration_builds_the_bundled_configuration(
    certificate_and_key: tuple[str, str], configuration: Configuration
) -> None:
    loaded = load_configuration(
        Settings(tls_cert=certificate_and_key[0], tls_key=certificate_and_key[1], seed="seed")
    )
    assert (loaded.seed, loaded.scenarios, loaded.accounts) == (
        configuration.seed,
        configuration.scenarios,
        configuration.accounts,
    )


# --- a reload ------------------------------------------------------------------------------------


def configuration_summary(sandbox: Sandbox) -> tuple[str, bool, bool]:
    """Return the seed, and whether the uploaded and the file's new scenario are there."""
    configuration = sandbox.state.configuration
    return (
        configuration.seed,
        "mine" in configuration.scenarios.by_name,
        "theirs" in configuration.scenarios.by_name,
    )


def test_a_reload_keeps_uploaded_scenarios_until_a_reset(tmp_path: Path) -> None:
    async def reload_and_reset() -> None:
        sandbox = await sandboxes.adopt(sandboxes.build("t1", start._replace(seed="t"), timing), ())
        sandbox.uploaded_scenarios = {"mine": b"legs: {callee: busy}"}
        sandbox.state.configuration = compiler.build_configuration(
            sandbox.state.configuration, sandbox.uploaded_scenarios, sandbox.state.configuration
        )
        file.write_text("scenarios:\n  theirs: {legs: {callee: busy}}\n")
        await _reload(sandboxes, settings, compiler, logged.append)
        summaries = [
            configuration_summary(existing)
            for existing in (*sandboxes, sandboxes.get_or_create("t2"))
        ]
        assert summaries == [("s", False, True), ("t", True, True), ("s", False, True)]
        await sandbox.reset()
        assert configuration_summary(sandbox) == ("t", False, True)

    file, logged = tmp_path / "mine.yaml", list[str]()
    file.write_text("scenarios: {}\n")
    settings = Settings(scenarios=(str(tmp_path),), seed="s")
    start, timing, compiler = (
        load_configuration(settings),
        Timing(mode="manual", start=START),
        ScenarioCompiler(settings),
    )
    sandboxes = SandboxRegistry(UnusedDispatcher(), (start, timing), lambda _: None)
    asyncio.run(reload_and_reset())
    assert logged == [f"scenario files reloaded: {count_scenarios(start) + 1} scenarios"]


def test_a_reload_that_breaks_an_uploaded_scenario_changes_nothing(tmp_path: Path) -> None:
    async def reload_with_an_error() -> None:
        sandbox = sandboxes.get_or_create("t1")
        sandbox.uploaded_scenarios = {"mine": b"use: theirs"}
        sandbox.state.configuration = compiler.build_configuration(
            sandbox.state.configuration, sandbox.uploaded_scenarios, sandbox.state.configuration
        )
        file.write_text("scenarios:\n  others: {legs: {callee: busy}}\n")
        await _reload(sandboxes, settings, compiler, logged.append)
        assert [configuration_summary(existing) for existing in sandboxes] == [
            ("s", False, True),
            ("s", True, True),
        ]
        assert "theirs" in sandboxes.initial_setup[0].scenarios.by_name
        recompiled, _ = compiler(
            sandbox.state.configuration, {**sandbox.uploaded_scenarios, "more": b"use: theirs"}
        )
        assert recompiled is not None

    file, logged = tmp_path / "mine.yaml", list[str]()
    file.write_text("scenarios:\n  theirs: {legs: {callee: busy}}\n")
    settings = Settings(scenarios=(str(tmp_path),), seed="s")
    start, compiler = load_configuration(settings), ScenarioCompiler(settings)
    sandboxes = SandboxRegistry(
        UnusedDispatcher(), (start, Timing(mode="manual", start=START)), lambda _: None
    )
    asyncio.run(reload_with_an_error())
    [text] = logged
    assert text.startswith(
        "scenario files not reloaded:\nPUT mine:1:6: no scenario is named 'theirs'"
    )


# --- the whole server by TLS ---------------------------------------------------------------------


@pytest.fixture
def origin(certificate_and_key: tuple[str, str]) -> Iterator[str]:
    cert, key = certificate_and_key
    with run_server(
        Settings(port=0, clock="manual", seed="s", quiet=True, tls_cert=cert, tls_key=key)
    ) as base:
        yield base


def fetch_by_tls(cert: str, url: str, body: object = None) -> Any:
    """Send a request as a client that trusts the certificate."""
    context = ssl.create_default_context(cafile=cert)
    context.check_hostname = False
    content = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", "authorization": "Bearer k-1"}
    request = Request(url, content, headers)  # noqa: S310 - loopback
    opener = build_opener(ProxyHandler({}), HTTPSHandler(context=context))
    with opener.open(request, timeout=10) as response:
        return json.load(response)


def test_a_webhook_to_the_server_s_own_inbox_arrives_by_tls(
    origin: str, certificate_and_key: tuple[str, str]
) -> None:
    cert, _ = certificate_and_key
    assert origin.startswith("https://127.0.0.1:")
    fetch_by_tls(cert, f"{origin}/api/v2/voice/c2c", dict(CLICK_TO_CALL))
    fetch_by_tls(cert, f"{origin}/_mock/clock/advance", {"until": "idle"})
    [webhook] = fetch_by_tls(cert, f"{origin}/_mock/webhooks")["webhooks"]
    assert (webhook["state"], webhook["url"]) == (
        "delivered",
        f"{origin}/_mock/receive/mobtexting",
    )


# --- the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("host", "token"), [("127.0.0.1", ""), (ANYWHERE, ""), ("::1", "mine")])
def test_open_opens_the_page_once_and_without_a_token(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch, host: str, token: str
) -> None:
    opened: list[str] = []
    done = threading.Event()

    def record(url: str) -> bool:
        opened.append(url)
        done.set()
        return True

    monkeypatch.setattr("webbrowser.open", record)
    address = ServerAddress(host=host, port=80)
    ready_lines(configuration, address, Settings(open=True, token=token))
    assert done.wait(10)
    assert opened == [f"{address.display_url}/_mock/ui/"]


def test_a_machine_without_a_browser_is_given_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    lines: list[str] = []
    open_page("http://127.0.0.1:80/_mock/ui/", lines.append).join(10)
    assert lines == ["no browser could be opened: open http://127.0.0.1:80/_mock/ui/"]
