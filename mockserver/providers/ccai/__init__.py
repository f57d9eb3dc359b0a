"""Google's CCAI Platform: calls over its Apps API, their lifecycle in a queue, customer flags."""

from collections.abc import Callable

from mockserver.core.http import Request
from mockserver.core.provider import Endpoint, Provider
from mockserver.providers.ccai import acts, answers, faults, reading, rules
from mockserver.providers.ccai.generators import GENERATORS
from mockserver.providers.ccai.react import react
from mockserver.providers.ccai.records import (
    Agent,
    Contact,
    Flags,
    Menu,
    Number,
    Seeded,
    Settings,
    Ticket,
)
from mockserver.providers.ccai.status import status

HOST = "*.ccaiplatform.com"
CALLS = "/apps/api/v1/calls"
FLAG = f"{CALLS}/{{id}}/customer_flag"
AGENT_FIRST = {"a": "agent", "b": "end_user"}
END_USER_FIRST = {"a": "end_user", "b": "agent"}


def typed(names: tuple[str, str]) -> Callable[[Request], bool]:
    return lambda request: request.fields.get("call_type") in names


def books(request: Request) -> bool:
    """The scheduled type in the shape of an outbound call is no call type (example 17)."""
    return typed(reading.SCHEDULED)(request) and "agent_email" not in request.fields


def new_id(_: str, number: int, __: str) -> str:
    """In place of the account's own, which begins where its settings say."""
    return str(number)


PROVIDER = Provider(
    name="ccai",
    title="CCAI Platform",
    roles=END_USER_FIRST,
    endpoints=(
        Endpoint(
            "create-outbound",
            "POST",
            HOST,
            CALLS,
            rules.OUTBOUND,
            answers.outbound,
            answers.agent_and_user,
            when=typed(reading.OUTBOUND),
            roles=AGENT_FIRST,
        ),
        Endpoint(
            "create-scheduled",
            "POST",
            HOST,
            CALLS,
            rules.SCHEDULED,
            answers.scheduled,
            answers.user_and_agent,
            when=books,
        ),
        Endpoint(
            "create-inbound",
            "POST",
            HOST,
            CALLS,
            rules.INBOUND,
            answers.incoming,
            answers.user_and_agent,
        ),
        Endpoint("read-flags", "GET", HOST, FLAG, rules.KNOWN, answers.flags),
        Endpoint("write-flags", "PATCH", HOST, FLAG, rules.FLAGGING, answers.flagged),
        Endpoint("read-call", "GET", HOST, f"{CALLS}/{{id}}", rules.KNOWN, answers.read),
        Endpoint(
            "cancel-scheduled",
            "PATCH",
            HOST,
            f"{CALLS}/scheduled/{{id}}/cancel",
            rules.KNOWN,
            answers.cancelled,
        ),
        Endpoint(
            "end-user",
            "POST",
            HOST,
            f"{CALLS}/{{id}}/end_user",
            rules.IDENTIFYING,
            answers.identified,
        ),
        Endpoint(
            "manager-calls", "GET", HOST, "/manager/api/v1/calls", rules.LISTING, answers.listed
        ),
    ),
    credential=reading.credential,
    refuse=answers.refused,
    wrong_method=faults.WRONG_METHOD,
    on_event=react,
    status=status,
    new_call_id=new_id,
    scenario_only_faults=faults.ORDERED,
    records={
        "agents": Agent,
        "menus": Menu,
        "contacts": Contact,
        "tickets": Ticket,
        "outbound_numbers": Number,
        "flags": Flags,
        "calls": Seeded,
    },
    settings=Settings,
    generators=GENERATORS,
    quirks={
        "scheduled-as-inbound": "a scheduled call is answered as examples 44 and 45 print it: "
        "`Voice Inbound (API)`, `queued`, and IVR menus are taken"
    },
    vendor_events=acts.ACTS,
    resources=acts.RESOURCES,
)
