"""Files that are valid YAML, and the checks that compare the files of a configuration."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.config.durations import whole_delay_path
from mockserver.config.playability import PlayContext, playability_problems
from mockserver.config.schema_checks import PathProblem, without_problems
from mockserver.config.yaml_values import YamlDocument
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.playability import all_sites


class ParsedFile(NamedTuple):
    """A file that is valid YAML, and the problems found in it so far."""

    document: YamlDocument
    bundled: bool
    problems: list[PathProblem]
    uploaded: bool = False

    @property
    def content(self) -> dict[str, Any]:
        return self.document.content if isinstance(self.document.content, dict) else {}

    def entry_names(self, section: str) -> Iterable[str]:
        entries = self.content.get(section)
        return entries if isinstance(entries, dict) else ()

    def valid_entries(self, section: str) -> Mapping[str, Any]:
        """Return the entries of a section, without their parts that have problems."""
        paths = [whole_delay_path(path) for path, _ in self.problems]
        return without_problems(self.content, paths).get(section) or {}

    def account_keys(self) -> Iterator[tuple[str, str]]:
        """Yield (provider, name) of the accounts."""
        for name, body in self.valid_entries("accounts").items():
            yield str(body.get("provider", "")), name

    def flawless_entries(self, section: str) -> Iterator[tuple[str, Any]]:
        """Yield (name, body) of the entries in which no problem has been found."""
        flawed = {path[1] for path, _ in self.problems if path[:1] == (section,) and path[1:]}
        for name, body in self.valid_entries(section).items():
            if name not in flawed:
                yield name, body


def add_playability_problems(
    files: Iterable[ParsedFile], providers: Mapping[str, BoundProvider]
) -> None:
    """Report what can never take effect; unknown names are reported already.

    A scenario whose `needs` or `match` is wrong is left out: where it plays is not known.
    """
    context = PlayContext(
        all_sites(bound.provider for bound in providers.values()),
        tuple(key for file in files for key in file.account_keys()),
        {name: body for file in files for name, body in file.flawless_entries("scenarios")},
    )
    for file in files:
        wrong = {path[1] for path, _ in file.problems if path[2:3] in (("needs",), ("match",))}
        for name, body in {} if file.bundled else file.valid_entries("scenarios").items():
            found = () if name in wrong else tuple(playability_problems(body, context))
            file.problems.extend((("scenarios", name, *path), message) for path, message in found)
