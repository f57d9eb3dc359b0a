"""The pieces of the server that the settings decide: guard, policy, addresses, first lines."""

import asyncio
import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

import pytest

from mockserver.app import _reload, load_configuration, run_server
from mockserver.app.addresses import build_access_control, build_address_policy, own_tls_endpoint
from mockserver.app.output import print_ready_lines
from mockserver.compiler import ScenarioCompiler, count_scenarios
from mockserver.core.configuration import Configuration
from mockserver.delivery.address_policy import AddressPolicy, ParsedUrl, parse_url
from mockserver.runtime.sandbox import Sandbox, Timing
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings, SettingsError
from mockserver.web.access_control import AccessControl
from mockserver.web.server.uvicorn_server import ServerAddress
from tests.delivery.test_dispatcher_own import KEY, SELF
from tests.support.simulation import CLICK_TO_CALL, START

ANYWHERE = "0.0.0.0"
LOCAL = ("127.0.0.1", "::1", "localhost")
FOREIGN = (ANYWHERE, "::", "10.0.0.7", "mock.internal", "127.0.0.1.evil.test")


# --- who may drive it ----------------------------------------------------------------------------


@pytest.mark.parametrize("host", LOCAL)
@pytest.mark.parametrize(("token", "asked"), [("", ""), ("mine", "mine"), ("none", "")])
def test_guard_on_loopback(host: str, token: str, asked: str) -> None:
    """`none` opens nothing there: Host and Origin count, as they do without a token."""
    settings = Settings(token=token, allow_host=("a", "b"))
    assert build_access_control(settings, ServerAddress(host=host, port=80)) == AccessControl(
        token=asked, allowed_hosts=("a", "b")
    )


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("token", ["mine", "none"])
def test_guard_beyond_loopback_with_a_token(host: str, token: str) -> None:
    settings = Settings(token=token, allow_host=("a",))
    assert build_access_control(settings, ServerAddress(host=host, port=80)) == AccessControl(
        token=token, allowed_hosts=("a",)
    )


