"""Finds the probable mistakes in a refused request."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.http import Request
from mockserver.core.provider import Provider
from mockserver.core.rulebook import RequestContext, Rule
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web.views import redaction

FORM_BODY: Final = re.compile(rb"[\w.%\[\]-]+=")
JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"

CORRECTIONS: Final[tuple[tuple[str, Callable[[str], Any]], ...]] = (
    ("a plus in front of it", lambda text: f"+{text}"),
    ("no plus in front of it", lambda text: text.removeprefix("+")),
    ("no blanks around it", str.strip),
    ("digits only", lambda text: re.sub(r"\D", "", text)),
    ("a plus and digits only", lambda text: "+" + re.sub(r"\D", "", text)),
    ("small letters", str.lower),
    ("no zeros in front of it", lambda text: text.lstrip("0")),
)
"""(what a value needs, the function that corrects it); the value is passed as text."""


def find_hints(
    exchange: Exchange, state: SandboxState, other_states: Iterable[SandboxState]
) -> list[str]:
    """Return a sentence for each mistake that would explain the refusal.

    An accepted request and an unknown path have none. `other_states` are those of the other
    sandboxes, one of which may know the credential.
    """
    bound = state.configuration.providers.get(exchange.provider)
    if bound is None or not exchange.broken_rules:
        return []
    request, provider = exchange.request, bound.provider
    hints = (
        *_content_type_hints(request),
        *_scheme_hints(provider, request),
        *_other_sandbox_hints(provider, request, state, other_states),
        *(
            hint
            for rule in exchange.broken_rules
            for hint in _value_hints(rule, exchange, bound, state)
        ),
    )
    return [redaction.redact_text(text, state.configuration.seed) for text in dict.fromkeys(hints)]


def _content_type_hints(request: Request) -> Iterator[str]:
    """Compare body and Content-Type: `curl -d` always declares a form."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = request.body.lstrip()
    if body[:1] in (b"{", b"[") and "json" not in content_type:
        declared = content_type or "nothing"
        yield f"the body looks like JSON and Content-Type says {declared}: say {JSON_TYPE}"
    if "json" in content_type and FORM_BODY.match(body):
        yield (
            f"the body looks like a form and Content-Type says {content_type}: send JSON, or say "
            + FORM_TYPE
        )


def _scheme_hints(provider: Provider, request: Request) -> Iterator[str]:
    authorization = request.headers.get("authorization", "")
    if not authorization or provider.credential(request):
        return
    scheme, blank, secret = authorization.rpartition(" ")
    description = f"the scheme {scheme.strip()}" if blank else "no scheme"
    pair = base64.b64encode(f"user:{secret}".encode()).decode()
    for other, credentials, form in (
        ("Bearer", secret, "Authorization: Bearer <token>"),
        ("Basic", secret, "Authorization: Basic <base64 of user:token>"),
        ("Basic", pair, "Authorization: Basic <base64 of user:token>"),
    ):
        headers = {**request.headers, "authorization": f"{other} {credentials}"}
        if provider.credential(request.replace(headers=headers)):
            yield f"Authorization has {description}, and this API reads `{form}`"
            return


def _other_sandbox_hints(
    provider: Provider, request: Request, state: SandboxState, other_states: Iterable[SandboxState]
) -> Iterator[str]:
    """Find a credential unknown to this sandbox that an account of another one lists."""
    credential = provider.credential(request)
    if not credential or state.accounts.find(provider.name, credential):
        return
    for other in other_states:
        account = other.accounts.find(provider.name, credential)
        if account and account.credentials is not None:
            yield f"sandbox {state.name} does not know this credential, sandbox {other.name} does"


def _value_hints(
    rule: Rule, exchange: Exchange, bound: BoundProvider, state: SandboxState
) -> Iterator[str]:
    """Find a correction of the field, or another type, with which this rule would pass."""
    value = exchange.request.fields.get(rule.field)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return
    for need, correct in CORRECTIONS:
        corrected = correct(str(value))
        if corrected not in ("", str(value)) and _would_pass(
            rule, exchange, bound, state, corrected
        ):
            current, passing = (
                _format_value(rule.field, text, state) for text in (value, corrected)
            )
            yield f"{rule.field} needs {need}: {passing} would pass, {current} does not"
            return
    converted = str(value) if isinstance(value, int) else int(value) if value.isdecimal() else None
    if converted is not None and _would_pass(rule, exchange, bound, state, converted):
        kind = "a text" if isinstance(converted, str) else "a number"
        current = _format_value(rule.field, value, state)
        yield f"{rule.field} has to be {kind}, not {current}"


def _format_value(field: str, value: Any, state: SandboxState) -> str:
    return repr(redaction.redact_value({field: value}, state.configuration.seed)[field])


def _would_pass(
    rule: Rule, exchange: Exchange, bound: BoundProvider, state: SandboxState, value: Any
) -> bool:
    fields = {**exchange.request.fields, rule.field: value}
    context = RequestContext(
        exchange.request.replace(fields=fields),
        exchange.at,
        exchange.operation,
        state.accounts.find(exchange.provider, bound.provider.credential(exchange.request)),
        bound.checks[exchange.operation](fields),
        read_model=state.read_model,
    )
    try:
        return not rule.test(context)
    except LookupError:  # the rule reads what exists only once an earlier stage has passed
        return False
