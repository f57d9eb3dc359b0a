"""The environment in which unchanged programs reach the vendors' hosts by https, and its files.

Nothing here reads or writes anything: `https_folder` does.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath, PureWindowsPath
from typing import Final, NamedTuple

LOCAL_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
JAVA_LOCAL_HOSTS: Final = ("localhost", "127.*", "[::1]")
AUTHORITY: Final = "ca.pem"
BUNDLE: Final = "bundle.pem"
NODE_BUNDLE: Final = "node.pem"
TRUST_STORE: Final = "trust.p12"
PRELOAD: Final = "preload.cjs"
PHP_FOLDER: Final = "php"
WGETRC: Final = "wgetrc"
TRUST_STORE_PASSWORD: Final = "changeit"  # noqa: S105 - what Java takes for a store without secrets
PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


class HttpsAccess(NamedTuple):
    """How a server with `--https` is reached: it is a proxy at `host` and `port`.

    `hosts` are the vendors', in which `*` matches any text. `authority` is in PEM format,
    `trust_store` for Java: it has the system's authorities, too.
    """

    host: str
    port: int
    hosts: tuple[str, ...]
    authority: bytes
    trust_store: bytes

    @property
    def proxy(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


class EarlierFiles(NamedTuple):
    """What the programs would read without us: bundles of certificates, and settings of wget."""

    bundles: tuple[bytes, ...] = ()
    node_bundle: bytes = b""
    wgetrc: bytes = b""


class HttpsEnvironment(NamedTuple):
    """All `variables` of a program, and the `files` to which they lead, by names in the folder.

    `warnings` say what of the earlier variables does not apply.
    """

    variables: Mapping[str, str]
    files: Mapping[str, bytes]
    warnings: tuple[str, ...]


def build_environment(
    access: HttpsAccess,
    folder: PurePath,
    earlier: Mapping[str, str],
    files: EarlierFiles,
    *,
    with_http: bool = False,
) -> HttpsEnvironment:
    """Build the environment of a program out of the earlier one; `folder` is that of the files.

    `with_http` leads plain http to the server, too.
    """
    direct, warnings = _direct_hosts(earlier, access.hosts)
    http = ("HTTP_PROXY", "http_proxy") if with_http else ()
    bundle = str(folder / BUNDLE)
    java = (*_java_options(access, folder, direct), *(_java_proxy(access, "http") if http else ()))
    php = (earlier.get("PHP_INI_SCAN_DIR", ""), str(folder / PHP_FOLDER))
    variables = {
        **dict.fromkeys(("HTTPS_PROXY", "https_proxy", *http), access.proxy),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(direct)),
        **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), bundle),
        "MOCKSERVER_CA": str(folder / AUTHORITY),
        "NODE_EXTRA_CA_CERTS": str(folder / NODE_BUNDLE),
        "NODE_USE_ENV_PROXY": "1",
        "NODE_OPTIONS": _append(earlier, "NODE_OPTIONS", f"--require={folder / PRELOAD}"),
        "PHP_INI_SCAN_DIR": (";" if isinstance(folder, PureWindowsPath) else ":").join(php),
        "WGETRC": str(folder / WGETRC),
        "JAVA_TOOL_OPTIONS": _append(earlier, "JAVA_TOOL_OPTIONS", *java),
    }
    contents = _build_files(access, bundle, files)
    return HttpsEnvironment({**earlier, **variables}, contents, warnings)


def _direct_hosts(
    earlier: Mapping[str, str], hosts: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the hosts that are reached without the proxy, and what is said of those left out."""
    text = f"{earlier.get('NO_PROXY', '')},{earlier.get('no_proxy', '')}"
    entries = dict.fromkeys(entry for entry in re.split(r"[,\s]+", text) if entry)
    vendors = {entry: host for entry in entries if (host := _covered_host(entry, hosts))}
    kept = [entry for entry in entries if entry not in vendors]
    warnings = [
        f"NO_PROXY {entry!r} does not apply here: it would lead {host} past the mock server"
        for entry, host in vendors.items()
    ]
    return tuple(dict.fromkeys((*kept, *LOCAL_HOSTS))), tuple(warnings)


def _covered_host(entry: str, hosts: Iterable[str]) -> str:
    """Return the first of the vendors' hosts that an entry of NO_PROXY exempts; empty for none."""
    name = re.sub(r":\d+$", "", entry.lower()).lstrip("*.")
    for host in hosts:
        known = host.removeprefix("*.")
        is_below = known != host and name.endswith(f".{known}")
        if not name or f".{known}".endswith(f".{name}") or is_below:
            return host
    return ""


def _append(earlier: Mapping[str, str], name: str, *options: str) -> str:
    """Append options to a variable; Node and Java read quotes around one with a blank."""
    quoted = (f'"{option}"' if " " in option else option for option in options)
    return " ".join(filter(None, (earlier.get(name, ""), *quoted)))


def _java_options(access: HttpsAccess, folder: PurePath, direct: Iterable[str]) -> tuple[str, ...]:
    """Return the options for https, and the hosts without a proxy, which Java has once for both."""
    own = (pattern for host in direct for pattern in _java_patterns(host))
    values = {
        "http.nonProxyHosts": "|".join(dict.fromkeys((*JAVA_LOCAL_HOSTS, *own))),
        "javax.net.ssl.trustStore": str(folder / TRUST_STORE),
        "javax.net.ssl.trustStorePassword": TRUST_STORE_PASSWORD,
        "javax.net.ssl.trustStoreType": "PKCS12",
    }
    options = (f"-D{name}={value}" for name, value in values.items())
    return (*_java_proxy(access, "https"), *options)


def _java_proxy(access: HttpsAccess, scheme: str) -> tuple[str, str]:
    return f"-D{scheme}.proxyHost={access.host}", f"-D{scheme}.proxyPort={access.port}"


def _java_patterns(entry: str) -> tuple[str, ...]:
    """Return an entry of NO_PROXY in Java's form, which has brackets, but no port."""
    if entry in LOCAL_HOSTS:
        return ()
    if entry.count(":") > 1:
        return (f"[{entry.partition(']')[0].lstrip('[')}]",)
    name = entry.partition(":")[0].lstrip("*.")
    return name, f"*.{name}"


def _build_files(access: HttpsAccess, bundle: str, files: EarlierFiles) -> dict[str, bytes]:
    php = f'curl.cainfo = "{bundle}"\nopenssl.cafile = "{bundle}"\n'
    wgetrc = files.wgetrc + (b"" if files.wgetrc.endswith(b"\n") or not files.wgetrc else b"\n")
    return {
        AUTHORITY: access.authority,
        BUNDLE: _join_certificates((*files.bundles, access.authority)),
        NODE_BUNDLE: _join_certificates((files.node_bundle, access.authority)),
        TRUST_STORE: access.trust_store,
        f"{PHP_FOLDER}/mockserver.ini": php.encode(),
        WGETRC: wgetrc + f"ca_certificate = {bundle}\n".encode(),
    }


def _join_certificates(texts: Iterable[bytes]) -> bytes:
    """Return the certificates of all texts in PEM format, each once, without what is between."""
    found = (certificate for text in texts for certificate in PEM.findall(text))
    return b"".join(certificate + b"\n" for certificate in dict.fromkeys(found))
