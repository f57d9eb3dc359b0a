"""Serves the page for one exported file, which is only to be read."""

import signal
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import NamedTuple

from mockserver.app.page_opener import open_page
from mockserver.settings.signals import ENDING_SIGNALS
from mockserver.web.control.file_page import PAGE, build_file_app
from mockserver.web.server.plain_server import PlainServer
from mockserver.web.server.uvicorn_server import bind_socket

HOST = "127.0.0.1"


class ExportedFile(NamedTuple):
    """The name of a file, and the lines of the journal that it holds or leads to."""

    name: str
    lines: Sequence[str]


def serve_file(
    file: ExportedFile, port: int, print_line: Callable[[str], None], *, is_opened: bool
) -> None:
    """Serve until SIGTERM, SIGHUP or SIGINT, and open the page in a browser if `is_opened`.

    Raises:
        OSError: the port cannot be bound.
    """
    with closing(bind_socket(HOST, port)) as listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}{PAGE}"

        def announce() -> None:
            print_line(f"mockserver shows {file.name} on {url}")
            if is_opened:
                open_page(url, print_line)

        text = "".join(f"{line}\n" for line in file.lines)
        server = PlainServer(build_file_app(file.name, text), announce)
        for number in ENDING_SIGNALS:  # as `serve()` does
            signal.signal(number, server.end)
        server.run(sockets=[listener])
