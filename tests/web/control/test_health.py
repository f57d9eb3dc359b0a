"""Whether the server is well, in the contract's words."""

import pytest

from mockserver import __version__
from mockserver.core.configuration import Configuration
from tests.support.site_client import SiteClient, build_site_client


@pytest.mark.parametrize("mode", ["manual", "instant", "60x"])
def test_health(configuration: Configuration, mode: str) -> None:
    told = build_site_client(configuration, mode).get_json("/_mock/health")
    uptime = told.pop("uptime")
    assert list(told.items()) == [
        ("status", "ok"),
        ("version", __version__),
        ("clock", mode),
        ("seed", "seed"),
        ("providers", list(configuration.providers)),
        ("errors", 0),
        ("refused", {}),
    ]
    assert uptime >= 0
    assert uptime == round(uptime, 3)


def test_uptime_is_that_of_the_server(site: SiteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not of the control API, which is loaded with the first question."""
    monkeypatch.setattr(site.registry, "uptime", lambda: 90.12345)
    assert site.get_json("/_mock/health")["uptime"] == 90.123


def test_a_fault_of_our_own_is_counted_and_outlives_a_reset(site: SiteClient) -> None:
    site.sandbox.scheduler.record_error(ValueError("ours"))
    site.request("POST", "/_mock/reset")
    site.sandbox.scheduler.record_error(ValueError("ours again"))
    assert site.get_json("/_mock/health")["errors"] == 2
