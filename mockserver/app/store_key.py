"""The key of `--store-key`, and what others can read that they should not."""

import os
import stat
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from mockserver.settings import Settings, SettingsError

MIN_SIZE: Final = 32  # bytes of a key
MAX_SIZE: Final = 4_096
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
INSTALL: Final = (
    "store-key needs the package cryptography: pip install 'call-mockserver[store-key]'"
)


def read_key(settings: Settings, option: str = "store-key") -> bytes:
    """Return the content of the file of `--store-key`; empty if there is none.

    `option` is what a message calls it.

    Raises:
        SettingsError: the file cannot be read or is no key.
    """
    if not settings.store_key:
        return b""
    if find_spec("cryptography") is None:
        raise SettingsError(INSTALL)
    try:
        with Path(settings.store_key).open("rb") as file:
            key = file.read(MAX_SIZE + 1)
    except OSError as error:
        raise SettingsError(
            f"{option}: {settings.store_key} cannot be read: {error.strerror}"
        ) from None
    if not MIN_SIZE <= len(key) <= MAX_SIZE:
        size = f"only {len(key)}" if len(key) < MIN_SIZE else f"more than {MAX_SIZE:,}"
        raise SettingsError(
            f"{option}: {settings.store_key} has {size} bytes, and a key has {MIN_SIZE} or more, "
            f"at random: openssl rand -out FILE {MIN_SIZE} makes one"
        )
    return key


def warn_of_readers(settings: Settings) -> Iterator[str]:
    """Yield a line for each file of the store that other users of the machine may open."""
    paths = {settings.store: "what is in it", settings.store_key: "the key"}
    for path, content in paths.items():
        if path and os.name == "posix" and Path(path).stat().st_mode & OTHERS:
            yield f"other users may read {content}: chmod 600 {path}"
