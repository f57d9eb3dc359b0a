"""Scenario files read together: form, meaning, stories and accounts, every problem at once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.catalog import meaning
from mockserver.catalog.accounts import account, account_flaws
from mockserver.catalog.circles import beginning, circles
from mockserver.catalog.document import Document, Path, Place, Problem, Unusable, read
from mockserver.catalog.grammar import Flaw, flaws, placed, pruned
from mockserver.catalog.names import SHOWN, references, unnamed
from mockserver.catalog.shadows import hidden
from mockserver.catalog.stories import Told, stories
from mockserver.catalog.vocabulary import Vocabulary, all_acts, vocabulary
from mockserver.core.account import Account
from mockserver.core.provider import BoundProvider, VendorEvent
from mockserver.core.scenario import Scenario, ScenarioSet


class Source(NamedTuple):
    """A file's name and text. What is bundled has been checked by our tests, not at each start.

    `under` are the keys below which the text belongs, if it is a part of a file only.
    """

    file: str
    text: bytes
    bundled: bool = False
    under: tuple[str, ...] = ()


class Catalog(NamedTuple):
    stories: ScenarioSet
    accounts: Mapping[tuple[str, str], Account]


class _Opened(NamedTuple):
    """A file that is YAML, and all that has been found wrong in it so far."""

    document: Document
    bundled: bool
    flaws: list[Flaw]

    @property
    def content(self) -> dict[str, Any]:
        return self.document.content if isinstance(self.document.content, dict) else {}

    def names(self, section: str) -> Iterable[str]:
        entries = self.content.get(section)
        return entries if isinstance(entries, dict) else ()

    def entries(self, section: str) -> Mapping[str, Any]:
        """Each without what is wrong in it."""
        return pruned(self.content, [path for path, _ in self.flaws]).get(section) or {}


def load(sources: Iterable[Source], listings: Mapping[str, BoundProvider]) -> Catalog:
    """What all these files say together; of one name, the last file counts.

    Raises:
        Unusable: with every problem of every file.
    """
    words = vocabulary(listings)
    opened, problems = _opened(sources)
    names = {name: one for one in opened for name in one.names("scenarios")}
    for one in opened:
        one.flaws.extend([*_wrong_stories(one, words, names), *_wrong_accounts(one, words)])
        one.flaws.extend(_wrong_default(one, names))
    _in_circles(opened)
    problems += [placed(one.document, flaw) for one in opened for flaw in one.flaws]
    if problems:
        raise Unusable(sorted(set(problems)))
    return _compiled(opened, words)


def _opened(sources: Iterable[Source]) -> tuple[list[_Opened], list[Problem]]:
    """The files that can be read, judged by their form, and why the others cannot."""
    opened: list[_Opened] = []
    problems: list[Problem] = []
    for source in sources:
        document, unreadable = read(source.text, source.file, source.under)
        problems += unreadable
        if document:
            wrong = () if source.bundled else flaws(document.content)
            opened.append(_Opened(document, source.bundled, list(wrong)))
    return opened, problems


def _wrong_stories(one: _Opened, words: Vocabulary, names: Iterable[str]) -> Iterator[Flaw]:
    for name, body in {} if one.bundled else one.entries("scenarios").items():
        for path, message in meaning.wrong(body, words, names):
            yield ("scenarios", name, *path), message


def _wrong_accounts(one: _Opened, words: Vocabulary) -> Iterator[Flaw]:
    for name, body in one.entries("accounts").items():
        provider, own = _split(body)
        if provider in words.operations:
            found = tuple(account_flaws(words, provider, own))
        else:
            found = tuple(unnamed("provider", ("provider",), provider, words.operations))
        yield from ((("accounts", name, *path), message) for path, message in found if provider)


def _split(body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Whose account it is, empty if that is what is wrong with it; and all the rest."""
    own = {key: value for key, value in body.items() if key != "provider"}
    return body.get("provider", ""), own


def _wrong_default(one: _Opened, names: Iterable[str]) -> Iterator[Flaw]:
    default = one.content.get("default")
    if isinstance(default, str):
        yield from unnamed("scenario", ("default",), default, names)


def _in_circles(opened: list[_Opened]) -> None:
    """Blames, of each circle, the first scenario that the user wrote; others may be bundled."""
    last = {name: (one, body) for one in opened for name, body in one.entries("scenarios").items()}
    leads = {
        name: dict.fromkeys(to for _, to in references(body)) for name, (_, body) in last.items()
    }
    for way in circles(leads):
        mine = next((at for at, name in enumerate(way) if not last[name][0].bundled), 0)
        name, to, *_ = told = beginning(way, mine)
        one, body = last[name]
        path = next(path for path, lead in references(body) if lead == to)
        message = f"this leads in a circle: {_shown(told)}"
        one.flaws.append((("scenarios", name, *path), message))


def _shown(way: tuple[str, ...]) -> str:
    """All of it, unless it is longer than anybody follows."""
    middle = (f"{len(way) - 6} more", way[-1]) if len(way) > SHOWN else way[5:]
    return " -> ".join((*way[:5], *middle))


def _compiled(opened: list[_Opened], words: Vocabulary) -> Catalog:
    """Of two accounts that take any credential, that of the later file is asked first."""
    told: dict[str, Scenario] = {}
    accounts: dict[tuple[str, str], Account] = {}
    default, acts = "answered", all_acts(words)
    for one in opened:
        default = one.content.get("default", default)
        for story in _stories(one, acts):
            told.pop(story.name, None)
            told[story.name] = story
        accounts = {**(mine := _accounts(one, words)), **accounts, **mine}
    if problems := sorted(_in_vain(told.values())):
        raise Unusable(problems)
    return Catalog(ScenarioSet(told, default), accounts)


def _accounts(one: _Opened, words: Vocabulary) -> dict[tuple[str, str], Account]:
    found: dict[tuple[str, str], Account] = {}
    for name, body in one.entries("accounts").items():
        provider, own = _split(body)
        found[provider, name] = account(words, name, provider, own)
    return found


def _stories(one: _Opened, acts: Mapping[str, VendorEvent]) -> Iterator[Scenario]:
    for name, body in one.entries("scenarios").items():

        def place(path: Path, name: str = name) -> str:
            return str(one.document.place(("scenarios", name, *path)))

        yield from stories(name, body, place, Told(one.bundled, acts))


def _in_vain(told: Iterable[Scenario]) -> Iterator[Problem]:
    for earlier, later in hidden(told):
        message = f"never played: {earlier.name!r} ({earlier.location}) takes all that suits it"
        yield Problem(Place.parse(later.location), message)
