"""What a sandbox starts from: the files, read by the catalog and rehearsed by the engine."""

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from mockserver.config.accounts import parse_account
from mockserver.config.fake_records import with_fake_records
from mockserver.config.known_names import collect_known_names
from mockserver.config.loader import SourceText, load_definitions
from mockserver.config.registry import bundled_folder, load_providers
from mockserver.config.schema_checks import load_scenario_schema
from mockserver.config.yaml_document import InvalidFiles, Location, Problem
from mockserver.core.account import Account
from mockserver.core.behavior import describe_number
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.scenario import Scenario
from mockserver.core.suggestions import did_you_mean
from mockserver.engine.dry_run import dry_run
from mockserver.settings import Settings, SettingsError

__all__ = [
    "InvalidFiles",
    "ScenarioCompiler",
    "build_configuration",
    "count_scenarios",
    "describe_number",
    "example_number",
    "load_providers",
    "load_scenario_schema",
    "scenario_files",
]

UPLOAD_PREFIX = "PUT "
SURROGATE_PAIR = re.compile(rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
"""JSON's way to escape an emoji, which is no YAML; or an escaped backslash, which hides one."""

FILE_SUFFIXES = (".yaml", ".yml", ".json")
DEFAULT_FILE = Path("mockserver.yaml")


def build_configuration(settings: Settings) -> Configuration:
    """The bundled files, and the user's on top of them.

    Raises:
        Mistake: a setting that the files know nothing of.
        Unusable: files with problems, all of them.
    """
    known = load_providers()
    for option, name in _provider_options(settings):
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
            raise SettingsError(f"{option}: no provider is named {name!r}: {hint}")
    catalog = load_definitions(load_sources(settings), known)
    made = Configuration(
        seed=settings.seed or secrets.token_hex(3),
        providers=known,
        scenarios=catalog.scenarios._replace(number_plan=settings.number_plan),
        accounts={key: _with_quirks(one, settings) for key, one in catalog.accounts.items()},
        parse_account=partial(parse_account, collect_known_names(known)),
        webhook_targets=settings.webhook,
        populate=partial(with_fake_records, known),
    )
    _check_playable(made, lambda _: True)
    return made


class ScenarioCompiler:
    """Makes worlds with scenarios that were put through the control API, on top of the files."""

    def __init__(self, settings: Settings) -> None:
        self.sources = load_sources(settings)

    def adopt_sources(self, other: "ScenarioCompiler") -> None:
        """From now on with the files as that one has read them."""
        self.sources = other.sources

    def __call__(
        self, current: Configuration, scenario_texts: Mapping[str, bytes]
    ) -> tuple[Configuration | None, tuple[str, ...]]:
        """The world with these scenarios, or else every problem, placed in what was put."""
        try:
            return self.build_configuration(current, scenario_texts, current), ()
        except InvalidFiles as unusable:
            return None, tuple(str(one).removeprefix(UPLOAD_PREFIX) for one in unusable.problems)

    def build_configuration(
        self, current: Configuration, scenario_texts: Mapping[str, bytes], base: Configuration
    ) -> Configuration:
        """The base with these scenarios, and the seed of the world that there is now.

        Raises:
            Unusable: as `load`.
        """
        added = [
            SourceText(
                f"{UPLOAD_PREFIX}{name}",
                SURROGATE_PAIR.sub(_join_surrogates, text),
                parent_keys=("scenarios", name),
            )
            for name, text in scenario_texts.items()
        ]
        catalog = load_definitions([*self.sources, *added], current.providers)
        stories = catalog.scenarios._replace(number_plan=base.scenarios.number_plan)
        made = base._replace(seed=current.seed, scenarios=stories)
        _check_playable(made, lambda story: story.location.startswith(UPLOAD_PREFIX))
        return made


def load_sources(settings: Settings) -> list[SourceText]:
    return [
        *_read_sources(_bundled_files(), bundled=True),
        *_read_sources(scenario_files(settings), bundled=False),
    ]


def scenario_files(settings: Settings) -> list[Path]:
    """The user's scenario files: those that were named, else ./mockserver.yaml if it is there.

    Raises:
        Mistake: a path that leads nowhere, or may not be read.
    """
    if not settings.scenarios:
        return [DEFAULT_FILE] if DEFAULT_FILE.is_file() else []
    try:
        return [file for name in settings.scenarios for file in _files_in(Path(name))]
    except OSError as error:
        raise _build_read_error(error) from None


def count_scenarios(configuration: Configuration) -> int:
    """How many scenarios one can ask for by name."""
    return sum("/" not in name for name in configuration.scenarios.by_name)


def example_number(plan_digits: str, provider: str | None) -> str:
    """A number that ends in these digits of the number plan, and that the provider accepts.

    Raises:
        LookupError: there is no such provider.
    """
    if provider is None:
        return f"9188{plan_digits}"
    known = load_providers()
    if provider not in known:
        raise LookupError(f"no provider is named {provider!r}; known: {', '.join(known)}")
    listing = known[provider]
    for endpoint in listing.provider.endpoints:
        for example in listing.examples(endpoint.operation):
            for legs in endpoint.called_numbers(
                Request(endpoint.method, endpoint.path, fields=example)
            ):
                return _replace_ending(legs["callee"], plan_digits)
    raise LookupError(f"{provider} dials no numbers")


def _replace_ending(number: str, plan_digits: str) -> str:
    """A number of the same kind whose last digits are those of the plan."""
    digits = "".join(filter(str.isdecimal, number))
    return "+" * number.startswith("+") + digits[: -len(plan_digits)] + plan_digits


def _join_surrogates(pair: re.Match[bytes]) -> bytes:
    sign: str = json.loads(b'"%b"' % pair[0])
    return pair[0] if sign == "\\" else sign.encode()


def _files_in(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(
            one for one in path.iterdir() if one.suffix in FILE_SUFFIXES and one.is_file()
        )
    if not path.is_file():
        raise SettingsError(f"scenarios: there is no file or directory {path}")
    return [path]


def _bundled_files() -> list[Path]:
    return sorted(bundled_folder("scenarios").glob("*.yaml"))


def _read_sources(paths: Iterable[Path], *, bundled: bool) -> list[SourceText]:
    try:
        return [SourceText(str(path), path.read_bytes(), bundled) for path in paths]
    except OSError as error:
        raise _build_read_error(error) from None


def _build_read_error(error: OSError) -> SettingsError:
    return SettingsError(f"scenarios: {error.filename} cannot be read: {error.strerror}")


def _provider_options(settings: Settings) -> list[tuple[str, str]]:
    webhooks = [("webhook", name) for name in settings.webhook]
    return webhooks + [("quirk", name) for name, _ in settings.quirk]


def _with_quirks(account: Account, settings: Settings) -> Account:
    wanted = {quirk for provider, quirk in settings.quirk if provider == account.provider}
    return account._replace(quirks=account.quirks | wanted)


def _check_playable(configuration: Configuration, is_selected: Callable[[Scenario], bool]) -> None:
    """What the users' stories want has to be playable."""
    theirs = (story for story in configuration.scenarios.by_name.values() if not story.bundled)
    stumbles = (
        one for story in theirs if is_selected(story) for one in dry_run(configuration, story)
    )
    problems = [Problem(Location.parse(one.location), one.reason) for one in stumbles]
    if problems:
        raise InvalidFiles(sorted(set(problems)))
