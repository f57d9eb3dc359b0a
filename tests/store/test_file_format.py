"""The file of each format that a version has written is opened by every later one.

`python -m tests.store.test_file_format` makes the files of the format of this version: for a new
format, never to replace those of an earlier one.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from mockserver.store.sqlite_file import SqliteFile
from mockserver.store.sqlite_opening import FORMAT
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH, START
from tests.support.site import HEADERS
from tests.support.stored_site import StoredSite, renewal_of, stored_settings, use

GOLDEN = Path(__file__).parents[1] / "golden"
KEY = bytes(range(32))
FILES = ("store-1.db", "store-1-with-key.db")
URL = f"/mobtexting{CLICK_TO_CALL_PATH}"
OTHER = "/_sandbox/other"
MINE = "{legs: {callee: busy}}"


async def play(site: StoredSite) -> None:
    """Do something of each kind that a file keeps."""
    account = "/_mock/accounts/mobtexting/mobtexting-default"
    client, waiting = site.client, {**HEADERS, "x-mock-scenario": "waits-for-a-person"}
    credentials = {"credentials": {"mobtexting": ["key-of-other"]}}
    responses = [
        await client.put("/_mock/scenarios/mine", content=MINE),
        await client.patch(account, json={"balance": "12.50"}),
        await client.post("/_mock/activations", json={"scenario": "mine"}),
        await client.post(URL, json=CLICK_TO_CALL, headers=HEADERS),
        await client.post("/_mock/clock/advance", json={"until": "idle"}),
        await client.post("/_mock/sandboxes/default/snapshots", json={"as": "ended"}),
        await client.post(URL, json=CLICK_TO_CALL, headers=waiting),
        await client.post("/_mock/clock/advance", json={"by": "5s"}),
        await client.patch("/_mock/receivers", json={"http://app.test": "localhost:4123"}),
        await client.put("/_mock/inboxes/mine", json={"responses": [503], "delay": 0}),
        await client.post("/_mock/receive/mine?a=1", content=b"b", headers={"x-sign": "s"}),
        await client.put("/_mock/inboxes/mine", json={"responses": [500, 404], "delay": 0}),
        await client.put(
            "/_mock/sandboxes/other", json={"clock": "manual", "seed": "o", **credentials}
        ),
        await client.post(
            URL,
            json=CLICK_TO_CALL,
            headers={"authorization": "Bearer key-of-other", "accept": "application/json"},
        ),
    ]
    refused = [each.text for each in responses if each.status_code >= 400]
    assert [text for text in refused if text] == []


async def read(site: StoredSite) -> dict[str, Any]:
    """Return what the control API says of what a file keeps."""

    async def get(path: str) -> Any:
        return (await site.client.get(path)).json()

    calls = {prefix: (await get(f"{prefix}/_mock/calls"))["calls"] for prefix in ("", OTHER)}
    return {
        "calls": {name: [each["id"] for each in found] for name, found in calls.items()},
        "balance": (await get("/_mock/accounts/mobtexting/mobtexting-default"))["balance"],
        "outcomes": [each["outcome"] for each in calls[""]],
        "now": (await get("/_mock/clock"))["now"],
        "inbox": await get("/_mock/inboxes/mine"),
        "inboxes": await get("/_mock/inboxes"),
        "receivers": await get("/_mock/receivers"),
        "snapshots": await get("/_mock/sandboxes/default/snapshots"),
    }


def make_files(folder: Path) -> None:
    """Make the files; their records have the same time and version each time."""
    for name, key in zip(FILES, (b"", KEY), strict=True):
        path, key_file = folder / name, folder / "key"
        path.unlink(missing_ok=True)
        key_file.write_bytes(KEY)
        use(stored_settings(path, store_key=str(key_file) if key else ""), play)
        key_file.unlink()
        file = SqliteFile.open(path, "engine", key)
        records = [each._replace(version="0.1.0", wall=START) for each in file.read_sandboxes()]
        file.write(renewal_of(records))
        file.close()


def read_file(path: Path, key: bytes, copy: Path | None = None) -> list[Any]:
    """Return all that a file holds, without what is drawn at random."""
    file = SqliteFile.open(shutil.copyfile(path, copy) if copy else path, "engine", key)
    records = file.read_sandboxes()
    places = {place for each in records for place in (each.place, *each.snapshots.values())}
    logs = [file.read_log(place.log, place.length) for place in sorted(places)]
    inboxes = [file.read_inboxes(each.name) for each in records]
    file.close()
    return [records, logs, inboxes]


EXPECTED: dict[str, Any] = {
    "calls": {"": ["c1", "c2"], OTHER: ["c1"]},
    "balance": "12.50",
    "outcomes": ["busy", None],
    "now": "2026-01-01T09:00:09.000Z",
    "inbox": {
        "name": "mine",
        "received": [
            {
                "at": "2026-01-01T09:00:09.000Z",
                "method": "POST",
                "query": "a=1",
                "headers": {
                    "host": "127.0.0.1:8080",
                    "accept": "*/*",
                    "accept-encoding": "gzip, deflate",
                    "connection": "keep-alive",
                    "user-agent": "python-httpx/0.28.1",
                    "x-sign": "s",
                    "content-length": "1",
                },
                "body": "b",
                "status": 503,
            }
        ],
        "evicted": 0,
    },
    "inboxes": {
        "inboxes": [
            {"name": "mine", "received": 1, "evicted": 0, "responses": [500, 404], "delay": 0}
        ]
    },
    "receivers": {"receivers": {"http://app.test": "localhost:4123"}},
    "snapshots": {"snapshots": [{"name": "ended", "at": "2026-01-01T09:00:04.000Z", "inputs": 6}]},
}


def check_that_all_goes_on(path: Path, name: str, key: Path) -> None:
    """Start a server on a file that was made as that of this name."""
    key.write_bytes(KEY)

    async def check(site: StoredSite) -> None:
        assert await read(site) == EXPECTED
        ended = await site.client.put(
            "/_mock/sandboxes/copy", json={"from": "default", "snapshot": "ended"}
        )
        assert ended.status_code == 200
        calls = (await site.client.get("/_sandbox/copy/_mock/calls")).json()["calls"]
        assert [call["id"] for call in calls] == ["c1"]

    use(stored_settings(path, store_key=str(key) if "key" in name else ""), check)


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_an_earlier_version_is_opened_and_goes_on(name: str, tmp_path: Path) -> None:
    """If an intended change of behavior makes this fail, say in the changelog what is refused."""
    path = Path(shutil.copyfile(GOLDEN / name, tmp_path / "calls.db"))
    check_that_all_goes_on(path, name, tmp_path / "key")


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_this_version_makes_goes_on_as_those_do(name: str, tmp_path: Path) -> None:
    make_files(tmp_path)
    check_that_all_goes_on(tmp_path / name, name, tmp_path / "key")


def test_there_are_files_of_each_format() -> None:
    assert {f"store-{number}.db" for number in range(1, FORMAT + 1)} <= set(FILES)


if __name__ == "__main__":
    make_files(GOLDEN)
