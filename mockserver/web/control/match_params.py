"""Reads from a body what it is for and what has to match: calls, requests or webhooks."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from mockserver.core.leg_names import all_leg_names
from mockserver.core.old_words import OLD_FIELDS, describe_old_word
from mockserver.core.suggestions import did_you_mean
from mockserver.runtime.sandbox import Sandbox
from mockserver.web.control.calls import CALLS
from mockserver.web.control.known_values import check_known_values
from mockserver.web.control.listing import ItemKind
from mockserver.web.control.match_fields import check_match_field
from mockserver.web.control.matching import redact_match
from mockserver.web.control.requests import REQUESTS
from mockserver.web.control.webhooks import WEBHOOKS
from mockserver.web.problems import ProblemError

KINDS: Final[Mapping[str, ItemKind]] = {"webhook": WEBHOOKS, "call": CALLS, "request": REQUESTS}
"""Value of `for` -> the kind of items."""


def parse_kind(body: Mapping[str, Any], usage: str) -> ItemKind:
    """Return the kind of items that `for` names.

    Raises:
        ProblemError: There is no such kind; the detail ends with `usage`.
    """
    kind = str(body.get("for"))
    if kind not in KINDS:
        hint = did_you_mean(kind, KINDS)
        raise ProblemError("invalid-body", f"{hint} {usage}".lstrip())
    return KINDS[kind]


def parse_match(
    match: Any, body: Mapping[str, Any], sandbox: Sandbox, usage: str
) -> Mapping[str, Any]:
    """Return a match for items of the kind that the body is for, as items show its values.

    Raises:
        ProblemError: It is no object, or has a field or value that such items cannot have.
    """
    if not isinstance(match, Mapping):
        raise ProblemError("invalid-body", usage)
    kind, bound_providers = body["for"], sandbox.state.configuration.providers.values()
    leg_names = all_leg_names(bound.provider for bound in bound_providers)
    for field in match:
        _check_old_field(field, OLD_FIELDS[kind])
        check_match_field(field, kind, leg_names)
    check_known_values(kind, match, sandbox.state.configuration, "invalid-body")
    return redact_match(match, sandbox.state.configuration.seed)


def _check_old_field(field: str, new_words: Mapping[str, str]) -> None:
    """Check that a field is not, and is not in, one that has a new word.

    Raises:
        ProblemError: 422 that says the new word.
    """
    for pattern, new_word in new_words.items():
        if fnmatchcase(field, pattern) or fnmatchcase(field, f"{pattern}.*"):
            old_word = pattern.rpartition(".")[2]
            raise ProblemError(
                "invalid-body", f"{field!r}: {describe_old_word(old_word, new_word)}"
            )
