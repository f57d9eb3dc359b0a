"""The fields of calls, requests and webhooks that a match may have, at every level."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple, TypeAlias

from mockserver.core.suggestions import did_you_mean
from mockserver.web.problems import ProblemError
from mockserver.web.views.serializers import CALL_FIELDS, MARKS, REQUEST_FIELDS, WEBHOOK_FIELDS

Fields: TypeAlias = "Mapping[str, Fields] | ListFields | None"
"""Field -> the fields below it; None where any name may follow."""


class ListFields(NamedTuple):
    """The fields of each element of a list; a leg is found by its names, too."""

    element: Fields
    is_of_legs: bool = False


def _texts(*names: str) -> Mapping[str, Fields]:
    """Fields that have none below them."""
    return {name: {} for name in names}


LEGS: Final = ListFields(
    _texts("name", "role", "number", "state", "answered_at", "ended_at", "cause"), is_of_legs=True
)
DIAL_ATTEMPT: Final[Fields] = {
    **_texts("number", "redial_index", "number_index", "started_at", "ended_at", "outcome"),
    "legs": LEGS,
}
DELIVERY_ATTEMPT: Final[Fields] = {
    **_texts("number", "at", "status", "error", "duration_ms", "reason"),
    "response": None,
}
FIELDS_BY_KIND: Final[Mapping[str, Mapping[str, Fields]]] = {
    "webhook": {
        **_texts(*WEBHOOK_FIELDS),
        **dict.fromkeys(("headers", "body")),
        "attempts": ListFields(DELIVERY_ATTEMPT),
    },
    "call": {
        **_texts(*CALL_FIELDS),
        **dict.fromkeys(("scenarios", "webhooks"), ListFields({})),
        **dict.fromkeys(("leg_names", "parameters")),
        "waiting": ListFields(_texts("for", "leg")),
        "legs": LEGS,
        "attempts": ListFields(DIAL_ATTEMPT),
        "events": ListFields(None),
    },
    "request": {
        **_texts(*REQUEST_FIELDS, *MARKS),
        **dict.fromkeys(("scenarios", "calls"), ListFields({})),
        **dict.fromkeys(("headers", "body", "response")),
    },
}
"""What a match is for -> its fields."""


def check_match_field(field: str, kind: str, leg_names: Collection[str]) -> None:
    """Check each part of a dotted field; `leg_names` are those of all providers.

    Raises:
        ProblemError: A part is unknown; the detail has the nearest name, or all names.
    """
    fields: Fields = FIELDS_BY_KIND[kind]
    parts = field.split(".")
    for position, part in enumerate(parts):
        if fields is None:
            return
        names = _known_names(fields, leg_names)
        if part not in names and not (isinstance(fields, ListFields) and _is_index(part)):
            path = ".".join(parts[:position])
            subject = f"{path:.80} of a {kind}" if path else f"a {kind}"
            hint = did_you_mean(part, names) or _describe_names(fields, names)
            raise ProblemError("invalid-body", f"{subject} takes no {part!r:.80}: {hint}")
        fields = fields.element if isinstance(fields, ListFields) else fields[part]


def _known_names(
    fields: Mapping[str, Fields] | ListFields, leg_names: Collection[str]
) -> Collection[str]:
    if isinstance(fields, ListFields):
        return leg_names if fields.is_of_legs else ()
    return fields


def _is_index(part: str) -> bool:
    return part.isdecimal() and part.isascii()


def _describe_names(fields: Mapping[str, Fields] | ListFields, names: Collection[str]) -> str:
    listed = ", ".join(names)
    if isinstance(fields, ListFields):
        return f"it takes an index such as 0, {listed}" if names else "it takes an index such as 0"
    return f"it takes {listed}" if names else "it has no fields"
