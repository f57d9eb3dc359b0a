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
from mockserver.web import masking

FORM: Final = re.compile(rb"[\w.%\[\]-]+=")
JSON: Final = "application/json"
URL: Final = "application/x-www-form-urlencoded"

SLIPS: Final[tuple[tuple[str, Callable[[str], Any]], ...]] = (
    ("a plus in front of it", lambda text: f"+{text}"),
    ("no plus in front of it", lambda text: text.removeprefix("+")),
    ("no blanks around it", str.strip),
    ("digits only", lambda text: re.sub(r"\D", "", text)),
    ("a plus and digits only", lambda text: "+" + re.sub(r"\D", "", text)),
    ("small letters", str.lower),
    ("no zeros in front of it", lambda text: text.lstrip("0")),
)
"""What a value may lack, and how it would be with it."""


def hints(exchange: Exchange, store: SandboxState, others: Iterable[SandboxState]) -> list[str]:
    """A sentence for each slip that would explain the refusal; nothing for what was accepted.

    `others` are the stores of the other sandboxes, one of which may know the credential.
    """
    listing = store.configuration.providers.get(exchange.provider)
    if listing is None or not exchange.broken_rules:
        return []
    asked, provider = exchange.request, listing.provider
    told = (
        *_content_type(asked),
        *_scheme(provider, asked),
        *_stranger(provider, asked, store, others),
        *(
            hint
            for rule in exchange.broken_rules
            for hint in _slips(rule, exchange, (listing, store))
        ),
    )
    return [masking.text(one, store.configuration.seed) for one in dict.fromkeys(told)]


def _content_type(asked: Request) -> Iterator[str]:
    """Curl's -d says that it sends a form, whatever it sends."""
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = asked.body.lstrip()
    if body[:1] in (b"{", b"[") and "json" not in kind:
        yield f"the body looks like JSON and Content-Type says {kind or 'nothing'}: say {JSON}"
    if "json" in kind and FORM.match(body):
        yield f"the body looks like a form and Content-Type says {kind}: send JSON, or say {URL}"


def _scheme(provider: Provider, asked: Request) -> Iterator[str]:
    given = asked.headers.get("authorization", "")
    if not given or provider.credential(asked):
        return
    scheme, blank, secret = given.rpartition(" ")
    shown = f"the scheme {scheme.strip()}" if blank else "no scheme"
    pair = base64.b64encode(f"user:{secret}".encode()).decode()
    for other, packed, form in (
        ("Bearer", secret, "Authorization: Bearer <token>"),
        ("Basic", secret, "Authorization: Basic <base64 of user:token>"),
        ("Basic", pair, "Authorization: Basic <base64 of user:token>"),
    ):
        headers = {**asked.headers, "authorization": f"{other} {packed}"}
        if provider.credential(asked._replace(headers=headers)):
            yield f"Authorization has {shown}, and this API reads `{form}`"
            return


def _stranger(
    provider: Provider, asked: Request, store: SandboxState, others: Iterable[SandboxState]
) -> Iterator[str]:
    """A credential that nobody knows here, but somebody elsewhere by name."""
    credential = provider.credential(asked)
    if not credential or store.find_account(provider.name, credential):
        return
    for other in others:
        account = other.find_account(provider.name, credential)
        if account and account.credentials is not None:
            yield f"sandbox {store.name} does not know this credential, sandbox {other.name} does"


def _slips(
    rule: Rule, exchange: Exchange, where: tuple[BoundProvider, SandboxState]
) -> Iterator[str]:
    """What would have kept this one rule."""
    given = exchange.request.fields.get(rule.field)
    if isinstance(given, bool) or not isinstance(given, str | int):
        return
    for lacking, mended in SLIPS:
        better = mended(str(given))
        if better not in ("", str(given)) and _passes(rule, exchange, where, better):
            shown, passing = (_shown(rule.field, one, where[1]) for one in (given, better))
            yield f"{rule.field} needs {lacking}: {passing} would pass, {shown} does not"
            return
    other = str(given) if isinstance(given, int) else int(given) if given.isdecimal() else None
    if other is not None and _passes(rule, exchange, where, other):
        kind = "a text" if isinstance(other, str) else "a number"
        yield f"{rule.field} has to be {kind}, not {_shown(rule.field, given, where[1])}"


def _shown(field: str, value: Any, store: SandboxState) -> str:
    return repr(masking.value({field: value}, store.configuration.seed)[field])


def _passes(
    rule: Rule, exchange: Exchange, where: tuple[BoundProvider, SandboxState], value: Any
) -> bool:
    listing, store = where
    fields = {**exchange.request.fields, rule.field: value}
    case = RequestContext(
        exchange.request._replace(fields=fields),
        exchange.at,
        _no_call,
        store.find_account(exchange.provider, listing.provider.credential(exchange.request)),
        listing.checks[exchange.operation](fields),
        read_model=store.read_model,
    )
    try:
        return not rule.test(case)
    except LookupError:  # the rule asks for what only comes behind a stage that has objected
        return False


def _no_call(*_: object) -> NoReturn:
    raise LookupError("a rule places no call")
