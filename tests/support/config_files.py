"""Scenario files as users write them, loaded on top of the bundled ones and checked."""

from functools import partial

from mockserver.config.accounts import parse_account
from mockserver.config.known_names import collect_known_names
from mockserver.config.loader import Definitions, SourceText, load_definitions
from mockserver.config.problems import InvalidFiles, Location, Problem
from mockserver.config.registry import bundled_folder, load_providers
from mockserver.core.configuration import Configuration
from mockserver.engine.dry_run import dry_run

PROVIDERS = {"mobtexting": load_providers()["mobtexting"]}
"""The plainest provider alone, so that a hint does not change with every new one."""
BUNDLED_TEXTS = tuple(
    SourceText(file=str(path), text=path.read_bytes(), bundled=True)
    for path in (bundled_folder("scenarios") / f"{name}.yaml" for name in ("common", "mobtexting"))
)


def load_texts(*texts: str) -> Definitions:
    """The bundled files, and on top of them these, which are named 1.yaml, 2.yaml, ..."""
    mine = [
        SourceText(file=f"{at}.yaml", text=text.encode()) for at, text in enumerate(texts, start=1)
    ]
    return load_definitions([*BUNDLED_TEXTS, *mine], PROVIDERS)


def configuration_from_texts(*texts: str, seed: str = "seed") -> Configuration:
    """A world that has these files on top of the bundled ones."""
    catalog = load_texts(*texts)
    reader = partial(parse_account, collect_known_names(PROVIDERS))
    return Configuration(
        seed=seed,
        providers=PROVIDERS,
        scenarios=catalog.scenarios,
        accounts=catalog.accounts,
        parse_account=reader,
    )


def check_texts(*texts: str) -> list[str]:
    """All that `mockserver check` says of these files; `1.yaml:` is left out."""
    try:
        configuration = configuration_from_texts(*texts)
    except InvalidFiles as unusable:
        return [str(problem).removeprefix("1.yaml:") for problem in unusable.problems]
    mine = [story for story in configuration.scenarios.by_name.values() if not story.bundled]
    stumbles = {stumble for story in mine for stumble in dry_run(configuration, story)}
    problems = sorted(
        Problem(location=Location.parse(one.location), message=one.reason) for one in stumbles
    )
    return [str(problem).removeprefix("1.yaml:") for problem in problems]
