"""Find what two of the user's files both define, and accounts with a credential of another."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.config.account_checks import NO_RULES
from mockserver.config.parsed_file import ParsedFile
from mockserver.config.problems import DocumentPath, Location
from mockserver.config.schema_checks import KeySegment, format_value, locate_problem
from mockserver.core.account_values import AccountRules

RawMapping = Mapping[str, Any]


def add_repeated_name_problems(
    files: Iterable[ParsedFile], account_rules: Mapping[str, AccountRules]
) -> None:
    """Report names, defaults and credentials that an earlier file of the user has already.

    The bundled files may be overridden, and so may all files by an upload.
    """
    own = [file for file in files if not file.bundled and not file.uploaded]
    _add_repeated_names(own)
    _add_repeated_credentials(own, account_rules)


def _add_repeated_names(files: Iterable[ParsedFile]) -> None:
    first: dict[tuple[str, ...], Location] = {}
    for file in files:
        for key, path, what in _definitions(file):
            location = locate_problem(file.document, (path, "")).location
            if key in first:
                message = f"{what} is defined already, at {first[key]}: rename or remove one"
                file.problems.append((path, message))
            first.setdefault(key, location)


def _definitions(file: ParsedFile) -> Iterator[tuple[tuple[str, ...], DocumentPath, str]]:
    """Yield (what must be unique, its path, its name in words)."""
    for name in file.entry_names("scenarios"):
        yield ("scenario", name), ("scenarios", KeySegment(name)), f"the scenario {name}"
    for provider, name in file.account_keys():
        path = ("accounts", KeySegment(name))
        yield ("account", provider, name), path, f"the account {name} of {provider}"
    if isinstance(file.content.get("default"), str):
        yield ("default",), (KeySegment("default"),), "the default scenario"


def _add_repeated_credentials(
    files: Iterable[ParsedFile], account_rules: Mapping[str, AccountRules]
) -> None:
    first: dict[tuple[str, str], tuple[tuple[str, str], Location]] = {}
    for file in files:
        for name, body in file.flawless_entries("accounts"):
            owner = (str(body.get("provider", "")), name)
            setting = account_rules.get(owner[0], NO_RULES).credential
            for path, credential in _credentials(name, body, setting):
                key = (owner[0], credential)
                location = locate_problem(file.document, (path, "")).location
                other, place = first.setdefault(key, (owner, location))
                if other != owner:
                    file.problems.append((path, _message(credential, other[1], place)))


def _credentials(name: str, body: RawMapping, setting: str) -> Iterator[tuple[DocumentPath, str]]:
    """Yield (path, credential) of an account; the credential is empty if it accepts any.

    `setting` is the key that an account may have instead of `credentials`.
    """
    if "credentials" not in body and body.get(setting):
        yield ("accounts", name, setting), str(body[setting])
        return
    credentials = body.get("credentials", "any")
    if not isinstance(credentials, list):
        path: DocumentPath = ("accounts", name, "credentials")
        yield path if "credentials" in body else ("accounts", KeySegment(name)), ""
        return
    for index, credential in enumerate(credentials):
        if credential is not None:
            yield ("accounts", name, "credentials", index), str(credential)


def _message(credential: str, other: str, place: Location) -> str:
    if credential:
        return f"{format_value(credential)} is a credential of {other} already, at {place}"
    return (
        f"this account accepts any credential, as {other} does at {place}: "
        "give one of them a list of `credentials`"
    )
