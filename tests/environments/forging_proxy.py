"""`python forging_proxy.py COMMAND...`: run a command behind a proxy that poses as every host.

Its certificates are signed by the key of an authority of ours, also those for hosts outside of the
constraints of the authority, which clients have to refuse. The command runs as by `mockserver exec
--https`.
"""

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from socketserver import StreamRequestHandler, ThreadingTCPServer
from ssl import SSLContext
from threading import Thread

from mock_calls.https_environment import HttpsAccess
from mock_calls.https_folder import https_folder
from mockserver.tls.authority import create_authority
from mockserver.tls.certificates import permitted_names
from mockserver.tls.leaves import Leaves
from mockserver.tls.trust_store import build_trust_store, system_authorities

HOSTS = ("portal.mobtexting.com",)
TUNNEL = b"HTTP/1.1 200 tunnel established\r\n\r\n"
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nX-Mock-Request: r1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class Proxy(ThreadingTCPServer):
    daemon_threads = True
    context: SSLContext


class Handler(StreamRequestHandler):
    """Opens any tunnel, and responds to one request in it."""

    server: Proxy

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(TUNNEL)
        with (
            suppress(OSError),
            self.server.context.wrap_socket(self.connection, server_side=True) as inner,
        ):
            received = b""
            while data := inner.recv(65_536):
                received += data
                if received.rstrip().endswith((b"}", b"\r\n\r\n")) or b"GET /" in received:
                    inner.sendall(RESPONSE)
                    return


def main(words: list[str]) -> int:
    def read_clock() -> datetime:
        return datetime.now(UTC)

    authority = create_authority(permitted_names(HOSTS), read_clock())
    store = build_trust_store(authority.root, system_authorities())
    with Proxy(("127.0.0.1", 0), Handler) as proxy:
        proxy.context = Leaves(authority, lambda _: True, read_clock).context
        Thread(target=proxy.serve_forever, daemon=True).start()
        access = HttpsAccess("127.0.0.1", proxy.server_address[1], HOSTS, authority.root_pem, store)
        with https_folder(access) as environment:
            run = subprocess.run(words, env=environment.variables, check=False)  # noqa: S603 - our own command
        proxy.shutdown()
    return run.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
