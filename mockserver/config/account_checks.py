"""Check values of accounts that can have no effect, whatever the provider."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.config.behaviors import parse_milliseconds
from mockserver.config.certificates import find_certificate_problem
from mockserver.config.known_names import KnownNames
from mockserver.config.schema_checks import (
    KeySegment,
    PathProblem,
    format_value,
    is_secret_path,
    valid_items,
)
from mockserver.core.account import REJECTED_CREDENTIALS
from mockserver.core.account_values import AccountRules

RawMapping = Mapping[str, Any]

NO_RULES: Final = AccountRules(reads_numbers=True, reads_balance=True, webhook_ids=None)


def unread_keys(known_names: KnownNames, provider: str) -> tuple[str, ...]:
    """Return the keys that accounts of other providers may have, and this provider never reads."""
    rules = known_names.account_rules.get(provider, NO_RULES)
    read = {
        "numbers": rules.reads_numbers,
        "balance": rules.reads_balance,
        "webhooks": rules.webhook_ids != (),
        "retry": known_names.sends_webhooks.get(provider, True),
        "webhook_ca": known_names.sends_webhooks.get(provider, True),
    }
    return tuple(key for key, is_read in read.items() if not is_read)


def common_key_problems(body: RawMapping, rules: AccountRules) -> Iterator[PathProblem]:
    """Yield the problems in a body without other problems of its common keys."""
    yield from _credential_problems(body.get("credentials"))
    yield from _repeated_item_problems(body)
    limits = body.get("limits")
    if limits and "per" in limits and not parse_milliseconds(limits["per"]):
        yield ("limits", "per"), "a limit per 0s limits nothing: write a duration such as 1s"
    if body.get("numbers") == []:
        yield ("numbers",), "no number is accepted: name one, or leave `numbers` out"
    for index, number in valid_items(body, "numbers"):
        text = str(number)
        if not (text.isascii() and text.removeprefix("+").isdecimal()):
            message = f"{format_value(number)} is not a telephone number in digits"
            yield ("numbers", index), message
    for name in body.get("webhooks", ()) if rules.webhook_ids else ():
        if name not in (rules.webhook_ids or ()):
            message = f"{name} has no effect: write {' or '.join(rules.webhook_ids or ())}"
            yield ("webhooks", KeySegment(name)), message
    if "webhook_ca" in body and (message := find_certificate_problem(body["webhook_ca"])):
        yield ("webhook_ca",), message
    generate = body.get("generate")
    if generate and set(generate) == {"locale"}:
        yield ("generate",), "nothing is generated: a locale alone has no effect"


def _credential_problems(credentials: Any) -> Iterator[PathProblem]:
    if credentials == []:
        yield ("credentials",), "no request has one of no credentials: write one, or `any`"
    for index, credential in enumerate(credentials if isinstance(credentials, list) else ()):
        if str(credential) in REJECTED_CREDENTIALS:
            message = f"{format_value(credential)} is always refused: write another credential"
            yield ("credentials", index), message


def _repeated_item_problems(body: RawMapping) -> Iterator[PathProblem]:
    """Yield the items of lists whose order and number mean nothing that are there already."""
    for key in ("credentials", "numbers", "quirks"):
        items = body.get(key)
        seen: set[str] = set()
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if item is not None and str(item) in seen:
                shown = "this" if is_secret_path((key,)) else format_value(item)
                yield (key, index), f"{shown} is in this list already"
            seen.add(str(item))
