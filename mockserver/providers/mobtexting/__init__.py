"""The provider Mobtexting: click-to-call over its v2 voice API, and a report when a call ends."""

from mockserver.core.account import Retry
from mockserver.core.possible_calls import PossibleCalls
from mockserver.core.provider import Endpoint, Provider
from mockserver.core.rulebook import Evidence
from mockserver.providers.mobtexting import call_state, events, request, responses, rules
from mockserver.providers.mobtexting.findings import FINDERS
from mockserver.providers.mobtexting.generators import GENERATORS
from mockserver.providers.mobtexting.ordeal import ORDEAL
from mockserver.providers.mobtexting.records import ACCOUNT_RULES, Flow
from mockserver.providers.mobtexting.samples import SAMPLES
from mockserver.providers.mobtexting.webhooks import WEBHOOKS
from mockserver.providers.mobtexting.words import DETAILS, WORDS

HOST = "portal.mobtexting.com"
PATH = "/api/v2/voice/c2c"
CLICK_TO_CALLS = PossibleCalls(
    ("b-after-a", "one-leg"), ("completed",), final_webhooks=("completed",), redials=True
)

PROVIDER = Provider(
    name="mobtexting",
    title="Mobtexting",
    roles={"a": "from", "b": "to"},
    endpoints=(
        Endpoint(
            "c2c",
            "POST",
            HOST,
            PATH,
            rules.C2C,
            responses.click_to_call,
            request.planned_calls,
            calls=CLICK_TO_CALLS,
        ),
        Endpoint(
            "c2c",
            "GET",
            HOST,
            PATH,
            rules.C2C,
            responses.click_to_call,
            request.planned_calls,
            calls=CLICK_TO_CALLS,
            evidence=Evidence.OBSERVED,  # of earlier pages and their clients: all in the query
        ),
    ),
    credential=request.credential,
    refuse=responses.refuse,
    wrong_method=rules.WRONG_METHOD,
    on_event=events.on_event,
    status=call_state.status,
    statuses=call_state.STATUS_TABLE,
    new_call_id=responses.new_call_id,
    webhooks=WEBHOOKS,
    scenario_only_faults=rules.SCENARIO_ONLY_FAULTS,
    records={"flows": Flow},
    account_rules=ACCOUNT_RULES,
    generators=GENERATORS,
    quirks={
        "errors-as-200": "a refusal has HTTP 200 and its code in the body, as public clients "
        "expect it (observed)",
        "webhook-id": "the report carries `webhook_id`, as the page's table has it",
    },
    retry=Retry(satisfied_by=frozenset({200, 202})),  # observed; no delays: one attempt
    samples=SAMPLES,
    words=WORDS,
    details=DETAILS,
    finders=FINDERS,
    ordeal=ORDEAL,
)
