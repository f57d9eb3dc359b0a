"""Tests of Effebot requests that a schema cannot express, mostly against the account's state."""

from mockserver.core.call import Call
from mockserver.core.http import value_text
from mockserver.core.rulebook import RequestContext
from mockserver.providers.effebot import pricing, request
from mockserver.providers.effebot.records import Template


def has_no_phone(context: RequestContext) -> bool:
    return not request.requested_phones(context.fields)


def has_no_outgoing_phone(context: RequestContext) -> bool:
    """Whether neither caller number is given; the quirk `no-caller-number` takes that, too."""
    if "no-caller-number" in context.authenticated_account.quirks:
        return False
    return not context.text("outgoingPhone") and not request.is_enabled(context.fields, "dutyPhone")


def has_unconfirmed_phone(context: RequestContext) -> bool:
    """Whether `outgoingPhone` is not confirmed; an account that lists no numbers accepts any."""
    known, phone = (
        request.records(context.authenticated_account, "phones"),
        context.text("outgoingPhone"),
    )
    return bool(known) and bool(phone) and not (phone in known and known[phone].confirmed)


def has_no_duty_phone(context: RequestContext) -> bool:
    known = request.records(context.authenticated_account, "phones")
    has_duty_phone = any(phone.duty for phone in known.values())
    return not context.text("outgoingPhone") and bool(known) and not has_duty_phone


def has_no_record(context: RequestContext) -> bool:
    record = context.fields.get("record")
    return not request.record_text(record) and not request.record_id(record)


def _record_ids(context: RequestContext) -> tuple[str, ...]:
    values = (
        context.fields.get("record"),
        *(entry.get("record") for entry in request.ivr_entries(context.fields)),
    )
    return tuple(filter(None, map(request.record_id, values)))


def has_unknown_record(context: RequestContext) -> bool:
    known = request.records(context.authenticated_account, "records")
    return any(name not in known for name in _record_ids(context))


def has_unmoderated_record(context: RequestContext) -> bool:
    known = request.records(context.authenticated_account, "records")
    return any(not known[name].moderated for name in _record_ids(context) if name in known)


def has_malformed_webhook_parameters(context: RequestContext) -> bool:
    """Whether the `webhookParameters` of an entry are not the text of a JSON object."""
    texts = (entry.get("webhookParameters") for entry in request.ivr_entries(context.fields))
    return any(text and request.parse_webhook_parameters(text) is None for text in texts)


def is_account_in_moderation(context: RequestContext) -> bool:
    return (
        request.settings(context.authenticated_account).moderation
        and request.synthesis_length(context.fields) > 0
    )


def has_unknown_language(context: RequestContext) -> bool:
    lang = context.text("lang")
    return bool(lang) and lang not in request.language_codes(context.authenticated_account)


def has_insufficient_balance(context: RequestContext) -> bool:
    """Whether synthesis costs more than the balance, or the balance is not positive."""
    balance = context.authenticated_account.balance
    if balance is None:
        return False
    cost = pricing.synthesis_cost(
        context.fields, request.settings(context.authenticated_account).tariff
    )
    return cost > balance or balance <= 0


def has_unknown_template(context: RequestContext) -> bool:
    return context.text("templateId") not in request.records(
        context.authenticated_account, "templates"
    )


def has_unmoderated_template(context: RequestContext) -> bool:
    template: Template | None = request.records(context.authenticated_account, "templates").get(
        context.text("templateId")
    )
    return template is not None and not template.moderated


def has_missing_ids(context: RequestContext) -> bool:
    return not request.requested_ids(context, "idList", "id")


def has_unknown_call(context: RequestContext) -> bool:
    names = (
        *request.requested_ids(context, "apiCallIdList", "idList", "id"),
        *(value_text(item.get("id")) for item in _call_list_items(context)),
    )
    return any(request.find_call(context, name) is None for name in names)


def is_canceled(call: Call) -> bool:
    """Whether the call ended before anybody was dialed: it was removed, or its number blocked."""
    return call.phase == "ended" and call.legs[0].ringing_at is None


def is_started(call: Call) -> bool:
    return call.phase != "placed" and not is_canceled(call)


def has_canceled_call(context: RequestContext) -> bool:
    return any(map(is_canceled, _changed_calls(context)))


def has_started_call(context: RequestContext) -> bool:
    return any(map(is_started, _changed_calls(context)))


def _changed_calls(context: RequestContext) -> tuple[Call, ...]:
    """The calls that a request moves or removes, without unknown ones."""
    names = (
        *request.requested_ids(context, "idList", "id"),
        *(value_text(item.get("id")) for item in _call_list_items(context)),
    )
    return tuple(call for name in names if (call := request.find_call(context, name)))


def _call_list_items(context: RequestContext) -> tuple[request.IvrEntry, ...]:
    items = context.fields.get("callList")
    return (
        tuple(item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
    )


def has_unknown_record_id(context: RequestContext) -> bool:
    known = request.records(context.authenticated_account, "records")
    return any(name not in known for name in request.requested_ids(context, "idList"))


def has_no_file(context: RequestContext) -> bool:
    return context.text("source") == "file" and not context.fields.get("file")


def has_no_text(context: RequestContext) -> bool:
    return context.text("source") == "text" and not context.text("text")


def has_wrong_pin(context: RequestContext) -> bool:
    """Whether `pin` is wrong. A numeric pin is padded with zeros to its four characters."""
    phone = request.records(context.authenticated_account, "phones").get(context.text("phone"))
    return phone is None or phone.pin != context.text("pin").zfill(4)
