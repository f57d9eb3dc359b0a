"""Files that are valid YAML, and the checks that compare the files of a configuration."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.config.durations import whole_delay_path
from mockserver.config.playability import PlayContext, playability_problems
from mockserver.config.problems import DocumentPath
from mockserver.config.schema_checks import KeySegment, PathProblem, without_problems
from mockserver.config.yaml_values import YamlDocument
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.playability import AccountKey, all_sites


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
        """Return the entries of a section, without their parts that have problems.

        An entry whose name alone has a problem is there.
        """
        paths = [whole_delay_path(path) for path, _ in self.problems if not _is_of_name(path)]
        return without_problems(self.content, paths).get(section) or {}

    def account_keys(self) -> Iterator[tuple[str, str]]:
        """Yield (provider, name) of the accounts that have a provider."""
        for name, body in self.valid_entries("accounts").items():
            if "provider" in body:
                yield str(body["provider"]), name

    def flawed_names(self, section: str) -> frozenset[str]:
        """Return the names of the entries in which a problem has been found."""
        return frozenset(str(path[1]) for path in self._entry_paths(section))

    def flawed_keys(self, section: str) -> Mapping[str, set[str]]:
        """Return the keys with problems of each entry that has any; "" if it is none as a whole."""
        keys: dict[str, set[str]] = {}
        for path in self._entry_paths(section):
            if not _is_of_name(path):
                keys.setdefault(str(path[1]), set()).add(str(path[2]) if path[2:] else "")
        return keys

    def flawless_entries(self, section: str) -> Iterator[tuple[str, Any]]:
        """Yield (name, body) of the entries in which no problem has been found."""
        flawed = self.flawed_names(section)
        for name, body in self.valid_entries(section).items():
            if name not in flawed:
                yield name, body

    def _entry_paths(self, section: str) -> Iterator[DocumentPath]:
        """Yield the paths of the problems in the entries of a section."""
        paths = (path for path, _ in self.problems)
        return (path for path in paths if path[:1] == (section,) and path[1:])


def possible_account_keys(
    files: Iterable[ParsedFile], providers: Iterable[str]
) -> tuple[AccountKey, ...]:
    """Return (provider, name) of all accounts: of every provider, where the provider is wrong."""
    known = tuple(providers)
    return tuple(
        (provider, name)
        for file in files
        for name in file.entry_names("accounts")
        for provider in _possible_providers(file.content["accounts"][name], known)
    )


def _possible_providers(account: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    provider = account.get("provider") if isinstance(account, Mapping) else None
    return (provider,) if provider in known else known


def _is_of_name(path: DocumentPath) -> bool:
    """Return True for the path to the name of an entry of a section."""
    is_entry = len(path) == len(("section", "name"))
    return is_entry and isinstance(path[-1], KeySegment)


def add_playability_problems(
    files: Iterable[ParsedFile], providers: Mapping[str, BoundProvider]
) -> None:
    """Report what can never take effect; unknown names are reported already.

    A scenario whose `needs` or `match` is wrong is left out: where it plays is not known.
    """
    last = {name: file for file in files for name in file.entry_names("scenarios")}
    context = PlayContext(
        all_sites(bound.provider for bound in providers.values()),
        possible_account_keys(files, providers),
        {
            name: body
            for file in files
            for name, body in file.flawless_entries("scenarios")
            if last[name] is file
        },
    )
    for file in files:
        wrong = {path[1] for path, _ in file.problems if path[2:3] in (("needs",), ("match",))}
        for name, body in {} if file.bundled else file.valid_entries("scenarios").items():
            found = () if name in wrong else tuple(playability_problems(body, context))
            file.problems.extend((("scenarios", name, *path), message) for path, message in found)
