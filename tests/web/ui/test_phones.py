"""The phones: a person answers, presses, speaks and hangs up by the page alone."""

import pytest

from tests.support.browser import Locator, Page, Route, expect
from tests.support.ui_site import UiSite

PERSON = "waits-for-a-person"


def phone(page: Page, call: str = "c1") -> Locator:
    return page.locator(f".phone[data-call={call}]")


def button(place: Page | Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def ring(page: Page, ui: UiSite) -> Locator:
    """Place a call, open it, and let its callee ring."""
    ui.place(PERSON)
    page.goto(ui.url("calls/c1"))
    button(page, "+10 s").click()
    expect(button(phone(page), "Answer")).to_be_visible()
    return phone(page)


def test_a_person_answers_presses_speaks_and_hangs_up(page: Page, ui: UiSite) -> None:
    callee = ring(page, ui)
    button(callee, "Answer").click()
    button(callee, "1").click()
    callee.get_by_label("words to say").fill("yes please")
    button(callee, "Say").click()
    expect(page.locator(".rung").filter(has_text="yes please")).to_be_visible()
    button(callee, "Hang up").click()
    expect(callee).to_have_count(0)
    button(page, "To next (0 s)").click()
    rows = page.get_by_label("ladder diagram").locator(".words")
    expect(rows).to_contain_text(
        ["answer (you)", "bridge", "key 1 (you)", 'says "yes please" (you)', "hang up (you)"]
    )
    expect(rows.filter(has_text="w1 completed, 1st")).to_be_visible()
    expect(page.get_by_label("webhook").get_by_text("delivered")).to_be_visible()


FRAMES = "() => new Promise(end => requestAnimationFrame(() => requestAnimationFrame(end)))"


def test_a_second_click_on_what_acts_sends_nothing_though_the_page_renders_meanwhile(
    page: Page, ui: UiSite
) -> None:
    callee = ring(page, ui)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/calls/c1/events", hold)
    answer = button(callee, "Answer")
    answer.dispatch_event("click")
    page.evaluate(FRAMES)
    answer.dispatch_event("click")
    page.evaluate(FRAMES)
    assert len(held) == 1
    held[0].continue_()
    expect(callee.get_by_label("words to say")).to_be_visible()


def test_what_the_vendor_can_do_is_read_when_a_closed_phone_is_opened(
    page: Page, ui: UiSite
) -> None:
    for _ in range(3):
        ui.place(PERSON)
    ui.advance(by="10s")
    page.goto(ui.url("phones"))
    expect(page.locator(".phone")).to_have_count(2)
    closed = page.locator("phone-desk [data-click=open]")
    call = (closed.get_attribute("data-phone") or "").partition("-")[0]
    with page.expect_request(f"**/calls/{call}/acts"):
        closed.click()
    expect(phone(page, call)).to_be_visible()


def test_a_key_that_is_pressed_twice_at_once_is_sent_twice(page: Page, ui: UiSite) -> None:
    callee = ring(page, ui)
    button(callee, "Answer").click()
    key = button(callee, "1")
    expect(key).to_be_visible()
    key.evaluate("key => { key.click(); key.click(); }")
    expect(page.locator(".rung").filter(has_text="key 1 (you)")).to_have_count(2)


@pytest.mark.parametrize(
    ("name", "cause", "number"),
    [("Decline", "rejected", 21), ("Busy", "busy", 17), ("No answer", "no-answer", 19)],
)
def test_a_person_who_does_not_talk_has_a_cause(
    page: Page, ui: UiSite, name: str, cause: str, number: int
) -> None:
    callee = ring(page, ui)
    button(callee, name).click()
    words = page.locator(".rung .words").filter(has_text=f"hang up: {cause} ({number}) (you)")
    expect(words).to_be_visible()
    [hangup, *_] = [each for each in ui.read("/calls/c1")["events"] if each["event"] == "hangup"]
    assert (hangup["cause"], hangup["q850"]) == (cause, number)


def test_the_phones_of_two_calls_do_not_mix(page: Page, ui: UiSite) -> None:
    ui.place(PERSON)
    ui.place(PERSON, to="918867136001")
    ui.advance(by="10s")
    page.goto(ui.url("phones"))
    button(phone(page, "c2"), "Answer").click()
    expect(button(phone(page, "c2"), "Hang up")).to_be_visible()
    expect(button(phone(page, "c1"), "Answer")).to_be_visible()
    button(phone(page, "c1"), "Busy").click()
    expect(phone(page, "c1")).to_have_count(0)
    assert [ui.read(f"/calls/{call}")["state"] for call in ("c1", "c2")] == ["ended", "bridged"]


def test_the_third_phone_has_one_line_until_it_is_opened(page: Page, ui: UiSite) -> None:
    for _ in range(3):
        ui.place(PERSON)
    ui.advance(by="10s")
    page.goto(ui.url("phones"))
    expect(page.locator(".phone")).to_have_count(2)
    third = page.get_by_role("button", name="rings")
    call = third.inner_text().partition(":")[0]
    third.click()
    expect(phone(page, call)).to_be_visible()


def test_what_the_call_forbids_is_said_beside_the_button(page: Page, ui: UiSite) -> None:
    callee = ring(page, ui)
    page.route("**/calls/c1/events", lambda route: route.fulfill(
        status=409, headers={"content-type": "application/problem+json"},
        body='{"detail": "the call is over"}',
    ))  # fmt: skip
    button(callee, "Answer").click()
    expect(callee.get_by_role("alert")).to_have_text("the call is over")
    button(page, "+10 s").click()
    expect(button(page, "+10 s")).to_be_enabled()
    expect(callee.get_by_role("alert")).to_have_text("the call is over")


def test_a_ringing_phone_is_in_the_title_and_in_the_live_region(page: Page, ui: UiSite) -> None:
    ring(page, ui)
    expect(page).to_have_title("(1) rings, calls - mockserver")
    expect(page.locator("#spoken")).to_contain_text("Phone 918867136000 rings, call c1.")


def test_a_phone_is_answered_and_left_by_keys_alone(page: Page, ui: UiSite) -> None:
    ui.place(PERSON)
    page.goto(ui.url("calls/c1"))
    expect(page.get_by_label("ladder diagram")).to_be_visible()
    page.keyboard.press(".")
    expect(button(phone(page), "Answer")).to_be_visible()
    for key in ("p", "a"):
        page.keyboard.press(key)
    expect(button(phone(page), "Hang up")).to_be_visible()
    phone(page).focus()
    page.keyboard.press("1")
    expect(page.locator(".words").filter(has_text="key 1 (you)")).to_be_visible()
    page.keyboard.press("h")
    expect(phone(page)).to_have_count(0)
    expect(page.locator("#spoken")).to_contain_text("Call c1: ")
    expect(button(page, "To next (0 s)")).to_be_enabled()
    page.keyboard.press(">")
    expect(page.get_by_label("webhook").get_by_text("delivered")).to_be_visible()


def test_the_recording_of_an_ended_call_can_be_played_and_downloaded(
    page: Page, ui: UiSite
) -> None:
    callee = ring(page, ui)
    button(callee, "Answer").click()
    button(callee, "Hang up").click()
    expect(page.get_by_label("recording")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the recording").click()
    assert download.value.suggested_filename == "c1.wav"
    page.get_by_label("recording").evaluate("audio => audio.play()")


def test_a_prompt_is_heard_after_the_answer(page: Page, ui: UiSite) -> None:
    ui.ask("PUT", "/scenarios/greets", {
        "description": "Reads a text to the callee.",
        "legs": {"callee": "person"},
    })  # fmt: skip
    ui.place("greets", to="flow:220", **{"variables[Name]": "Ada", "variables[otp]": "7"})
    page.goto(ui.url("calls/c1"))
    button(page, "+10 s").click()
    expect(phone(page)).to_be_visible()
    expect(phone(page).locator(".hears")).to_have_count(0)
    button(phone(page), "Answer").click()
    button(page, "To next").or_(page.get_by_role("button", name="To next (")).click()
    expect(phone(page).locator(".hears")).to_contain_text("Hello Ada")


STUBS = """
window.shown = []; window.asked = 0; window.read = [];
window.Notification = class {
  static permission = "default";
  static async requestPermission() {
    window.asked += 1;
    return (this.permission = window.answer ?? "granted");
  }
  constructor(title, { body }) { window.shown.push([title, body]); }
};
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
const voices = [{name: "remote", localService: false, lang: "en-US"},
                {name: "own", localService: true, lang: "xx"}];
Object.defineProperty(window, "speechSynthesis", {value: {
  getVoices: () => window.voices ?? voices, speak: (words) => window.read.push(
    [words.text, words.voice.name]), cancel: () => {}, addEventListener: () => {},
}});
Document.prototype.hasFocus = () => window.isLookedAt ?? false;
"""
"""Records notifications and what is read aloud; the person looks elsewhere."""


def test_a_phone_that_rings_is_notified_only_on_wish_and_after_a_click(
    page: Page, ui: UiSite
) -> None:
    page.add_init_script(STUBS)
    ring(page, ui)
    assert page.evaluate("[asked, shown]") == [0, []]
    button(page, "Notify: off").click()
    expect(button(page, "Notify: on")).to_be_visible()
    ui.place(PERSON)
    button(page, "+10 s").click()
    expect(phone(page, "c2")).to_be_visible()
    rings = [["918867136000 rings", "Call c2, leg b"]]
    assert page.evaluate("[asked, shown]") == [1, rings]
    button(page, "Notify: on").click()
    expect(button(page, "Notify: off")).to_be_visible()


def test_a_wish_is_remembered_and_nobody_who_looks_is_notified(page: Page, ui: UiSite) -> None:
    page.add_init_script(STUBS + "Notification.permission = 'granted'; window.isLookedAt = true;")
    page.goto(ui.url("phones"))
    for name in ("Notify", "Read aloud"):
        button(page, f"{name}: off").click()
        expect(button(page, f"{name}: on")).to_be_visible()
    page.reload()
    for name in ("Notify", "Read aloud"):
        expect(button(page, f"{name}: on")).to_be_visible()
    ui.place(PERSON)
    button(page, "+10 s").click()
    expect(phone(page)).to_be_visible()
    assert page.evaluate("[asked, shown]") == [0, []]


@pytest.mark.parametrize(
    ("lack", "name", "reason"),
    [
        ("window.answer = 'denied'", "Notify", "The browser does not allow it"),
        ("window.voices = []", "Read aloud", "This browser has no voice on this machine."),
        (
            "window.voices = [{localService: false}]",
            "Read aloud",
            "This browser has no voice on this machine.",
        ),
    ],
)
def test_a_wish_that_the_browser_cannot_fulfill_stays_off_and_says_why(
    page: Page, ui: UiSite, lack: str, name: str, reason: str
) -> None:
    page.add_init_script(f"{STUBS};{lack}")
    page.goto(ui.url("phones"))
    button(page, f"{name}: off").click()
    expect(page.locator("phone-desk").get_by_role("alert")).to_contain_text(reason)
    expect(button(page, f"{name}: off")).to_be_visible()


def test_prompts_are_read_aloud_on_wish_by_a_voice_of_this_machine(page: Page, ui: UiSite) -> None:
    page.add_init_script(STUBS)
    ui.ask("PUT", "/scenarios/greets", {
        "description": "Reads a text to the callee.",
        "legs": {"callee": "person"},
    })  # fmt: skip
    for _ in range(2):
        ui.place("greets", to="flow:220", **{"variables[Name]": "Ada", "variables[otp]": "7"})
    ui.advance(by="10s")
    page.goto(ui.url("phones"))
    for call, name in (("c1", "Read aloud: off"), ("c2", "")):
        button(phone(page, call), "Answer").click()
        page.get_by_role("button", name="To next (").click()
        expect(phone(page, call).locator(".hears")).to_contain_text("Hello Ada")
        if name:
            assert page.evaluate("read") == []
            button(page, name).click()
            expect(button(page, "Read aloud: on")).to_be_visible()
    [[text, voice]] = page.evaluate("read")
    assert (text.startswith("Hello Ada"), voice) == (True, "own")
