"""Many calls and many events: few rows are on the page, and no task of it takes long."""

from typing import Any

import pytest

from tests.support.browser import Browser, Page, expect
from tests.support.many_calls import ENTRIES as ENTRIES_OF_A_CALL
from tests.support.many_calls import SteadyLoad, place_many
from tests.support.page_tasks import watch_tasks
from tests.support.ui_site import UiSite

CALLS = 10_000
SECONDS = 30
ENTRIES = 1_000  # a second
MAX_ROWS = 120
MAX_TASK = 100  # ms of CPU
MAX_FRAME = 32  # ms between two frames at p95; only the full size measures it, on a quiet machine
FULL = 100  # percent
SCROLL = """async last => {
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  const scroller = document.querySelector(".scroller"), frames = [];
  let rows = 0, at = await frame();
  while (!document.querySelector(`.row[data-key="${last}"]`)) {
    const rest = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    scroller.scrollBy(0, Math.min(rest, 1500));
    const next = await frame();
    frames.push(next - at);
    at = next;
    rows = Math.max(rows, document.querySelectorAll(".rows > .row").length);
  }
  return {frames, rows};
}"""
FRAMES = """async seconds => {
  const frames = [], end = performance.now() + seconds * 1000;
  let at = performance.now();
  while (at < end) {
    const next = await new Promise(requestAnimationFrame);
    frames.push(next - at);
    at = next;
  }
  return frames;
}"""


@pytest.fixture
def percent(request: pytest.FixtureRequest) -> int:
    """The part of the full size."""
    value: int = request.config.getoption("--page-load")
    return value


def frame_at_p95(frames: list[float]) -> float:
    return sorted(frames)[len(frames) * 95 // 100]


def test_a_long_list_has_few_rows_on_the_page_and_reaches_its_end(
    chromium: Browser, page: Page, ui: UiSite, percent: int
) -> None:
    count = CALLS * percent // 100
    place_many(ui, count)
    page.goto(ui.url())
    expect(page.get_by_text(f"{count} calls")).to_be_visible()
    expect(page.locator(".rows > .row").first).to_contain_text(f"c{count}")
    with watch_tasks(chromium, page) as tasks:
        scrolled: dict[str, Any] = page.evaluate(SCROLL, "c1")
    assert scrolled["rows"] < MAX_ROWS
    assert max(tasks) < MAX_TASK
    if percent >= FULL:
        assert frame_at_p95(scrolled["frames"]) < MAX_FRAME


def test_a_thousand_events_a_second_hold_up_nothing(
    chromium: Browser, page: Page, ui: UiSite, percent: int
) -> None:
    seconds = SECONDS * percent / 100
    ui.ask("PUT", "/clock", {"mode": "instant"})
    place_many(ui, 200)
    page.goto(ui.url("calls/c1"))
    expect(page.get_by_text("200 calls")).to_be_visible()
    with SteadyLoad(ui, ENTRIES) as load, watch_tasks(chromium, page) as tasks:
        frames: list[float] = page.evaluate(FRAMES, seconds)
    expect(page.get_by_text(f"{200 + load.calls} calls")).to_be_visible()
    assert page.locator(".rows > .row").count() < MAX_ROWS
    assert max(tasks) < MAX_TASK
    if percent >= FULL:
        assert frame_at_p95(frames) < MAX_FRAME
        assert load.calls * ENTRIES_OF_A_CALL > 0.9 * ENTRIES * seconds


def test_rows_do_not_jump_while_somebody_reads_them(page: Page, ui: UiSite) -> None:
    place_many(ui, 60)
    page.goto(ui.url())
    expect(page.get_by_text("60 calls")).to_be_visible()
    scroller = page.locator(".scroller")
    scroller.evaluate("each => each.scrollTo(0, 1120)")
    row = page.locator(".rows > .row").filter(has=page.get_by_text("c35", exact=True))
    expect(row).to_be_visible()
    expect(page.locator("#link")).to_have_text("live")
    before = row.bounding_box()
    ui.place("answered")
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    assert row.bounding_box() == before
    page.get_by_role("button", name="1 new").click()
    expect(
        page.locator(".rows > .row").filter(has=page.get_by_text("c61", exact=True))
    ).to_be_visible()
