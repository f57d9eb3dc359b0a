"""Takes the pictures of the page: `PYTHONPATH=docs python -m from_code.screenshots`.

A server with a seed and a manual clock plays a few calls, so that a picture changes only with the
page. This needs Playwright and Debian's package chromium.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from mockserver.app import run_server
from mockserver.settings import Settings

FOLDER: Final = Path(__file__).parents[1] / "images"
SIZE: Final = ViewportSize(width=1280, height=610)
FLAGS: Final = ("--no-sandbox", "--disable-lcd-text")
SCHEMES: Final = ("light", "dark")
VIEWS: Final = {
    "call": ("calls/c3", "w3 completed, 3rd"),
    "phone": ("calls/c4", "key 1 (you)"),
    "request": ("requests/r5", "Would pass"),
    "try": ("try/effebot/create", "Send"),
}
"""Name of a picture -> the view that it shows, and words that are there once it is complete."""
START: Final = 1_767_603_600_000  # 2026-01-05, 9:00 UTC, in ms
SETTINGS: Final = Settings(
    port=0,
    clock="manual",
    seed="pictures",
    start=START,
    quiet=True,
)
CLICK: Final = {"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}
HEADERS: Final = {"authorization": "Bearer any-token", "accept": "application/json"}


def take(browser: Browser, folder: Path) -> Iterator[Path]:
    """Play the calls, and write each picture in light and dark; yield the files."""
    with run_server(SETTINGS) as origin:
        _play(origin)
        for scheme in SCHEMES:
            context = browser.new_context(viewport=SIZE, color_scheme=scheme)
            page = context.new_page()
            for name, view in VIEWS.items():
                _show(page, f"{origin}/_mock/ui/{view[0]}", view[1])
                path = folder / f"page-{name}-{scheme}.png"
                page.screenshot(path=path, animations="disabled")
                yield path
            context.close()


def _play(origin: str) -> None:
    """Play calls that are busy, redelivered, talking and ringing, and a request that is refused."""
    with httpx.Client(base_url=origin, trust_env=False, headers=HEADERS) as client:
        _place(client, "callee-busy")
        _place(client, "no-answer")
        client.post("/_mock/clock/advance", json={"until": "idle"})
        client.put("/_mock/inboxes/mobtexting", json={"responses": [500, 500, 200]})
        _place(client, "callee-busy")
        client.post("/_mock/clock/advance", json={"until": "idle"})
        for _ in range(2):
            client.post("/_mock/clock/advance", json={"by": "5s"})
            client.post("/_mock/webhooks/w3/redeliver")
            client.post("/_mock/clock/advance", json={"until": "idle"})
        _place(client, "waits-for-a-person")
        client.post("/_mock/clock/advance", json={"by": "10s"})
        for act in ({"event": "answer"}, {"event": "press", "digits": "1"}):
            client.post("/_mock/calls/c4/events", json={"leg": "b", **act})
            client.post("/_mock/clock/advance", json={"by": "2s"})
        _place(client, "", to="+91 8867 136000")
        _place(client, "waits-for-a-person")
        client.post("/_mock/clock/advance", json={"by": "10s"})


def _place(client: httpx.Client, scenario: str, **fields: str) -> None:
    headers = {"x-mock-scenario": scenario} if scenario else {}
    client.post("/mobtexting/api/v2/voice/c2c", json={**CLICK, **fields}, headers=headers)


def _show(page: Page, url: str, words: str) -> None:
    page.goto(url)
    page.locator("#link", has_text="live").wait_for()
    page.get_by_text(words).first.wait_for()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        binary = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=binary, args=[*FLAGS])
        for path in take(browser, FOLDER):
            print(f"{path.name}: {path.stat().st_size:,} bytes")  # noqa: T201 - a command
        browser.close()


if __name__ == "__main__":
    main()
