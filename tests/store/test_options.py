"""A sandbox is built again with the options that it had, and then gets those of the server."""

from pathlib import Path
from typing import Any

import pytest

from mockserver.compiler import build_configuration
from mockserver.core.configuration import recorded_options
from mockserver.settings import Settings
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.stored_site import StoredSite, stored_settings, use

TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
CHANGES: dict[str, dict[str, Any]] = {
    "number_plan": {"number_plan": False},
    "quirks": {"quirk": (("phonon", "client-identifier"),)},
    "webhook": {"webhook": {"mobtexting": "http://127.0.0.1:9/hook"}},
    "webhook_targets": {"webhook_targets": ("public",)},
    "webhook_rewrite": {"webhook_rewrite": (("app.test", "127.0.0.1"),)},
    "trace_webhooks": {"trace_webhooks": True},
}
"""Option of a log -> settings that change it."""


async def place_call(site: StoredSite) -> None:
    response = await site.client.post(
        f"/mobtexting{CLICK_TO_CALL_PATH}", json=CLICK_TO_CALL, headers={**HEADERS, **TRACE}
    )
    assert response.status_code == 200
    await site.client.post("/_mock/clock/advance", json={"until": "idle"})


def test_each_option_of_a_log_is_tried() -> None:

    assert {*recorded_options(build_configuration(Settings()))} == {*CHANGES}


@pytest.mark.parametrize("option", CHANGES)
def test_a_log_is_played_with_the_options_that_it_had(tmp_path: Path, option: str) -> None:
    path, texts = tmp_path / "calls.db", list[str]()

    async def read(site: StoredSite) -> None:
        texts.append((await site.client.get("/_mock/webhooks/w1/raw")).text)
        texts.append((await site.client.get("/_mock/journal?format=jsonl")).text)

    async def begin(site: StoredSite) -> None:
        await place_call(site)
        await read(site)

    async def go_on(site: StoredSite) -> None:
        assert site.lines[0] == "default goes on with scenario files or options that have changed"
        await read(site)

    use(stored_settings(path, **CHANGES[option]), begin)
    use(stored_settings(path), go_on)
    assert texts[2:] == texts[:2]


@pytest.mark.parametrize("option", CHANGES)
def test_options_that_are_the_same_are_no_reload(tmp_path: Path, option: str) -> None:
    settings = stored_settings(tmp_path / "calls.db", **CHANGES[option])

    async def go_on(site: StoredSite) -> None:
        assert site.lines == ["1 of 1 sandboxes go on: default"]

    use(settings, place_call)
    use(settings, go_on)
