"""Clients fetch what they trust without a token, but no foreign page does."""

import shutil
import subprocess
from collections.abc import Iterator

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from mockserver.web.control.trust import render_proxy_script
from tests.support.authorities import client_context
from tests.support.tunnels import HttpsServer, serve_https

ROUTES = {
    "ca.pem": "application/x-pem-file",
    "trust.p12": "application/x-pkcs12",
    "proxy.pac": "application/x-ns-proxy-autoconfig",
}


@pytest.fixture(scope="module")
def access() -> Iterator[HttpsServer]:
    with serve_https(token="secret") as access:
        yield access


def fetch(access: HttpsServer, name: str, **headers: str) -> httpx.Response:
    url = f"http://127.0.0.1:{access.port}/_mock/{name}"
    return httpx.get(url, headers=headers, trust_env=False)


@pytest.mark.parametrize("name", ROUTES)
def test_no_token_is_needed(access: HttpsServer, name: str) -> None:
    response = fetch(access, name)
    assert (response.status_code, response.headers["content-type"]) == (200, ROUTES[name])


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.test"}, {"host": "evil.test"}, {"host": "in.effebot.com"}]
)
def test_foreign_pages_and_hosts_are_refused(
    access: HttpsServer, name: str, headers: dict[str, str]
) -> None:
    assert fetch(access, name, **headers).status_code == 403


def test_the_root_is_the_one_that_the_server_signs_with(access: HttpsServer) -> None:
    assert fetch(access, "ca.pem").content == access.root_pem


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_the_trust_store_has_the_root(access: HttpsServer) -> None:
    store = load_pkcs12(fetch(access, "trust.p12").content, b"changeit")
    [own] = [each for each in store.additional_certs if each.friendly_name == b"call-mockserver"]
    assert own.certificate.public_bytes(Encoding.PEM) == access.root_pem
    assert fetch(access, "trust.p12").content == access.trust_store


def test_the_proxy_script_names_the_address_at_which_it_was_fetched(access: HttpsServer) -> None:
    for name in ("127.0.0.1", "localhost"):
        host = f"{name}:{access.port}"
        assert f'return "PROXY {host}";' in fetch(access, "proxy.pac", host=host).text
    url = f"https://localhost:{access.tls_port}/_mock/proxy.pac"
    context = client_context(access.root_pem)
    script = httpx.get(url, verify=context, trust_env=False).text
    assert f'return "PROXY 127.0.0.1:{access.port}";' in script


@pytest.mark.skipif(shutil.which("node") is None, reason="this machine has no Node")
def test_the_proxy_script_leads_the_vendors_hosts_to_the_proxy_and_all_else_past_it() -> None:
    script = render_proxy_script("localhost:80", ["*.b.test", "a.test"])
    match = "const shExpMatch = (text, glob) => new RegExp('^' + glob.replaceAll('.', '\\\\.')"
    match += ".replaceAll('*', '.*') + '$').test(text);"
    hosts = ["a.test", "A.test", "x.y.b.test", "b.test", "xa.test", "a.test.evil.test"]
    ask = f"for (const host of {hosts}) console.log(FindProxyForURL('https://' + host, host));"
    node = ["node", "-e", f"{match}\n{script}\n{ask}"]
    printed = subprocess.run(node, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own script
    assert printed.splitlines() == [*["PROXY localhost:80"] * 3, *["DIRECT"] * 3]
