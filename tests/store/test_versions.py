"""What another version has stored goes on if it plays as it did, and is refused otherwise."""

import sqlite3
from pathlib import Path

import pytest

from mockserver.store.records import SandboxRecord
from mockserver.store.sqlite_file import SqliteFile
from mockserver.web.views.inputs_export import VERSION
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.stored_site import StoredSite, renewal_of, stored_settings, use

OLD = "0.0.9"


async def place_calls(site: StoredSite) -> None:
    for prefix in ("", "/_sandbox/other"):
        path = f"{prefix}/mobtexting{CLICK_TO_CALL_PATH}"
        response = await site.client.post(path, json=CLICK_TO_CALL, headers=HEADERS)
        assert response.status_code == 200
        await site.client.post(f"{prefix}/_mock/clock/advance", json={"until": "idle"})


def read_records(path: Path) -> list[SandboxRecord]:
    file = SqliteFile.open(path, "engine")
    records = file.read_sandboxes()
    file.close()
    return records


def make_old(path: Path) -> None:
    """Make a file that an older version has written, as far as that can be told."""
    file = SqliteFile.open(path, "engine")
    records = [each._replace(version=OLD) for each in file.read_sandboxes()]
    file.write(renewal_of(records))
    file.close()


def execute(path: Path, statement: str, *values: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    path = tmp_path / "calls.db"
    use(stored_settings(path), place_calls)
    make_old(path)
    return path


def test_what_plays_as_it_did_goes_on_as_of_this_version(old_file: Path) -> None:
    async def check(site: StoredSite) -> None:
        for prefix in ("", "/_sandbox/other"):
            calls = (await site.client.get(f"{prefix}/_mock/calls")).json()["calls"]
            assert [call["id"] for call in calls] == ["c1"]

    assert {each.version for each in read_records(old_file)} == {OLD}
    use(stored_settings(old_file), check)
    assert {each.version for each in read_records(old_file)} == {VERSION}


SET_STATUS = """
UPDATE inputs SET status = ?
WHERE number = 1 AND log = (SELECT id FROM logs WHERE sandbox = 'other')
"""
SET_ENTRIES = SET_STATUS.replace("SET status", "SET entries")
SET_STEPS = SET_STATUS.replace("SET status", "SET steps").replace("number = 1", "number = 2")


@pytest.mark.parametrize(
    ("statement", "value", "difference"),
    [
        (SET_ENTRIES, 99, "input 1, a request: the journal has 2 entries after it, and had 99"),
        (SET_STATUS, 202, "input 1: the response has status 200, and had 202"),
        (SET_STEPS, 99, "before input 2, fewer than 99 items are due"),
    ],
)
def test_what_plays_otherwise_is_refused_with_the_first_difference(
    old_file: Path, statement: str, value: int, difference: str
) -> None:
    execute(old_file, statement, value)

    async def check(site: StoredSite) -> None:
        response = await site.client.post(f"/_sandbox/other/mobtexting{CLICK_TO_CALL_PATH}")
        assert response.status_code == 409
        assert response.headers["x-mock-problem"] == "sandbox-refused"
        assert response.json()["detail"] == (
            f"other does not go on as it was stored by version {OLD}: {difference}"
        )
        calls = (await site.client.get("/_mock/calls")).json()["calls"]
        assert [call["id"] for call in calls] == ["c1"]

    use(stored_settings(old_file), check)


def test_what_is_refused_stays_as_it_was_for_the_version_that_wrote_it(old_file: Path) -> None:
    execute(old_file, SET_STATUS, 202)

    async def use_default(site: StoredSite) -> None:
        await site.client.get("/_mock/calls")

    use(stored_settings(old_file), use_default)
    assert {each.name: each.version for each in read_records(old_file)} == {
        "default": VERSION,
        "other": OLD,
    }
    execute(old_file, SET_STATUS, 200)

    async def check(site: StoredSite) -> None:
        calls = (await site.client.get("/_sandbox/other/_mock/calls")).json()["calls"]
        assert [call["id"] for call in calls] == ["c1"]

    use(stored_settings(old_file), check)


def test_what_is_refused_begins_anew_by_a_reset(old_file: Path) -> None:
    execute(old_file, SET_STATUS, 202)

    async def begin_anew(site: StoredSite) -> None:
        assert (await site.client.post("/_sandbox/other/_mock/reset")).status_code == 200

    async def check(site: StoredSite) -> None:
        calls = (await site.client.get("/_sandbox/other/_mock/calls")).json()["calls"]
        received = (await site.client.get("/_sandbox/other/_mock/inboxes")).json()["inboxes"]
        assert (calls, received) == ([], [])

    use(stored_settings(old_file), begin_anew)
    use(stored_settings(old_file), check)
