"""A real browser for tests of pages: Debian's headless Chromium, led by Playwright."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

if not os.environ.get("CI"):
    pytest.importorskip("playwright.sync_api", reason="Playwright is in requirements-test.lock")

from playwright.sync_api import (
    Browser,
    Dialog,
    Locator,
    Page,
    Route,
    expect,
    sync_playwright,
)

__all__ = (
    "Browser",
    "Dialog",
    "Locator",
    "Page",
    "Route",
    "copy_as",
    "expect",
    "open_browser",
    "open_page",
)

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
PATIENCE = 20_000  # ms until an element has to be there
KEEP_COPY = """() => {
  const { dataset } = document.documentElement;
  delete dataset.copied;
  navigator.clipboard.writeText = async text => { dataset.copied = text; };
}"""
SIZE = {"width": 1400, "height": 900}


@contextmanager
def open_browser(*flags: str) -> Iterator[Browser]:
    """Open a browser with these flags; without one the test is skipped, but fails in CI."""
    binary = shutil.which("chromium")
    if binary is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Debian's package chromium")
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser: Browser, **options: object) -> Iterator[Page]:
    """Open a page with a profile of its own; what fails in its scripts fails the test."""
    errors: list[str] = []
    context = browser.new_context(**{"viewport": SIZE, **options})  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert errors == []


def copy_as(page: Page, name: str) -> str:
    """Click on "Copy as" this name, and return what would be in the clipboard."""
    page.evaluate(KEEP_COPY)
    page.get_by_role("button", name=f"Copy as {name}").click()
    root = page.locator("html")
    expect(root).to_have_attribute("data-copied", re.compile("."))
    return root.get_attribute("data-copied") or ""
