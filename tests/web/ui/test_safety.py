"""The token stays in its tab; other pages get nothing."""

import httpx

from tests.support.browser import Browser, Page, expect, open_page
from tests.support.processes import FIXED_OPTIONS, serve
from tests.support.small_server import serve_texts
from tests.support.ui_site import UiSite, run_ui_site

TOKEN = "top-secret-token"


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


def test_the_token_is_in_no_log_and_in_no_export(chromium: Browser) -> None:
    texts = list[str]()
    with (
        serve("serve", *FIXED_OPTIONS, MOCKSERVER_TOKEN=TOKEN) as server,
        open_page(chromium) as page,
    ):
        origin = server.ready["base"]
        with httpx.Client(base_url=origin, trust_env=False) as client:
            site = UiSite(origin, client)
            page.goto(f"{site.url('journal')}#token={TOKEN}")
            expect(page.locator("#link")).to_have_text("live")
            assert site.place("callee-busy") == "c1"
        expect(page.locator("summary").filter(has_text="placed")).to_be_visible()
        for name in ("Export .jsonl", "Export for replay"):
            with page.expect_download() as download:
                page.get_by_role("button", name=name).click()
            texts.append(download.value.path().read_text())
        texts.append("".join(server.end()[1:]))
    assert [text for text in texts if TOKEN in text] == []
    assert ["c2c" in text for text in texts] == [True, True, True]


def test_a_foreign_page_can_neither_frame_the_page_nor_read_it(page: Page, ui: UiSite) -> None:
    html = f"<iframe src='{ui.url()}'></iframe>"
    read = """url => fetch(url).then(answer => answer.text(), () => "refused")"""
    with serve_texts(lambda: html) as foreign:
        page.goto(foreign)
        framed = page.frame_locator("iframe").locator("body")
        expect(framed).to_contain_text("foreign-origin")
        expect(framed).not_to_have_attribute("data-base", ui.prefix + "/_mock")
        answers = [page.evaluate(read, ui.url(path)) for path in ("", "app.js", "../calls")]
    assert answers == ["refused"] * 3
