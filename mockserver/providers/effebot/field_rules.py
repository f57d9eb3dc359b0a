"""Rules of Effebot for one field, and the stages with which most of its rulebooks begin."""

from typing import Final

from mockserver.core.rulebook import (
    Rule,
    Rulebook,
    is_malformed,
    is_rate_limited,
    is_unauthenticated,
    malformed_field,
    missing_field,
)
from mockserver.providers.effebot.faults import (
    MALFORMED_BODY,
    TOO_MANY_REQUESTS,
    UNAUTHORIZED,
    assumed_fault,
)


def _kebab_case(name: str) -> str:
    return name.replace("*.", "").replace(".", "-").replace("_", "-").lower()


def required_field(field: str) -> Rule:
    """A rule for a field that is not sent."""
    text = f"The {field} field is required."
    return missing_field(field, assumed_fault(f"{_kebab_case(field)}-required", 422, text))


def invalid_field(field: str, reported_as: str = "") -> Rule:
    """A rule for a malformed `field`; the message names `reported_as`, if given, instead."""
    reported = reported_as or field
    text = f"The {reported} field is invalid."
    return malformed_field(field, assumed_fault(f"{_kebab_case(reported)}-invalid", 422, text))


AUTHENTICATION: Final[Rulebook] = (
    (Rule(is_malformed, MALFORMED_BODY),),
    (Rule(is_unauthenticated, UNAUTHORIZED),),
    (Rule(is_rate_limited, TOO_MANY_REQUESTS),),
)
