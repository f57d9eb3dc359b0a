"""Check the formats of schema files beside those of JSON Schema."""

from functools import cache
from typing import Any, Final

from mockserver.core.webhook_url import TargetRejection, parse_url


def is_phone_number(value: object) -> bool:
    """Whether it is an international number of a possible length, or not a string.

    It need not be a valid number: not all examples on the vendors' pages are.
    """
    import phonenumbers  # noqa: PLC0415 - takes 30 ms, and not every provider uses the format

    if not isinstance(value, str):
        return True
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(value, None))
    except phonenumbers.NumberParseException:
        return False


FREQUENT_LANGUAGES: Final = frozenset({"de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "zh"})
"""Languages that are known to be right without a library that takes long to load."""


def is_language_tag(value: object) -> bool:
    """Whether it is a known language in the usual case, such as `fr` or `fr-CA`, or no string."""
    if not isinstance(value, str) or value in FREQUENT_LANGUAGES:
        return True

    from langcodes import standardize_tag, tag_is_valid  # noqa: PLC0415 - takes 15 ms, as above
    from langcodes.tag_parser import LanguageTagError  # noqa: PLC0415 - as above

    try:
        return tag_is_valid(value) and standardize_tag(value) == value
    except LanguageTagError:
        return False


def is_readable_url(value: object) -> bool:
    """Whether it is a URL that a webhook can be sent to, or no http URL, or no string."""
    if not isinstance(value, str) or not value.strip().lower().startswith(("http:", "https:")):
        return True
    return not isinstance(parse_url(value.strip()), TargetRejection)


FORMAT_CHECKS: Final = {
    "phone": is_phone_number,
    "language": is_language_tag,
    "webhook-url": is_readable_url,
}


@cache
def build_format_checker() -> Any:
    """Build a `jsonschema.FormatChecker` that knows `FORMAT_CHECKS` only."""
    from jsonschema import FormatChecker  # noqa: PLC0415 - already loaded by then

    checker = FormatChecker(formats=())
    for name, check in FORMAT_CHECKS.items():
        checker.checks(name)(check)
    return checker
