"""What one client has opened of https: folders of files, each until the client is closed."""

import ssl
import warnings
from contextlib import ExitStack
from typing import Final
from urllib.parse import urlsplit

from mock_calls.https_environment import HttpsAccess
from mock_calls.https_folder import https_folder
from mock_calls.models import Https

HTTP_PORT: Final = 80
CALLER: Final = 3
"""The frame of the code that asks a client, for warnings: after `open` and `https`."""


class HttpsFolders:
    """The folders of a client."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def open(
        self, origin: str, hosts: tuple[str, ...], authority: bytes, trust_store: bytes
    ) -> Https:
        """Write the files of the server at an origin, and return what leads to it."""
        server = urlsplit(origin)
        access = HttpsAccess(
            server.hostname or "", server.port or HTTP_PORT, hosts, authority, trust_store
        )
        found = self._stack.enter_context(https_folder(access))
        for warning in found.warnings:
            warnings.warn(warning, stacklevel=CALLER)
        context = ssl.create_default_context(cafile=found.variables["SSL_CERT_FILE"])
        return Https(access.proxy, found.variables, context)

    def close(self) -> None:
        """Remove all folders."""
        self._stack.close()
