"""The folder with the files that lead programs to a server with `--https`."""

import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from mock_calls.https_environment import (
    PRELOAD,
    EarlierFiles,
    HttpsAccess,
    HttpsEnvironment,
    build_environment,
)

PRELOAD_SOURCE: Final = Path(__file__).with_name(PRELOAD)
OPENSSL_BUNDLE: Final = "SSL_CERT_FILE"
"""What replaces the system's authorities, for programs that use OpenSSL."""

OTHER_BUNDLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@contextmanager
def https_folder(
    access: HttpsAccess, earlier: Mapping[str, str] = os.environ, *, with_http: bool = False
) -> Iterator[HttpsEnvironment]:
    """Write the files into a folder of their own that is gone afterwards; yield the environment.

    Only its owner can read it. A key is in none of the files.
    """
    with TemporaryDirectory(prefix="mockserver-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        found = read_earlier_files(earlier)
        environment = build_environment(access, folder, earlier, found, with_http=with_http)
        for path, content in {**environment.files, PRELOAD: PRELOAD_SOURCE.read_bytes()}.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(content)
        yield environment


def read_earlier_files(earlier: Mapping[str, str]) -> EarlierFiles:
    """Read the files that programs would read in the earlier environment."""
    named = [_read(earlier.get(name, "")) for name in (OPENSSL_BUNDLE, *OTHER_BUNDLES)]
    usual = () if named[0] else (_read_system_authorities(), _read_certifi())
    home = earlier.get("HOME", "")
    wgetrc = earlier.get("WGETRC") or (f"{home}/.wgetrc" if home else "")
    return EarlierFiles(
        bundles=tuple(filter(None, (*usual, *named))),
        node_bundle=_read(earlier.get("NODE_EXTRA_CA_CERTS", "")),
        wgetrc=_read(wgetrc),
    )


def _read(name: str) -> bytes:
    """Return what is in a file; nothing if there is no such file, as the programs read it then."""
    try:
        return Path(name).read_bytes() if name else b""
    except OSError:
        return b""


def _read_system_authorities() -> bytes:
    """Return the certificates that OpenSSL has in one file, or in a folder."""
    paths = ssl.get_default_verify_paths()
    if bundle := _read(paths.openssl_cafile):
        return bundle
    return b"".join(map(_read, map(str, sorted(Path(paths.openssl_capath).glob("*.0")))))


def _read_certifi() -> bytes:
    """Return the certificates of the package that several libraries trust; it may be missing."""
    try:
        return _read(import_module("certifi").where())
    except ImportError:
        return b""
