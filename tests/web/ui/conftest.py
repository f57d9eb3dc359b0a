"""One browser and one server for all tests of the page; a context and a sandbox for each."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.ui_site import UiSite, run_ui_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="package")
def chromium() -> Iterator["Browser"]:
    from tests.support.browser import open_browser  # noqa: PLC0415 - it may be missing

    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="package")
def server() -> Iterator[UiSite]:
    with run_ui_site() as site:
        yield site


@pytest.fixture
def ui(server: UiSite) -> UiSite:
    """A sandbox that no other test uses."""
    name = f"t{len(server.read('/sandboxes')['sandboxes'])}"
    server.ask("PUT", f"/sandboxes/{name}", {})
    return server._replace(prefix=f"/_sandbox/{name}")


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    from tests.support.browser import open_page  # noqa: PLC0415 - as above

    with open_page(chromium) as page:
        yield page
