"""Calls a WSGI application with one HTTP request, by the handler of the standard library."""

import sys
from collections.abc import Callable, Iterable
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.handlers import SimpleHandler

from mock_calls.applications.http import HttpRequest, HttpResponse
from mock_calls.applications.origin import Origin

Fields = list[tuple[str, str]]
Head = tuple[int, list[tuple[bytes, bytes]]]
WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]


class CollectingHandler(SimpleHandler):
    """Keeps the response of an application, what it raises, and what it writes to its errors."""

    os_environ: dict[str, str] = {}  # noqa: RUF012 - the variables of this process are not for it
    wsgi_run_once = False

    def __init__(self, body: bytes, environ: dict[str, Any]) -> None:
        self.errors, self._output = StringIO(), BytesIO()
        self._begun: Head | None = None
        self._head: Head | None = None
        self.error: BaseException | None = None
        super().__init__(BytesIO(body), self._output, self.errors, environ, multiprocess=False)

    @property
    def response(self) -> HttpResponse | None:
        """The response; None unless it has begun."""
        return HttpResponse(*self._head, self._output.getvalue()) if self._head else None

    def start_response(self, status: str, headers: Fields, exc_info: Any = None) -> Any:
        write = super().start_response(status, headers, exc_info)
        fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._begun = (int(status[:3]), fields)
        return write

    def send_headers(self) -> None:
        """Keep the head in place of sending it."""
        self.headers_sent = True
        self._head = self._begun

    def handle_error(self) -> None:
        self.error = sys.exc_info()[1]


def call_wsgi(
    application: WsgiApplication, request: HttpRequest, origin: Origin, client: str
) -> CollectingHandler:
    """Call the application, and return the handler when it has responded or raised."""
    handler = CollectingHandler(request.body, build_environ(request, origin, client))
    handler.run(application)
    return handler


def build_environ(request: HttpRequest, origin: Origin, client: str) -> dict[str, Any]:
    """Build the environ of a request (PEP 3333), but for what the handler adds."""
    headers = _build_headers(request)
    lengths = {
        name: headers.pop(f"HTTP_{name}")
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        if f"HTTP_{name}" in headers
    }
    return {
        **headers,
        **lengths,
        **({"HTTPS": "on"} if origin.scheme == "https" else {}),
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.raw_path).decode("latin-1"),
        "QUERY_STRING": request.query.decode("latin-1"),
        "SERVER_NAME": origin.host,
        "SERVER_PORT": str(origin.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": client,
    }


def _build_headers(request: HttpRequest) -> dict[str, str]:
    """Build `HTTP_...` of the headers; one with `_` in its name would look like another."""
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key, text = f"HTTP_{name.decode('latin-1').upper()}", value.decode("latin-1")
        if "_" not in key.removeprefix("HTTP_"):
            key = key.replace("-", "_")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers
