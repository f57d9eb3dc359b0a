"""The provider CCAI Platform by Google: calls over its Apps API, queues and customer flags."""

from mockserver.core.possible_calls import PossibleCalls
from mockserver.core.provider import Endpoint, Provider
from mockserver.core.rulebook import Evidence
from mockserver.providers.ccai import (
    faults,
    planned_calls,
    request,
    responses,
    rules,
    vendor_events,
)
from mockserver.providers.ccai.call_list import list_calls
from mockserver.providers.ccai.call_state import STATUS_TABLE, status
from mockserver.providers.ccai.details import DETAILS
from mockserver.providers.ccai.events import on_event
from mockserver.providers.ccai.findings import FINDERS
from mockserver.providers.ccai.generators import GENERATORS
from mockserver.providers.ccai.other_samples import OTHER_SAMPLES
from mockserver.providers.ccai.records import (
    ACCOUNT_RULES,
    Agent,
    Contact,
    CustomerFlags,
    ExistingCall,
    Menu,
    OutboundNumber,
    Settings,
    Ticket,
)
from mockserver.providers.ccai.request import is_call_type, is_scheduled_create
from mockserver.providers.ccai.responses import new_call_id
from mockserver.providers.ccai.samples import SAMPLES, ready_account
from mockserver.providers.ccai.words import WORDS

HOST = "*.ccaiplatform.com"
CALLS_PATH = "/apps/api/v1/calls"
FLAG_PATH = f"{CALLS_PATH}/{{id}}/customer_flag"
OUTBOUND_ROLES = {"a": "agent", "b": "end_user"}
QUEUE_ROLES = {"a": "end_user", "b": "agent"}
QUEUED_CALLS = PossibleCalls(("queue",), alternates=True)
OUTBOUND_CALLS = PossibleCalls(("agent-first",), alternates=True, hands_over=True)


PROVIDER = Provider(
    name="ccai",
    title="CCAI Platform",
    roles=QUEUE_ROLES,
    endpoints=(
        Endpoint(
            "create-outbound",
            "POST",
            HOST,
            CALLS_PATH,
            rules.CREATE_OUTBOUND,
            responses.create_outbound,
            planned_calls.planned_outbound_call,
            when=is_call_type(request.OUTBOUND_TYPES),
            roles=OUTBOUND_ROLES,
            calls=OUTBOUND_CALLS,
        ),
        Endpoint(
            "create-scheduled",
            "POST",
            HOST,
            CALLS_PATH,
            rules.CREATE_SCHEDULED,
            responses.create_queued,
            planned_calls.planned_scheduled_call,
            calls=QUEUED_CALLS,
            when=is_scheduled_create,
        ),
        Endpoint(
            "create-inbound",
            "POST",
            HOST,
            CALLS_PATH,
            rules.CREATE_INBOUND,
            responses.create_queued,
            planned_calls.planned_inbound_call,
            calls=QUEUED_CALLS,
        ),
        Endpoint("read-flags", "GET", HOST, FLAG_PATH, rules.EXISTING_CALL, responses.read_flags),
        Endpoint("write-flags", "PATCH", HOST, FLAG_PATH, rules.WRITE_FLAGS, responses.write_flags),
        Endpoint(
            "read-call",
            "GET",
            HOST,
            f"{CALLS_PATH}/{{id}}",
            rules.EXISTING_CALL,
            responses.read_call,
            evidence=Evidence.ASSUMED,
        ),
        Endpoint(
            "cancel-scheduled",
            "PATCH",
            HOST,
            f"{CALLS_PATH}/scheduled/{{id}}/cancel",
            rules.EXISTING_CALL,
            responses.cancel_scheduled,
            evidence=Evidence.OBSERVED,
        ),
        Endpoint(
            "end-user",
            "POST",
            HOST,
            f"{CALLS_PATH}/{{id}}/end_user",
            rules.IDENTIFY_END_USER,
            responses.identify_end_user,
            evidence=Evidence.OBSERVED,
        ),
        Endpoint(
            "manager-calls",
            "GET",
            HOST,
            "/manager/api/v1/calls",
            rules.LIST_CALLS,
            list_calls,
            evidence=Evidence.OBSERVED,
        ),
    ),
    credential=request.credential,
    refuse=responses.refuse,
    wrong_method=faults.WRONG_METHOD,
    on_event=on_event,
    status=status,
    new_call_id=new_call_id,
    scenario_only_faults=faults.SCENARIO_ONLY_FAULTS,
    records={
        "agents": Agent,
        "menus": Menu,
        "contacts": Contact,
        "tickets": Ticket,
        "outbound_numbers": OutboundNumber,
        "flags": CustomerFlags,
        "calls": ExistingCall,
    },
    settings=Settings,
    account_rules=ACCOUNT_RULES,
    generators=GENERATORS,
    quirks={
        "scheduled-as-inbound": "a scheduled call is answered as examples 44 and 45 print it: "
        "`Voice Inbound (API)`, `queued`, and IVR menus are taken",
        "inbound-web-menus": "incoming calls take IVR and web menus, as the page's table of "
        "parameters says; by default IVR and mobile menus, as its example 30 says",
        "number-choice-as-200": "if an agent has to choose a number, the response is 200 with "
        "fields of the request, as in examples 10 and 12. By default it is 202 without a body, as "
        "in examples 18 and 21",
    },
    vendor_events=vendor_events.VENDOR_EVENTS,
    resources=vendor_events.RESOURCES,
    samples=SAMPLES,
    other_samples=OTHER_SAMPLES,
    finders=FINDERS,
    ready_account=ready_account,
    words=WORDS,
    details=DETAILS,
    statuses=STATUS_TABLE,
)
