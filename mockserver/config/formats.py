"""The formats that schema files may name beside those of JSON Schema: phone and language."""

from functools import cache
from typing import Any, Final


def is_phone_number(value: object) -> bool:
    """An international number of a possible length; the pages' own examples are not all valid."""
    import phonenumbers  # noqa: PLC0415 - 30 ms, for the providers that mean such numbers

    if not isinstance(value, str):
        return True
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(value, None))
    except phonenumbers.NumberParseException:
        return False


def is_language_tag(value: object) -> bool:
    """A known language, with a region if it has one, in the usual case: `fr`, `fr-CA`."""
    from langcodes import standardize_tag, tag_is_valid  # noqa: PLC0415 - 15 ms, as above
    from langcodes.tag_parser import LanguageTagError  # noqa: PLC0415 - as above

    if not isinstance(value, str):
        return True
    try:
        return tag_is_valid(value) and standardize_tag(value) == value
    except LanguageTagError:
        return False


FORMAT_CHECKS: Final = {"phone": is_phone_number, "language": is_language_tag}


@cache
def build_format_checker() -> Any:
    """All of them, as a validator of jsonschema's takes them."""
    from jsonschema import FormatChecker  # noqa: PLC0415 - loaded by now

    made = FormatChecker(formats=())
    for name, test in FORMAT_CHECKS.items():
        made.checks(name)(test)
    return made
