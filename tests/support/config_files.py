"""Scenario files as users write them, loaded on top of the bundled ones and checked."""

from functools import partial

from mockserver.config.accounts import parse_account
from mockserver.config.known_names import collect_known_names
from mockserver.config.loader import Definitions, check_sources, load_definitions
from mockserver.config.problems import Location, Problem
from mockserver.config.registry import bundled_folder, load_providers
from mockserver.config.source_texts import SourceText
from mockserver.core.configuration import Configuration
from mockserver.engine.dry_run import dry_run_all

PROVIDERS = {"mobtexting": load_providers()["mobtexting"]}
"""One provider alone, so that hints do not change when another is added."""
BUNDLED_TEXTS = tuple(
    SourceText(file=str(path), text=path.read_bytes(), bundled=True)
    for path in (bundled_folder("scenarios") / f"{name}.yaml" for name in ("common", "mobtexting"))
)


def load_texts(*texts: str) -> Definitions:
    """Load the bundled files and then these, which are named 1.yaml, 2.yaml, ..."""
    return load_definitions(_sources(texts), PROVIDERS)


def configuration_from_texts(*texts: str, seed: str = "seed") -> Configuration:
    """Build the configuration of the bundled files and these."""
    return _build_configuration(load_texts(*texts), seed)


def check_texts(*texts: str) -> list[str]:
    """Return what `mockserver check` prints for these files, without the prefix `1.yaml:`."""
    checked = check_sources(_sources(texts), PROVIDERS)
    configuration = _build_configuration(checked.definitions, "seed")
    scenarios = configuration.scenarios.by_name.values()
    own = [scenario for scenario in scenarios if not scenario.bundled]
    tried = {
        Problem(location=Location.parse(location), message=message)
        for location, message in dry_run_all(configuration, own, (), checked.untried)[0]
    }
    problems = sorted(tried.union(checked.problems))
    return [str(problem).removeprefix("1.yaml:") for problem in problems]


def _sources(texts: tuple[str, ...]) -> list[SourceText]:
    own = [
        SourceText(file=f"{number}.yaml", text=text.encode())
        for number, text in enumerate(texts, start=1)
    ]
    return [*BUNDLED_TEXTS, *own]


def _build_configuration(definitions: Definitions, seed: str) -> Configuration:
    return Configuration(
        seed=seed,
        providers=PROVIDERS,
        scenarios=definitions.scenarios,
        accounts=definitions.accounts,
        parse_account=partial(parse_account, collect_known_names(PROVIDERS)),
    )
