"""What is in the file of a store, who can read it, and the key that encrypts it."""

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from mockserver.app import store_key
from mockserver.app.stored_world import open_file
from mockserver.app.world import open_store
from mockserver.core.configuration import Configuration
from mockserver.settings import Settings, SettingsError, parse_settings
from mockserver.store.encryption import Encryption
from mockserver.store.records import StoreUnavailable
from mockserver.store.sqlite_file import SqliteFile
from tests.support.simulation import CLICK_TO_CALL, CLICK_TO_CALL_PATH
from tests.support.site import HEADERS
from tests.support.stored_site import StoredSite, files_of, stored_settings, use

CANARY = "canary-5f1c0e77"
ACCOUNT = "/_mock/accounts/mobtexting/mobtexting-default"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.touch(mode=0o600)
    file.write_bytes(bytes(range(32)))
    return file


async def send_secrets(site: StoredSite) -> None:
    """Send a secret to every place that the file keeps."""
    url = f"http://receiver.test/x?token={CANARY}-url"
    upload = f"{{legs: {{callee: busy}}}} # {CANARY}-upload"
    claim = {"credentials": {"mobtexting": [f"{CANARY}-claim"]}}
    sent: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", ACCOUNT, {"json": {"webhooks": {"any": url}}}),
        ("PATCH", ACCOUNT, {"json": {"credentials": [f"{CANARY}-account", "any"]}}),
        ("PUT", "/_mock/scenarios/mine", {"content": upload}),
        ("PATCH", "/_mock/receivers", {"json": {f"http://{CANARY}-origin.test": "localhost:9"}}),
        ("PUT", "/_mock/sandboxes/other", {"json": {"seed": f"{CANARY}-seed", **claim}}),
        ("POST", CLICK_TO_CALL_PATH, {"json": {**CLICK_TO_CALL, "mid": f"{CANARY}-body"}}),
        ("POST", CLICK_TO_CALL_PATH, {"headers": {"authorization": f"Bearer {CANARY}-header"}}),
        ("POST", f"{CLICK_TO_CALL_PATH}?access_token={CANARY}-query", {}),
        ("POST", "/_mock/receive/x", {"content": f"{CANARY}-received".encode()}),
        ("POST", "/_mock/sandboxes/default/snapshots", {"json": {"as": "then"}}),
    ]  # fmt: skip
    for method, path, options in sent:
        response = await site.client.request(method, path, **{"headers": HEADERS, **options})
        assert response.status_code in (200, 201, 302, 401), (path, response.text)


def read_all(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in files_of(path))


PLACES = ("url", "account", "upload", "seed", "body", "header", "query", "received", "file")
"""Of the secrets that were sent, those that a file without a key holds as they are."""


@pytest.fixture
def scenarios(tmp_path: Path) -> tuple[str, ...]:
    file = tmp_path / "mine.yaml"
    file.write_text(
        f"# {CANARY}-file\nscenarios: {{mine-too: {{legs: {{callee: busy}}}}}}\n", "utf-8"
    )
    return (str(file),)


def test_without_a_key_the_file_has_secrets_as_they_are(
    tmp_path: Path, scenarios: tuple[str, ...]
) -> None:
    path = tmp_path / "calls.db"
    use(stored_settings(path, scenarios=scenarios), send_secrets)
    content = read_all(path)
    found = [place for place in PLACES if f"{CANARY}-{place}".encode() in content]
    assert found == list(PLACES)


def test_with_a_key_no_file_has_a_secret(
    tmp_path: Path, scenarios: tuple[str, ...], key: Path
) -> None:
    path = tmp_path / "calls.db"

    async def check(site: StoredSite) -> None:
        await send_secrets(site)
        names = [each.name for each in files_of(path)]
        assert names == ["calls.db", "calls.db-wal"]
        assert CANARY.encode() not in read_all(path)

    settings = stored_settings(path, scenarios=scenarios, store_key=str(key))
    use(settings, check)
    content = read_all(path)
    assert CANARY.encode() not in content
    assert b"mobtexting" not in content


