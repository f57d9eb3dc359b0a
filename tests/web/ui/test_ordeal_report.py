"""The report of an ordeal in the page: chosen, dropped, or that of `mockserver ui`."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.ordeal.json_report import render_json
from tests.ordeal.test_report import REPORT
from tests.support.browser import KEEP_COPY, Browser, Dialog, Page, expect, open_page
from tests.support.markup_payloads import MARKUP
from tests.support.processes import start
from tests.support.ui_site import UiSite
from tests.web.ui.test_accessibility import AXE, COLORS, FIND, NARROW, WIDE
from tests.web.ui.test_captured_texts import HARM, MISSING, REPORTS
from tests.web.ui.test_files import DROP, choose

REPEATED = (
    "wrong repeated each webhook is tried again after a 500, but the receiver has processed it"
)
TEXT = "\n".join(render_json(REPORT, "kept"))


def put_everywhere(value: Any, text: str) -> Any:
    """Replace each text of a value; lists that are empty get one."""
    if isinstance(value, dict):
        return {name: put_everywhere(each, text) for name, each in value.items()}
    if isinstance(value, list):
        return [put_everywhere(each, text) for each in value] or [text]
    return text if isinstance(value, str) else value


@pytest.fixture
def report(page: Page, ui: UiSite) -> Page:
    """The page with a report that somebody has chosen in the view of the receivers."""
    page.goto(ui.url("report"))
    choose(page, TEXT, "report.json")
    expect(page.get_by_role("heading", name="Ordeal report.json")).to_be_visible()
    return page


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[str]:
    """The URL of the page that `mockserver ui` serves for a report."""
    path = tmp_path / "report.json"
    path.write_text(TEXT, "utf-8")
    with start("ui", str(path)) as process:
        assert process.stdout
        yield process.stdout.readline().split()[-1]


def test_a_report_says_what_was_tried_and_how_the_cases_ended(report: Page, ui: UiSite) -> None:
    expect(report).to_have_url(ui.url("file"))
    main = report.locator("main")
    expect(main).to_contain_text("Webhooks of mobtexting to http://app.test/hook, seed s")
    expect(main.locator("p .pill")).to_have_text(["2 wrong", "1 unknown", "1 right"])
    expect(main.locator("dl").last).to_have_text("real time in msp50: 2, p99: 7no responsereset: 1")
    assert report.locator("clock-bar, phone-desk, main [data-acting]").count() == 0


def test_each_case_has_its_verdict_what_was_seen_and_the_evidence(report: Page) -> None:
    cases = report.locator("details")
    expect(cases.locator("summary")).to_have_text(
        [
            "right clean each webhook comes once, in order",
            "wrong duplicate each webhook comes twice",
            REPEATED,
            "unknown late each webhook comes 10 minutes late",
        ]
    )
    duplicate = cases.nth(1)
    expect(duplicate).to_have_attribute("open", "")
    expect(duplicate.locator("p")).to_have_text(
        [
            "counts-copies: the probe counts +2, not <1>\\u001b",
            "w1 first got 200, and then 202",
            "That this happens is assumed: a network can do this to any request",
        ]
    )
    expect(duplicate.locator("dd")).to_have_text(["200: 1, 202: 1", "c2c: 1"])
    cases.nth(3).locator("summary").click()
    expect(cases.nth(3).locator("p").first).to_have_text('"why"')


def test_a_case_has_the_counts_of_the_probe(report: Page) -> None:
    clean = report.locator("details").first
    clean.locator("summary").click()
    expect(clean.locator("dt")).to_have_text(
        ["responses", "requests", "probe before", "with the last response", "in the end"]
    )
    expect(clean.locator("dd")).to_have_text(["200: 1", "c2c: 1, get: 2", "n: 0", "n: 1", "n: 1"])


def test_a_defect_has_its_smallest_run_to_copy(report: Page) -> None:
    defect = report.get_by_role("article")
    expect(defect.get_by_role("heading")).to_have_text(
        "counts-copies a webhook that comes twice has its effect twice"
    )
    expect(defect).to_contain_text("Its smallest run is that of duplicate, seed s/duplicate")
    expect(defect.locator("pre").first).to_contain_text('"duplicate": 2')
    report.evaluate(KEEP_COPY)
    copied = {
        "Copy: Play it without the receiver": "mockserver replay kept/duplicate.jsonl",
        "Copy: Play the case with the receiver": (
            "mockserver ordeal --to 'http://app.test/a b' --only duplicate"
        ),
    }
    for name, command in copied.items():
        report.get_by_role("button", name=name).click()
        expect(report.locator("html")).to_have_attribute("data-copied", command)
        expect(report.locator("pre", has_text=command)).to_be_visible()


def test_a_defect_leads_to_each_case_that_shows_it_and_back(report: Page, ui: UiSite) -> None:
    report.get_by_role("article").get_by_role("link", name="repeated").click()
    expect(report).to_have_url(ui.url("file/repeated"))
    expect(report.locator("summary b")).to_have_text(["repeated"])
    expect(report.get_by_role("heading", name="Defects (1)")).to_be_visible()
    report.get_by_role("link", name="All of the file").click()
    expect(report.locator("summary b")).to_have_count(4)
    report.evaluate("history.pushState(null, '', 'file/none'); dispatchEvent(new Event('place'))")
    expect(report.get_by_text("This case is not in the file.")).to_be_visible()
    report.keyboard.press("Escape")
    expect(report).to_have_url(ui.url("file"))


def test_a_report_of_a_right_receiver_has_no_defect(page: Page, ui: UiSite) -> None:
    right = {**json.loads(TEXT), "defects": [], "to": None, "app": "./order.sh", "probe": "./n"}
    page.goto(ui.url("journal"))
    expect(page.get_by_role("heading", name="Journal")).to_be_visible()
    page.evaluate(DROP, ["report.json", json.dumps(right)])
    expect(page.get_by_text("No case shows a defect.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("to ./order.sh, seed s, probe ./n.")


def test_a_defect_without_a_scenario_says_who_shows_it(page: Page, ui: UiSite) -> None:
    report = json.loads(TEXT)
    report["defects"][0]["scenario"] = {}
    page.goto(ui.url("report"))
    choose(page, json.dumps(report), "report.json")
    expect(page.get_by_text("No scenario orders it: the ordeal itself does this")).to_be_visible()


def test_a_report_is_closed_and_another_file_opened(report: Page, ui: UiSite) -> None:
    report.get_by_role("button", name="Close the file").click()
    expect(report).to_have_url(ui.url("journal"))
    expect(report.get_by_role("link", name="File")).to_have_count(0)
    choose(report, TEXT, "report.json")
    expect(report.get_by_role("heading", name="Ordeal report.json")).to_be_visible()
    choose(report, ui.client.get(f"{ui.prefix}/_mock/journal?format=jsonl").text)
    expect(report.get_by_role("heading", name="File journal.jsonl")).to_be_visible()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT[:200], "report.json is a part of an ordeal's report: "),
        (TEXT.replace('"ordeal": 1', '"ordeal": 9'), "an ordeal's report in format 9; this page"),
        ('{"ordeal": 1}', "report.json has no list of cases, as "),
        ('{\n  "name": "x"\n}', '"mockserver ordeal --format json" write what can be shown here.'),
    ],
)
def test_what_is_no_whole_report_is_refused_beside_the_chooser(
    page: Page, ui: UiSite, text: str, message: str
) -> None:
    page.goto(ui.url("report"))
    choose(page, text, "report.json")
    expect(page.get_by_role("alert")).to_contain_text(message)
    expect(page).to_have_url(ui.url("report"))


def test_every_text_of_a_report_is_shown_as_text(page: Page, ui: UiSite) -> None:
    everything = " ".join(MARKUP)
    hostile = put_everywhere(json.loads(TEXT), everything)
    hostile["cases"][0]["probe"]["before"] = {everything: 1}
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.add_init_script(REPORTS)
    page.goto(ui.url("report"))
    choose(page, json.dumps(hostile), f"{MARKUP[0]}.json")
    expect(page.get_by_role("heading", name=f"Ordeal {MARKUP[0]}.json")).to_be_visible()
    places = ("file-view > p", "article h3", "article p", "article pre", "summary", "details p")
    for place in (*places, "details dd"):
        assert page.evaluate(MISSING, [place, MARKUP]) == [], place
    assert page.evaluate(HARM) == []
    assert dialogs == []


def test_the_command_shows_a_report_and_nothing_that_acts(page: Page, shown: str) -> None:
    page.goto(shown)
    expect(page).to_have_url(f"{shown}file")
    expect(page.get_by_role("heading", name="Ordeal report.json")).to_be_visible()
    expect(page.get_by_text("read-only")).to_be_visible()
    assert page.locator("clock-bar, phone-desk, [data-acting], #link, #file").count() == 0
    page.goto(f"{shown}file/late")
    expect(page.locator("summary b")).to_have_text(["late"])


def test_a_report_that_lacks_something_has_its_error_shown(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"ordeal": 1, "cases": [{}]}')
    with start("ui", str(path)) as process:
        assert process.stdout
        page.goto(process.stdout.readline().split()[-1])
        expect(page.get_by_text("Number 1 of the cases in report.json is not as ")).to_be_visible()


@pytest.mark.parametrize(
    ("scheme", "size", "rules"),
    [("light", WIDE, {}), ("dark", NARROW, {}), ("dark", WIDE, COLORS), ("light", NARROW, COLORS)],
    ids=["light", "dark-narrow", "dark", "light-narrow"],
)
def test_a_report_has_no_serious_fault_and_does_not_scroll_sideways(
    chromium: Browser, shown: str, scheme: str, size: dict[str, int], rules: dict[str, object]
) -> None:
    if not AXE.exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs `npm ci --prefix tests/page`")
        pytest.skip("axe-core comes by `npm ci --prefix tests/page`")
    with open_page(chromium, color_scheme=scheme, viewport=size) as page:
        for view in ("file", "file/duplicate"):
            page.goto(f"{shown}{view}")
            expect(page.locator("file-view summary").first).to_be_visible()
            page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            page.evaluate(f"{AXE.read_text()}\n;0")
            assert page.evaluate(FIND, rules) == [], view
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], view


def test_a_report_is_read_by_keyboard(report: Page) -> None:
    report.get_by_role("link", name="repeated").focus()
    report.keyboard.press("Enter")
    summary = report.locator("summary")
    expect(summary).to_have_count(1)
    summary.focus()
    report.keyboard.press("Enter")
    expect(report.locator("details")).not_to_have_attribute("open", "")
    report.evaluate(KEEP_COPY)
    report.get_by_role("button", name="Copy: Play it without the receiver").focus()
    report.keyboard.press("Space")
    expect(report.locator("html")).to_have_attribute(
        "data-copied", "mockserver replay kept/duplicate.jsonl"
    )
