"""Scenario files read together: form, meaning, stories and accounts, every problem at once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.config import semantic_checks
from mockserver.config.accounts import account_problems, build_account
from mockserver.config.cycles import find_cycles, rotate_cycle
from mockserver.config.known_names import KnownNames, all_vendor_events, collect_known_names
from mockserver.config.references import (
    MAX_LISTED_NAMES,
    scenario_references,
    unknown_name_problems,
)
from mockserver.config.scenarios import FileContext, build_scenarios
from mockserver.config.schema_checks import (
    PathProblem,
    locate_problem,
    schema_problems,
    without_problems,
)
from mockserver.config.unreachable import find_unreachable
from mockserver.config.yaml_document import (
    DocumentPath,
    InvalidFiles,
    Location,
    Problem,
    YamlDocument,
    parse_document,
)
from mockserver.core.account import Account
from mockserver.core.provider import BoundProvider, VendorEvent
from mockserver.core.scenario import Scenario, ScenarioSet


class SourceText(NamedTuple):
    """A file's name and text. What is bundled has been checked by our tests, not at each start.

    `under` are the keys below which the text belongs, if it is a part of a file only.
    """

    file: str
    text: bytes
    bundled: bool = False
    parent_keys: tuple[str, ...] = ()


class Definitions(NamedTuple):
    scenarios: ScenarioSet
    accounts: Mapping[tuple[str, str], Account]


class _ParsedFile(NamedTuple):
    """A file that is YAML, and all that has been found wrong in it so far."""

    document: YamlDocument
    bundled: bool
    problems: list[PathProblem]

    @property
    def content(self) -> dict[str, Any]:
        return self.document.content if isinstance(self.document.content, dict) else {}

    def entry_names(self, section: str) -> Iterable[str]:
        entries = self.content.get(section)
        return entries if isinstance(entries, dict) else ()

    def valid_entries(self, section: str) -> Mapping[str, Any]:
        """Each without what is wrong in it."""
        return (
            without_problems(self.content, [path for path, _ in self.problems]).get(section) or {}
        )


def load_definitions(
    sources: Iterable[SourceText], providers: Mapping[str, BoundProvider]
) -> Definitions:
    """What all these files say together; of one name, the last file counts.

    Raises:
        Unusable: with every problem of every file.
    """
    words = collect_known_names(providers)
    opened, problems = _parse_files(sources)
    names = {name: one for one in opened for name in one.entry_names("scenarios")}
    for one in opened:
        one.problems.extend(
            [*_scenario_problems(one, words, names), *_account_problems(one, words)]
        )
        one.problems.extend(_default_problems(one, names))
    _add_cycle_problems(opened)
    problems += [locate_problem(one.document, flaw) for one in opened for flaw in one.problems]
    if problems:
        raise InvalidFiles(sorted(set(problems)))
    return _build_definitions(opened, words)


def _parse_files(sources: Iterable[SourceText]) -> tuple[list[_ParsedFile], list[Problem]]:
    """The files that can be read, judged by their form, and why the others cannot."""
    opened: list[_ParsedFile] = []
    problems: list[Problem] = []
    for source in sources:
        document, unreadable = parse_document(source.text, source.file, source.parent_keys)
        problems += unreadable
        if document:
            wrong = () if source.bundled else schema_problems(document.content)
            opened.append(_ParsedFile(document, source.bundled, list(wrong)))
    return opened, problems


def _scenario_problems(
    file: _ParsedFile, known_names: KnownNames, scenario_names: Iterable[str]
) -> Iterator[PathProblem]:
    for name, body in {} if file.bundled else file.valid_entries("scenarios").items():
        for path, message in semantic_checks.scenario_problems(body, known_names, scenario_names):
            yield ("scenarios", name, *path), message


def _account_problems(file: _ParsedFile, known_names: KnownNames) -> Iterator[PathProblem]:
    for name, body in file.valid_entries("accounts").items():
        provider, own = _split_provider(body)
        if provider in known_names.operations:
            found = tuple(account_problems(known_names, provider, own))
        else:
            found = tuple(
                unknown_name_problems("provider", ("provider",), provider, known_names.operations)
            )
        yield from ((("accounts", name, *path), message) for path, message in found if provider)


def _split_provider(body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Whose account it is, empty if that is what is wrong with it; and all the rest."""
    own = {key: value for key, value in body.items() if key != "provider"}
    return body.get("provider", ""), own


def _default_problems(file: _ParsedFile, scenario_names: Iterable[str]) -> Iterator[PathProblem]:
    default = file.content.get("default")
    if isinstance(default, str):
        yield from unknown_name_problems("scenario", ("default",), default, scenario_names)


def _add_cycle_problems(files: list[_ParsedFile]) -> None:
    """Blames, of each circle, the first scenario that the user wrote; others may be bundled."""
    last = {
        name: (one, body) for one in files for name, body in one.valid_entries("scenarios").items()
    }
    leads = {
        name: dict.fromkeys(to for _, to in scenario_references(body))
        for name, (_, body) in last.items()
    }
    for way in find_cycles(leads):
        mine = next((at for at, name in enumerate(way) if not last[name][0].bundled), 0)
        name, to, *_ = told = rotate_cycle(way, mine)
        one, body = last[name]
        path = next(path for path, lead in scenario_references(body) if lead == to)
        message = f"this leads in a circle: {_format_cycle(told)}"
        one.problems.append((("scenarios", name, *path), message))


def _format_cycle(cycle: tuple[str, ...]) -> str:
    """All of it, unless it is longer than anybody follows."""
    middle = (f"{len(cycle) - 6} more", cycle[-1]) if len(cycle) > MAX_LISTED_NAMES else cycle[5:]
    return " -> ".join((*cycle[:5], *middle))


def _build_definitions(files: list[_ParsedFile], known_names: KnownNames) -> Definitions:
    """Of two accounts that take any credential, that of the later file is asked first."""
    told: dict[str, Scenario] = {}
    accounts: dict[tuple[str, str], Account] = {}
    default, acts = "answered", all_vendor_events(known_names)
    for one in files:
        default = one.content.get("default", default)
        for story in _file_scenarios(one, acts):
            told.pop(story.name, None)
            told[story.name] = story
        accounts = {**(mine := _file_accounts(one, known_names)), **accounts, **mine}
    if problems := sorted(_unreachable_problems(told.values())):
        raise InvalidFiles(problems)
    return Definitions(ScenarioSet(told, default), accounts)


def _file_accounts(file: _ParsedFile, known_names: KnownNames) -> dict[tuple[str, str], Account]:
    found: dict[tuple[str, str], Account] = {}
    for name, body in file.valid_entries("accounts").items():
        provider, own = _split_provider(body)
        found[provider, name] = build_account(known_names, name, provider, own)
    return found


def _file_scenarios(
    file: _ParsedFile, vendor_events: Mapping[str, VendorEvent]
) -> Iterator[Scenario]:
    for name, body in file.valid_entries("scenarios").items():

        def place(path: DocumentPath, name: str = name) -> str:
            return str(file.document.locate(("scenarios", name, *path)))

        yield from build_scenarios(name, body, place, FileContext(file.bundled, vendor_events))


def _unreachable_problems(scenarios: Iterable[Scenario]) -> Iterator[Problem]:
    for earlier, later in find_unreachable(scenarios):
        message = f"never played: {earlier.name!r} ({earlier.location}) takes all that suits it"
        yield Problem(Location.parse(later.location), message)
