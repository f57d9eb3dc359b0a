"""The scenarios and accounts without problems: only these are checked further, and dry-run.

So no problem is reported that another one causes.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from mockserver.config.accounts import build_account
from mockserver.config.known_names import KnownNames
from mockserver.config.parsed_file import ParsedFile, possible_account_keys
from mockserver.config.problems import DocumentPath
from mockserver.config.references import scenario_references
from mockserver.config.scenarios import FileContext, build_scenarios
from mockserver.core.account import Account
from mockserver.core.composition import BEHAVIOR_WORDS
from mockserver.core.playability import AccountKey
from mockserver.core.provider import VendorEvent
from mockserver.core.scenario import Scenario

KEYS_WITHOUT_PART_IN_DRY_RUNS: Final = frozenset(
    {"credentials", "numbers", "webhooks", "retry", "limits", "balance", "time_zone", "webhook_ca"}
)
"""Keys of an account that may be wrong: a dry run does without them, and finds the same."""


class SoundAccounts(NamedTuple):
    """The accounts that a dry run can try, those of users among them, and those that it cannot.

    An account whose provider is not known is in `untried` once for each provider.
    """

    accounts: Mapping[AccountKey, Account]
    own: frozenset[AccountKey]
    untried: frozenset[AccountKey]


def find_sound_scenarios(files: Iterable[ParsedFile], lost_keys: Container[str]) -> frozenset[str]:
    """Return the names of the scenarios without problems that lead only to such ones.

    Of a name the last file counts. What may be defined in a file that cannot be parsed (its keys
    are `lost_keys`) is not known.
    """
    bodies = {
        name: file.content["scenarios"][name]
        for file in files
        for name in file.entry_names("scenarios")
    }
    flawed = {name for file in files for name in file.flawed_names("scenarios")}
    users: dict[str, list[str]] = {}
    for name in bodies.keys() - flawed:
        for _, target in scenario_references(bodies[name]):
            users.setdefault(target, []).append(name)
    pending = [name for name in {*bodies, *users} if name in flawed or name in lost_keys]
    unsound: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in unsound:
            unsound.add(name)
            pending += users.get(name, ())
    return frozenset(bodies.keys() - unsound)


def build_sound_scenarios(
    files: Iterable[ParsedFile], names: Container[str], vendor_events: Mapping[str, VendorEvent]
) -> dict[str, Scenario]:
    """Build the scenarios of these names; a later file overrides an earlier one."""
    scenarios: dict[str, Scenario] = {}
    for file in files:
        for scenario in _file_scenarios(file, names, vendor_events):
            scenarios.pop(scenario.name, None)
            scenarios[scenario.name] = scenario
    return scenarios


def only_sound(
    scenarios: Mapping[str, Scenario], names: Container[str], default: str
) -> dict[str, Scenario]:
    """Return the scenarios of these names with the items of their lists.

    If the default is none of them, its callee answers: the others can be tried without it.
    """
    sound = {name: each for name, each in scenarios.items() if name.split("/")[0] in names}
    return {default: BEHAVIOR_WORDS["answered"], **sound}


def build_sound_accounts(
    files: Iterable[ParsedFile], known_names: KnownNames, lost_keys: Container[str]
) -> SoundAccounts:
    """Build the accounts that a dry run can try; a later file overrides an earlier one.

    Accounts of later files come first: of two that accept any credential, the later one applies.
    """
    accounts: dict[AccountKey, Account] = {}
    own: set[AccountKey] = set()
    untried = {(name, "") for name in known_names.operations if "accounts" in lost_keys}
    for file in files:
        flawed = _flawed_accounts(file, known_names.operations)
        later = dict(_file_accounts(file, known_names))
        earlier = {key: account for key, account in accounts.items() if key not in flawed}
        accounts = {**later, **earlier, **later}
        own.update(() if file.bundled else later)
        untried |= flawed
    return SoundAccounts(accounts, frozenset(own), frozenset(untried))


def _flawed_accounts(file: ParsedFile, providers: Iterable[str]) -> frozenset[AccountKey]:
    """Return the accounts whose problems a dry run cannot do without."""
    flawed = file.flawed_keys("accounts")
    return frozenset(
        (provider, name)
        for provider, name in possible_account_keys((file,), providers)
        if not flawed.get(name, set()) <= KEYS_WITHOUT_PART_IN_DRY_RUNS
    )


def _file_accounts(
    file: ParsedFile, known_names: KnownNames
) -> Iterator[tuple[AccountKey, Account]]:
    """Yield the accounts that a dry run can try, without their keys that have problems."""
    flawed = file.flawed_keys("accounts")
    for name in file.entry_names("accounts"):
        wrong = flawed.get(name, set())
        if wrong <= KEYS_WITHOUT_PART_IN_DRY_RUNS:
            body: Mapping[str, Any] = file.content["accounts"][name]
            rest = {key: body[key] for key in body if key not in ("provider", *wrong)}
            provider = body["provider"]
            yield (provider, name), build_account(known_names, name, provider, rest)


def _file_scenarios(
    file: ParsedFile, names: Container[str], vendor_events: Mapping[str, VendorEvent]
) -> Iterator[Scenario]:
    context = FileContext(file.bundled, vendor_events, file.document.quoted_paths)
    for name in file.entry_names("scenarios"):
        if name in names:

            def locate(path: DocumentPath, name: str = name) -> str:
                return str(file.document.locate(("scenarios", name, *path)))

            yield from build_scenarios(name, file.content["scenarios"][name], locate, context)
