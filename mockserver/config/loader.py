"""Load all configuration files together: check them, then build scenarios and accounts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from mockserver.config import semantic_checks
from mockserver.config.accounts import account_problems
from mockserver.config.composition_checks import composition_problems, is_composed
from mockserver.config.cycles import find_cycles, rotate_cycle
from mockserver.config.known_names import KnownNames, all_vendor_events, collect_known_names
from mockserver.config.parsed_file import (
    ParsedFile,
    add_playability_problems,
    possible_account_keys,
)
from mockserver.config.problems import InvalidFiles, Location, Problem
from mockserver.config.references import (
    MAX_LISTED_NAMES,
    scenario_references,
    unknown_name_problems,
)
from mockserver.config.repeated_names import add_repeated_name_problems
from mockserver.config.schema_checks import PathProblem, locate_problem
from mockserver.config.sound_entries import (
    build_sound_accounts,
    build_sound_scenarios,
    find_sound_scenarios,
    only_sound,
)
from mockserver.config.source_texts import SourceText, parse_sources
from mockserver.config.unreachable import find_unreachable
from mockserver.core.account import Account
from mockserver.core.address_policy import DEFAULT_POLICY, AddressPolicy
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.playability import AccountKey, all_sites
from mockserver.core.scenario import Scenario
from mockserver.core.selection import ScenarioSet
from mockserver.core.spoken_words import SpokenWords

DEFAULT: Final = "answered"
"""The default scenario if no file names one."""


class Definitions(NamedTuple):
    """The contents of all files; the key of an account is (provider, name).

    `own_accounts` are the keys of those that a file of the user has.
    """

    scenarios: ScenarioSet
    accounts: Mapping[tuple[str, str], Account]
    own_accounts: frozenset[tuple[str, str]] = frozenset()


class CheckedFiles(NamedTuple):
    """What the files define, and all their problems.

    If there are problems, `definitions` has only what a dry run can try beside them: scenarios
    that have none and lead only to such ones, and accounts. `untried` are the other accounts.
    """

    definitions: Definitions
    problems: tuple[Problem, ...]
    untried: frozenset[AccountKey] = frozenset()


def load_definitions(
    sources: Iterable[SourceText], providers: Mapping[str, BoundProvider]
) -> Definitions:
    """Check and build the scenarios and accounts of all files; of a name, the last file counts.

    Raises:
        InvalidFiles: with every problem of every file.
    """
    checked = check_sources(sources, providers)
    if checked.problems:
        raise InvalidFiles(checked.problems)
    return checked.definitions


def check_sources(
    sources: Iterable[SourceText],
    providers: Mapping[str, BoundProvider],
    policy: AddressPolicy = DEFAULT_POLICY,
) -> CheckedFiles:
    """Check the files in all ways except the dry run, and build what can be dry-run.

    What scenarios say together is checked only of those without other problems.
    """
    known_names = collect_known_names(providers, policy)
    files, problems, lost_keys = parse_sources(sources)
    _add_problems_of_each_file(files, known_names, lost_keys)
    _add_cycle_problems(files)
    add_playability_problems(files, providers)
    add_repeated_name_problems(files, known_names.account_rules)
    sound = find_sound_scenarios(files, lost_keys)
    scenarios = build_sound_scenarios(files, sound, all_vendor_events(known_names))
    _add_composition_problems(files, scenarios, providers)
    accounts, own_accounts, untried = build_sound_accounts(files, known_names, lost_keys)
    found = {
        *problems,
        *_unreachable_problems(scenarios.values()),
        *(locate_problem(file.document, each) for file in files for each in file.problems),
    }
    default = _defaults(files)[-1]
    if found:
        scenarios = only_sound(scenarios, find_sound_scenarios(files, lost_keys), default)
    definitions = Definitions(ScenarioSet(scenarios, default), accounts, own_accounts)
    return CheckedFiles(definitions, tuple(sorted(found)), untried)


def _add_problems_of_each_file(
    files: Iterable[ParsedFile], known_names: KnownNames, lost_keys: frozenset[str]
) -> None:
    """Report what is wrong within each scenario and account, and unknown defaults."""
    names = _possible_names(files, lost_keys)
    for file in files:
        file.problems.extend(
            [*_scenario_problems(file, known_names, names), *_account_problems(file, known_names)]
        )
        file.problems.extend(_default_problems(file, names))


def _possible_names(files: Iterable[ParsedFile], lost_keys: frozenset[str]) -> Mapping[str, object]:
    """Return the names of the scenarios, and the lost keys that the files use as such names."""
    names = dict.fromkeys(name for file in files for name in file.entry_names("scenarios"))
    used = set(_defaults(files))
    for file in files if lost_keys else ():
        for body in file.valid_entries("scenarios").values():
            used.update(name for _, name in scenario_references(body))
    return names | dict.fromkeys(sorted(lost_keys & used))


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


def _add_cycle_problems(files: Iterable[ParsedFile]) -> None:
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


def _defaults(files: Iterable[ParsedFile]) -> tuple[str, ...]:
    """Return the names of the default scenarios that the files say, before them the usual one."""
    named = (file.content.get("default") for file in files)
    return (DEFAULT, *(name for name in named if isinstance(name, str)))


def _add_composition_problems(
    files: Iterable[ParsedFile],
    scenarios: Mapping[str, Scenario],
    providers: Mapping[str, BoundProvider],
) -> None:
    """Report what is wrong with these scenarios together; of a name, the last file counts."""
    last = {name: file for file in files for name in file.entry_names("scenarios")}
    composed = [
        (name, file, file.content["scenarios"][name])
        for name, file in last.items()
        if name in scenarios and not file.bundled and is_composed(file.content["scenarios"][name])
    ]
    sites = all_sites(bound.provider for bound in providers.values()) if composed else ()
    spoken = tuple(SpokenWords(scenarios, site) for site in sites)
    accounts = possible_account_keys(files, providers)
    for name, file, body in composed:
        found = composition_problems(scenarios, name, body, spoken, accounts)
        file.problems.extend((("scenarios", name, *path), message) for path, message in found)


def _unreachable_problems(scenarios: Iterable[Scenario]) -> Iterator[Problem]:
    for earlier, later in find_unreachable(scenarios):
        first = f"{earlier.name!r} ({earlier.location})"
        message = f"this scenario never matches: {first} matches all its requests first"
        yield Problem(Location.parse(later.location), message)
