"""Where a request to the CCAI Platform breaks a rule that its schema does not have."""

from collections.abc import Iterator
from typing import Final

from mockserver.core.findings import (
    Finders,
    Finding,
    account_records,
    always_at,
    choose,
    choose_at,
    decided_by,
    find_at,
)
from mockserver.core.rulebook import RequestContext, Rule
from mockserver.core.time import HOUR, format_iso
from mockserver.providers.ccai import conditions, request

SAMPLE_NUMBER: Final = "+1 859-657-9625"


def call_ids(context: RequestContext) -> Iterator[object]:
    """Yield the ids of the account's calls, the configured ones last."""
    account = context.authenticated_account
    calls = context.read_model.calls.values()
    own = (call for call in calls if (call.spec.provider, call.spec.account) == account.key)
    yield from (call.spec.vendor_id for call in own)
    yield from request.records(account, "calls")


def suitable_menus(context: RequestContext) -> Iterator[object]:
    """Yield the open menus whose type the operation takes."""
    account = context.authenticated_account
    types = {
        "create-inbound": request.inbound_menu_types(account),
        "create-scheduled": request.scheduled_menu_types(account),
    }[context.operation]
    menus = request.records(account, "menus").items()
    return (name for name, menu in menus if menu.type in types and menu.state == "open")


def languages(context: RequestContext) -> tuple[str, ...]:
    menu = request.find_menu(context)
    own = request.settings(context.authenticated_account).languages
    return (menu.languages if menu else ()) or own


def find_time(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
    value = format_iso(context.now + HOUR)
    return (find_at("scheduled_at", "a time after now in ISO 8601", value),)


def find_choice(context: RequestContext, rule: Rule) -> tuple[Finding, ...]:
    """Find the number that the agent would have to choose, else another agent."""
    if conditions.must_choose_number(context):
        numbers = request.records(context.authenticated_account, "outbound_numbers")
        return (choose_at("outbound_number", "a number", numbers, context, rule),)
    agents = request.records(context.authenticated_account, "agents")
    return (choose_at("agent_email", "a ready agent", agents, context, rule),)


CHOOSE_MENU: Final = choose(
    "menu_id", "an open menu of a type that this operation takes", suitable_menus
)
CHOOSE_AGENT: Final = choose("agent_email", "a ready agent", account_records("agents"))
FINDERS: Final[Finders] = {
    "scheduled_at": find_time,
    conditions.has_unknown_subdomain: decided_by(
        "the user name of the credential and the host have to name the account's subdomain"
    ),
    conditions.has_no_end_user: always_at(
        "end_user_number", "an international number", SAMPLE_NUMBER
    ),
    conditions.has_unknown_agent: choose("agent_email", "an agent", account_records("agents")),
    conditions.has_unknown_ticket: choose("ticket_id", "a ticket", account_records("tickets")),
    conditions.has_unknown_outbound_number: choose(
        "outbound_number", "a number", account_records("outbound_numbers")
    ),
    conditions.is_agent_without_access: CHOOSE_AGENT,
    conditions.is_agent_unavailable: CHOOSE_AGENT,
    conditions.is_choice_echoed: find_choice,
    conditions.is_agent_action_required: find_choice,
    conditions.has_no_menu: CHOOSE_MENU,
    conditions.has_unknown_parent: choose("call_id", "a call", call_ids),
    conditions.has_unknown_menu: CHOOSE_MENU,
    conditions.has_menu_not_for_inbound: CHOOSE_MENU,
    conditions.has_menu_not_for_scheduled: CHOOSE_MENU,
    conditions.is_menu_redirected: CHOOSE_MENU,
    conditions.is_menu_closed: CHOOSE_MENU,
    conditions.is_language_unavailable: choose("lang", "a language", languages),
    conditions.has_past_scheduled_time: find_time,
    conditions.has_invalid_scheduled_time: find_time,
    conditions.has_unknown_call: choose("id", "a call", call_ids),
    conditions.has_ended_call: choose("id", "a call that goes on", call_ids),
}
