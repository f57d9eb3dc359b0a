"""Requests and webhooks copied for a shell, for Python and for JavaScript send the same bytes."""

import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.support.browser import Page, copy_as, expect
from tests.support.simulation import CLICK_TO_CALL_PATH
from tests.support.ui_site import UiSite

HARD = 'O\'Neil "50 %" $HOME `id` \\n !x ü 😀'
COMMANDS = {
    "curl": lambda text: ["bash", "-c", text],
    "Python": lambda text: [sys.executable, "-c", text],
    "JS": lambda text: ["node", "--input-type=module", "-e", text],
}
PROGRAMS = {"curl": "curl", "Python": sys.executable, "JS": "node"}


def available() -> list[str]:
    """The programs for which something is copied; CI has them all."""
    return [
        name for name, program in PROGRAMS.items() if shutil.which(program) or "CI" in os.environ
    ]


def sent(ui: UiSite) -> list[dict[str, Any]]:
    """What counts of each request as it came."""
    ids = [each["id"] for each in ui.read("/requests")["requests"]]
    found = [ui.read(f"/requests/{each}/raw") for each in ids]
    names = ("method", "path", "query", "body", "base64")
    return [{name: each[name] for name in names} for each in found]


def run(name: str, text: str) -> None:
    """Run what was copied, with a token where a secret was masked."""
    environment = {**os.environ, "TOKEN": "any-token", "NO_PROXY": "*"}
    command = COMMANDS[name](text)
    subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603 - what the page has made


def test_a_copied_request_sends_the_same_bytes(page: Page, ui: UiSite) -> None:
    ui.place(variables={"Name": HARD}, mid="line\r\nline")
    page.goto(ui.url("requests/r1"))
    for name in available():
        run(name, copy_as(page, name))
    assert sent(ui) == [sent(ui)[0]] * (1 + len(available()))
    assert {each["status"] for each in ui.read("/requests")["requests"]} == {200}


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data"])
def test_what_try_it_copies_is_what_it_sends(page: Page, ui: UiSite, kind: str) -> None:
    page.goto(ui.url("try/innocalls/order-confirmation"))
    page.get_by_label("type", exact=True).select_option(kind)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("answer")).to_contain_text("200")
    for name in available():
        run(name, copy_as(page, name))
    assert sent(ui) == [sent(ui)[0]] * (1 + len(available()))
    assert {each["status"] for each in ui.read("/requests")["requests"]} == {200}


def test_a_copied_body_that_is_no_text_stays_as_it_is(page: Page, ui: UiSite) -> None:
    headers = {"content-type": "application/json"}
    ui.client.post(f"{ui.prefix}{CLICK_TO_CALL_PATH}", content=b"\xff\x00{", headers=headers)
    page.goto(ui.url("requests/r1"))
    for name in available():
        run(name, copy_as(page, name))
    assert [each["base64"] for each in sent(ui)] == ["/wB7"] * (1 + len(available()))


def test_a_copied_webhook_sends_the_same_bytes(page: Page, ui: UiSite) -> None:
    ui.place("callee-busy")
    ui.advance(until="idle")
    page.goto(ui.url("webhooks/w1"))
    run("curl", copy_as(page, "curl"))
    first, second = ui.read("/inboxes/mobtexting")["received"]
    assert second["body"] == first["body"]
