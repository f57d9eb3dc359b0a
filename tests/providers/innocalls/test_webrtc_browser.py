"""The WebRTC pages of Innocalls log in and place a call in a real browser."""

from mock_calls import MockServer
from mockserver.app import run_server
from mockserver.settings import Settings
from tests.support.browser import browser

SETTLED = (
    "const done = arguments[0]; const look = () => state.textContent === 'connecting' "
    "? setTimeout(look, 10) : done(state.textContent); look();"
)


def test_a_browser_logs_in_and_places_a_call() -> None:
    settings = Settings(port=0, clock="manual", seed="s", quiet=True)
    with run_server(settings) as origin, MockServer(origin, "web") as mock, browser() as page:
        page.open(mock.url("innocalls") + "/integration.php?phone_number=00966500000000")
        assert page.text("h1") == "Log in"
        page.type("input[name=extension]", "101")
        page.type("input[name=password]", "any-key")
        page.click("button")
        page.wait_until_present("#state")
        assert page.text("h1") == "Calling 966500000000"
        status = page.run(SETTLED)
        [call] = mock.calls()
        assert status == f"Call Sent {call.vendor_id}"
        assert [(leg.role, leg.number) for leg in call.legs] == [
            ("extension", "101"),
            ("phone", "966500000000"),
        ]
        mock.finish()
        assert mock.call(call.id).outcome == "completed"
