"""An exported journal in the page: chosen, dropped, and drawn as the live calls are."""

import json
from pathlib import Path

import pytest

from tests.support.browser import Page, expect
from tests.support.ui_site import UiSite

LADDER = """() => [...document.querySelectorAll(".ladder .lane, .ladder .rung")]
  .map(each => each.outerHTML.replace(/ href="[^"]*"/, ""))"""
DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  const options = { dataTransfer: data, bubbles: true, cancelable: true };
  document.querySelector("main h1").dispatchEvent(new DragEvent("drop", options));
}"""
HEADING = (
    '{"journal":2,"version":"0.1.0","sandbox":"s","seed":"x",'
    '"start_at":"2026-01-01T09:00:00.000Z","evicted":3}\n'
)


def export(ui: UiSite) -> str:
    return ui.client.get(f"{ui.prefix}/_mock/journal?format=jsonl").text


def choose(page: Page, text: str, name: str = "journal.jsonl") -> None:
    file = {"name": name, "mimeType": "application/jsonl", "buffer": text.encode()}
    page.get_by_label("Show an exported journal").set_input_files(file)  # type: ignore[arg-type]


def play(ui: UiSite, scenario: str) -> None:
    ui.ask("PUT", "/inboxes/mobtexting", {"responses": [500, 500, 200]})
    ui.place(scenario, attempts=2)
    ui.advance(until="idle")


@pytest.mark.parametrize(
    "scenario", ["callee-busy", "answered", "no-answer", "answering-machine", "lost-report"]
)
def test_a_chosen_file_has_the_same_ladder_as_the_live_call(
    page: Page, ui: UiSite, scenario: str
) -> None:
    play(ui, scenario)
    page.goto(ui.url("calls/c1"))
    expect(page.locator(".rung").filter(has_text="ended").first).to_be_visible()
    live = page.evaluate(LADDER)
    page.get_by_role("link", name="Journal").click()
    choose(page, export(ui))
    page.locator("main").get_by_role("link", name="c1").first.click()
    expect(page).to_have_url(ui.url("file/c1"))
    expect(page.locator(".rung").first).to_be_visible()
    assert page.evaluate(LADDER) == live


def test_a_dropped_file_is_shown_without_clock_and_phones(page: Page, ui: UiSite) -> None:
    ui.place("waits-for-a-person")
    ui.advance(by="10s")
    text = export(ui)
    page.goto(ui.url("journal"))
    expect(page.locator(".phone").first).to_be_visible()
    page.evaluate(DROP, ["run.jsonl", text])
    expect(page.get_by_role("heading", name="File run.jsonl")).to_be_visible()
    expect(page.get_by_text("It can only be read.")).to_be_visible()
    assert page.locator("clock-bar, phone-desk, main [data-acting]").count() == 0
    row = page.get_by_role("listitem").filter(has_text="not ended")
    expect(row).to_contain_text("mobtexting 918867135000 to 918867136000")


def test_a_row_of_the_ladder_shows_the_entries_of_its_webhook(page: Page, ui: UiSite) -> None:
    play(ui, "callee-busy")
    page.goto(ui.url("journal"))
    choose(page, export(ui))
    page.locator("main").get_by_role("link", name="c1").first.click()
    page.locator(".rung a").filter(has_text="w1 completed, 1st").click()
    expect(page).to_have_url(ui.url("file/c1/w1"))
    entries = page.locator("file-view details[open]")
    expect(entries.first).to_contain_text('"status1": "RECEIVED"')
    expect(entries.locator("b")).to_have_text(["delivery-attempt"] * entries.count())
    page.get_by_role("link", name="All of the call").click()
    expect(page.locator("file-view summary").filter(has_text="placed")).to_be_visible()


def test_the_file_is_filtered_and_closed(page: Page, ui: UiSite) -> None:
    ui.place("callee-busy")
    ui.place("answered")
    ui.advance(until="idle")
    page.goto(ui.url("journal"))
    choose(page, export(ui))
    page.get_by_label("filter the file").fill("busy")
    expect(page.get_by_role("heading", name="Calls (1)")).to_be_visible()
    expect(page).to_have_url(ui.url("file?q=busy"))
    page.get_by_role("button", name="Close the file").click()
    expect(page).to_have_url(ui.url("journal"))
    page.goto(ui.url("file/c1"))
    expect(page.get_by_role("heading", name="No file is open")).to_be_visible()


def test_a_long_file_is_shown_in_parts(page: Page, ui: UiSite) -> None:
    entry = '{{"id":{0},"at":"2026-01-01T09:00:00.000Z","type":"command","call":"c{0}"}}\n'
    page.goto(ui.url("journal"))
    choose(page, HEADING + "".join(map(entry.format, range(4, 254))))
    expect(page.get_by_text("Older entries, which had been evicted: 3.")).to_be_visible()
    expect(page.locator("file-view summary")).to_have_count(200)
    page.get_by_role("button", name="Show more").click()
    expect(page.locator("file-view summary")).to_have_count(250)
    expect(page.locator("file-view .row")).to_have_count(250)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Line 1 is not JSON."),
        (f"{HEADING}{{", "Line 2 is not JSON."),
        ("[]", 'run.jsonl does not begin as a journal does: "Export .jsonl" writes one.'),
        ('{"inputs":1}', '"mockserver ui run.jsonl" shows it.'),
        (
            '{"journal":1,"version":"0.0.1"}',
            "mockserver 0.0.1 has written run.jsonl in format 1; this page reads format 2.",
        ),
        (f"{HEADING}7", "Line 2 of run.jsonl is no entry of a journal."),
        (
            f'{HEADING}{{"id":1,"at":"x","type":"event"}}',
            "Line 2 of run.jsonl is no entry of a journal.",
        ),
    ],
)
def test_what_is_no_journal_is_refused_beside_the_chooser(
    page: Page, ui: UiSite, text: str, message: str
) -> None:
    page.goto(ui.url("journal"))
    choose(page, text, "run.jsonl")
    expect(page.get_by_role("alert")).to_contain_text(message)
    expect(page).to_have_url(ui.url("journal"))


def test_texts_of_a_file_run_nothing(page: Page, ui: UiSite) -> None:
    payload = "<img src=x onerror='window.hit = 1'>"
    common = {"at": "2026-01-01T09:00:00.000Z", "call": "c1"}
    entries: tuple[dict[str, object], ...] = (
        {"type": "event", "event": "ring", "leg": payload, "role": payload, "number": payload},
        {"type": "delivery-attempt", "webhook": payload, "number": 1, "error": payload},
    )
    lines = [json.dumps({"id": 1, **common, **entry}) for entry in entries]
    page.goto(ui.url("journal"))
    choose(page, HEADING + "\n".join(lines), f"{payload}.jsonl")
    page.locator("main").get_by_role("link", name="c1").first.click()
    expect(page.locator(".rung").first).to_be_visible()
    assert page.evaluate("window.hit") is None
    assert page.locator("main :is(img, script)").count() == 0


def test_a_call_that_is_not_in_the_file_is_named(page: Page, ui: UiSite, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text(HEADING)
    page.goto(ui.url("journal"))
    page.get_by_label("Show an exported journal").set_input_files(path)
    expect(page.get_by_role("heading", name="Calls (0)")).to_be_visible()
    page.evaluate("history.pushState(null, '', 'file/c9'); dispatchEvent(new Event('place'))")
    expect(page.get_by_text("This call is not in the file.")).to_be_visible()
