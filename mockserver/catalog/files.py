"""Scenario files read together: form, meaning, stories and accounts, every problem at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mockserver.catalog import meaning
from mockserver.catalog.accounts import account, account_flaws
from mockserver.catalog.document import Document, Path, Place, Problem, Unusable, read
from mockserver.catalog.grammar import Flaw, flaws, placed
from mockserver.catalog.shadows import hidden
from mockserver.catalog.stories import stories
from mockserver.catalog.vocabulary import Vocabulary, vocabulary
from mockserver.core.account import Account
from mockserver.core.nearest import nearest
from mockserver.core.provider import Listing
from mockserver.core.story import Stories, Story


class Source(NamedTuple):
    """A file's name and text. What is bundled has been checked by our tests, not at each start.

    `under` are the keys below which the text belongs, if it is a part of a file only.
    """

    file: str
    text: bytes
    bundled: bool = False
    under: tuple[str, ...] = ()


class Catalog(NamedTuple):
    stories: Stories
    accounts: Mapping[tuple[str, str], Account]


@dataclass(slots=True)
class _Reading:
    words: Vocabulary
    documents: list[tuple[Document, bool]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    stories: dict[str, Story] = field(default_factory=dict)
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    wrong: set[tuple[str, Path]] = field(default_factory=set)
    """(file, path) of entries that are not to be compiled"""

    def blame(self, document: Document, flaw: Flaw) -> None:
        self.problems.append(placed(document, flaw))
        self.wrong.add((document.file, flaw[0][:2]))


def load(sources: Iterable[Source], listings: Mapping[str, Listing]) -> Catalog:
    """What all these files say together; of one name, the last file counts.

    Raises:
        Unusable: with every problem of every file.
    """
    reading = _Reading(vocabulary(listings))
    for source in sources:
        _read(reading, source)
    names = {name for document, _ in reading.documents for name in _section(document, "scenarios")}
    for document, bundled in reading.documents:
        if not bundled:
            _judge(reading, document, names)
        _compile(reading, document, bundled=bundled)
    default = _default(reading, names)
    if not reading.problems:
        _in_vain(reading)
    if reading.problems:
        raise Unusable(sorted(set(reading.problems)))
    return Catalog(Stories(reading.stories, default), reading.accounts)


def _read(reading: _Reading, source: Source) -> None:
    document, problems = read(source.text, source.file, source.under)
    reading.problems.extend(problems)
    if document is None:
        return
    reading.documents.append((document, source.bundled))
    if not source.bundled:
        for flaw in flaws(document.content):
            reading.blame(document, flaw)


def _section(document: Document, name: str) -> Mapping[str, Any]:
    content = document.content if isinstance(document.content, dict) else {}
    section = content.get(name)
    return section if isinstance(section, dict) else {}


def _sound(reading: _Reading, document: Document, section: str) -> dict[str, Any]:
    """The entries of a section in which nothing is wrong so far."""
    entries = _section(document, section).items()
    blamed = {path for file, path in reading.wrong if file == document.file}
    return {name: body for name, body in entries if not {(section, name), (section,), ()} & blamed}


def _judge(reading: _Reading, document: Document, names: Iterable[str]) -> None:
    sound = _sound(reading, document, "scenarios")
    for name, body in sound.items():
        for path, message in meaning.wrong(body, reading.words, names):
            reading.blame(document, (("scenarios", name, *path), message))
    leads = {name: tuple(to for _, to in meaning.references(body)) for name, body in sound.items()}
    for name, way in meaning.circles(leads):
        message = f"this leads in a circle: {' -> '.join(way)}"
        reading.blame(document, (("scenarios", name), message))


def _compile(reading: _Reading, document: Document, *, bundled: bool) -> None:
    for name, body in _sound(reading, document, "scenarios").items():

        def place(path: Path, name: str = name) -> str:
            return str(document.place(("scenarios", name, *path)))

        for story in stories(name, body, place, bundled=bundled):
            reading.stories.pop(story.name, None)
            reading.stories[story.name] = story
    for name, body in _sound(reading, document, "accounts").items():
        _account(reading, document, name, body)


def _account(reading: _Reading, document: Document, name: str, body: Mapping[str, Any]) -> None:
    path: Path = ("accounts", name)
    provider = body["provider"]
    if provider not in reading.words.operations:
        known = tuple(reading.words.operations)
        hint = nearest(provider, known) or f"known: {', '.join(known)}"
        message = f"no provider is named {provider!r}: {hint}"
        reading.blame(document, ((*path, "provider"), message))
        return
    own = {key: value for key, value in body.items() if key != "provider"}
    for where, what in account_flaws(reading.words, provider, own):
        reading.blame(document, ((*path, *where), what))
    if (document.file, path) not in reading.wrong:
        reading.accounts[provider, name] = account(reading.words, name, provider, own)


def _default(reading: _Reading, names: Iterable[str]) -> str:
    default = "answered"
    for document, _ in reading.documents:
        content = document.content if isinstance(document.content, dict) else {}
        if isinstance(content.get("default"), str):
            default = content["default"]
            if default not in names:
                hint = nearest(default, names) or "GET /_mock/scenarios lists them"
                message = f"no scenario is named {default!r}: {hint}"
                reading.blame(document, (("default",), message))
    return default


def _in_vain(reading: _Reading) -> None:
    for earlier, later in hidden(reading.stories.values()):
        message = f"never played: {earlier.name!r} ({earlier.place}) takes all that suits it"
        reading.problems.append(Problem(Place.parse(later.place), message))
