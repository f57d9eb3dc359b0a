"""The settings around `--https`: what goes together, the authority in a folder, the ready lines."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mockserver.app import https as https_module
from mockserver.app import load_configuration, run_https_server
from mockserver.app.https import HttpsParts, open_https, vendor_hosts
from mockserver.app.output import print_ready_lines
from mockserver.config.registry import load_providers
from mockserver.core.configuration import Configuration
from mockserver.settings import Settings, SettingsError, parse_settings
from mockserver.tls.authority import create_authority
from mockserver.tls.certificates import permitted_names
from mockserver.tls.kept_authority import find_authority, keep_authority
from mockserver.web.access_control import AccessControl
from mockserver.web.server.uvicorn_server import ServerAddress
from tests.support.sockets import free_port
from tests.support.tunnels import serve_https

ON = Settings(port=0, https=True, seed="seed", quiet=True)
PROVIDERS = load_providers()
NAMES = permitted_names(vendor_hosts(PROVIDERS))


@pytest.mark.parametrize(
    ("flags", "values"),
    [
        ({}, (False, None, "", ())),
        ({"https": True}, (True, None, "", ())),
        ({"https_port": "0"}, (False, 0, "", ())),
        ({"https_port": "8443", "ca_dir": "d"}, (False, 8443, "d", ())),
        (
            {"proxy_pass": ("API.Stripe.com", "b.test")},
            (False, None, "", ("api.stripe.com", "b.test")),
        ),
    ],
)
def test_the_options_around_https_are_parsed(flags: dict[str, object], values: Any) -> None:
    settings = parse_settings(flags, {})
    assert (settings.https, settings.https_port, settings.ca_dir, settings.proxy_pass) == values


def test_an_https_port_that_is_none_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings({"https_port": "x"}, {})
    assert str(caught.value) == "https-port 'x' is not a number from 0 to 65535"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(https_port=0), "https-port goes with --https"),
        (Settings(ca_dir="d"), "ca-dir goes with --https"),
        (Settings(proxy_pass=("a.test",)), "proxy-pass goes with --https"),
        (
            ON._replace(tls_cert=__file__, tls_key=__file__),
            "https and tls-cert exclude each other: --https makes its certificates itself",
        ),
        (
            ON._replace(port=8080, https_port=8080),
            "https-port 8080 is the port of the server itself",
        ),
        (
            ON._replace(host="0.0.0.0", proxy_pass=("a.test",)),
            "proxy-pass needs a server that only this machine reaches: --host 127.0.0.1",
        ),
        *(
            (
                ON._replace(proxy_pass=(host,)),
                (
                    f"proxy-pass {host!r} is no host name: one without scheme, port and path is, "
                    "such as api.stripe.com"
                ),
            )
            for host in ("https://a.test", "a.test:443", "a.test/b", "*.a.test", "localhost", "::1")
        ),
    ],
)
def test_settings_that_contradict_each_other_are_bad_usage(
    settings: Settings, message: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_configuration(settings)
    assert str(caught.value) == message


def test_without_the_package_https_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(https_module, "find_spec", lambda _: None)
    with pytest.raises(SettingsError) as caught:
        load_configuration(ON)
    assert str(caught.value) == (
        "https needs the package cryptography: pip install 'call-mockserver[https]'"
    )
    assert load_configuration(ON._replace(https=False)).seed == "seed"


@pytest.mark.parametrize("host", ["portal.mobtexting.com", "acme.eu.ccaiplatform.com"])
def test_a_host_that_is_emulated_cannot_be_passed(host: str) -> None:
    with (
        pytest.raises(SettingsError) as caught,
        open_https(ON._replace(proxy_pass=(host,)), PROVIDERS, print),
    ):
        pass
    assert str(caught.value) == f"proxy-pass {host!r} is a host that this server emulates"


def open_folder(folder: Path) -> tuple[bytes, list[str]]:
    """Open https with a folder; return the root, and what was said."""
    said: list[str] = []
    with open_https(ON._replace(ca_dir=str(folder)), PROVIDERS, said.append) as parts:
        assert isinstance(parts, HttpsParts)
        return parts.https.root_pem, said


def test_an_authority_in_memory_is_new_in_each_run() -> None:
    roots = set()
    for _ in range(2):
        with open_https(ON, PROVIDERS, print) as parts:
            assert isinstance(parts, HttpsParts)
            roots.add(parts.https.root_pem)
    assert len(roots) == 2


def test_an_authority_in_a_folder_stays_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    first, second = open_folder(folder), open_folder(folder)
    assert first[1] == [f"https: a new authority is in {folder}, as the folder had none"]
    assert second == (first[0], [])
    assert (folder / "ca.pem").read_bytes() == first[0]


@pytest.mark.parametrize(
    ("names", "age"), [(NAMES, timedelta(days=21)), (("localhost",), timedelta())]
)
def test_an_authority_that_is_old_or_for_other_hosts_is_replaced(
    tmp_path: Path, names: tuple[str, ...], age: timedelta
) -> None:
    folder = tmp_path / "ca"
    earlier = keep_authority(folder, create_authority(names, datetime.now(UTC) - age))
    root, said = open_folder(folder)
    kept = find_authority(folder)
    assert kept
    assert (kept.root_pem == root, root == earlier.root_pem) == (True, False)
    assert said == [
        f"https: a new authority is in {folder}, as the earlier one is too old or for other hosts"
    ]


def test_a_folder_whose_key_others_can_read_is_bad_usage(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    open_folder(folder)
    (folder / "issuer.pem").chmod(0o644)
    with pytest.raises(SettingsError) as caught:
        open_folder(folder)
    assert str(caught.value).startswith(f"ca-dir: others can read {folder}/issuer.pem: ")


def test_there_are_no_parts_without_https() -> None:
    with open_https(Settings(), PROVIDERS, print) as parts:
        assert parts is None


def test_a_running_server_says_what_its_clients_need(tmp_path: Path) -> None:
    settings = ON._replace(https_port=0, ca_dir=str(tmp_path / "ca"))
    with run_https_server(settings) as (address, parts):
        assert (tmp_path / "ca" / "ca.pem").read_bytes() == parts.https.root_pem
        assert len({0, address.port, address.tls_port}) == 3
        assert parts.hosts == vendor_hosts(PROVIDERS)
        assert len(parts.https.build_trust_store()) > 1_000
    with run_https_server(ON) as (address, _):
        assert address.tls_port == 0


def test_a_server_without_https_says_so() -> None:
    with (
        pytest.raises(SettingsError, match="the server has no https: set https"),
        run_https_server(ON._replace(https=False)),
    ):
        pass


@pytest.mark.parametrize(
    ("host", "tls_port", "line", "urls"),
    [
        (
            "127.0.0.1",
            0,
            "proxy http://127.0.0.1:80, authority http://127.0.0.1:80/_mock/ca.pem",
            {
                "proxy": "http://127.0.0.1:80",
                "authority": "http://127.0.0.1:80/_mock/ca.pem",
            },
        ),
        (
            "::1",
            8443,
            "proxy http://[::1]:80, url https://[::1]:8443, authority http://[::1]:80/_mock/ca.pem",
            {
                "proxy": "http://[::1]:80",
                "url": "https://[::1]:8443",
                "authority": "http://[::1]:80/_mock/ca.pem",
            },
        ),
    ],
)
def test_the_ready_lines_say_where_https_is(
    configuration: Configuration, host: str, tls_port: int, line: str, urls: dict[str, str]
) -> None:
    address = ServerAddress(host=host, port=80, tls_port=tls_port)
    printed: list[str] = []
    for form in ("text", "json"):
        settings = ON._replace(log_format=form)
        print_ready_lines(address, settings, (configuration, AccessControl()), printed.append)
    *text, ready = printed
    assert (text[-1], json.loads(ready)["https"]) == (f"  https: {line}", urls)


def test_a_taken_https_port_is_named_by_its_option() -> None:
    port = free_port()
    with serve_https(https_port=str(port)), pytest.raises(OSError, match="in use") as caught:  # noqa: SIM117
        with serve_https(https_port=str(port)):
            pass
    assert caught.value.filename == "https-port"