@pytest.mark.parametrize("host", FOREIGN)
def test_guard_beyond_loopback_draws_a_token(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_urlsafe", lambda size: f"drawn-{size}")
    assert build_access_control(Settings(), ServerAddress(host=host, port=80)) == AccessControl(
        token="drawn-18", allowed_hosts=()
    )


def test_guard_draws_another_token_each_time() -> None:
    drawn = {
        build_access_control(Settings(), ServerAddress(host=ANYWHERE, port=80)).token
        for _ in range(9)
    }
    assert (len(drawn), {len(token) for token in drawn}) == (9, {24})


# --- where webhooks may go, and how we reach ourselves -------------------------------------------


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
def test_policy(settings: Settings, expected: AddressPolicy) -> None:
    assert build_address_policy(settings) == expected


@pytest.mark.parametrize(
    ("host", "reached"),
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
def test_own_is_where_our_own_links_lead(host: str, reached: str) -> None:
    address = ServerAddress(host=host, port=8443, scheme="https")
    own = own_tls_endpoint(address, Settings(tls_cert="c.pem", tls_key="k.pem"))
    place = parse_url(address.origin)
    assert isinstance(place, ParsedUrl)
    assert own == (reached, 8443, "c.pem") == (place.host, place.port, "c.pem")


def test_own_without_a_certificate() -> None:
    assert own_tls_endpoint(ServerAddress(host="127.0.0.1", port=80), Settings()) is None


# --- the first lines -----------------------------------------------------------------------------


def announced(
    configuration: Configuration, address: ServerAddress, settings: Settings
) -> list[str]:
    said: list[str] = []
    print_ready_lines(
        address, settings, (configuration, build_access_control(settings, address)), said.append
    )
    return said


@pytest.mark.parametrize(
    ("address", "settings", "base", "more"),
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
def test_announce(  # noqa: PLR0913, PLR0917 - the columns of the table
    configuration: Configuration,
    address: ServerAddress,
    settings: Settings,
    base: str,
    more: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A token that was told is not printed."""
    monkeypatch.setattr("secrets.token_urlsafe", lambda _: "drawn")
    many = len(configuration.providers)
    providers = f"{many} provider{'s' if many > 1 else ''}"
    told = f"clock real, seed seed, {providers}, {count_scenarios(configuration)} scenarios"
    names = [f"  {name}: {base}/{name}" for name in configuration.providers]
    ready = f"mockserver ready on {base} ({told})"
    assert announced(configuration, address, settings) == [ready, *names, *more]


@pytest.mark.parametrize(("many", "word"), [(0, "0 providers"), (1, "1 provider")])
def test_announce_counts(configuration: Configuration, many: int, word: str) -> None:
    listings = dict(list(configuration.providers.items())[:many])
    few = configuration._replace(providers=listings, seed="x")
    first, *rest = announced(few, ServerAddress(host="127.0.0.1", port=1), Settings(clock="60x"))
    assert f"(clock 60x, seed x, {word}, " in first
    assert len(rest) == many


# --- the start -----------------------------------------------------------------------------------


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    """A certificate for a vendor's name, and its key."""
    for name, text in (("self.pem", SELF), ("key.pem", KEY)):
        (tmp_path / name).write_text(text)
    return str(tmp_path / "self.pem"), str(tmp_path / "key.pem")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(clock="fast"), "clock 'fast' is no mode: real, manual, instant, or a pace"),
        (Settings(clock=""), "clock '' is no mode: real, manual, instant, or a pace"),
        (Settings(tls_cert="HERE"), "tls-cert and tls-key go together"),
        (Settings(tls_key="HERE"), "tls-cert and tls-key go together"),
        (Settings(tls_cert="HERE", tls_key="gone.pem"), "tls: there is no file gone.pem"),
        (Settings(tls_cert="gone.pem", tls_key="HERE"), "tls: there is no file gone.pem"),
        (Settings(tls_cert="HERE/..", tls_key="HERE"), "tls: there is no file HERE/.."),
        (Settings(webhook={"nobody": "http://a"}), "webhook: no provider is named 'nobody'"),
    ],
)
def test_started_refuses(settings: Settings, message: str, pair: tuple[str, str]) -> None:
    here = {
        name: getattr(settings, name).replace("HERE", pair[0]) for name in ("tls_cert", "tls_key")
    }
    with pytest.raises(SettingsError) as caught:
        load_configuration(settings._replace(**here))
    assert str(caught.value).startswith(message.replace("HERE", pair[0]))


def test_started_is_the_world(pair: tuple[str, str], configuration: Configuration) -> None:
    told = load_configuration(Settings(tls_cert=pair[0], tls_key=pair[1], seed="seed"))
    assert (told.seed, told.scenarios, told.accounts) == (
        configuration.seed,
        configuration.scenarios,
        configuration.accounts,
    )


# --- a reload ------------------------------------------------------------------------------------


class NoCourier:
    """Nobody sends anything here."""

    async def deliver(self, _: Any) -> Any:
        raise AssertionError


def told(sandbox: Sandbox) -> tuple[str, bool, bool]:
    """Its seed, and whether it has what was put and what the file says by now."""
    configuration = sandbox.state.configuration
    return (
        configuration.seed,
        "mine" in configuration.scenarios.by_name,
        "theirs" in configuration.scenarios.by_name,
    )


def test_reload_keeps_what_was_put_until_a_reset(tmp_path: Path) -> None:
    async def scenario() -> None:
        box = await sandboxes.replace("t1", (start._replace(seed="t"), timing), ())
        box.uploaded_scenarios = {"mine": b"legs: {callee: busy}"}
        box.state.configuration = compiler.build_configuration(
            box.state.configuration, box.uploaded_scenarios, box.state.configuration
        )
        file.write_text("scenarios:\n  theirs: {legs: {callee: busy}}\n")
        await _reload(sandboxes, settings, compiler, logged.append)
        seen = [told(one) for one in (*sandboxes, sandboxes.get("t2"))]
        assert seen == [("s", False, True), ("t", True, True), ("s", False, True)]
        await box.reset()
        assert told(box) == ("t", False, True)

    file, logged = tmp_path / "mine.yaml", list[str]()
    file.write_text("scenarios: {}\n")
    settings = Settings(scenarios=(str(tmp_path),), seed="s")
    start, timing, compiler = (
        load_configuration(settings),
        Timing(mode="manual", start=START),
        ScenarioCompiler(settings),
    )
    sandboxes = SandboxRegistry(NoCourier(), (start, timing), lambda _: None)
    asyncio.run(scenario())
    assert logged == [f"scenario files reloaded: {count_scenarios(start) + 1} scenarios"]


def test_reload_that_breaks_what_was_put_changes_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        box = sandboxes.get("t1")
        box.uploaded_scenarios = {"mine": b"play: theirs"}
        box.state.configuration = compiler.build_configuration(
            box.state.configuration, box.uploaded_scenarios, box.state.configuration
        )
        file.write_text("scenarios:\n  others: {legs: {callee: busy}}\n")
        await _reload(sandboxes, settings, compiler, logged.append)
        assert [told(one) for one in sandboxes] == [("s", False, True), ("s", True, True)]
        assert "theirs" in sandboxes.initial_setup[0].scenarios.by_name
        again, _ = compiler(
            box.state.configuration, {**box.uploaded_scenarios, "more": b"play: theirs"}
        )
        assert again is not None

    file, logged = tmp_path / "mine.yaml", list[str]()
    file.write_text("scenarios:\n  theirs: {legs: {callee: busy}}\n")
    settings = Settings(scenarios=(str(tmp_path),), seed="s")
    start, compiler = load_configuration(settings), ScenarioCompiler(settings)
    sandboxes = SandboxRegistry(
        NoCourier(), (start, Timing(mode="manual", start=START)), lambda _: None
    )
    asyncio.run(scenario())
    [text] = logged
    assert text.startswith(
        "scenario files not reloaded:\nPUT mine:1:7: no scenario is named 'theirs'"
    )


# --- all of it, by TLS ---------------------------------------------------------------------------


@pytest.fixture
def origin(pair: tuple[str, str]) -> Iterator[str]:
    cert, key = pair
    with run_server(
        Settings(port=0, clock="manual", seed="s", quiet=True, tls_cert=cert, tls_key=key)
    ) as base:
        yield base


def ask(cert: str, url: str, body: object = None) -> Any:
    """As a client does that trusts the vendor's name."""
    context = ssl.create_default_context(cafile=cert)
    context.check_hostname = False
    content = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", "authorization": "Bearer k-1"}
    request = Request(url, content, headers)  # noqa: S310 - loopback
    opener = build_opener(ProxyHandler({}), HTTPSHandler(context=context))
    with opener.open(request, timeout=10) as answer:
        return json.load(answer)


def test_webhook_to_our_own_inbox_arrives_by_tls(origin: str, pair: tuple[str, str]) -> None:
    cert, _ = pair
    assert origin.startswith("https://127.0.0.1:")
    ask(cert, f"{origin}/api/v2/voice/c2c", dict(CLICK_TO_CALL))
    ask(cert, f"{origin}/_mock/clock/advance", {"until": "idle"})
    [webhook] = ask(cert, f"{origin}/_mock/webhooks")["webhooks"]
    assert (webhook["state"], webhook["url"]) == (
        "delivered",
        f"{origin}/_mock/inbox/mobtexting",
    )
