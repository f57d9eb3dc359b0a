"""Mobtexting: click-to-call over its v2 voice API, and the report when the call is over."""

from mockserver.core.account import Retry
from mockserver.core.provider import Endpoint, Provider
from mockserver.providers.mobtexting import dialect, react, rules

PROVIDER = Provider(
    name="mobtexting",
    title="Mobtexting",
    legs={"a": "from", "b": "to"},
    endpoints=(
        Endpoint(
            "c2c",
            "POST",
            "portal.mobtexting.com",
            "/api/v2/voice/c2c",
            rules.C2C,
            dialect.placed,
        ),
    ),
    credential=dialect.credential,
    refuse=dialect.refused,
    wrong_method=rules.WRONG_METHOD,
    react=react.react,
    status=dialect.status,
    new_id=dialect.new_id,
    webhooks=("completed",),
    retry=Retry(satisfied_by=frozenset({200, 202})),  # documented; no waits, so one try
)
