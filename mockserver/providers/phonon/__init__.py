"""The provider Phonon: outbound flows on its real-time and bulk hosts, and the call report."""

from mockserver.core.provider import Endpoint, Provider
from mockserver.providers.phonon import call_state, faults, request, responses, rules
from mockserver.providers.phonon.events import on_event
from mockserver.providers.phonon.generators import GENERATORS
from mockserver.providers.phonon.records import Flow, Settings
from mockserver.providers.phonon.samples import SAMPLES

PATH = "/kairos-apis/outbound/create"
BODY_LIMIT = 256_000  # bytes; documented: 256 KB

PROVIDER = Provider(
    name="phonon",
    title="Phonon",
    roles={"a": "contact", "b": "bridge"},
    endpoints=(
        Endpoint(
            "create",
            "POST",
            rules.REAL_TIME_HOST,
            PATH,
            rules.CREATE,
            responses.create,
            request.planned_calls,
            BODY_LIMIT,
        ),
        Endpoint(
            "create-bulk",
            "POST",
            rules.BULK_HOST,
            PATH,
            rules.CREATE_BULK,
            responses.create_bulk,
            request.planned_calls,
            BODY_LIMIT,
        ),
    ),
    credential=request.credential,
    refuse=responses.refuse,
    wrong_method=faults.WRONG_METHOD,
    on_event=on_event,
    status=call_state.status,
    new_call_id=responses.new_call_id,
    webhooks=("report",),
    scenario_only_faults=faults.SCENARIO_ONLY_FAULTS,
    records={"flows": Flow},
    generators=GENERATORS,
    settings=Settings,
    quirks={
        "status-as-code": "the HTTP status is the body's code where HTTP has such a one",
        "report-2020": "the call report has its older form",
    },
    samples=SAMPLES,
)
