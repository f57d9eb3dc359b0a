"""Where a request to Effebot breaks a rule that its schema does not have, and what passes."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from mockserver.core.call import Call
from mockserver.core.findings import (
    BALANCE_FINDER,
    Finder,
    Finders,
    Finding,
    always_at,
    choose,
    choose_at,
    decided_by,
    find_at,
)
from mockserver.core.http import value_text
from mockserver.core.rulebook import RequestContext, Rule, is_unauthenticated
from mockserver.providers.effebot import conditions, request
from mockserver.providers.effebot.audio_records import has_unknown_file

SAMPLE_PHONE: Final = "99999999999"
SAMPLE_TEXT: Final = "Hello"
ID_FIELDS: Final = ("apiCallIdList", "idList", "id")


def confirmed_phones(context: RequestContext) -> Iterator[object]:
    known = request.records(context.authenticated_account, "phones")
    return (number for number, phone in known.items() if phone.confirmed)


def moderated_records(context: RequestContext) -> Iterator[object]:
    known = request.records(context.authenticated_account, "records")
    return (name for name, record in known.items() if record.moderated)


def moderated_templates(context: RequestContext) -> Iterator[object]:
    known = request.records(context.authenticated_account, "templates")
    return (name for name, template in known.items() if template.moderated)


def sent_records(fields: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield (path, value) of `record` and of that of each IVR entry."""
    yield "record", fields.get("record")
    entries = fields.get("ivrs")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, Mapping):
            yield f"ivrs.{index}.record", entry.get("record")


