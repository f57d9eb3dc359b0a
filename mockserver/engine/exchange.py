"""An incoming vendor request, and the exchange that is stored for it."""

import json

from mockserver.core.account import Account
from mockserver.core.http import Request, Response
from mockserver.core.provider import (
    BoundProvider,
    Endpoint,
)
from mockserver.core.rulebook import RequestContext, Rule, Violation, render_message
from mockserver.core.scenario import ApiBehavior, MatchContext
from mockserver.core.selection import Activation
from mockserver.core.value import TrackedValue, Value


class Exchange(Value):
    """One vendor request and its response, stored for the journal.

    `at` is in ms. `provider` and `operation` are empty for a path that no provider has.
    `explanation` says in one line why the request was refused. `scenario_names` are those of its
    header and the one that set the API behavior. `broken_rules`, `violations`,
    `match_contexts` and `activations` (those in force at arrival) are for `explain`.
    """

    id: str
    at: int
    provider: str
    operation: str
    request: Request
    response: Response
    fault: str | None
    explanation: str
    scenario_names: tuple[str, ...]
    call_ids: tuple[str, ...] = ()
    broken_rules: tuple[Rule, ...] = ()
    violations: tuple[Violation, ...] = ()
    match_contexts: tuple[MatchContext, ...] = ()
    activations: tuple[Activation, ...] = ()


DEFAULT_API_BEHAVIOR = ApiBehavior()


class SelectionInput(Value):
    """What a request contributes to the selection of scenarios.

    `scenario_names` come from the request's header; `credential` is compared with match rules;
    `activations` were in force at its arrival.
    """

    scenario_names: tuple[str, ...] = ()
    credential: str = ""
    activations: tuple[Activation, ...] = ()


NO_SELECTION_INPUT = SelectionInput()


class IncomingRequest(TrackedValue):
    """A request routed to an operation.

    `scenarios` are the names from its header; the scenario that `apply_scenario` selects is added.
    `forced_rule` carries a fault known before the rulebook runs: a wrong method, or a fault that a
    scenario orders. `account` is set where the account need not be looked up by credential.
    `activations` are those in force at arrival, None until they are reserved; `match_contexts` is
    None until then, too. `webhook_depth` is the number of webhooks to this server that led to the
    request. `credential` is None until it is read.
    """

    bound: BoundProvider
    endpoint: Endpoint
    request: Request
    scenario_names: tuple[str, ...] = ()
    forced_rule: Rule | None = None
    api_behavior: ApiBehavior = DEFAULT_API_BEHAVIOR
    account: Account | None = None
    activations: tuple[Activation, ...] | None = None
    match_contexts: tuple[MatchContext, ...] | None = None
    webhook_depth: int = 0
    credential: str | None = None

    @property
    def selection_input(self) -> SelectionInput:
        return SelectionInput(self.scenario_names, self.credential_or_empty, self.activations or ())

    @property
    def credential_or_empty(self) -> str:
        """The credential, empty if there is none; the provider reads it unless it is stored."""
        if self.credential is not None:
            return self.credential
        return self.bound.provider.credential(self.request) or ""


def describe_fault(rule: Rule, context: RequestContext) -> str:
    """Describe a broken rule in one line: fault, evidence, field, value received and expected."""
    fault = rule.fault
    summary = f"{fault.name} ({fault.evidence}): {render_message(fault, context)}"
    if context.request.body_error:
        return f"{summary}; {context.request.body_error}"
    if not rule.field:
        return summary
    expected = next((item.expected for item in context.violations if item.field == rule.field), "")
    return f"{summary}; {rule.field}: {describe_field(context, rule.field)}" + (
        f"; would pass: {expected}" if expected else ""
    )


def describe_field(context: RequestContext, field: str) -> str:
    if field not in context.fields:
        return "not sent"
    value = context.fields[field]
    text = repr(value) if isinstance(value, str) else json.dumps(value, default=str)
    return f"received {text:.80}"
