"""Build the configuration of a sandbox: load all files and dry-run the users' scenarios."""

import secrets
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from mockserver.config.accounts import parse_account
from mockserver.config.example_number import example_number
from mockserver.config.fake_records import with_fake_records
from mockserver.config.json_text import join_surrogates
from mockserver.config.known_names import collect_known_names
from mockserver.config.loader import CheckedFiles, check_sources
from mockserver.config.problems import InvalidFiles, Location, Problem
from mockserver.config.registry import bundled_folder, load_providers
from mockserver.config.schema_checks import load_scenario_schema
from mockserver.config.source_texts import SourceText
from mockserver.config.upgrade import upgrade_text
from mockserver.core.account import Account
from mockserver.core.address_policy import AddressPolicy, build_policy, judge_url
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.configuration import AccountKey, AccountNote, Configuration
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.number_plan import describe_ends, describe_number
from mockserver.core.scenario import Scenario, readable_name
from mockserver.core.suggestions import did_you_mean
from mockserver.engine.dry_run import dry_run_all
from mockserver.settings import Settings, SettingsError

__all__ = [
    "InvalidFiles",
    "ScenarioCompiler",
    "build_configuration",
    "count_scenarios",
    "describe_ends",
    "describe_number",
    "example_number",
    "load_providers",
    "load_scenario_schema",
    "scenario_files",
    "scenario_notes",
    "upgrade_text",
]

UPLOAD_PREFIX = "PUT "
FILE_SUFFIXES = (".yaml", ".yml", ".json")
DEFAULT_FILE = Path("mockserver.yaml")


def build_configuration(
    settings: Settings, files: Mapping[str, bytes] | None = None
) -> Configuration:
    """Build a configuration from the bundled files and the user's files, which override them.

    `files` maps the names of the user's files to their contents; None reads those of the settings.

    Raises:
        SettingsError: an option names an unknown provider, or a file cannot be read.
        InvalidFiles: the files have problems; it lists all of them.
    """
    providers = load_providers()
    policy = build_policy(settings.webhook_targets, settings.webhook_rewrite)
    _check_provider_options(settings, providers, policy)
    sources = load_sources(settings, files)
    checked = check_sources(sources, providers, policy)
    definitions = checked.definitions
    configuration = Configuration(
        seed=settings.seed or secrets.token_hex(3),
        providers=providers,
        scenarios=definitions.scenarios._replace(number_plan=settings.number_plan),
        accounts={key: _with_quirks(each, settings) for key, each in definitions.accounts.items()},
        parse_account=partial(parse_account, collect_known_names(providers, policy)),
        webhook_targets=settings.webhook,
        policy=policy,
        populate=partial(with_fake_records, providers),
        files={each.file: each.text for each in sources if not each.bundled},
        bundled_files={each.file: each.text for each in sources if each.bundled},
        quirks=tuple(settings.quirk),
        trace_webhooks=settings.trace_webhooks,
    )
    notes = _dry_run(configuration, checked, definitions.own_accounts, lambda _: True)
    return configuration._replace(scenario_notes=notes)


class ScenarioCompiler:
    """Builds configurations with uploaded scenarios, which override those of the files.

    Uploaded scenarios come from the control API, as YAML or JSON by name.
    """

    def __init__(self, settings: Settings, files: Mapping[str, bytes] | None = None) -> None:
        self.sources = load_sources(settings, files)

    def adopt_sources(self, other: "ScenarioCompiler") -> None:
        """Use the files as the other compiler has read them."""
        self.sources = other.sources

    def __call__(
        self,
        current: Configuration,
        scenario_texts: Mapping[str, bytes],
        accounts: Mapping[AccountKey, Account] = EMPTY_MAPPING,
    ) -> tuple[Configuration | None, tuple[str, ...]]:
        """Return (configuration, ()), or (None, problems), each with its place in the upload.

        `accounts` are those that the sandbox has now.
        """
        try:
            return self.build_configuration(current, scenario_texts, current, accounts), ()
        except InvalidFiles as error:
            return None, tuple(line.removeprefix(UPLOAD_PREFIX) for line in error.lines())

    def build_configuration(
        self,
        current: Configuration,
        scenario_texts: Mapping[str, bytes],
        base: Configuration,
        accounts: Mapping[AccountKey, Account] = EMPTY_MAPPING,
    ) -> Configuration:
        """Return `base` with these scenarios, and with the seed of `current`.

        The dry run tries the scenarios on these accounts, or on those of `base` if there are none.

        Raises:
            InvalidFiles: as `load_definitions`, or a scenario cannot be played.
        """
        uploads = [
            SourceText(
                f"{UPLOAD_PREFIX}{name}", join_surrogates(text), parent_keys=("scenarios", name)
            )
            for name, text in scenario_texts.items()
        ]
        checked = check_sources([*self.sources, *uploads], current.providers, base.policy)
        definitions = checked.definitions
        scenarios = definitions.scenarios._replace(number_plan=base.scenarios.number_plan)
        configuration = base._replace(seed=current.seed, scenarios=scenarios)
        notes = _dry_run(
            configuration._replace(accounts=accounts or base.accounts),
            checked,
            definitions.own_accounts | (set(accounts) - set(base.accounts)),
            lambda scenario: scenario.location.startswith(UPLOAD_PREFIX),
        )
        known = base.scenario_notes.items()
        of_files = {place: found for place, found in known if not place.startswith(UPLOAD_PREFIX)}
        return configuration._replace(scenario_notes={**of_files, **notes})


