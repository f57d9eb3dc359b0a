"""What each receiver of webhooks did, with links to what shows it."""

import re

import pytest

from tests.support.browser import Page, expect
from tests.support.small_server import serve_texts
from tests.support.ui_site import UiSite

ACCOUNT = "/accounts/mobtexting/mobtexting-default"


def end_call(ui: UiSite, *scenarios: str) -> None:
    ui.place("callee-busy", *scenarios)
    ui.advance(until="idle")


def send_to(ui: UiSite, url: str) -> None:
    ui.ask("PATCH", ACCOUNT, {"webhooks": {"any": url}}).raise_for_status()


@pytest.fixture
def failing(ui: UiSite) -> UiSite:
    """A sandbox whose inbox has refused a webhook and one of two copies."""
    ui.ask("PUT", "/inboxes/mobtexting", {"responses": [500, 500, 200]})
    end_call(ui)
    end_call(ui, "doubled-report")
    return ui


def test_a_receiver_has_its_numbers(page: Page, failing: UiSite) -> None:
    page.goto(failing.url("report"))
    receiver = page.get_by_role("article")
    expect(receiver.get_by_role("heading")).to_have_text(
        f"{failing.origin}{failing.prefix}/_mock/receive/mobtexting"
    )
    expect(receiver).to_contain_text("completed 2 failed 1 delivered")
    values = receiver.locator("dd")
    expect(receiver.locator("dt")).to_have_text(
        ["attempts", "answers", "failures", "time-outs", "other errors", "real time in ms"]
    )
    numbers = ["3", "200: 1, 500: 2", "2", "0", "none"]
    expect(values).to_have_text([*numbers, re.compile(r"^p50: \d+, p99: \d+$")])


def test_a_failure_leads_to_its_webhook_and_back_to_its_receiver(
    page: Page, failing: UiSite
) -> None:
    page.goto(failing.url("report"))
    failed = page.get_by_role("listitem").filter(has_text="Failed with 500: w1 w2")
    failed.get_by_role("link", name="w1").click()
    expect(page).to_have_url(failing.url("webhooks/w1"))
    send_to(failing, "http://127.0.0.1:9/other")
    end_call(failing)
    page.get_by_role("link", name="Receiver", exact=True).click()
    expect(page.get_by_text("1 receiver", exact=True)).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("/_mock/receive/mobtexting")


def test_copies_with_other_answers_are_shown_with_these(page: Page, failing: UiSite) -> None:
    page.goto(failing.url("report"))
    copies = page.get_by_text("Answers of another status to copies or repeats of w2:").locator("..")
    expect(copies.get_by_role("listitem")).to_have_text(["w2 attempt 1: 500", "w3 attempt 1: 200"])
    copies.get_by_role("link", name="w3").click()
    expect(page.get_by_text("A scenario made this copy of w2.")).to_be_visible()


def test_a_request_that_followed_is_shown_with_its_webhook(page: Page, ui: UiSite) -> None:
    calls = iter((ui.place,))

    def call_again() -> str:
        return next(calls, str)()

    with serve_texts(call_again) as receiver:
        send_to(ui, f"{receiver}/hook?call=1")
        end_call(ui)
    page.goto(ui.url("report"))
    followed = page.get_by_role("listitem").filter(has_text="followed")
    expect(followed).to_have_text("Request r2 c2c followed w1 before it was answered")
    followed.get_by_role("link", name="r2").click()
    expect(page).to_have_url(ui.url("requests/r2"))


def test_the_webhooks_of_a_receiver_are_listed(page: Page, failing: UiSite) -> None:
    send_to(failing, "http://127.0.0.1:9/other?x=1")
    end_call(failing)
    page.goto(failing.url("report?q=other"))
    expect(page.locator("dd").last).to_have_text("none")
    page.get_by_role("link", name="Its webhooks").click()
    expect(page.get_by_text("1 webhook", exact=True)).to_be_visible()
    page.go_back()
    page.get_by_label("filter receivers").fill("receive")
    expect(page.get_by_role("heading", name="/_mock/receive/mobtexting")).to_be_visible()
    expect(page).to_have_url(failing.url("report?q=receive"))
    page.get_by_role("link", name="Its webhooks").click()
    expect(page.get_by_text("3 webhooks", exact=True)).to_be_visible()