def test_a_server_with_the_key_goes_on(tmp_path: Path, key: Path) -> None:
    settings = stored_settings(tmp_path / "calls.db", store_key=str(key))
    before: list[str] = []

    async def place_call(site: StoredSite) -> None:
        await send_secrets(site)
        before.append((await site.client.get("/_mock/journal")).text)

    async def compare(site: StoredSite) -> None:
        assert (await site.client.get("/_mock/journal")).text == before[0]
        assert site.lines == ["1 of 2 sandboxes go on: default; 1 asleep until used"]

    use(settings, place_call)
    use(settings, compare)


@pytest.mark.parametrize(
    ("written_with", "opened_with", "message"),
    [
        (
            "",
            "key",
            "FILE is not encrypted: leave out --store-key, or name another file for the store",
        ),
        ("key", "", "FILE is encrypted: name the file of its key with --store-key"),
        (
            "key",
            "other",
            "FILE is encrypted with another key: name the file of that key with --store-key",
        ),
    ],
)
def test_a_wrong_key_is_refused_and_the_right_one_named(
    tmp_path: Path, key: Path, written_with: str, opened_with: str, message: str
) -> None:
    (tmp_path / "other").write_bytes(bytes(32))
    path, paths = tmp_path / "calls.db", {"": "", "key": str(key), "other": str(tmp_path / "other")}
    use(stored_settings(path, store_key=paths[written_with]), send_secrets)
    before = path.read_bytes()
    with pytest.raises(SettingsError) as caught:
        open_file(stored_settings(path, store_key=paths[opened_with]))
    assert str(caught.value) == f"store: {message.replace('FILE', str(path))}"
    assert path.read_bytes() == before


MAKE = "at random: openssl rand -out FILE 32 makes one"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "store-key: FILE cannot be read: No such file or directory"),
        (b"", f"store-key: FILE has only 0 bytes, and a key has 32 or more, {MAKE}"),
        (b"x" * 31, f"store-key: FILE has only 31 bytes, and a key has 32 or more, {MAKE}"),
        (
            b"x" * 4_097,
            f"store-key: FILE has more than 4,096 bytes, and a key has 32 or more, {MAKE}",
        ),
    ],
)
def test_a_file_that_is_no_key_is_refused(
    tmp_path: Path, configuration: Configuration, content: bytes | None, message: str
) -> None:
    file = tmp_path / "short"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        open_store(stored_settings(tmp_path / "calls.db", store_key=str(file)), configuration)
    expected = message.replace("FILE cannot", f"{file} cannot").replace("FILE has", f"{file} has")
    assert str(caught.value) == expected
    assert not (tmp_path / "calls.db").exists()


@pytest.mark.parametrize(("option", "value"), [("store_key", "key"), ("durable", "disk")])
def test_an_option_of_a_store_is_refused_without_one(
    option: str, value: Any, configuration: Configuration
) -> None:
    with pytest.raises(SettingsError) as caught:
        open_store(Settings()._replace(**{option: value}), configuration)
    assert str(caught.value) == f"{option.replace('_', '-')} goes with --store sqlite:PATH"


def test_a_missing_package_is_named(
    tmp_path: Path, key: Path, configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_key, "find_spec", lambda _: None)
    with pytest.raises(SettingsError) as caught:
        open_store(stored_settings(tmp_path / "calls.db", store_key=str(key)), configuration)
    assert str(caught.value) == (
        "store-key needs the package cryptography: pip install 'call-mockserver[store-key]'"
    )


def test_the_key_has_a_flag_and_a_variable() -> None:
    assert parse_settings({"store_key": "k"}, {}).store_key == "k"
    assert parse_settings({}, {"MOCKSERVER_STORE_KEY": "k"}).store_key == "k"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_only_the_owner_can_read_what_a_server_makes(tmp_path: Path) -> None:
    async def check(site: StoredSite) -> None:
        await send_secrets(site)
        assert {each.name: mode(each) for each in files_of(path)} == {
            "calls.db": 0o600,
            "calls.db-wal": 0o600,
        }
        assert site.lines == []

    path, old = tmp_path / "calls.db", os.umask(0)
    try:
        use(stored_settings(path), check)
    finally:
        os.umask(old)


