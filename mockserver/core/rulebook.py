"""Documented errors: rules in stages, the first stage that objects answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.http import Request
from mockserver.core.read_model import EMPTY_READ_MODEL, ReadModel

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


class Evidence(StrEnum):
    DOCUMENTED = "documented"
    OBSERVED = "observed"
    ASSUMED = "assumed"


class Fault(NamedTuple):
    """One line of a vendor's error table. `status` is HTTP's, `code` the vendor's own if any.

    `{field}` in the message stands for a value of the request, which the provider puts there.
    """

    name: str
    status: int
    message: str
    evidence: Evidence
    code: int | None = None


class Violation(NamedTuple):
    """One way in which a request departs from its schema; `wanted` says what would pass."""

    field: str
    keyword: str
    expected: str = ""


class RequestContext(NamedTuple):
    """All that a provider may look at before it answers. `now` in ms.

    `call` makes a call of this request: (shape, {leg: number}, starts at in ms or None for now).
    """

    request: Request
    now: int
    build_call: Callable[[str, Mapping[str, str], int | None], Call]
    account: Account | None = None
    violations: tuple[Violation, ...] = ()
    rate_limited: bool = False
    """The account's own limit of requests is used up."""
    read_model: ReadModel = EMPTY_READ_MODEL

    @property
    def fields(self) -> Mapping[str, object]:
        return self.request.fields

    @property
    def authenticated_account(self) -> Account:
        """The account, for rules behind the stage that refuses strangers."""
        if self.account is None:
            raise LookupError("this rule stands before the one that asks who is calling")
        return self.account

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        return "" if value is None else str(value)

    def for_item(self, field: str, index: int) -> "RequestContext":
        """The case of one item of a batch: its fields, and what is wrong with it alone."""
        start = f"{field}.{index}."
        own = tuple(
            violation._replace(field=violation.field.removeprefix(start))
            for violation in self.violations
            if violation.field.startswith(start)
        )
        listed = self.fields.get(field)
        item = listed[index] if isinstance(listed, list) else None
        told = item if isinstance(item, Mapping) else {}
        return self._replace(request=self.request._replace(fields=told), violations=own)


class Rule(NamedTuple):
    """A test, and the fault that it means."""

    test: Callable[[RequestContext], bool]
    fault: Fault
    field: str = ""


Stage = tuple[Rule, ...]
Rulebook = tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class ViolationTest:
    """A test for a violation, as data, so that rulebooks can be audited against schemas.

    A `*` in the name stands for any place in a list: `ivrs.*.digit`.
    """

    field: str
    keywords: frozenset[str] = frozenset()
    """Empty: any keyword but `required`."""

    def __call__(self, context: RequestContext) -> bool:
        return any(map(self.matches, context.violations))

    def matches(self, violation: Violation) -> bool:
        if violation.field != self.field and _wildcard_path(violation.field) != self.field:
            return False
        if not self.keywords:
            return violation.keyword != "required"
        return violation.keyword in self.keywords


def _wildcard_path(field: str) -> str:
    return ".".join("*" if part.isdecimal() else part for part in field.split("."))


def missing_field(field: str, fault: Fault) -> Rule:
    return Rule(ViolationTest(field, frozenset({"required"})), fault, field)


def malformed_field(field: str, fault: Fault) -> Rule:
    return Rule(ViolationTest(field), fault, field)


def is_malformed(context: RequestContext) -> bool:
    """The body could not be read at all."""
    return bool(context.request.body_error)


def render_message(fault: Fault, context: RequestContext) -> str:
    """The fault's text with what was sent in place of each `{field}`."""
    return _PLACEHOLDER.sub(lambda found: context.text(found[1]), fault.message)


def is_unauthenticated(context: RequestContext) -> bool:
    """The credential is missing, or no account's."""
    return context.account is None


def is_rate_limited(context: RequestContext) -> bool:
    return context.rate_limited


def evaluate(rulebook: Rulebook, context: RequestContext) -> tuple[Rule, ...]:
    """The rules broken in the first stage that objects; nothing if the request may pass."""
    sound = not context.violations
    for stage in rulebook:
        # a dozen tests of each request are for breaches, and hardly any request has one
        broken = [
            rule
            for rule in stage
            if not (sound and type(rule.test) is ViolationTest) and rule.test(context)
        ]
        if broken:
            return tuple(broken)
    return ()
