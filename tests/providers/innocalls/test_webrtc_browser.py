"""The WebRTC pages of Innocalls log in and place a call in a real browser."""

from mock_calls import MockServer
from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.browser import expect, open_browser, open_page


def test_a_browser_logs_in_and_places_a_call() -> None:
    settings = Settings(port=0, clock="manual", seed="s", quiet=True)
    with (
        run_server(settings) as origin,
        MockServer(origin, "web") as mock,
        open_browser() as browser,
        open_page(browser) as page,
    ):
        page.goto(mock.url("innocalls") + "/integration.php?phone_number=00966500000000")
        expect(page.locator("h1")).to_have_text("Log in")
        page.fill("input[name=extension]", "101")
        page.fill("input[name=password]", "any-key")
        page.click("button")
        expect(page.locator("h1")).to_have_text("Calling 966500000000")
        expect(page.locator("#state")).not_to_have_text("connecting")
        [call] = mock.calls()
        expect(page.locator("#state")).to_have_text(f"Call Sent {call.vendor_id}")
        assert [(leg.role, leg.number) for leg in call.legs] == [
            ("extension", "101"),
            ("phone", "966500000000"),
        ]
        mock.finish()
        assert mock.call(call.id).outcome == "completed"
