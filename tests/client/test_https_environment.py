"""The environment in which programs reach the vendors by https, and the files it leads to."""

from collections.abc import Mapping
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Final

import pytest

from mock_calls.https_environment import EarlierFiles, HttpsAccess, build_environment

FOLDER: Final = PurePosixPath("/tmp/mockserver-x")  # noqa: S108 - a name, nothing is there
OWN: Final = b"-----BEGIN CERTIFICATE-----\nown\n-----END CERTIFICATE-----"
SYSTEM: Final = b"-----BEGIN CERTIFICATE-----\nsystem\n-----END CERTIFICATE-----"
NODES: Final = b"-----BEGIN CERTIFICATE-----\nnodes\n-----END CERTIFICATE-----"
ACCESS: Final = HttpsAccess(
    host="127.0.0.1",
    port=8080,
    hosts=("*.ccaiplatform.com", "portal.mobtexting.com"),
    authority=OWN + b"\n",
    trust_store=b"store",
)
PROXY: Final = "http://127.0.0.1:8080"
LOCAL: Final = "localhost,127.0.0.1,::1"
JAVA: Final = (
    "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8080 "
    "-Dhttp.nonProxyHosts=localhost|127.*|[::1] "
    "-Djavax.net.ssl.trustStore=/tmp/mockserver-x/trust.p12 "
    "-Djavax.net.ssl.trustStorePassword=changeit -Djavax.net.ssl.trustStoreType=PKCS12"
)
ALL: Final = {
    "HTTPS_PROXY": PROXY,
    "https_proxy": PROXY,
    "NO_PROXY": LOCAL,
    "no_proxy": LOCAL,
    "SSL_CERT_FILE": f"{FOLDER}/bundle.pem",
    "REQUESTS_CA_BUNDLE": f"{FOLDER}/bundle.pem",
    "CURL_CA_BUNDLE": f"{FOLDER}/bundle.pem",
    "MOCKSERVER_CA": f"{FOLDER}/ca.pem",
    "NODE_EXTRA_CA_CERTS": f"{FOLDER}/node.pem",
    "NODE_USE_ENV_PROXY": "1",
    "NODE_OPTIONS": f"--require={FOLDER}/preload.cjs",
    "PHP_INI_SCAN_DIR": f":{FOLDER}/php",
    "WGETRC": f"{FOLDER}/wgetrc",
    "JAVA_TOOL_OPTIONS": JAVA,
}
"""What an empty environment becomes."""


@pytest.mark.parametrize(
    ("earlier", "changes"),
    [
        ({}, {}),
        ({"PATH": "/bin", "ALL_PROXY": "x"}, {"PATH": "/bin", "ALL_PROXY": "x"}),
        ({"HTTPS_PROXY": "http://corporate:1", "SSL_CERT_FILE": "/system.pem"}, {}),
        (
            {"NO_PROXY": "a.test, .b.test", "no_proxy": "a.test,10.0.0.1"},
            {
                **dict.fromkeys(("NO_PROXY", "no_proxy"), f"a.test,.b.test,10.0.0.1,{LOCAL}"),
                "JAVA_TOOL_OPTIONS": JAVA.replace(
                    "[::1]", "[::1]|a.test|*.a.test|b.test|*.b.test|10.0.0.1|*.10.0.0.1"
                ),
            },
        ),
        ({"NO_PROXY": "::1,localhost"}, {"NO_PROXY": "::1,localhost,127.0.0.1",
                                         "no_proxy": "::1,localhost,127.0.0.1"}),
        (
            {"NODE_OPTIONS": "--inspect"},
            {"NODE_OPTIONS": f"--inspect --require={FOLDER}/preload.cjs"},
        ),
        ({"JAVA_TOOL_OPTIONS": "-Xmx1g"}, {"JAVA_TOOL_OPTIONS": f"-Xmx1g {JAVA}"}),
        ({"PHP_INI_SCAN_DIR": "/etc/php"}, {"PHP_INI_SCAN_DIR": f"/etc/php:{FOLDER}/php"}),
    ],
)  # fmt: skip
def test_the_environment_is_the_earlier_one_with_what_leads_to_the_server(
    earlier: Mapping[str, str], changes: Mapping[str, str]
) -> None:
    environment = build_environment(ACCESS, FOLDER, earlier, EarlierFiles())
    assert (environment.variables, environment.warnings) == ({**ALL, **changes}, ())


