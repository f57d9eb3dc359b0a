"""An incoming vendor request, and the exchange that is stored for it."""

from collections.abc import Mapping
from typing import Final

from mockserver.core.account import Account
from mockserver.core.bound_provider import BoundProvider
from mockserver.core.findings import Finding
from mockserver.core.http import Request, Response
from mockserver.core.immutable import EMPTY_MAPPING
from mockserver.core.journal import Ignored
from mockserver.core.provider import Endpoint
from mockserver.core.resolution import NO_DRAW, Draw
from mockserver.core.rulebook import RequestContext, Rule
from mockserver.core.scenario import ApiBehavior, MatchContext, Scenario
from mockserver.core.selection import (
    NO_SELECTION,
    Activation,
    ScenarioSet,
    SelectedScenario,
    Selection,
)
from mockserver.core.value import TrackedValue, Value

DEFAULT_API_BEHAVIOR: Final = ApiBehavior()


class CallMatch(Value):
    """What one planned call is matched with, and the scenarios that this selects.

    It is built once, when the request arrives, and read by the API behavior, the legs and the
    webhooks of the call, the activations and `explain`. `draw` decides `choose` for the call.
    """

    context: MatchContext
    selection: Selection = NO_SELECTION
    draw: Draw = NO_DRAW

    @property
    def activation_ids(self) -> tuple[str, ...]:
        """The ids of the activations that put a selected scenario in force."""
        selection = self.selection
        return activation_ids(selection.api, selection.legs, selection.webhooks)


def activation_ids(*selected: SelectedScenario | None) -> tuple[str, ...]:
    return tuple([each.activation_id for each in selected if each and each.activation_id])


class Exchange(Value):
    """One vendor request and its response, stored for the journal.

    `at` is in ms. `provider` and `operation` are empty for a path that no provider has.
    `explanation` says in one line why the request was refused. `scenario_names` are those of its
    header, and those that an activation or a match rule selected. `call_ids` are those of the calls
    that it placed or moved. `matches` has one for each planned call, or one without numbers;
    `placed_calls` maps its index to the id of the call, if that was placed. `scenarios` are what
    it was compared with. `findings` has those of each of `broken_rules`. `ordered_by` is the
    scenario that ordered something of the API, and `ordered` says in one line what, and who chose
    the scenario. `ignored` is what scenarios say and what could not apply to the request or the
    calls that it placed. `activations` are those of the moment, and the latest that were spent.
    `problem` is the kind of the problem with which the mock server itself refused the request.
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
    scenarios: ScenarioSet
    call_ids: tuple[str, ...] = ()
    broken_rules: tuple[Rule, ...] = ()
    findings: tuple[tuple[Finding, ...], ...] = ()
    matches: tuple[CallMatch, ...] = ()
    placed_calls: Mapping[int, str] = EMPTY_MAPPING
    ordered_by: str = ""
    ordered: str = ""
    ignored: tuple[Ignored, ...] = ()
    activations: tuple[Activation, ...] = ()
    problem: str = ""


class IncomingRequest(TrackedValue):
    """A request routed to an operation.

    `scenario_names` are those of its header. `wrong_method` is the rule that refuses it if the path
    has no such method. `account` is set where the account need not be looked up by credential.
    `webhook_depth` is the number of webhooks to this server that led to the request.
    """

    bound: BoundProvider
    endpoint: Endpoint
    request: Request
    scenario_names: tuple[str, ...] = ()
    credential: str = ""
    wrong_method: Rule | None = None
    account: Account | None = None
    webhook_depth: int = 0


class MatchedRequest(TrackedValue):
    """A request with its context, and a match for each planned call.

    `api` is the API behavior of the selected scenario. It is empty, and `is_api_ordered` is False,
    if the item that the scenario drew is silent about it, or if it orders a fault that the vendor
    lacks, `unknown_fault`. `api_author` is the scenario in whose list of responses the behavior or
    that fault stands, `api_position` the position in it, from 0. `reserved` are the ids of
    the activations that wait for what the request does. `epoch` is that of the state that it was
    matched with, `scenarios` and `activations` are what it was compared with, and `number` is that
    of the input. `is_plain` is true if only the default scenario was selected, and that leaves the
    API as usual and draws nothing.
    """

    incoming: IncomingRequest
    context: RequestContext
    matches: tuple[CallMatch, ...]
    epoch: int
    scenarios: ScenarioSet
    api: ApiBehavior = DEFAULT_API_BEHAVIOR
    reserved: tuple[str, ...] = ()
    is_plain: bool = False
    is_api_ordered: bool = False
    unknown_fault: str = ""
    api_author: Scenario | None = None
    api_position: int = 0
    activations: tuple[Activation, ...] = ()
    number: int = 0

    @property
    def applied_api(self) -> SelectedScenario | None:
        """The scenario that decides the API behavior; None if none does after all."""
        return self.api_selection if self.is_api_ordered else None

    @property
    def api_selection(self) -> SelectedScenario | None:
        """The scenario of the first match that speaks to the API."""
        selections = (match.selection.api for match in self.matches)
        return next((selected for selected in selections if selected), None)
