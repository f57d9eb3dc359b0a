"""Scenario files, from text to stories and accounts, with every problem at its place."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as File
from typing import Any, NamedTuple

from mockserver.catalog.accounts import read_account
from mockserver.catalog.behaviours import behaviour
from mockserver.catalog.document import Document, Path, Problem, Unusable, read
from mockserver.core.account import Account
from mockserver.core.nearest import nearest
from mockserver.core.story import Stories, Story

_SECTIONS = ("default", "accounts", "scenarios")


class Catalog(NamedTuple):
    stories: Stories
    accounts: Mapping[tuple[str, str], Account]


def load(files: Iterable[File], providers: Iterable[str]) -> Catalog:
    """What all these files say together; of one name, the last file counts.

    Raises:
        Unusable: with every problem of every file.
    """
    reading = _Reading(tuple(providers))
    for file in files:
        document, problems = read(file.read_bytes(), str(file))
        reading.problems.extend(problems)
        if document is not None:
            reading.take(document)
    if reading.problems:
        raise Unusable(sorted(reading.problems))
    return Catalog(Stories(reading.stories, reading.default), reading.accounts)


class _Reading:
    """What has been read so far."""

    def __init__(self, providers: tuple[str, ...]) -> None:
        self.providers = providers
        self.problems: list[Problem] = []
        self.stories: dict[str, Story] = {}
        self.accounts: dict[tuple[str, str], Account] = {}
        self.default = "answered"

    def take(self, document: Document) -> None:
        content = document.content if document.content is not None else {}
        if not isinstance(content, dict):
            self._blame(document, (), f"a scenario file maps {', '.join(_SECTIONS)}")
            return
        for key in content.keys() - set(_SECTIONS):
            hint = nearest(key, _SECTIONS)
            self._blame(document, (key,), f"unknown key {key!r} {hint}".rstrip())
        self.default = str(content.get("default", self.default))
        for name, body in _entries(content.get("accounts")):
            self._account(document, name, body)
        for name, body in _entries(content.get("scenarios")):
            self._story(document, name, body)

    def _account(self, document: Document, name: str, body: Mapping[str, Any]) -> None:
        path: Path = ("accounts", name)
        fields = dict(body)
        provider = str(fields.pop("provider", ""))
        if provider not in self.providers:
            hint = nearest(provider, self.providers) or f"known: {', '.join(self.providers)}"
            self._blame(document, path, f"unknown provider {provider!r} {hint}")
            return
        account, flaws = read_account(name, provider, fields)
        for where, what in flaws:
            self._blame(document, (*path, *where), what)
        if account:
            self.accounts[provider, name] = account

    def _story(self, document: Document, name: str, body: Mapping[str, Any]) -> None:
        path: Path = ("scenarios", name)
        legs = {}
        for key in body.keys() - {"legs"}:
            self._blame(document, (*path, key), f"unknown key {key!r} of a scenario")
        for leg, how in _entries(body.get("legs")):
            try:
                legs[leg] = behaviour(how)
            except ValueError as flawed:
                self._blame(document, (*path, "legs", leg), str(flawed))
        self.stories[name] = Story(name, legs, str(document.place(path)))

    def _blame(self, document: Document, path: Path, message: str) -> None:
        place = document.keys.get(path) or document.place(path)
        self.problems.append(Problem(place, message))


def _entries(section: Any) -> Iterator[tuple[str, Any]]:
    return iter(section.items()) if isinstance(section, dict) else iter(())