def test_plain_http_is_led_to_the_server_only_if_it_is_wished() -> None:
    environment = build_environment(ACCESS, FOLDER, {}, EarlierFiles(), with_http=True)
    java = f"{JAVA} -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=8080"
    added = {"HTTP_PROXY": PROXY, "http_proxy": PROXY, "JAVA_TOOL_OPTIONS": java}
    assert environment.variables == {**ALL, **added}


@pytest.mark.parametrize(
    ("entry", "patterns"),
    [
        ("a.test", "|a.test|*.a.test"),
        (".a.test", "|a.test|*.a.test"),
        ("*.a.test", "|a.test|*.a.test"),
        ("a.test:8080, b.test", "|a.test|*.a.test|b.test|*.b.test"),
        ("a.test, .a.test", "|a.test|*.a.test"),
        ("fe80::1", "|[fe80::1]"),
        ("[fe80::1]:8080", "|[fe80::1]"),
        ("localhost,::1", ""),
        ("portal.mobtexting.com", ""),
    ],
)
def test_java_gets_the_exceptions_in_its_own_form(entry: str, patterns: str) -> None:
    variables = build_environment(ACCESS, FOLDER, {"NO_PROXY": entry}, EarlierFiles()).variables
    own = f"-Dhttp.nonProxyHosts=localhost|127.*|[::1]{patterns}"
    assert own in variables["JAVA_TOOL_OPTIONS"].split(" ")


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("*", "*.ccaiplatform.com"),
        ("com", "*.ccaiplatform.com"),
        ("portal.mobtexting.com", "portal.mobtexting.com"),
        ("Portal.Mobtexting.com:443", "portal.mobtexting.com"),
        (".mobtexting.com", "portal.mobtexting.com"),
        ("*.mobtexting.com", "portal.mobtexting.com"),
        ("acme.eu.ccaiplatform.com", "*.ccaiplatform.com"),
        ("other.mobtexting.com", ""),
        ("texting.com", ""),
        ("::1", ""),
    ],
)
def test_an_exception_for_a_vendor_does_not_apply_and_a_warning_says_so(
    entry: str, host: str
) -> None:
    environment = build_environment(ACCESS, FOLDER, {"no_proxy": entry}, EarlierFiles())
    warning = (
        f"NO_PROXY {entry!r} does not apply here: it would lead {host} past the mock server",
    )
    assert environment.warnings == (warning if host else ())
    assert (entry in environment.variables["NO_PROXY"].split(",")) is not bool(host)


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        (PurePosixPath("/a b"), {"NODE_OPTIONS": '"--require=/a b/preload.cjs"'}),
        (PureWindowsPath("C:/x"), {"PHP_INI_SCAN_DIR": ";C:\\x\\php"}),
    ],
)
def test_a_path_is_written_as_its_reader_takes_it(
    folder: PurePath, expected: Mapping[str, str]
) -> None:
    variables = build_environment(ACCESS, folder, {}, EarlierFiles()).variables
    assert {name: variables[name] for name in expected} == expected


def test_an_ipv6_address_has_brackets_in_a_url_and_none_in_java() -> None:
    variables = build_environment(ACCESS._replace(host="::1"), FOLDER, {}, EarlierFiles()).variables
    assert variables["HTTPS_PROXY"] == "http://[::1]:8080"
    assert "-Dhttps.proxyHost=::1 " in variables["JAVA_TOOL_OPTIONS"]


def test_the_files_have_what_was_trusted_before_and_the_authority() -> None:
    files = EarlierFiles(
        bundles=(b"# roots\n" + SYSTEM + b"\n\n", SYSTEM + OWN),
        node_bundle=NODES,
        wgetrc=b"tries = 2",
    )
    assert build_environment(ACCESS, FOLDER, {}, files).files == {
        "ca.pem": OWN + b"\n",
        "bundle.pem": SYSTEM + b"\n" + OWN + b"\n",
        "node.pem": NODES + b"\n" + OWN + b"\n",
        "trust.p12": b"store",
        "php/mockserver.ini": (
            b'curl.cainfo = "/tmp/mockserver-x/bundle.pem"\n'
            b'openssl.cafile = "/tmp/mockserver-x/bundle.pem"\n'
        ),
        "wgetrc": b"tries = 2\nca_certificate = /tmp/mockserver-x/bundle.pem\n",
    }


def test_wget_without_settings_of_its_own_gets_the_bundle_alone() -> None:
    files = build_environment(ACCESS, FOLDER, {}, EarlierFiles()).files
    assert files["wgetrc"] == b"ca_certificate = /tmp/mockserver-x/bundle.pem\n"
