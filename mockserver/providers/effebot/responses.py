"""Respond to requests as Effebot does: place, show, move and remove calls, and read the account."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from mockserver.core.account import Account, SaveRecord
from mockserver.core.call import Call, Event
from mockserver.core.http import Response
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.rulebook import RequestContext
from mockserver.core.seeded import choice
from mockserver.core.time import SECOND
from mockserver.providers.effebot import pricing, request
from mockserver.providers.effebot.call_state import CANCELED_OUTCOME, CallState
from mockserver.providers.effebot.records import BlockedPhone
from mockserver.providers.effebot.request import (
    Json,
    has_wrapped_quirk,
    is_enabled,
)
from mockserver.providers.effebot.webhooks import build_current_details, epoch_seconds, planned_at

NO_DOLLARS: Final = Decimal("0.00")
"""Added to an amount, it gives it two decimals, as all others have."""
BARE_RESPONSE_NOTE: Final = (
    "bare, as the page prints it; --quirk effebot=wrapped gives what public clients read"
)


def create(context: RequestContext) -> EndpointResult:
    """Place a call per number and charge once for synthesis; calls to blocked numbers end at once.

    The response is an object for `phone`, an array for `phones`.
    """
    tariff = request.settings(context.authenticated_account).tariff
    cost = pricing.synthesis_cost(context.fields, tariff)
    state = CallState(client=context.request.client)
    calls = tuple(
        context.place(index).replace(state=state) for index in range(len(context.planned_calls))
    )
    items = [
        build_new_call_object(call, str(cost), context.authenticated_account) for call in calls
    ]
    is_array = isinstance(context.fields.get("phones"), list) or request.has_wrapped_quirk(
        context.authenticated_account
    )
    charges = (
        (pricing.build_charge(context.authenticated_account, cost, "synthesis", calls[0]),)
        if cost
        else ()
    )
    cancellations = tuple(
        (call.spec.id, Event(context.now, "ended", data=CANCELED_OUTCOME))
        for call in calls
        if call.legs[0].number in request.records(context.authenticated_account, "blocked")
    )
    events = (*_chosen_callers(calls, context), *cancellations)
    data: object = items if is_array else items[0]
    response = build_response(data, context.authenticated_account)
    if notes := "; ".join(_notes(context)):
        response = response.replace(headers={"x-mock-explain": notes})
    return EndpointResult(response, Effects(calls=calls, events=events, charges=charges))


def _chosen_callers(
    calls: tuple[Call, ...], context: RequestContext
) -> Iterator[tuple[str, Event]]:
    """For each call from a duty number, which of those of the account it is: a random one."""
    if context.text("outgoingPhone"):
        return
    phones = request.records(context.authenticated_account, "phones").items()
    numbers = [number for number, phone in phones if phone.duty]
    for call in calls if numbers else ():
        name = call.spec.id
        seed = context.read_model.seed
        number = choice(numbers, [1] * len(numbers), seed, "effebot-duty-phone", name)
        yield name, Event(context.now, "caller-chosen", data={"caller": number})


def _notes(context: RequestContext) -> Iterator[str]:
    """What a client has to know of a new call and cannot read in the response."""
    if not request.has_wrapped_quirk(context.authenticated_account):
        yield BARE_RESPONSE_NOTE
    if phone := request.uncalled_phone(context.fields):
        yield f"phone {phone} is not called, as phones has the numbers to call (assumed)"


def new_call_id(context: RequestContext, ordinal: int) -> str:
    """The id of the call with this ordinal (from 1): one of the account's, else counted on."""
    call_ids = request.settings(context.authenticated_account).call_ids
    if ordinal <= len(call_ids):
        return str(call_ids[ordinal - 1])
    return str((call_ids[-1] if call_ids else 0) + ordinal - len(call_ids))


def get(context: RequestContext) -> EndpointResult:
    """Show one call as an object, several as an array.

    A `poll` event for each releases scenarios that wait for a read.
    """
    calls = [
        call
        for name in request.requested_ids(context, "apiCallIdList")
        if (call := request.find_call(context, name))
    ]
    account = context.authenticated_account
    items = [build_current_details(call, account, context.read_model) for call in calls]
    polls = tuple((call.spec.id, Event(context.now, "poll")) for call in calls)
    as_object = len(items) == 1 and not request.has_wrapped_quirk(account)
    data: object = items[0] if as_object else items
    return EndpointResult(build_response(data, account), Effects(events=polls))


