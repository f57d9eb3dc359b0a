"""The health route shows the status of the server."""

import pytest

from mockserver import __version__
from mockserver.core.configuration import Configuration
from tests.support.site_client import SiteClient, build_site_client


@pytest.mark.parametrize("mode", ["manual", "instant", "60x"])
def test_health_shows_status_version_clock_seed_providers_and_counts(
    configuration: Configuration, mode: str
) -> None:
    health = build_site_client(configuration, mode).get_json("/_mock/health")
    uptime = health.pop("uptime")
    assert list(health.items()) == [
        ("status", "ok"),
        ("version", __version__),
        ("clock", mode),
        ("seed", "seed"),
        ("providers", list(configuration.providers)),
        ("errors", 0),
        ("rejections", {}),
        ("scenario_problems", []),
    ]
    assert uptime >= 0
    assert uptime == round(uptime, 3)


def test_uptime_is_that_of_the_server(site: SiteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The uptime does not count from the first control request, which loads the control API."""
    monkeypatch.setattr(site.registry, "uptime", lambda: 90.12345)
    assert site.get_json("/_mock/health")["uptime"] == 90.123


def test_internal_errors_are_counted_and_the_count_survives_a_reset(site: SiteClient) -> None:
    site.sandbox.scheduler.record_error(ValueError("ours"))
    site.request("POST", "/_mock/reset")
    site.sandbox.scheduler.record_error(ValueError("ours again"))
    assert site.get_json("/_mock/health")["errors"] == 2
