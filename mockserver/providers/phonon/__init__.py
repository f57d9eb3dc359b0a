"""Phonon: outbound flows over its real-time and bulk hosts, and the call report."""

from mockserver.core.provider import Endpoint, Provider
from mockserver.providers.phonon import dialect, reading, rules
from mockserver.providers.phonon.generators import GENERATORS
from mockserver.providers.phonon.react import react
from mockserver.providers.phonon.records import Flow, Settings

PATH = "/kairos-apis/outbound/create"
LIMIT = 256_000  # bytes (documented: 256 KB)

PROVIDER = Provider(
    name="phonon",
    title="Phonon",
    roles={"a": "contact", "b": "bridge"},
    endpoints=(
        Endpoint(
            "create",
            "POST",
            rules.REAL_TIME,
            PATH,
            rules.CREATE,
            dialect.accepted,
            dialect.parties,
            LIMIT,
        ),
        Endpoint(
            "create-bulk",
            "POST",
            rules.BULK,
            PATH,
            rules.CREATE_BULK,
            dialect.queued,
            dialect.parties,
            LIMIT,
        ),
    ),
    credential=reading.credential,
    refuse=dialect.refused,
    wrong_method=rules.WRONG_METHOD,
    on_event=react,
    status=dialect.status,
    new_call_id=dialect.new_id,
    webhooks=("report",),
    scenario_only_faults=rules.ORDERED,
    records={"flows": Flow},
    generators=GENERATORS,
    settings=Settings,
    quirks={
        "status-as-code": "the HTTP status is the body's code where HTTP has such a one",
        "report-2020": "the call report has its older form",
    },
)
