"""Requests, webhooks and entries saved as files: of the sandbox, and of one call."""

import json
from typing import Any

from tests.support.browser import Page
from tests.support.ui_site import UiSite


def save(page: Page, button: str) -> tuple[str, str]:
    """Click an export, and return the name of the file with its text."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return download.value.suggested_filename, download.value.path().read_text()


def entries(text: str) -> list[dict[str, Any]]:
    return [each for line in text.splitlines() if "id" in (each := json.loads(line))]


def place_two_calls(ui: UiSite) -> None:
    for _ in range(2):
        ui.place("callee-busy")
    ui.advance(until="idle")


def test_the_journal_is_saved_as_an_http_archive(page: Page, ui: UiSite) -> None:
    place_two_calls(ui)
    page.goto(ui.url("journal"))
    name, text = save(page, "Export .har")
    assert (name, json.loads(text)) == ("requests.har", ui.read("/har"))


def test_a_call_is_saved_without_the_others(page: Page, ui: UiSite) -> None:
    place_two_calls(ui)
    page.goto(ui.url("calls/c2"))
    name, text = save(page, "Export .har")
    assert (name, [each["_id"] for each in json.loads(text)["log"]["entries"]]) == (
        "c2.har",
        ["r2", "w2"],
    )
    name, text = save(page, "Export .jsonl")
    assert json.loads(text.splitlines()[0])["sandbox"] == ui.prefix.rpartition("/")[2]
    assert (name, {each["call"] for each in entries(text)}) == ("c2.jsonl", {"c2"})
    assert len(entries(text)) == 11
