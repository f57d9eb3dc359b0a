"""A vendor request on its way in, and the stored exchange it becomes."""

import json
from typing import NamedTuple

from mockserver.core.account import Account
from mockserver.core.http import Request, Response
from mockserver.core.provider import (
    BoundProvider,
    Endpoint,
)
from mockserver.core.rulebook import RequestContext, Rule, Violation, render_message
from mockserver.core.scenario import ApiBehavior, MatchContext
from mockserver.core.selection import Activation


class Exchange(NamedTuple):
    """One vendor request and what it got; `why` says in one line why it was refused.

    Provider and operation are empty for a path that nobody has. The rest is for `explain`: the
    rules it broke, how stories saw it, and what was activated then.
    """

    id: str
    at: int
    provider: str
    operation: str
    request: Request
    response: Response
    fault: str | None
    explanation: str
    scenarios: tuple[str, ...]
    call_ids: tuple[str, ...] = ()
    broken_rules: tuple[Rule, ...] = ()
    violations: tuple[Violation, ...] = ()
    match_contexts: tuple[MatchContext, ...] = ()
    activations: tuple[Activation, ...] = ()


DEFAULT_API_BEHAVIOR = ApiBehavior()


class RequestSelection(NamedTuple):
    """What a request says about its stories: those its header names, and whose it is."""

    scenario_names: tuple[str, ...] = ()
    credential: str = ""
    activations: tuple[Activation, ...] = ()


NO_SELECTION = RequestSelection()


class IncomingRequest(NamedTuple):
    """A request that found its operation; `stories` are those that its header names.

    `objection` is a fault that was found on the way already: a wrong method, or one that a story
    orders. `turn` is what a story says of the answer. `account` is whose request it is, where that
    does not have to be found out by its credential. `activations` are those that were on when it
    came in, None as long as it has not taken them. `depth` is how many webhooks to
    ourselves have led to it.
    """

    bound: BoundProvider
    endpoint: Endpoint
    request: Request
    scenarios: tuple[str, ...] = ()
    forced_rule: Rule | None = None
    api_behavior: ApiBehavior = DEFAULT_API_BEHAVIOR
    account: Account | None = None
    activations: tuple[Activation, ...] | None = None
    match_contexts: tuple[MatchContext, ...] | None = None
    webhook_depth: int = 0
    credential: str | None = None

    @property
    def selection(self) -> RequestSelection:
        return RequestSelection(self.scenarios, self.credential_or_empty, self.activations or ())

    @property
    def credential_or_empty(self) -> str:
        """Its credential, which is read once; empty if it has none."""
        if self.credential is not None:
            return self.credential
        return self.bound.provider.credential(self.request) or ""


def describe_fault(rule: Rule, context: RequestContext) -> str:
    """The rule, its source, the field and the value received, in one line."""
    fault = rule.fault
    told = f"{fault.name} ({fault.evidence}): {render_message(fault, context)}"
    if context.request.body_error:
        return f"{told}; {context.request.body_error}"
    if not rule.field:
        return told
    wanted = next((one.expected for one in context.violations if one.field == rule.field), "")
    return f"{told}; {rule.field}: {describe_field(context, rule.field)}" + (
        f"; would pass: {wanted}" if wanted else ""
    )


def describe_field(context: RequestContext, field: str) -> str:
    if field not in context.fields:
        return "not sent"
    value = context.fields[field]
    shown = repr(value) if isinstance(value, str) else json.dumps(value, default=str)
    return f"received {shown:.80}"
