"""Parse the texts of configuration files, and tell what a text that cannot be parsed may define."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from mockserver.config.old_keys import UPGRADE_HINT, old_key_problems, with_new_keys
from mockserver.config.parsed_file import ParsedFile
from mockserver.config.problems import Problem
from mockserver.config.schema_checks import schema_problems
from mockserver.config.yaml_document import read_document

MAX_TEXT: Final = 1_000_000  # bytes of a text that cannot be parsed in which names are looked for
KEY: Final = re.compile(rb"(?<![a-z0-9-])([a-z0-9-]+)[\"']?[ \t]*:")
"""A key that may be the name of a scenario, or of a section of a file."""


class SourceText(NamedTuple):
    """The name and text of a file, or of a part of one that belongs below `parent_keys`.

    Our tests check the bundled files, so they are not checked again at each start.
    """

    file: str
    text: bytes
    bundled: bool = False
    parent_keys: tuple[str, ...] = ()


class ParsedSources(NamedTuple):
    """The files that are valid YAML, the problems of the others, and what those may define.

    `problems` also has the old keys and the duplicate keys of the valid files. `lost_keys` are the
    keys in texts that cannot be parsed: each may be the name of a scenario.
    """

    files: tuple[ParsedFile, ...]
    problems: tuple[Problem, ...]
    lost_keys: frozenset[str]


def parse_sources(sources: Iterable[SourceText]) -> ParsedSources:
    """Parse the files and check their schema.

    Old keys are read as the new ones, so that nothing else is wrong because of them.
    """
    files: list[ParsedFile] = []
    problems: list[Problem] = []
    lost_keys: set[str] = set()
    for source in sources:
        document, yaml_problems = read_document(source.text, source.file, source.parent_keys)
        problems += yaml_problems
        if document is None:
            lost_keys |= _lost_keys(source)
        elif source.bundled:
            files.append(ParsedFile(document, source.bundled, []))
        else:
            hint = "" if source.parent_keys else UPGRADE_HINT
            problems += old_key_problems(document, hint)
            document = with_new_keys(document)
            found, uploaded = list(schema_problems(document.content)), bool(source.parent_keys)
            files.append(ParsedFile(document, source.bundled, found, uploaded))
    return ParsedSources(tuple(files), tuple(problems), frozenset(lost_keys))


def _lost_keys(source: SourceText) -> set[str]:
    """Return the keys of a text that cannot be parsed; an upload defines its own name alone."""
    if source.parent_keys:
        return {source.parent_keys[-1]}
    return {key.decode() for key in KEY.findall(source.text[:MAX_TEXT])}
