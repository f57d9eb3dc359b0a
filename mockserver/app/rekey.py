"""Gives the file of a store another key, the first one, or none."""

from contextlib import closing
from pathlib import Path

from mockserver.app.store_key import read_key
from mockserver.settings import Settings, SettingsError
from mockserver.store.records import StoreRefused, StoreUnavailable
from mockserver.store.rekey import copy_sandboxes
from mockserver.store.sqlite_file import SqliteFile


def rekey(path: Path, key: str, new_key: str) -> int:
    """Encrypt a file with the key in the file `new_key`; return how many sandboxes are in it.

    `key` is the file of the key that it has. Either is empty for no key. The file is replaced once
    its copy is complete, and is unchanged until then.

    Raises:
        SettingsError: it cannot be done; the message says why.
    """
    contents = read_key(Settings(store_key=key)), read_key(Settings(store_key=new_key), "new-key")
    if not path.exists():
        raise SettingsError(f"store: {path} does not exist")
    copy = path.with_name(f"{path.name}.new")
    copy.unlink(missing_ok=True)  # of an attempt that was ended
    try:
        with (
            closing(SqliteFile.open(path, "disk", contents[0])) as source,
            closing(SqliteFile.open(copy, "disk", contents[1])) as target,
        ):
            count = copy_sandboxes(source, target)
        copy.replace(path)
    except (StoreRefused, StoreUnavailable, OSError) as error:
        copy.unlink(missing_ok=True)
        raise SettingsError(f"store: {error}") from None
    return count
