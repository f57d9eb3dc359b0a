"""Rulebooks: a vendor's errors as rules in stages; the first stage with a broken rule decides."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mockserver.core.account import Account
from mockserver.core.call import Call, PlannedCall
from mockserver.core.field_paths import wildcard_path
from mockserver.core.http import Request, value_text
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.read_model import EMPTY_READ_MODEL, ReadModel
from mockserver.core.value import TrackedValue, Value

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


class Evidence(StrEnum):
    DOCUMENTED = "documented"
    OBSERVED = "observed"
    ASSUMED = "assumed"


class Fault(Value):
    """One line of a vendor's error table: the HTTP status, and the vendor's own code, if any.

    `{field}` in the message stands for a field of the request (see `render_message`).
    """

    name: str
    status: int
    message: str
    evidence: Evidence
    code: int | None = None

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The fields of the request that the message repeats."""
        return tuple(_PLACEHOLDER.findall(self.message))


class Violation(Value, order=True):
    """A field that breaks a keyword of its schema.

    `expected` says in words what would pass, `sample` is such a value as JSON.
    """

    field: str
    keyword: str
    expected: str = ""
    sample: str = ""


def place_nothing(_: int) -> Call:
    """Stand for `RequestContext.place` where no call can be placed.

    Raises:
        LookupError: always.
    """
    raise LookupError("this request places no call")


class RequestContext(TrackedValue):
    """What a provider may read before it responds to a request; `now` is in ms.

    `account` is None if the credential belongs to none. `planned_calls` are those that the request
    would place; `place` builds the call of one of them, given its index, and draws its ids.
    """

    request: Request
    now: int
    operation: str = ""
    account: Account | None = None
    violations: tuple[Violation, ...] = ()
    rate_limited: bool = False
    """True if the account's own rate limit is used up."""
    read_model: ReadModel = EMPTY_READ_MODEL
    planned_calls: tuple[PlannedCall, ...] = ()
    place: Callable[[int], Call] = place_nothing

    @property
    def fields(self) -> Mapping[str, object]:
        return self.request.fields

    @property
    def authenticated_account(self) -> Account:
        """The account, for rules after the stage that checks the credential.

        Raises:
            LookupError: the request has no account.
        """
        if self.account is None:
            raise LookupError("this rule stands before the one that asks who is calling")
        return self.account

    def text(self, name: str) -> str:
        """Return a field as text; empty if it is missing or null."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else value_text(value)

    def texts(self, *names: str) -> tuple[str, ...]:
        """Return the text of each of these fields."""
        return tuple(map(self.text, names))

    def for_item(self, field: str, index: int) -> "RequestContext":
        """Return the context of one item of a batch: its own fields, and its own violations.

        `field` is the name of the list, `index` counts from 0. An item that is no object has no
        fields; a violation of the item itself has an empty field.
        """
        prefix = f"{field}.{index}."
        own = tuple(
            violation.replace(field=violation.field[len(prefix) :])
            for violation in self.violations
            if f"{violation.field}.".startswith(prefix)
        )
        items = self.fields.get(field)
        item = items[index] if isinstance(items, list) else None
        fields = item if isinstance(item, Mapping) else {}
        return self.replace(request=self.request.replace(fields=fields), violations=own)


class Rule(TrackedValue):
    """A test that is true for a broken rule, and the fault of such a request.

    `restriction` names the attribute of an account, such as `balance`, without which no request of
    the account can break the rule.

    `condition` is how we know that this request is refused with this fault, where that is known in
    another way than the fault's text; `note` says more, such as where the vendor's page contradicts
    itself.
    """

    test: Callable[[RequestContext], bool]
    fault: Fault
    field: str = ""
    restriction: str = ""
    condition: Evidence | None = None
    note: str = ""

    @property
    def condition_evidence(self) -> Evidence:
        return self.condition or self.fault.evidence


NO_RESTRICTION: Final = (None, EMPTY_MAPPING)
"""What an attribute of an account is that restricts nothing."""


Stage = tuple[Rule, ...]
Rulebook = tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class ViolationTest:
    """A test for a violation, as data: tests can compare the rulebooks with the schemas.

    A `*` in `field` stands for any index of a list: `ivrs.*.digit`.
    """

    field: str
    keywords: frozenset[str] = frozenset()
    """Keywords of JSON Schema; empty stands for any but `required`."""
    unless: Callable[[RequestContext], bool] | None = None
    """True for a request that does not use the field, so that it may be malformed."""

    def __call__(self, context: RequestContext) -> bool:
        if not any(map(self.matches, context.violations)):
            return False
        return self.unless is None or not self.unless(context)

    def matches(self, violation: Violation) -> bool:
        if violation.field != self.field and wildcard_path(violation.field) != self.field:
            return False
        if not self.keywords:
            return violation.keyword != "required"
        return violation.keyword in self.keywords


def missing_field(field: str, fault: Fault) -> Rule:
    return Rule(ViolationTest(field, frozenset({"required"})), fault, field)


def malformed_field(
    field: str, fault: Fault, unless: Callable[[RequestContext], bool] | None = None
) -> Rule:
    return Rule(ViolationTest(field, unless=unless), fault, field)


def known_by(evidence: Evidence, rule: Rule, note: str = "") -> Rule:
    """Return a rule whose condition is known so, whatever is known of the text of its fault."""
    return rule.replace(condition=evidence, note=note)


def is_malformed(context: RequestContext) -> bool:
    """Return True if the body could not be parsed at all."""
    return bool(context.request.body_error)


def render_message(fault: Fault, context: RequestContext, limit: int | None = None) -> str:
    """Return the message of the fault with the values sent in place of each `{field}`.

    `limit` is how many characters of a value are shown, None for all.
    """
    return _PLACEHOLDER.sub(lambda match: context.text(match[1])[:limit], fault.message)


def serialize_condition(rule: Rule) -> dict[str, str | None]:
    """Return what is shown of the condition of a rule: its field, evidence and note."""
    return {
        "field": rule.field or None,
        "evidence": str(rule.condition_evidence),
        "note": rule.note or None,
    }


def is_unauthenticated(context: RequestContext) -> bool:
    """Return True if the credential is missing or belongs to no account."""
    return context.account is None


def is_rate_limited(context: RequestContext) -> bool:
    return context.rate_limited


def evaluate(rulebook: Rulebook, context: RequestContext) -> tuple[Rule, ...]:
    """Return the broken rules of the first stage that has any; empty if the request passes."""
    is_valid, account = not context.violations, context.account
    for stage in rulebook:
        # hardly any request has a violation, and most accounts have no restriction
        broken = [
            rule
            for rule in stage
            if not (is_valid and type(rule.test) is ViolationTest)
            and not (rule.restriction and getattr(account, rule.restriction) in NO_RESTRICTION)
            and rule.test(context)
        ]
        if broken:
            return tuple(broken)
    return ()