def test_the_numbers_follow_what_happens(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("report"))
    expect(page.get_by_text("No webhook yet.")).to_be_visible()
    expect(page.locator("#link")).to_have_text("live")
    end_call(ui)
    expect(page.get_by_role("article")).to_contain_text("200: 1")
    expect(page.get_by_role("article")).to_contain_text("Nothing stands out")
    expect(page.get_by_text("No webhook yet.")).to_have_count(0)
    ui.ask("POST", "/reset")
    expect(page.get_by_text("No webhook yet.")).to_be_visible()


def test_attempts_that_a_scenario_simulates_are_counted_apart(page: Page, ui: UiSite) -> None:
    scenario = {"webhooks": {"any": {"attempts": ["timeout"]}}}
    ui.ask("PUT", "/scenarios/simulated", scenario).raise_for_status()
    end_call(ui, "simulated")
    page.goto(ui.url("report"))
    expect(page.locator("dd").first).to_have_text("0, and 1 that did not go to it")


def test_a_long_finding_is_cut(page: Page, ui: UiSite) -> None:
    ui.ask("PUT", "/inboxes/mobtexting", {"responses": [500] * 102})
    for _ in range(102):
        ui.place("callee-busy")
    ui.advance(until="idle")
    page.goto(ui.url("report"))
    failed = page.get_by_role("listitem").filter(has_text="Failed with 500")
    expect(failed.get_by_role("link")).to_have_count(100)
    expect(failed).to_contain_text("w100 and 2 more")


def test_a_key_leads_to_the_receivers(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("calls"))
    expect(page.locator("#link")).to_have_text("live")
    page.keyboard.press("g")
    page.keyboard.press("v")
    expect(page.get_by_role("heading", name="Receivers")).to_be_visible()


def test_where_nothing_was_sent_a_link_leads_to_a_call(page: Page, ui: UiSite) -> None:
    page.goto(ui.url("report"))
    expect(page.get_by_text("0 receivers")).to_be_visible()
    page.get_by_role("link", name="Place a call").click()
    expect(page).to_have_url(ui.url("try"))


def test_time_outs_repeats_and_reads_of_a_call_are_shown(page: Page, ui: UiSite) -> None:
    """The report is made up: a real time-out takes as long as the account waits."""
    answers = [
        {"webhook": "w1", "attempt": 1, "status": 200, "error": None, "body": "first"},
        {"webhook": "w1", "attempt": 2, "status": None, "error": "timeout", "body": {"n": 2}},
    ]
    receiver = {
        "url": "http://app.test/hook",
        "kinds": ["status", "cdr"],
        "states": {"pending": 1},
        "attempts": 3,
        "unasked": 0,
        "statuses": {"200": 1},
        "errors": {"reset": 1, "timeout": 1},
        "failures": 2,
        "failed_webhooks": {"reset": ["w1"], "timeout": ["w1"]},
        "latency_ms": {"p50": 1, "p99": 2},
        "differing_copies": [
            {"webhooks": ["w1"], "differs": ["status", "body"], "answers": answers}
        ],
        "follow_ups": [
            {"request": "r2", "operation": "get", "webhook": "w1", "because": "same-call"}
        ],
    }
    page.route(
        "**/_mock/report", lambda route: route.fulfill(json={"receivers": [receiver], "evicted": 1})
    )
    page.goto(ui.url("report"))
    expect(page.get_by_role("article").get_by_role("listitem")).to_have_text(
        [
            "Failed with reset: w1",
            "Failed with timeout: w1",
            re.compile("^Answers of another status and body to copies or repeats of w1:"),
            "w1 attempt 1: 200 first",
            'w1 attempt 2: timeout {"n":2}',
            "Request r2 get followed w1 and reads or moves its call",
        ]
    )
    numbers = ["3", "200: 1", "2", "1", "reset: 1", "p50: 1, p99: 2"]
    expect(page.locator("dd")).to_have_text(numbers)
    expect(page.get_by_text("1 receiver, without 1 older webhook that")).to_be_visible()