def test_a_line_says_what_other_users_may_read(tmp_path: Path, key: Path) -> None:
    path = tmp_path / "calls.db"

    async def check(site: StoredSite) -> None:
        await send_secrets(site)
        assert site.lines == [
            f"other users may read what is in it: chmod 600 {path}",
            f"other users may read the key: chmod 600 {key}",
        ]
        assert {mode(each) for each in files_of(path)} == {0o640}

    path.touch()
    path.chmod(0o640)
    key.chmod(0o604)
    use(stored_settings(path, store_key=str(key)), check)


CIPHER = Encryption(bytes(range(32)), bytes(16))


def change_end(content: bytes) -> bytes:
    """Change the last bit."""
    return content[:-1] + bytes([content[-1] ^ 1])


def test_a_content_is_encrypted_with_a_new_nonce_each_time() -> None:
    first, second = (CIPHER.encrypt(b"x", "input", 1) for _ in range(2))
    assert first != second
    assert [CIPHER.decrypt(each, "input", 1) for each in (first, second)] == [b"x", b"x"]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (CIPHER.encrypt(b"x", "input", 1, 7), ("input", 1, 8)),
        (change_end(CIPHER.encrypt(b"x", "input", 1, 7)), ("input", 1, 7)),
        (b"short", ("input", 1, 7)),
        (Encryption(bytes(32), bytes(16)).encrypt(b"x", "input", 1, 7), ("input", 1, 7)),
        (
            Encryption(bytes(range(32)), bytes(range(16))).encrypt(b"x", "input", 1, 7),
            ("input", 1, 7),
        ),
    ],
    ids=["of another row", "changed", "too short", "with another key", "of another file"],
)
def test_what_was_not_stored_in_a_place_is_refused_there(
    content: bytes, place: tuple[object, ...]
) -> None:
    where = " ".join(map(str, place))
    with pytest.raises(StoreUnavailable, match=f"what the file has for {where} was not stored"):
        CIPHER.decrypt(content, *place)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE inputs SET now = now + 1 WHERE number = 1",
        "UPDATE inputs SET data = (SELECT data FROM inputs WHERE number = 2) WHERE number = 1",
        "UPDATE received SET request = zeroblob(40)",
        "UPDATE inboxes SET state = (SELECT record FROM sandboxes LIMIT 1)",
    ],
)
def test_rows_that_were_exchanged_are_recognized(tmp_path: Path, key: Path, statement: str) -> None:
    path = tmp_path / "calls.db"
    settings = stored_settings(path, store_key=str(key))
    use(settings, send_secrets)
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()

    async def check(site: StoredSite) -> None:
        assert "default does not go on as it was stored: what the file has for " in site.lines[0]
        assert (await site.client.post(CLICK_TO_CALL_PATH)).status_code == 409

    use(settings, check)


def test_files_with_a_key_do_not_tell_that_they_have_the_same_content(
    tmp_path: Path, key: Path, scenarios: tuple[str, ...]
) -> None:
    def read_hashes(name: str, store_key: str) -> list[tuple[bytes]]:
        path = tmp_path / name
        use(stored_settings(path, store_key=store_key, scenarios=scenarios), send_secrets)
        connection = sqlite3.connect(path)
        hashes = connection.execute("SELECT DISTINCT hash FROM files").fetchall()
        connection.close()
        return hashes

    assert read_hashes("1.db", "") == read_hashes("2.db", "")
    assert read_hashes("3.db", str(key)) != read_hashes("4.db", str(key))


def test_a_file_can_be_opened_again_once_it_was_refused(tmp_path: Path, key: Path) -> None:
    path = tmp_path / "calls.db"
    SqliteFile.open(path, "engine", key.read_bytes()).close()
    with pytest.raises(SettingsError):
        open_file(stored_settings(path))
    SqliteFile.open(path, "engine", key.read_bytes()).close()
