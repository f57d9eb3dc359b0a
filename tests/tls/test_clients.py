"""Clients of other languages verify the chain, and refuse a leaf outside of the constraints."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from mockserver.tls.trust_store import build_trust_store
from tests.support.authorities import build_authority, build_leaves

AUTHORITY = build_authority()
RESPONSE = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello"
HOSTS = ("portal.mobtexting.com", "example.com")

NODE = """
const https = require("https");
const [host, port] = process.argv.slice(1);
const lookup = (name, options, done) =>
  options.all ? done(null, [{address: "127.0.0.1", family: 4}]) : done(null, "127.0.0.1", 4);
https.get({host, port, lookup}, (response) => response.pipe(process.stdout))
  .on("error", (error) => { console.log(error.message); process.exit(1); });
"""

JAVA = """
import java.net.Socket;
import javax.net.ssl.*;

class Fetch {
  public static void main(String[] words) throws Exception {
    int port = Integer.parseInt(words[1]);
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    Socket plain = new Socket("127.0.0.1", port);
    SSLSocket socket = (SSLSocket) factory.createSocket(plain, words[0], port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.getOutputStream().write("GET / HTTP/1.1\\r\\n\\r\\n".getBytes());
    System.out.println(new String(socket.getInputStream().readAllBytes()));
  }
}
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A TLS server whose issuer signs a leaf for any host that is asked for."""
    context = build_leaves(AUTHORITY).context
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener, context), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=10)


def serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):  # the end of the test
        while True:
            plain, _ = listener.accept()
            with (
                closing(plain),
                suppress(OSError),
                context.wrap_socket(plain, server_side=True) as connection,
            ):
                connection.recv(65_536)
                connection.sendall(RESPONSE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the clients trust, and their programs."""
    folder = tmp_path_factory.mktemp("clients")
    (folder / "ca.pem").write_bytes(AUTHORITY.root_pem)
    (folder / "trust.p12").write_bytes(build_trust_store(AUTHORITY.root, ()))
    (folder / "Fetch.java").write_text(JAVA)
    return folder


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program with no other variables than these."""
    path = shutil.which(words[0])
    if path is None:
        pytest.skip(f"this machine has no {words[0]}")
    return subprocess.run(  # noqa: S603 - our own programs
        [path, *words[1:]], env=variables, capture_output=True, text=True, check=False, timeout=60
    )


def test_curl_refuses_a_host_outside_of_the_constraints(port: int, folder: Path) -> None:
    good, bad = (
        run(
            *("curl", "-sS", "--cacert", f"{folder}/ca.pem"),
            *("--resolve", f"{host}:{port}:127.0.0.1", f"https://{host}:{port}/"),
        )
        for host in HOSTS
    )
    assert (good.returncode, good.stdout) == (0, "hello")
    assert (bad.returncode, bad.stdout) == (60, "")


def test_node_refuses_a_host_outside_of_the_constraints(port: int, folder: Path) -> None:
    good, bad = (
        run("node", "-e", NODE, host, str(port), NODE_EXTRA_CA_CERTS=f"{folder}/ca.pem")
        for host in HOSTS
    )
    assert (good.returncode, good.stdout) == (0, "hello")
    assert (bad.returncode, bad.stdout) == (1, "permitted subtree violation\n")


def test_java_refuses_a_host_outside_of_the_constraints(port: int, folder: Path) -> None:
    store = ("trustStore", f"{folder}/trust.p12"), ("trustStorePassword", "changeit")
    options = [f"-Djavax.net.ssl.{name}={value}" for name, value in store]
    good, bad = (
        run("java", "-Xshare:auto", *options, f"{folder}/Fetch.java", host, str(port))
        for host in HOSTS
    )
    assert (good.returncode, good.stdout.endswith("hello\n")) == (0, True)
    assert (bad.returncode, "name constraints check failed" in bad.stderr) == (1, True)
