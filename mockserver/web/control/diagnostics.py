"""The usual slips of those who call an API: what a refused request has probably got wrong."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NoReturn

from mockserver.core.http import Request
from mockserver.core.provider import BoundProvider, Provider
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
"""What a value may lack, and how it would be with it."""


def find_hints(
    exchange: Exchange, state: SandboxState, other_states: Iterable[SandboxState]
) -> list[str]:
    """A sentence for each slip that would explain the refusal; nothing for what was accepted.

    `others` are the stores of the other sandboxes, one of which may know the credential.
    """
    listing = state.configuration.providers.get(exchange.provider)
    if listing is None or not exchange.broken_rules:
        return []
    asked, provider = exchange.request, listing.provider
    told = (
        *_content_type_hints(asked),
        *_scheme_hints(provider, asked),
        *_other_sandbox_hints(provider, asked, state, other_states),
        *(
            hint
            for rule in exchange.broken_rules
            for hint in _value_hints(rule, exchange, (listing, state))
        ),
    )
    return [redaction.redact_text(one, state.configuration.seed) for one in dict.fromkeys(told)]


def _content_type_hints(request: Request) -> Iterator[str]:
    """Curl's -d says that it sends a form, whatever it sends."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = request.body.lstrip()
    if body[:1] in (b"{", b"[") and "json" not in kind:
        yield f"the body looks like JSON and Content-Type says {kind or 'nothing'}: say {JSON_TYPE}"
    if "json" in kind and FORM_BODY.match(body):
        yield (
            f"the body looks like a form and Content-Type says {kind}: send JSON, or say "
            + FORM_TYPE
        )


def _scheme_hints(provider: Provider, request: Request) -> Iterator[str]:
    given = request.headers.get("authorization", "")
    if not given or provider.credential(request):
        return
    scheme, blank, secret = given.rpartition(" ")
    shown = f"the scheme {scheme.strip()}" if blank else "no scheme"
    pair = base64.b64encode(f"user:{secret}".encode()).decode()
    for other, packed, form in (
        ("Bearer", secret, "Authorization: Bearer <token>"),
        ("Basic", secret, "Authorization: Basic <base64 of user:token>"),
        ("Basic", pair, "Authorization: Basic <base64 of user:token>"),
    ):
        headers = {**request.headers, "authorization": f"{other} {packed}"}
        if provider.credential(request._replace(headers=headers)):
            yield f"Authorization has {shown}, and this API reads `{form}`"
            return


def _other_sandbox_hints(
    provider: Provider, request: Request, state: SandboxState, other_states: Iterable[SandboxState]
) -> Iterator[str]:
    """A credential that nobody knows here, but somebody elsewhere by name."""
    credential = provider.credential(request)
    if not credential or state.find_account(provider.name, credential):
        return
    for other in other_states:
        account = other.find_account(provider.name, credential)
        if account and account.credentials is not None:
            yield f"sandbox {state.name} does not know this credential, sandbox {other.name} does"


def _value_hints(
    rule: Rule, exchange: Exchange, provider_state: tuple[BoundProvider, SandboxState]
) -> Iterator[str]:
    """What would have kept this one rule."""
    given = exchange.request.fields.get(rule.field)
    if isinstance(given, bool) or not isinstance(given, str | int):
        return
    for lacking, mended in CORRECTIONS:
        better = mended(str(given))
        if better not in ("", str(given)) and _would_pass(rule, exchange, provider_state, better):
            shown, passing = (
                _format_value(rule.field, one, provider_state[1]) for one in (given, better)
            )
            yield f"{rule.field} needs {lacking}: {passing} would pass, {shown} does not"
            return
    other = str(given) if isinstance(given, int) else int(given) if given.isdecimal() else None
    if other is not None and _would_pass(rule, exchange, provider_state, other):
        kind = "a text" if isinstance(other, str) else "a number"
        shown = _format_value(rule.field, given, provider_state[1])
        yield f"{rule.field} has to be {kind}, not {shown}"


def _format_value(field: str, value: Any, state: SandboxState) -> str:
    return repr(redaction.redact_value({field: value}, state.configuration.seed)[field])


def _would_pass(
    rule: Rule, exchange: Exchange, provider_state: tuple[BoundProvider, SandboxState], value: Any
) -> bool:
    listing, store = provider_state
    fields = {**exchange.request.fields, rule.field: value}
    case = RequestContext(
        exchange.request._replace(fields=fields),
        exchange.at,
        _reject_call,
        store.find_account(exchange.provider, listing.provider.credential(exchange.request)),
        listing.checks[exchange.operation](fields),
        read_model=store.read_model,
    )
    try:
        return not rule.test(case)
    except LookupError:  # the rule asks for what only comes behind a stage that has objected
        return False


def _reject_call(*_: object) -> NoReturn:
    raise LookupError("a rule places no call")
