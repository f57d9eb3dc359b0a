"""The folder of the files that lead programs to a server with `--https`."""

import ssl
import stat
import sys
from pathlib import Path
from typing import Final, NamedTuple

import certifi
import pytest

from mock_calls.https_environment import HttpsAccess
from mock_calls.https_folder import https_folder, read_earlier_files
from tests.support.receiver_certificates import AUTHORITY, RECEIVER_CERTIFICATES

OWN: Final = AUTHORITY.encode()
OTHER: Final = RECEIVER_CERTIFICATES["signed"].encode()
ACCESS: Final = HttpsAccess(host="127.0.0.1", port=1, hosts=(), authority=OWN, trust_store=b"store")


def test_the_folder_is_for_its_owner_alone_and_gone_afterwards() -> None:
    with https_folder(ACCESS, {}) as environment:
        folder = Path(environment.variables["MOCKSERVER_CA"]).parent
        files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert files == {*environment.files, "preload.cjs"}
        assert (folder / "ca.pem").read_bytes() == OWN
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_the_folder_is_gone_after_an_error() -> None:
    paths = list[Path]()

    def fail() -> None:
        with https_folder(ACCESS, {}) as environment:
            paths.append(Path(environment.variables["MOCKSERVER_CA"]).parent)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert not paths[0].exists()


class Paths(NamedTuple):
    openssl_cafile: str
    openssl_capath: str


@pytest.mark.parametrize("is_file", [True, False])
def test_the_usual_authorities_are_those_of_the_system_and_of_certifi(
    is_file: bool,  # noqa: FBT001 - both ways of a system
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "cert.pem" if is_file else tmp_path / "5ad8a5d6.0").write_bytes(OWN)
    paths = Paths(str(tmp_path / "cert.pem"), str(tmp_path))
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    assert read_earlier_files({}).bundles == (OWN, Path(certifi.where()).read_bytes())
    monkeypatch.setitem(sys.modules, "certifi", None)
    assert read_earlier_files({}).bundles == (OWN,)


def test_a_bundle_of_the_user_replaces_them_for_openssl_and_adds_to_them_for_others(
    tmp_path: Path,
) -> None:
    own, other = tmp_path / "own.pem", tmp_path / "other.pem"
    own.write_bytes(OWN)
    other.write_bytes(OTHER)
    both = {"SSL_CERT_FILE": str(own), "REQUESTS_CA_BUNDLE": str(other)}
    assert read_earlier_files(both).bundles == (OWN, OTHER)
    added = read_earlier_files({"CURL_CA_BUNDLE": str(other)}).bundles
    assert added == (*read_earlier_files({}).bundles, OTHER)


def test_settings_of_node_and_wget_are_read_where_these_read_them(tmp_path: Path) -> None:
    (tmp_path / "node.pem").write_bytes(OTHER)
    (tmp_path / ".wgetrc").write_bytes(b"tries = 2\n")
    (tmp_path / "wgetrc").write_bytes(b"tries = 3\n")
    earlier = {"NODE_EXTRA_CA_CERTS": str(tmp_path / "node.pem"), "HOME": str(tmp_path)}
    found = read_earlier_files(earlier)
    assert (found.node_bundle, found.wgetrc) == (OTHER, b"tries = 2\n")
    named = read_earlier_files({**earlier, "WGETRC": str(tmp_path / "wgetrc")})
    assert named.wgetrc == b"tries = 3\n"


def test_a_file_that_is_not_there_counts_as_empty(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    found = read_earlier_files({"SSL_CERT_FILE": gone, "NODE_EXTRA_CA_CERTS": gone, "WGETRC": gone})
    assert (found.bundles, found.node_bundle, found.wgetrc) == (
        read_earlier_files({}).bundles,
        b"",
        b"",
    )
