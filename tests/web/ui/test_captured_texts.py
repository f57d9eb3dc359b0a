"""What comes from outside is shown as text: each payload, in each place that shows a text."""

from collections.abc import Iterator
from functools import partial
from itertools import cycle
from typing import Final
from urllib.parse import quote

import pytest

from tests.support.browser import Dialog, Page, expect
from tests.support.markup_payloads import MARKUP
from tests.support.small_server import serve_texts
from tests.support.ui_site import UiSite

ALL: Final = " ".join(MARKUP)
ACCOUNT: Final = "/accounts/mobtexting/mobtexting-default"
PLACES: Final = {
    "journal": ("journal", "main"),
    "paths in the list of requests": ("requests?q=markup", "[aria-label='list of requests']"),
    "headers of a request": ("requests/r1", "dl.headers"),
    "body of a request": ("requests/r1", "pre.body"),
    "what a rule refused": ("requests/r2", ".hears"),
    "words that a person says": ("calls/c1", ".rungs"),
    "answers of a receiver": ("webhooks/w1", "tbody"),
    "answers to repeats of a webhook": ("report", "report-view article ul"),
    "what an inbox received": ("webhooks", "details[data-key=inboxes]"),
    "prompts in a ladder": ("calls/c2", ".rungs"),
    "prompt that a phone hears": ("phones", ".phone .hears"),
    "list of scenarios": ("scenarios", "[aria-label='list of scenarios']"),
    "seed of a sandbox": ("sandboxes", "tbody"),
}
"""What shows all payloads -> its view, and the element in it."""
ADDRESSES: Final = {
    "filter of calls": "calls?q=",
    "filter of the journal": "journal?q=",
    "filter of the receivers": "report?q=",
    "name of a call": "calls/",
    "name of a view": "",
}
"""What shows one payload -> the beginning of its address."""
MISSING: Final = """([place, texts]) => {
  const shown = [...document.querySelectorAll(place)].map(each => each.textContent).join(" ")
    .replaceAll('\\\\"', '"');
  return texts.filter(text => !shown.includes(text));
}"""
MISSING_IN_TURN: Final = """async ([start, texts]) => {
  const missing = [];
  for (const text of texts) {
    history.pushState(null, "", location.pathname.replace(/ui\\/.*/, "ui/") + start
      + encodeURIComponent(text));
    dispatchEvent(new Event("place"));
    const inputs = () => [...document.querySelectorAll("input")].map(each => each.value).join(" ");
    const isShown = () => (document.body.textContent + inputs() + document.title).includes(text);
    let turns = 0;
    while (!isShown() && turns < 200) {
      await new Promise(requestAnimationFrame);
      turns += 1;
    }
    if (turns === 200) missing.push(text);
  }
  return missing;
}"""
HARM: Final = """() => [
  window.hit ?? "", ...window.reports,
  ...[...document.body.querySelectorAll(
    "script, iframe, img, style, base, object, embed, meta, link, template, math, marquee"
  )].map(each => each.outerHTML),
  ...[...document.body.querySelectorAll("*")].flatMap(each =>
    [...each.attributes].filter(({name}) => name.startsWith("on")).map(({name}) => name)),
  ...[...document.querySelectorAll("a")].map(each => each.href)
    .filter(href => !href.startsWith(location.origin)),
].filter(Boolean)"""
REPORTS: Final = """window.reports = [];
document.addEventListener("securitypolicyviolation", each => window.reports.push(each.blockedURI));
"""


def let_answer(ui: UiSite, call: str) -> None:
    """Let the leg that waits for a person answer."""
    ui.advance(by="10s")
    [leg] = [each["leg"] for each in ui.read("/phones")["phones"] if each["call"] == call]
    ui.ask("POST", f"/calls/{call}/events", {"event": "answer", "leg": leg}).raise_for_status()
    ui.advance(by="1s")


def send_requests(ui: UiSite) -> None:
    """Send requests with the payloads in headers, body, field and path."""
    headers = {f"x-markup-{number}": text for number, text in enumerate(MARKUP)}
    path = f"{ui.prefix}/mobtexting/markup"
    ui.client.post(path, headers=headers, json={text: text for text in MARKUP})
    ui.place(**{"from": ALL})
    for text in MARKUP:
        ui.client.get(f"{path}-{quote(text, safe='')}")


def play_calls(ui: UiSite, receiver: str) -> None:
    """Say the payloads in a call, answer its webhooks with them, and read them aloud in another."""
    ui.ask("PATCH", ACCOUNT, {"webhooks": {"any": receiver}}).raise_for_status()
    ui.place("waits-for-a-person")
    let_answer(ui, "c1")
    for text in MARKUP:
        ui.ask("POST", "/calls/c1/events", {"event": "say", "leg": "b", "words": text})
    ui.ask("POST", "/calls/c1/events", {"event": "hangup", "leg": "b"}).raise_for_status()
    ui.advance(until="idle")
    for _ in MARKUP[1:]:
        ui.ask("POST", "/webhooks/w1/redeliver").raise_for_status()
        ui.advance(until="idle")
    ui.place("markup-0", to="flow:220", **{"variables[Name]": ALL, "variables[otp]": "7"})
    let_answer(ui, "c2")
    ui.advance(until="next")


@pytest.fixture
def hostile(server: UiSite, ui: UiSite) -> Iterator[UiSite]:
    """A sandbox with every payload in what comes from outside."""
    for number, text in enumerate(MARKUP):
        scenario = {"description": text, "legs": {"callee": "person"}}
        ui.ask("PUT", f"/scenarios/markup-{number}", scenario).raise_for_status()
    send_requests(ui)
    with serve_texts(partial(next, cycle(MARKUP))) as receiver:
        play_calls(ui, receiver)
    ui.client.post(f"{ui.prefix}/_mock/receive/mobtexting", content=ALL).raise_for_status()
    server.ask("PUT", "/sandboxes/markup", {"seed": ALL}).raise_for_status()
    yield ui
    server.ask("DELETE", "/sandboxes/markup")


def test_every_text_from_outside_is_shown_as_text(page: Page, hostile: UiSite) -> None:
    assert (len(set(MARKUP)) >= 50, len(PLACES) + len(ADDRESSES)) == (True, 18)
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.add_init_script(REPORTS)
    for name, (view, place) in PLACES.items():
        page.goto(hostile.url(view))
        expect(page.locator("#link")).to_have_text("live")
        expect(page.locator(place).first).to_contain_text("window.hit=1")
        assert page.evaluate(MISSING, [place, MARKUP]) == [], name
        assert page.evaluate(HARM) == [], name
    for name, start in ADDRESSES.items():
        assert page.evaluate(MISSING_IN_TURN, [start, MARKUP]) == [], name
        assert page.evaluate(HARM) == [], name
    assert dialogs == []


def test_signs_that_nobody_sees_are_spelled_out(page: Page, ui: UiSite) -> None:
    ui.place(**{"from": "\u202e91\u0000"})
    page.goto(ui.url("requests/r1"))
    expect(page.get_by_label("request", exact=True)).to_contain_text("\\u202e91\\u0000")
