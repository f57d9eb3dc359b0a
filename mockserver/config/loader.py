"""Load all configuration files together: check them, then build scenarios and accounts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.config import semantic_checks
from mockserver.config.accounts import account_problems, build_account
from mockserver.config.composition_checks import composition_problems, is_composed
from mockserver.config.cycles import find_cycles, rotate_cycle
from mockserver.config.known_names import KnownNames, all_vendor_events, collect_known_names
from mockserver.config.old_keys import UPGRADE_HINT, old_key_problems, with_new_keys
from mockserver.config.parsed_file import ParsedFile, add_playability_problems
from mockserver.config.problems import DocumentPath, InvalidFiles, Location, Problem
from mockserver.config.references import (
    MAX_LISTED_NAMES,
    scenario_references,
    unknown_name_problems,
)
from mockserver.config.repeated_names import add_repeated_name_problems
from mockserver.config.scenarios import FileContext, build_scenarios
from mockserver.config.schema_checks import (
    PathProblem,
    locate_problem,
    schema_problems,
)
from mockserver.config.spoken_words import SpokenWords
from mockserver.config.unreachable import find_unreachable
from mockserver.config.yaml_document import read_document
from mockserver.core.account import Account
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.playability import all_sites
from mockserver.core.provider import VendorEvent
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet


class SourceText(NamedTuple):
    """The name and text of a file, or of a part of one that belongs below `parent_keys`.

    Our tests check the bundled files, so they are not checked again at each start.
    """

    file: str
    text: bytes
    bundled: bool = False
    parent_keys: tuple[str, ...] = ()


class Definitions(NamedTuple):
    """The contents of all files; the key of an account is (provider, name).

    `own_accounts` are the keys of those that a file of the user has.
    """

    scenarios: ScenarioSet
    accounts: Mapping[tuple[str, str], Account]
    own_accounts: frozenset[tuple[str, str]] = frozenset()


def load_definitions(
    sources: Iterable[SourceText], providers: Mapping[str, BoundProvider]
) -> Definitions:
    """Check and build the scenarios and accounts of all files; of a name, the last file counts.

    Raises:
        InvalidFiles: with every problem of every file.
    """
    known_names = collect_known_names(providers)
    files, problems = _parse_files(sources)
    names = {name: file for file in files for name in file.entry_names("scenarios")}
    for file in files:
        file.problems.extend(
            [*_scenario_problems(file, known_names, names), *_account_problems(file, known_names)]
        )
        file.problems.extend(_default_problems(file, names))
    _add_cycle_problems(files)
    add_playability_problems(files, providers)
    add_repeated_name_problems(files)
    problems += [locate_problem(file.document, found) for file in files for found in file.problems]
    if problems:
        raise InvalidFiles(sorted(set(problems)))
    return _build_definitions(files, known_names, providers)


def _parse_files(sources: Iterable[SourceText]) -> tuple[list[ParsedFile], list[Problem]]:
    """Parse the files and check their schema.

    Old keys are read as the new ones, so that nothing else is wrong because of them.

    Returns:
        (YAML files, with the violations of the schema; problems of other files, and old keys).
    """
    files: list[ParsedFile] = []
    problems: list[Problem] = []
    for source in sources:
        document, yaml_problems = read_document(source.text, source.file, source.parent_keys)
        problems += yaml_problems
        if document and source.bundled:
            files.append(ParsedFile(document, source.bundled, []))
        elif document:
            hint = "" if source.parent_keys else UPGRADE_HINT
            problems += old_key_problems(document, hint)
            document = with_new_keys(document)
            found, uploaded = list(schema_problems(document.content)), bool(source.parent_keys)
            files.append(ParsedFile(document, source.bundled, found, uploaded))
    return files, problems


def _scenario_problems(
    file: ParsedFile, known_names: KnownNames, scenario_names: Iterable[str]
) -> Iterator[PathProblem]:
    for name, body in {} if file.bundled else file.valid_entries("scenarios").items():
        for path, message in semantic_checks.scenario_problems(body, known_names, scenario_names):
            yield ("scenarios", name, *path), message


def _account_problems(file: ParsedFile, known_names: KnownNames) -> Iterator[PathProblem]:
    for name, body in {} if file.bundled else file.valid_entries("accounts").items():
        provider, rest = _split_provider(body)
        if provider in known_names.operations:
            found = tuple(account_problems(known_names, provider, rest))
        else:
            found = tuple(
                unknown_name_problems("provider", ("provider",), provider, known_names.operations)
            )
        yield from ((("accounts", name, *path), message) for path, message in found if provider)


def _split_provider(body: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return (the provider of an account, the other keys); "" if the provider is invalid."""
    rest = {key: value for key, value in body.items() if key != "provider"}
    return body.get("provider", ""), rest


