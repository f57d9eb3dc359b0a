"""The provider Phonon: outbound flows on its real-time and bulk hosts, and the call report."""

from mockserver.core.possible_calls import PossibleCalls
from mockserver.core.provider import Endpoint, Provider
from mockserver.core.rulebook import Evidence
from mockserver.providers.phonon import call_state, faults, request, responses, rules
from mockserver.providers.phonon.events import on_event
from mockserver.providers.phonon.findings import FINDERS
from mockserver.providers.phonon.generators import GENERATORS
from mockserver.providers.phonon.ordeal import ORDEAL
from mockserver.providers.phonon.records import (
    ACCOUNT_RULES,
    BULK_HOST,
    REAL_TIME_HOST,
    Flow,
    Settings,
)
from mockserver.providers.phonon.samples import SAMPLES
from mockserver.providers.phonon.webhooks import WEBHOOKS
from mockserver.providers.phonon.words import DETAILS, WORDS

PATH = "/kairos-apis/outbound/create"
BODY_LIMIT = 256_000  # bytes; observed: a fuller page of the vendor has 256 KB
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
            evidence=Evidence.OBSERVED,  # the page lacks method and address; fuller pages have them
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
            evidence=Evidence.OBSERVED,
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
        "status-as-code": "codes 400, 401, 402, 405, 429 and 500 are the HTTP status, too; codes "
        "201 to 213 and 301 to 304 keep HTTP 200, as they mean something else there",
        "report-2020": "the call report has its older form",
        "client-identifier": "the call report carries `client-identifier` after `phonon-uuid`, as "
        "the page calls it a callback variable; its place there is assumed",
    },
    samples=SAMPLES,
    words=WORDS,
    details=DETAILS,
    finders=FINDERS,
    ordeal=ORDEAL,
)