def update(context: RequestContext) -> EndpointResult:
    """Move calls that have not begun to other times; a time in the past starts a call now."""
    items = context.fields["callList"]
    moves = {str(item["id"]): int(str(item["replannedAt"])) for item in items}  # type: ignore[attr-defined]
    calls = []
    for name, at in moves.items():
        call = request.find_call(context, name)
        if call is not None:
            parameters = {**call.spec.parameters, "plannedAt": at}
            spec = call.spec.replace(parameters=parameters)
            calls.append(call.replace(spec=spec, starts_at=max(at * SECOND, context.now)))
    ids = [int(name) for name in moves]
    return EndpointResult(build_envelope({"callIdList": ids}), Effects(calls=tuple(calls)))


def remove(context: RequestContext) -> EndpointResult:
    """Cancel calls; the response lists the ids of a list, and is empty for a single id."""
    names = request.requested_ids(context, "idList", "id")
    calls = [call for name in names if (call := request.find_call(context, name))]
    cancellations = tuple(
        (call.spec.id, Event(context.now, "ended", data=CANCELED_OUTCOME)) for call in calls
    )
    is_list = isinstance(context.fields.get("idList"), list)
    data: object = {"callIdList": [int(name) for name in names]} if is_list else []
    return EndpointResult(build_envelope(data), Effects(events=cancellations))


def block_phones(context: RequestContext) -> EndpointResult:
    """Add numbers to the block list (observed)."""
    phones = context.fields.get("phones")
    entries = phones if isinstance(phones, list) else []
    blocked = tuple(
        SaveRecord(
            context.authenticated_account.key,
            "blocked",
            str(entry["phone"]),
            BlockedPhone(str(entry.get("comment", ""))),
        )
        for entry in entries
    )
    return EndpointResult(build_envelope([]), Effects(records=blocked))


def get_user_info(context: RequestContext) -> EndpointResult:
    balance = context.authenticated_account.balance
    data = {
        "id": request.settings(context.authenticated_account).user_id,
        "balance": str((balance or 0) + NO_DOLLARS),
    }
    return EndpointResult(build_response(data, context.authenticated_account))


def get_phones(context: RequestContext) -> EndpointResult:
    """List the confirmed numbers; with `all`, those of the system too."""
    known = request.records(context.authenticated_account, "phones").items()
    with_system = request.is_enabled(context.fields, "all")
    data = [
        {
            "id": phone.id,
            "phone": number,
            "isSystem": phone.system,
            "overall": int(phone.system if phone.overall is None else phone.overall),
        }
        for number, phone in known
        if phone.confirmed and (with_system or not phone.system)
    ]
    return EndpointResult(build_envelope(data))


def get_languages(context: RequestContext) -> EndpointResult:
    """List the languages; one without an id has its place in the list as id."""
    languages = request.settings(context.authenticated_account).languages
    data = [
        {
            "id": place if language.id is None else language.id,
            "name": language.name or language.code,
            "defaultLangCode": language.code,
        }
        for place, language in enumerate(languages, 1)
    ]
    return EndpointResult(build_envelope(data))


def confirm_phone(context: RequestContext) -> EndpointResult:
    """Confirm a number; a confirmed one gets the same response."""
    phone = context.text("phone")
    known = request.records(context.authenticated_account, "phones")[phone]
    saved = SaveRecord(
        context.authenticated_account.key, "phones", phone, known._replace(confirmed=True)
    )
    return EndpointResult(build_envelope("done"), Effects(records=(saved,)))


def get_templates(context: RequestContext) -> EndpointResult:
    """List the id and the name of each template.

    The page shows no response; it is assumed to look like that for audio records.
    """
    only_moderated = request.is_enabled(context.fields, "onlyModerated")
    known = request.records(context.authenticated_account, "templates").items()
    data: object = [
        {"id": int(name), "name": template.name}
        for name, template in known
        if template.moderated or not only_moderated
    ]
    return EndpointResult(build_response(data, context.authenticated_account))


def build_response(data: object, account: Account | None) -> Response:
    """A 200: bare as the page prints it, or (quirk `wrapped`) in the envelope of public clients."""
    return build_envelope(data) if has_wrapped_quirk(account) else Response(200, data)  # type: ignore[arg-type]


def build_envelope(data: object) -> Response:
    return Response(200, {"status": "success", "data": data})


def build_new_call_object(call: Call, cost: str, account: Account) -> Json:
    """The JSON of a new call; `cost` is in USD.

    The page spells `needrecording` here, but public clients read `needRecording`.
    """
    recording_key = "needRecording" if has_wrapped_quirk(account) else "needrecording"
    return {
        "id": int(call.spec.vendor_id),
        "createdAt": epoch_seconds(call.spec.created_at),
        "plannedAt": planned_at(call),
        recording_key: int(is_enabled(call.spec.parameters, "needRecording")),
        "phone": call.legs[0].number,
        "recordCost": cost,
    }
