"""The WebRTC pages in a real browser: to the login, in, and the call is placed."""

from mockserver.app import run_server
from mockserver.client import MockServer
from mockserver.settings import Settings
from tests.support.browser import browser

SETTLED = (
    "const done = arguments[0]; const look = () => state.textContent === 'connecting' "
    "? setTimeout(look, 10) : done(state.textContent); look();"
)


def test_browser_logs_in_and_calls() -> None:
    served = Settings(port=0, clock="manual", seed="s", quiet=True)
    with run_server(served) as origin, MockServer(origin, "web") as mock, browser() as page:
        page.open(mock.url("innocalls") + "/integration.php?phone_number=00966500000000")
        assert page.text("h1") == "Log in"
        page.type("input[name=extension]", "101")
        page.type("input[name=password]", "any-key")
        page.click("button")
        page.there("#state")
        assert page.text("h1") == "Calling 966500000000"
        told = page.run(SETTLED)
        [call] = mock.calls()
        assert told == f"Call Sent {call.vendor_id}"
        assert [(leg.role, leg.number) for leg in call.legs] == [
            ("extension", "101"),
            ("phone", "966500000000"),
        ]
        mock.finish()
        assert mock.call(call.id).outcome == "completed"
