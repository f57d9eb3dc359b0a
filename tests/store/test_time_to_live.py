"""`--sandbox-ttl` says when an unused sandbox is removed."""

from math import inf
from pathlib import Path

import pytest

from mockserver.app.world import build_world, open_store
from mockserver.core.configuration import Configuration
from mockserver.runtime.sandbox_registry import SandboxRegistry
from mockserver.settings import Settings, SettingsError, parse_settings
from tests.support.dispatchers import AcceptingDispatcher
from tests.support.stored_site import stored_settings

HOUR, DAY = 3_600.0, 86_400.0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        ("90s", 90),
        ("30m", 1_800),
        ("12h", 43_200),
        ("30d", 2_592_000),
        ("0", inf),
        ("never", inf),
    ],
)
def test_a_time_to_live_is_a_duration_or_never(text: str, seconds: float | None) -> None:
    assert parse_settings({"sandbox_ttl": text}, {}).sandbox_ttl == seconds
    assert parse_settings({}, {"MOCKSERVER_SANDBOX_TTL": text}).sandbox_ttl == seconds


@pytest.mark.parametrize(
    "text", ["1", "1 h", "-1h", "1.5h", "0h", "1w", "always", "Never", "1h30m"]
)
def test_another_time_to_live_is_refused(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings({"sandbox_ttl": text}, {})
    expected = f"sandbox-ttl {text!r} is neither a duration such as 30m, 1h or 30d, nor never"
    assert str(caught.value) == expected


@pytest.mark.parametrize("has_store", [False, True])
@pytest.mark.parametrize("seconds", [None, 90.0, inf])
def test_without_it_memory_keeps_an_unused_sandbox_for_an_hour_and_a_store_for_thirty_days(
    configuration: Configuration, tmp_path: Path, seconds: float | None, *, has_store: bool
) -> None:
    settings = stored_settings(tmp_path / "calls.db") if has_store else Settings()
    settings = settings._replace(sandbox_ttl=seconds)
    stored = open_store(settings, configuration)
    sandboxes = SandboxRegistry(
        AcceptingDispatcher(), stored.setup, lambda _: None, durability=stored.durability
    )
    build_world(settings, sandboxes, stored, lambda _: None)
    default = 30 * DAY if has_store else HOUR
    assert sandboxes.time_to_live == (default if seconds is None else seconds)
