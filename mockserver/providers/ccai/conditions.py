"""What is wrong with a request to the CCAI Platform: the tests of its rules."""

from mockserver.core.rulebook import RequestContext
from mockserver.providers.ccai import request
from mockserver.providers.ccai.agents import why_unavailable
from mockserver.providers.ccai.existing_calls import existing_call
from mockserver.providers.ccai.planned_calls import managed_number
from mockserver.providers.ccai.records import ENDED_STATUSES


def has_unknown_subdomain(context: RequestContext) -> bool:
    """Whether the credential or the host names another subdomain than the account's."""
    own = request.settings(context.authenticated_account).subdomain.lower()
    return bool(own) and any(name != own for name in request.subdomains(context.request))


def has_no_end_user(context: RequestContext) -> bool:
    return not context.text("ticket_id") and not context.text("end_user_number")


def has_unknown_agent(context: RequestContext) -> bool:
    return request.find_agent(context) is None


def has_unknown_ticket(context: RequestContext) -> bool:
    return bool(context.text("ticket_id")) and request.find_contact(context) is None


def has_number_of_ticket(context: RequestContext) -> bool:
    """Whether the number of the ticket is dialed, so that `end_user_number` is not used."""
    if not context.text("ticket_id"):
        return False
    contact = request.find_contact(context)
    return contact is None or bool(contact[1].number)


def has_unknown_outbound_number(context: RequestContext) -> bool:
    """Whether the account lists outbound numbers, and not this one."""
    managed = request.records(context.authenticated_account, "outbound_numbers")
    number = managed_number(context)
    return bool(number) and bool(managed) and number not in managed


def is_agent_without_access(context: RequestContext) -> bool:
    agent = request.find_agent(context)
    return agent is not None and not agent.may_call


def is_agent_unavailable(context: RequestContext) -> bool:
    if request.find_agent(context) is None:
        return False
    email = context.text("agent_email")
    return bool(why_unavailable(context.read_model, context.authenticated_account, email))


def is_agent_action_required(context: RequestContext) -> bool:
    """Whether the agent has to act in the widget, or to choose a number there if none was sent."""
    agent = request.find_agent(context)
    return agent is not None and (agent.must_act or must_choose_number(context))


def must_choose_number(context: RequestContext) -> bool:
    agent = request.find_agent(context)
    return agent is not None and agent.must_choose_number and not context.text("outbound_number")


def is_choice_echoed(context: RequestContext) -> bool:
    """Whether a number has to be chosen, and the account has the quirk for it."""
    quirks = context.authenticated_account.quirks
    return "number-choice-as-200" in quirks and must_choose_number(context)


def has_no_menu(context: RequestContext) -> bool:
    """Whether the menu is missing; a parent call makes it optional."""
    return not context.text("menu_id") and request.find_parent_call(context) is None


def has_unknown_parent(context: RequestContext) -> bool:
    return bool(context.text("call_id")) and request.find_parent_call(context) is None


def has_unknown_menu(context: RequestContext) -> bool:
    """Whether `menu_id` names no menu; a call back may have none, as its parent call may."""
    return bool(context.text("menu_id")) and request.find_menu(context) is None


def has_menu_not_for_inbound(context: RequestContext) -> bool:
    menu = request.find_menu(context)
    types = request.inbound_menu_types(context.authenticated_account)
    return menu is not None and menu.type not in types


def has_menu_not_for_scheduled(context: RequestContext) -> bool:
    """Whether `menu_id` names a menu of another type; that of a parent call may be of any."""
    if not context.text("menu_id"):
        return False
    menu = request.find_menu(context)
    types = request.scheduled_menu_types(context.authenticated_account)
    return menu is not None and menu.type not in types


def is_menu_redirected(context: RequestContext) -> bool:
    menu = request.find_menu(context)
    return menu is not None and menu.state == "manual redirection"


def is_menu_closed(context: RequestContext) -> bool:
    menu = request.find_menu(context)
    return menu is not None and menu.state == "after hours"


def is_language_unavailable(context: RequestContext) -> bool:
    menu = request.find_menu(context)
    menu_languages = menu.languages if menu else ()
    return (context.text("lang") or "en") not in (
        menu_languages or request.settings(context.authenticated_account).languages
    )


def has_past_scheduled_time(context: RequestContext) -> bool:
    at = request.parse_scheduled_at(context.text("scheduled_at"))
    return at is not None and at <= context.now


def has_invalid_scheduled_time(context: RequestContext) -> bool:
    return request.parse_scheduled_at(context.text("scheduled_at")) is None


def has_unknown_call(context: RequestContext) -> bool:
    return (
        request.find_call(context) is None
        and existing_call(context.authenticated_account, context.text("id")) is None
    )


def has_ended_call(context: RequestContext) -> bool:
    call, existing = (
        request.find_call(context),
        existing_call(context.authenticated_account, context.text("id")),
    )
    if call is None:
        return existing is not None and existing.status in ENDED_STATUSES
    return call.phase == "ended"
