"""Finds the probable mistakes in a refused request."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from typing import Any, Final, NamedTuple

from mockserver.core.bound_provider import BoundProvider
from mockserver.core.field_paths import path_text, value_at, wildcard_path, with_value
from mockserver.core.findings import Finding, find_all
from mockserver.core.http import Request
from mockserver.core.provider import Provider
from mockserver.core.rulebook import RequestContext, Rule
from mockserver.engine.exchange import Exchange
from mockserver.engine.sandbox_state import SandboxState
from mockserver.web import redaction

FORM_BODY: Final = re.compile(rb"[\w.%\[\]-]+=")
JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
MAX_HINTED_VALUE: Final = 200
"""How many characters a value may have that a hint corrects."""
MAX_HINTED_PLACES: Final = 20
"""At how many places a hint is looked for: each correction takes a check of the whole request."""
MAX_BEGINNING: Final = 1_000  # bytes of a body that tell its format

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
) -> Iterator[str]:
    """Yield a sentence for each mistake that would explain the refusal.

    After each correction that would not pass, an empty text comes: all of them take long. An
    accepted request and an unknown path have no hints. `other_states` are those of the other
    sandboxes, one of which may know the credential.
    """
    bound = state.configuration.providers.get(exchange.provider)
    if bound is None or not exchange.broken_rules:
        return
    request, provider = exchange.request, bound.provider
    yield from _content_type_hints(request)
    yield from _scheme_hints(provider, request)
    yield from _other_sandbox_hints(provider, request, state, other_states)
    refusals = [
        Refusal(rule, finding, exchange, bound, state)
        for rule, findings in zip(exchange.broken_rules, exchange.findings, strict=True)
        for finding in findings
    ]
    for refusal in refusals[:MAX_HINTED_PLACES]:
        yield from _value_hints(refusal)
    if left := len(refusals[MAX_HINTED_PLACES:]):
        yield f"corrections were tried at {MAX_HINTED_PLACES} places, and not at {left} more"


def _content_type_hints(request: Request) -> Iterator[str]:
    """Compare body and Content-Type: `curl -d` always declares a form."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = request.body[:MAX_BEGINNING].lstrip()
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


class Refusal(NamedTuple):
    """A place at which a request of an exchange breaks a rule."""

    rule: Rule
    finding: Finding
    exchange: Exchange
    bound: BoundProvider
    state: SandboxState

    @property
    def name(self) -> str:
        return path_text(self.finding.field)

    def show(self, value: Any) -> str:
        """Return the value as a hint shows it: masked if the field is a secret."""
        redacted = redaction.redact_value({self.name: value}, self.state.configuration.seed)
        return repr(redacted[self.name])


def _value_hints(refusal: Refusal) -> Iterator[str]:
    """Find a correction of the value, or another type, with which the field would pass.

    An empty text comes after each correction that would not pass.
    """
    value, name = value_at(refusal.exchange.request.fields, refusal.finding.field), refusal.name
    if isinstance(value, bool) or not isinstance(value, str | int):
        return
    if len(str(value)) > MAX_HINTED_VALUE:
        return
    for need, correct in CORRECTIONS:
        corrected = correct(str(value))
        if corrected in ("", str(value)):
            continue
        if _would_pass(refusal, corrected):
            passing, current = refusal.show(corrected), refusal.show(value)
            yield f"{name} needs {need}: {passing} would pass, {current} does not"
            return
        yield ""
    converted = _convert(value)
    if converted is not None and _would_pass(refusal, converted):
        kind = "a text" if isinstance(converted, str) else "a number"
        yield f"{name} has to be {kind}, not {refusal.show(value)}"


def _convert(value: str | int) -> str | int | None:
    """Return a number as text, and a text of digits as a number."""
    if isinstance(value, int):
        return str(value)
    return int(value) if value.isdecimal() else None


def _would_pass(refusal: Refusal, value: object) -> bool:
    """Whether no rule of the operation refuses the request for this value of the field."""
    _, finding, exchange, bound, state = refusal
    fields = with_value(exchange.request.fields, finding.field, value)
    request = exchange.request.replace(fields=fields)
    context = RequestContext(
        request,
        exchange.at,
        exchange.operation,
        state.accounts.find(exchange.provider, bound.provider.credential(request)),
        bound.checks[exchange.operation](fields),
        read_model=state.read_model,
    )
    try:
        return not any(_refuses(rule, refusal, context) for rule in _rules_about(refusal))
    except LookupError:  # a rule reads what exists only once an earlier stage has passed
        return False


def _refuses(rule: Rule, refusal: Refusal, context: RequestContext) -> bool:
    """Whether the rule is broken at the field of the refusal: other items may break it, too."""
    if not rule.test(context):
        return False
    findings = find_all(rule, context, refusal.bound.provider.finders)
    return any(finding.field == refusal.finding.field for finding in findings)


def _rules_about(refusal: Refusal) -> Iterator[Rule]:
    """Yield the broken rule, and every one of the operation about the field or what it is in."""
    path, endpoints = refusal.finding.field, refusal.bound.provider.endpoints
    endpoint = next(each for each in endpoints if each.operation == refusal.exchange.operation)
    names = (*accumulate(path.split("."), "{}.{}".format), wildcard_path(path))
    yield refusal.rule
    yield from (rule for stage in endpoint.rules for rule in stage if rule.field in names)