def load_sources(settings: Settings, files: Mapping[str, bytes] | None = None) -> list[SourceText]:
    """Return the bundled files, and these of the user; None reads those of the settings."""
    bundled = _read_sources(sorted(bundled_folder("scenarios").glob("*.yaml")), bundled=True)
    if files is None:
        return bundled + _read_sources(scenario_files(settings), bundled=False)
    return bundled + [SourceText(name, content) for name, content in files.items()]


def scenario_files(settings: Settings) -> list[Path]:
    """Return the user's scenario files: those of the settings, else ./mockserver.yaml if it exists.

    Raises:
        SettingsError: a path does not exist or cannot be read.
    """
    if not settings.scenarios:
        return [DEFAULT_FILE] if DEFAULT_FILE.is_file() else []
    try:
        files = [file for name in settings.scenarios for file in _files_in(Path(name))]
        return list({file.resolve(): file for file in files}.values())
    except OSError as error:
        raise _build_read_error(error) from None


def count_scenarios(configuration: Configuration) -> int:
    """Count the scenarios that can be asked for by name."""
    return len(configuration.scenarios.public_names)


def scenario_notes(configuration: Configuration) -> Iterator[tuple[str, AccountNote]]:
    """Yield the name of each scenario with each account of the user on which it cannot play."""
    for scenario in configuration.scenarios.by_name.values():
        for note in configuration.scenario_notes.get(scenario.location, ()):
            yield readable_name(scenario.name), note


def _files_in(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(
            file for file in path.iterdir() if file.suffix in FILE_SUFFIXES and file.is_file()
        )
    if not path.is_file():
        raise SettingsError(f"scenarios: there is no file or directory {path}")
    return [path]


def _read_sources(paths: Iterable[Path], *, bundled: bool) -> list[SourceText]:
    try:
        return [SourceText(str(path), path.read_bytes(), bundled) for path in paths]
    except OSError as error:
        raise _build_read_error(error) from None


def _build_read_error(error: OSError) -> SettingsError:
    return SettingsError(f"scenarios: {error.filename} cannot be read: {error.strerror}")


def _check_provider_options(
    settings: Settings, providers: Mapping[str, BoundProvider], policy: AddressPolicy
) -> None:
    """Check the providers of `--webhook` and `--quirk`, the URLs, and the quirks of each provider.

    Raises:
        SettingsError: for an unknown name; it says the nearest one, or all.
    """
    webhooks = [("webhook", name) for name in settings.webhook]
    for option, name in webhooks + [("quirk", name) for name, _ in settings.quirk]:
        if name not in providers:
            hint = did_you_mean(name, providers) or f"known: {', '.join(providers)}"
            raise SettingsError(f"{option}: no provider is named {name!r}: {hint}")
    for name, url in settings.webhook.items():
        if rejection := judge_url(url, policy):
            raise SettingsError(f"webhook of {name}: no webhook can go there: {rejection.reason}")
    for name, quirk in settings.quirk:
        known = providers[name].provider.quirks
        if quirk not in known:
            hint = did_you_mean(quirk, known) or f"known: {', '.join(known) or 'none'}"
            raise SettingsError(f"quirk: {name} has no quirk {quirk!r}: {hint}")


def _with_quirks(account: Account, settings: Settings) -> Account:
    quirks = {quirk for provider, quirk in settings.quirk if provider == account.provider}
    return account.replace(quirks=account.quirks | quirks)


def _dry_run(
    configuration: Configuration,
    checked: CheckedFiles,
    own_accounts: Container[AccountKey],
    is_selected: Callable[[Scenario], bool],
) -> Mapping[str, tuple[AccountNote, ...]]:
    """Dry-run the selected scenarios of the user; return the notes on the user's accounts.

    Raises:
        InvalidFiles: the checked files have problems, or a step is illegal or never reached, on
            whatever account.
    """
    scenarios = configuration.scenarios.by_name.values()
    selected = (each for each in scenarios if not each.bundled and is_selected(each))
    found, notes = dry_run_all(configuration, selected, own_accounts, checked.untried)
    problems = {Problem(Location.parse(place), message) for place, message in found}
    if problems := problems.union(checked.problems):
        raise InvalidFiles(sorted(problems))
    return notes