def find_records(is_wrong: Callable[[RequestContext, str], bool]) -> Finder:
    """Build a finder for each audio record that the request names and the rule refuses."""

    def find(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
        passing = next(iter(moderated_records(context)), None)
        return tuple(
            _other_record(path, passing)
            for path, value in sent_records(context.fields)
            if is_wrong(context, request.record_id(value))
        )

    return find


def _other_record(path: str, passing: object) -> Finding:
    if passing is None:
        return find_at(path, "a record with a text, as the account has none", {"text": SAMPLE_TEXT})
    return find_at(f"{path}.id", "a moderated audio record of the account", passing)


def is_unknown_record(context: RequestContext, name: str) -> bool:
    return bool(name) and name not in request.records(context.authenticated_account, "records")


def is_unmoderated_record(context: RequestContext, name: str) -> bool:
    known = request.records(context.authenticated_account, "records")
    return name in known and not known[name].moderated


def find_synthesized(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
    """Find each text to synthesize: an account in moderation takes audio records only."""
    passing = next(iter(moderated_records(context)), None)
    paths = [path for path, value in sent_records(context.fields) if request.record_text(value)]
    if passing is None:
        return tuple(Finding(path, "nothing: the account has no audio record") for path in paths)
    return tuple(find_at(path, "a moderated audio record", {"id": passing}) for path in paths)


def find_webhook_parameters(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
    entries = context.fields.get("ivrs")
    return tuple(
        find_at(f"ivrs.{index}.webhookParameters", "a JSON object as a text", '{"order": 1}')
        for index, entry in enumerate(entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping)
        and (text := entry.get("webhookParameters"))
        and request.parse_webhook_parameters(text) is None
    )


def sent_ids(context: RequestContext) -> Iterator[tuple[str, str]]:
    """Yield (path, id) of each id in the list that the operation reads."""
    for name in ID_FIELDS:
        value = context.fields.get(name)
        if isinstance(value, list):
            yield from ((f"{name}.{index}", value_text(each)) for index, each in enumerate(value))
            return
        if value not in (None, ""):
            yield name, value_text(value)
            return
    items = context.fields.get("callList")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, Mapping):
            yield f"callList.{index}.id", value_text(item.get("id"))


def find_ids(
    what: str,
    is_wrong: Callable[[RequestContext, str], bool],
    candidates: Callable[[RequestContext], Iterator[object]],
) -> Finder:
    """Build a finder for each id that the request names and the rule refuses."""

    def find(context: RequestContext, _: Rule) -> tuple[Finding, ...]:
        passing = next(iter(candidates(context)), None)
        paths = [path for path, name in sent_ids(context) if is_wrong(context, name)]
        if passing is None:
            return tuple(
                Finding(path, f"nothing: the account does not have {what}") for path in paths
            )
        return tuple(find_at(path, f"{what} of the account", passing) for path in paths)

    return find


def own_calls(context: RequestContext) -> Iterator[object]:
    key = context.authenticated_account.key
    calls = context.read_model.calls.values()
    own = (call for call in calls if (call.spec.provider, call.spec.account) == key)
    return (call.spec.vendor_id for call in own)


def waiting_calls(context: RequestContext) -> Iterator[object]:
    calls = ((name, request.find_call(context, str(name))) for name in own_calls(context))
    return (name for name, call in calls if call is not None and call.phase == "placed")


def is_unknown_call(context: RequestContext, name: str) -> bool:
    return request.find_call(context, name) is None


def names_call(test: Callable[[Call], bool]) -> Callable[[RequestContext, str], bool]:
    """Build a test of an id: whether it is that of such a call."""

    def is_such(context: RequestContext, name: str) -> bool:
        call = request.find_call(context, name)
        return call is not None and test(call)

    return is_such


def own_records(context: RequestContext) -> Iterator[object]:
    return iter(request.records(context.authenticated_account, "records"))


def find_pin(context: RequestContext, rule: Rule) -> tuple[Finding, ...]:
    """Find the pin of a known number, else a number that has one."""
    known = request.records(context.authenticated_account, "phones")
    phone = known.get(context.text("phone"))
    if phone and phone.pin:
        return (find_at("pin", "the pin of this number", phone.pin),)
    numbers = (number for number, each in known.items() if each.pin)
    return (choose_at("phone", "a number with this pin", numbers, context, rule),)


CHOOSE_PHONE: Final = choose("outgoingPhone", "a confirmed number", confirmed_phones)
FINDERS: Final[Finders] = {
    is_unauthenticated: always_at("apiKey", "the API key of an account", "any-key"),
    conditions.has_no_phone: always_at("phone", "11 digits", SAMPLE_PHONE),
    conditions.has_no_outgoing_phone: always_at("outgoingPhone", "11 digits", SAMPLE_PHONE),
    conditions.has_unconfirmed_phone: CHOOSE_PHONE,
    conditions.has_no_duty_phone: CHOOSE_PHONE,
    conditions.has_no_record: always_at("record", "a mapping of id or text", {"text": SAMPLE_TEXT}),
    conditions.has_unknown_record: find_records(is_unknown_record),
    conditions.has_unmoderated_record: find_records(is_unmoderated_record),
    conditions.has_malformed_webhook_parameters: find_webhook_parameters,
    conditions.is_account_in_moderation: find_synthesized,
    conditions.has_unknown_language: choose(
        "lang",
        "a language",
        lambda context: request.language_codes(context.authenticated_account),
    ),
    conditions.has_insufficient_balance: BALANCE_FINDER,
    conditions.has_unknown_template: choose(
        "templateId", "a moderated template", moderated_templates
    ),
    conditions.has_unmoderated_template: choose(
        "templateId", "a moderated template", moderated_templates
    ),
    conditions.has_missing_ids: always_at("idList", "a list of ids", ["1"]),
    conditions.has_unknown_call: find_ids("a call", is_unknown_call, own_calls),
    conditions.has_started_call: find_ids(
        "a call that waits", names_call(conditions.is_started), waiting_calls
    ),
    conditions.has_canceled_call: find_ids(
        "a call that waits", names_call(conditions.is_canceled), waiting_calls
    ),
    conditions.has_unknown_record_id: find_ids("an audio record", is_unknown_record, own_records),
    conditions.has_no_file: always_at("file", "an upload, or its data", "RIFF"),
    conditions.has_no_text: always_at("text", "a text of up to 1024 characters", SAMPLE_TEXT),
    conditions.has_wrong_pin: find_pin,
    has_unknown_file: decided_by("the account has no audio record of this name"),
}
