"""Captured texts are only texts; the token stays in its tab; other pages get nothing."""

import json

import pytest

from tests.support.browser import Browser, Dialog, Page, expect, open_page
from tests.support.ui_site import UiSite, run_ui_site

PAYLOADS = (
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    '"><svg onload=window.hit=1>',
    "javascript:window.hit=1",
    "</pre></bdi><iframe srcdoc='<script>parent.hit=1</script>'>",
    "{{constructor.constructor('window.hit=1')()}}",
    "<a href='javascript:window.hit=1'>x</a>",
    "<style>body{display:none}</style>",
    "&lt;script&gt;window.hit=1&lt;/script&gt;",
    "<math><mtext><table><mglyph><style><img src onerror=window.hit=1>",
    "\u202egnp.exe\u202c",
    "a\u0000b\u0007c\u001b[31m",
    "<!--<img src='--><img src=x onerror=window.hit=1>'",
    "'-window.hit-'",
    "${window.hit=1}",
    "<base href='//evil.test/'>",
)
REPORTS = """() => {
  window.reports = [];
  document.addEventListener("securitypolicyviolation", e => window.reports.push(e.blockedURI));
}"""
VIEWS = ("calls", "calls/c1", "webhooks/w1", "requests/r1", "requests/r2", "journal", "scenarios")
TOKEN = "top-secret-token"


@pytest.fixture
def hostile(ui: UiSite) -> UiSite:
    """A sandbox with every payload in what a client can send and what a receiver answers."""
    for payload in PAYLOADS:
        ui.place("callee-busy", **{"variables[Name]": payload, "mid": payload})
        ui.place(**{"from": payload, "to": payload})
        ui.client.post(
            f"{ui.prefix}/mobtexting/{payload.encode('ascii', 'ignore').hex()}",
            content=json.dumps({payload: payload}),
            headers={"x-payload": payload.encode("ascii", "ignore").decode().replace("\0", "")
                     .replace("\a", "").replace("\x1b", ""), "content-type": "text/html"},
        )  # fmt: skip
    ui.advance(until="idle")
    return ui


def test_captured_texts_run_nothing_in_any_view(page: Page, hostile: UiSite) -> None:
    page.add_init_script(f"({REPORTS})()")
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    ids = [request["id"] for request in hostile.read("/requests")["requests"]]
    calls = [call["id"] for call in hostile.read("/calls")["calls"]]
    pages = (
        *VIEWS,
        *(f"requests/{each}" for each in ids[1::9]),
        *(f"calls/{each}" for each in calls[::5]),
    )
    for view in pages:
        page.goto(hostile.url(view))
        expect(page.locator("#link")).to_have_text("live")
        expect(page.locator("main h1")).to_be_visible()
        assert page.evaluate("[window.hit, window.reports]") == [None, []], view
        assert page.locator("main :is(script, iframe, img, style, base)").count() == 0, view
    assert dialogs == []


def test_signs_that_nobody_sees_are_spelled_out(page: Page, ui: UiSite) -> None:
    ui.place(**{"from": "\u202e91"})
    page.goto(ui.url("requests/r1"))
    expect(page.get_by_label("request", exact=True)).to_contain_text("\\u202e91")


def test_the_token_of_the_fragment_leaves_the_address_and_opens_the_page(
    chromium: Browser,
) -> None:
    with run_ui_site(token=TOKEN) as site, open_page(chromium) as page:
        urls: list[str] = []
        page.on(
            "request",
            lambda request: urls.append(request.url + str(request.headers.get("referer"))),
        )
        page.goto(f"{site.url('requests')}#token={TOKEN}")
        expect(page.get_by_text("0 requests")).to_be_visible()
        assert page.url == site.url("requests")
        assert [url for url in urls if TOKEN in url] == []
        page.reload()
        expect(page.get_by_text("0 requests")).to_be_visible()


def test_without_a_token_the_page_asks_for_it(chromium: Browser) -> None:
    with run_ui_site(token=TOKEN) as site, open_page(chromium) as page:
        page.goto(site.url())
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Open").click()
        expect(page.get_by_text("0 calls")).to_be_visible()


def test_a_new_tab_gets_the_token_from_its_sibling(chromium: Browser) -> None:
    with run_ui_site(token=TOKEN) as site:
        context = chromium.new_context()
        first, second = context.new_page(), context.new_page()
        first.goto(f"{site.url()}#token={TOKEN}")
        expect(first.get_by_text("0 calls")).to_be_visible()
        second.goto(site.url())
        expect(second.get_by_text("0 calls")).to_be_visible()
        context.close()


def test_the_page_asks_no_other_host_for_anything(page: Page, ui: UiSite) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    ui.place("callee-busy")
    for view in ("calls/c1", "webhooks", "requests", "try", "scenarios", "journal", "sandboxes"):
        page.goto(ui.url(view))
        expect(page.locator("#link")).to_have_text("live")
    assert hosts == {ui.origin.removeprefix("http://")}
