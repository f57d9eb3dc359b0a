"""Opens the page in a browser, once the server is ready."""

import threading
import webbrowser
from collections.abc import Callable
from functools import partial


def open_page(url: str, log: Callable[[str], None]) -> threading.Thread:
    """Open the page without waiting for the browser; log what to do if there is none.

    The URL has no token, which others could read on a command line: the page asks for it.
    """
    thread = threading.Thread(target=partial(_open, url, log), daemon=True)
    thread.start()
    return thread


def _open(url: str, log: Callable[[str], None]) -> None:
    if not webbrowser.open(url):
        log(f"no browser could be opened: open {url}")
