"""Whether the server is well, in the contract's words."""

import pytest

from mockserver import __version__
from mockserver.core.configuration import Configuration
from tests.web.conftest import House, build


@pytest.mark.parametrize("mode", ["manual", "instant", "60x"])
def test_health(world: Configuration, mode: str) -> None:
    told = build(world, mode).read("/_mock/health")
    uptime = told.pop("uptime")
    assert list(told.items()) == [
        ("status", "ok"),
        ("version", __version__),
        ("clock", mode),
        ("seed", "seed"),
        ("providers", list(world.providers)),
        ("errors", 0),
        ("refused", {}),
    ]
    assert uptime >= 0
    assert uptime == round(uptime, 3)


def test_uptime_is_that_of_the_server(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not of the control API, which is loaded with the first question."""
    monkeypatch.setattr(house.sandboxes, "uptime", lambda: 90.12345)
    assert house.read("/_mock/health")["uptime"] == 90.123


def test_a_fault_of_our_own_is_counted_and_outlives_a_reset(house: House) -> None:
    house.sandbox.scheduler.record_error(ValueError("ours"))
    house.ask("POST", "/_mock/reset")
    house.sandbox.scheduler.record_error(ValueError("ours again"))
    assert house.read("/_mock/health")["errors"] == 2