def _default_problems(file: ParsedFile, scenario_names: Iterable[str]) -> Iterator[PathProblem]:
    default = file.content.get("default")
    if isinstance(default, str):
        yield from unknown_name_problems("scenario", ("default",), default, scenario_names)


def _add_cycle_problems(files: list[ParsedFile]) -> None:
    """Report each cycle at its first scenario from a user's file: others may be bundled."""
    last = {
        name: (file, body)
        for file in files
        for name, body in file.valid_entries("scenarios").items()
    }
    edges = {
        name: dict.fromkeys(target for _, target in scenario_references(body))
        for name, (_, body) in last.items()
    }
    for found in find_cycles(edges):
        start = next((index for index, name in enumerate(found) if not last[name][0].bundled), 0)
        name, target, *_ = cycle = rotate_cycle(found, start)
        file, body = last[name]
        path = next(path for path, reference in scenario_references(body) if reference == target)
        message = f"this leads in a circle: {_format_cycle(cycle)}"
        file.problems.append((("scenarios", name, *path), message))


def _format_cycle(cycle: tuple[str, ...]) -> str:
    """Join the names with arrows, and leave out the middle of a long cycle."""
    rest = (f"{len(cycle) - 6} more", cycle[-1]) if len(cycle) > MAX_LISTED_NAMES else cycle[5:]
    return " -> ".join((*cycle[:5], *rest))


def _build_definitions(
    files: list[ParsedFile], known_names: KnownNames, providers: Mapping[str, BoundProvider]
) -> Definitions:
    """Build all scenarios and accounts; a later file overrides an earlier one.

    Accounts of later files come first: of two that accept any credential, the later one applies.
    """
    scenarios: dict[str, Scenario] = {}
    accounts: dict[tuple[str, str], Account] = {}
    own_accounts: set[tuple[str, str]] = set()
    default, vendor_events = "answered", all_vendor_events(known_names)
    for file in files:
        default = file.content.get("default", default)
        for scenario in _file_scenarios(file, vendor_events):
            scenarios.pop(scenario.name, None)
            scenarios[scenario.name] = scenario
        accounts = {**(later := _file_accounts(file, known_names)), **accounts, **later}
        own_accounts.update(() if file.bundled else later)
    composed = _composition_problems(files, scenarios, providers)
    if problems := sorted({*_unreachable_problems(scenarios.values()), *composed}):
        raise InvalidFiles(problems)
    return Definitions(ScenarioSet(scenarios, default), accounts, frozenset(own_accounts))


def _file_accounts(file: ParsedFile, known_names: KnownNames) -> dict[tuple[str, str], Account]:
    accounts: dict[tuple[str, str], Account] = {}
    for name, body in file.valid_entries("accounts").items():
        provider, rest = _split_provider(body)
        accounts[provider, name] = build_account(known_names, name, provider, rest)
    return accounts


def _file_scenarios(
    file: ParsedFile, vendor_events: Mapping[str, VendorEvent]
) -> Iterator[Scenario]:
    context = FileContext(file.bundled, vendor_events, file.document.quoted_paths)
    for name, body in file.valid_entries("scenarios").items():

        def locate(path: DocumentPath, name: str = name) -> str:
            return str(file.document.locate(("scenarios", name, *path)))

        yield from build_scenarios(name, body, locate, context)


def _composition_problems(
    files: list[ParsedFile],
    scenarios: Mapping[str, Scenario],
    providers: Mapping[str, BoundProvider],
) -> Iterator[Problem]:
    """Yield what is wrong with scenarios together; of a name, the last file counts."""
    last = {name: file for file in files for name in file.entry_names("scenarios")}
    composed = [
        (name, file, file.content["scenarios"][name])
        for name, file in last.items()
        if not file.bundled and is_composed(file.content["scenarios"][name])
    ]
    sites = all_sites(bound.provider for bound in providers.values()) if composed else ()
    spoken = tuple(SpokenWords(scenarios, site) for site in sites)
    accounts = tuple(key for file in files for key in file.account_keys())
    for name, file, body in composed:
        for path, message in composition_problems(scenarios, name, body, spoken, accounts):
            yield locate_problem(file.document, (("scenarios", name, *path), message))


def _unreachable_problems(scenarios: Iterable[Scenario]) -> Iterator[Problem]:
    for earlier, later in find_unreachable(scenarios):
        message = f"never in force: {earlier.name!r} ({earlier.location}) matches all its requests"
        yield Problem(Location.parse(later.location), message)
