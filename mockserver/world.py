"""What a sandbox starts from: the files, read by the catalog and rehearsed by the engine."""

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from mockserver.catalog.accounts import read_account
from mockserver.catalog.document import Place, Problem, Unusable
from mockserver.catalog.files import Source, load
from mockserver.catalog.grammar import schema
from mockserver.catalog.people import populated
from mockserver.catalog.registry import bundled, listings
from mockserver.catalog.vocabulary import vocabulary
from mockserver.core.account import Account
from mockserver.core.behavior import describe_number
from mockserver.core.configuration import Configuration
from mockserver.core.http import Request
from mockserver.core.scenario import Scenario
from mockserver.core.suggestions import did_you_mean
from mockserver.engine.dry_run import dry_run
from mockserver.settings import Mistake, Settings

__all__ = [
    "Compiler",
    "Unusable",
    "counted",
    "describe_number",
    "dialled",
    "files",
    "listings",
    "schema",
    "world",
]

PUT = "PUT "
PAIR = re.compile(rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
"""JSON's way to escape an emoji, which is no YAML; or an escaped backslash, which hides one."""

SUFFIXES = (".yaml", ".yml", ".json")
USUAL = Path("mockserver.yaml")


def world(settings: Settings) -> Configuration:
    """The bundled files, and the user's on top of them.

    Raises:
        Mistake: a setting that the files know nothing of.
        Unusable: files with problems, all of them.
    """
    known = listings()
    for option, name in _named(settings):
        if name not in known:
            hint = did_you_mean(name, known) or f"known: {', '.join(known)}"
            raise Mistake(f"{option}: no provider is named {name!r}: {hint}")
    catalog = load(sources(settings), known)
    made = Configuration(
        seed=settings.seed or secrets.token_hex(3),
        providers=known,
        scenarios=catalog.stories._replace(number_plan=settings.number_plan),
        accounts={key: _quirky(one, settings) for key, one in catalog.accounts.items()},
        parse_account=partial(read_account, vocabulary(known)),
        webhook_targets=settings.webhook,
        populate=partial(populated, known),
    )
    _rehearse(made, lambda _: True)
    return made


class Compiler:
    """Makes worlds with scenarios that were put through the control API, on top of the files."""

    def __init__(self, settings: Settings) -> None:
        self.texts = sources(settings)

    def follow(self, other: "Compiler") -> None:
        """From now on with the files as that one has read them."""
        self.texts = other.texts

    def __call__(
        self, now: Configuration, put: Mapping[str, bytes]
    ) -> tuple[Configuration | None, tuple[str, ...]]:
        """The world with these scenarios, or else every problem, placed in what was put."""
        try:
            return self.world(now, put, now), ()
        except Unusable as unusable:
            return None, tuple(str(one).removeprefix(PUT) for one in unusable.problems)

    def world(
        self, now: Configuration, put: Mapping[str, bytes], base: Configuration
    ) -> Configuration:
        """The base with these scenarios, and the seed of the world that there is now.

        Raises:
            Unusable: as `load`.
        """
        added = [
            Source(f"{PUT}{name}", PAIR.sub(_joined, text), under=("scenarios", name))
            for name, text in put.items()
        ]
        catalog = load([*self.texts, *added], now.providers)
        stories = catalog.stories._replace(number_plan=base.scenarios.number_plan)
        made = base._replace(seed=now.seed, scenarios=stories)
        _rehearse(made, lambda story: story.location.startswith(PUT))
        return made


def sources(settings: Settings) -> list[Source]:
    return [*_sources(_bundled(), ours=True), *_sources(files(settings), ours=False)]


def files(settings: Settings) -> list[Path]:
    """The user's scenario files: those that were named, else ./mockserver.yaml if it is there.

    Raises:
        Mistake: a path that leads nowhere, or may not be read.
    """
    if not settings.scenarios:
        return [USUAL] if USUAL.is_file() else []
    try:
        return [file for name in settings.scenarios for file in _inside(Path(name))]
    except OSError as error:
        raise _unreadable(error) from None


def counted(made: Configuration) -> int:
    """How many scenarios one can ask for by name."""
    return sum("/" not in name for name in made.scenarios.by_name)


def dialled(plan: str, provider: str | None) -> str:
    """A number that ends in these digits of the number plan, and that the provider accepts.

    Raises:
        LookupError: there is no such provider.
    """
    if provider is None:
        return f"9188{plan}"
    known = listings()
    if provider not in known:
        raise LookupError(f"no provider is named {provider!r}; known: {', '.join(known)}")
    listing = known[provider]
    for endpoint in listing.provider.endpoints:
        for example in listing.examples(endpoint.operation):
            for legs in endpoint.called_numbers(
                Request(endpoint.method, endpoint.path, fields=example)
            ):
                return _ending(legs["callee"], plan)
    raise LookupError(f"{provider} dials no numbers")


def _ending(number: str, plan: str) -> str:
    """A number of the same kind whose last digits are those of the plan."""
    digits = "".join(filter(str.isdecimal, number))
    return "+" * number.startswith("+") + digits[: -len(plan)] + plan


def _joined(found: re.Match[bytes]) -> bytes:
    sign: str = json.loads(b'"%b"' % found[0])
    return found[0] if sign == "\\" else sign.encode()


def _inside(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(one for one in path.iterdir() if one.suffix in SUFFIXES and one.is_file())
    if not path.is_file():
        raise Mistake(f"scenarios: there is no file or directory {path}")
    return [path]


def _bundled() -> list[Path]:
    return sorted(bundled("scenarios").glob("*.yaml"))


def _sources(paths: Iterable[Path], *, ours: bool) -> list[Source]:
    try:
        return [Source(str(path), path.read_bytes(), ours) for path in paths]
    except OSError as error:
        raise _unreadable(error) from None


def _unreadable(error: OSError) -> Mistake:
    return Mistake(f"scenarios: {error.filename} cannot be read: {error.strerror}")


def _named(settings: Settings) -> list[tuple[str, str]]:
    webhooks = [("webhook", name) for name in settings.webhook]
    return webhooks + [("quirk", name) for name, _ in settings.quirk]


def _quirky(account: Account, settings: Settings) -> Account:
    wanted = {quirk for provider, quirk in settings.quirk if provider == account.provider}
    return account._replace(quirks=account.quirks | wanted)


def _rehearse(made: Configuration, wanted: Callable[[Scenario], bool]) -> None:
    """What the users' stories want has to be playable."""
    theirs = (story for story in made.scenarios.by_name.values() if not story.bundled)
    stumbles = (one for story in theirs if wanted(story) for one in dry_run(made, story))
    problems = [Problem(Place.parse(one.location), one.reason) for one in stumbles]
    if problems:
        raise Unusable(sorted(set(problems)))
