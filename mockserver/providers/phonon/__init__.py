"""The provider Phonon: outbound flows on its real-time and bulk hosts, and the call report."""

from mockserver.core.possible_calls import PossibleCalls
from mockserver.core.provider import Endpoint, Provider
from mockserver.providers.phonon import call_state, faults, request, responses, rules
from mockserver.providers.phonon.events import on_event
from mockserver.providers.phonon.generators import GENERATORS
from mockserver.providers.phonon.records import (
    ACCOUNT_RULES,
    BULK_HOST,
    REAL_TIME_HOST,
    Flow,
    Settings,
)
from mockserver.providers.phonon.samples import SAMPLES
from mockserver.providers.phonon.webhooks import WEBHOOKS

PATH = "/kairos-apis/outbound/create"
BODY_LIMIT = 256_000  # bytes; documented: 256 KB
FLOW_CALLS = PossibleCalls(
    ("one-leg", "callee-first"),
    ("report",),
    final_webhooks=("report",),
    redials=True,
    alternates=True,
)

PROVIDER = Provider(
    name="phonon",
    title="Phonon",
    roles={"a": "contact", "b": "bridge"},
    endpoints=(
        Endpoint(
            "create",
            "POST",
            REAL_TIME_HOST,
            PATH,
            rules.CREATE,
            responses.create,
            request.planned_calls,
            BODY_LIMIT,
            calls=FLOW_CALLS,
        ),
        Endpoint(
            "create-bulk",
            "POST",
            BULK_HOST,
            PATH,
            rules.CREATE_BULK,
            responses.create_bulk,
            request.planned_calls,
            BODY_LIMIT,
            calls=FLOW_CALLS,
        ),
    ),
    credential=request.credential,
    refuse=responses.refuse,
    wrong_method=faults.WRONG_METHOD,
    on_event=on_event,
    status=call_state.status,
    statuses=call_state.STATUS_TABLE,
    new_call_id=responses.new_call_id,
    webhooks=WEBHOOKS,
    scenario_only_faults=faults.SCENARIO_ONLY_FAULTS,
    records={"flows": Flow},
    generators=GENERATORS,
    settings=Settings,
    account_rules=ACCOUNT_RULES,
    quirks={
        "status-as-code": "the HTTP status is the body's code where HTTP has such a one",
        "report-2020": "the call report has its older form",
    },
    samples=SAMPLES,
)
