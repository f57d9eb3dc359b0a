"""Mobtexting: click-to-call over its v2 voice API, and the report when the call is over."""

from mockserver.core.account import Retry
from mockserver.core.provider import Endpoint, Provider
from mockserver.providers.mobtexting import dialect, react, rules
from mockserver.providers.mobtexting.generators import GENERATORS
from mockserver.providers.mobtexting.records import Flow

PROVIDER = Provider(
    name="mobtexting",
    title="Mobtexting",
    roles={"a": "from", "b": "to"},
    endpoints=(
        Endpoint(
            "c2c",
            "POST",
            "portal.mobtexting.com",
            "/api/v2/voice/c2c",
            rules.C2C,
            dialect.placed,
            dialect.parties,
        ),
    ),
    credential=dialect.credential,
    refuse=dialect.refused,
    wrong_method=rules.WRONG_METHOD,
    on_event=react.react,
    status=dialect.status,
    new_call_id=dialect.new_id,
    webhooks=("completed",),
    scenario_only_faults=rules.ORDERED,
    records={"flows": Flow},
    generators=GENERATORS,
    quirks={"webhook-id": "the report carries `webhook_id`, as the page's table has it"},
    retry=Retry(satisfied_by=frozenset({200, 202})),  # documented; no waits, so one try
)
