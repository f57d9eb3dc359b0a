"""Scenario files as users write them: loaded on top of the bundled ones, rehearsed, judged."""

from functools import partial

from mockserver.catalog.accounts import read_account
from mockserver.catalog.document import Place, Problem, Unusable
from mockserver.catalog.files import Catalog, Source, load
from mockserver.catalog.registry import bundled, listings
from mockserver.catalog.vocabulary import vocabulary
from mockserver.core.configuration import Configuration
from mockserver.engine.dry_run import dry_run

KNOWN = {"mobtexting": listings()["mobtexting"]}
"""The plainest provider alone, so that a hint does not change with every new one."""

OURS = tuple(
    Source(str(path), path.read_bytes(), bundled=True)
    for path in (bundled("scenarios") / f"{name}.yaml" for name in ("common", "mobtexting"))
)


def loaded(*texts: str) -> Catalog:
    """The bundled files, and on top of them these, which are named 1.yaml, 2.yaml, ..."""
    mine = [Source(f"{at}.yaml", text.encode()) for at, text in enumerate(texts, start=1)]
    return load([*OURS, *mine], KNOWN)


def living(*texts: str, seed: str = "seed") -> Configuration:
    """A world that has these files on top of the bundled ones."""
    catalog = loaded(*texts)
    reader = partial(read_account, vocabulary(KNOWN))
    return Configuration(seed, KNOWN, catalog.stories, catalog.accounts, reader)


def complaints(*texts: str) -> list[str]:
    """All that `mockserver check` says of these files; `1.yaml:` is left out."""
    try:
        world = living(*texts)
    except Unusable as unusable:
        return [str(problem).removeprefix("1.yaml:") for problem in unusable.problems]
    mine = [story for story in world.scenarios.by_name.values() if not story.bundled]
    stumbles = {stumble for story in mine for stumble in dry_run(world, story)}
    problems = sorted(Problem(Place.parse(one.location), one.reason) for one in stumbles)
    return [str(problem).removeprefix("1.yaml:") for problem in problems]
