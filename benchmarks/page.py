"""Measure how soon the page paints, in a browser that has seen nothing of it before."""

import shutil
from collections.abc import Iterator
from statistics import median
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from benchmarks.engine import HEADERS
from benchmarks.load import load
from benchmarks.servers import SERVERS, run_server
from benchmarks.web import BODY, REQUEST

FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
SECONDS: Final = {"an empty list": 0.0, "a long list": 3.0}
"""What is painted -> for how many seconds calls are placed before."""
PAINTED: Final = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime"""


def paints(rounds: int = 15) -> Iterator[tuple[str, str]]:
    """Yield (name, figures) for an empty and a long list of calls."""
    for name, seconds in SECONDS.items():
        with run_server(SERVERS["mockserver"], REQUEST) as server:
            if seconds:
                load(server.url, BODY, HEADERS, seconds=seconds)
            times = sorted(_paint(f"http://{urlsplit(server.url).netloc}/_mock/ui/", rounds))
        figures = f"{median(times):.0f} ms, {times[0]:.0f} ms at least, {times[-1]:.0f} ms at most"
        yield f"first paint of the page with {name}", figures


def _paint(url: str, rounds: int) -> Iterator[float]:
    """Open the page in new profiles, and yield the ms until its first content is painted."""
    with sync_playwright() as playwright:
        binary = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=binary, args=[*FLAGS])
        for _ in range(rounds):
            context = browser.new_context()
            page = context.new_page()
            page.goto(url)
            page.locator("#link", has_text="live").wait_for()
            painted: Any = page.evaluate(PAINTED)
            context.close()
            yield float(painted)
        browser.close()
