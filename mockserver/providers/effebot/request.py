"""Read requests to Effebot and look up the records that they name."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from mockserver.core.account import Account
from mockserver.core.call import Call, PlannedCall
from mockserver.core.http import Request, value_text
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import SECOND, Duration
from mockserver.providers.effebot.records import AudioRecord, Settings, Template

STAMP_PATTERN: Final = re.compile(r"[0-9]{1,11}", re.ASCII)  # Unix seconds, as in the schema
CHARS_PER_SECOND: Final = 15  # of synthesized speech

IvrEntry = Mapping[str, Any]
"""An element of `ivrs`: keys or words, and the actions that they trigger."""


def credential(request: Request) -> str | None:
    value = request.fields.get("apiKey")
    return value if isinstance(value, str) and value.strip() else None


def settings(account: Account) -> Settings:
    value = account.settings
    return value if isinstance(value, Settings) else Settings()


def language_codes(account: Account) -> tuple[str, ...]:
    return tuple(language.code for language in settings(account).languages)


def records(account: Account, kind: str) -> Mapping[str, Any]:
    """The records of one kind by identity."""
    return account.records.get(kind, {})


def has_wrapped_quirk(account: Account | None) -> bool:
    """Whether every response of the account is in the envelope that public clients read."""
    return account is not None and "wrapped" in account.quirks


def requested_phones(fields: Mapping[str, object]) -> tuple[str, ...]:
    """The numbers to call: each of `phones` once, else `phone`."""
    phones = fields.get("phones")
    if isinstance(phones, list):
        return tuple(dict.fromkeys(map(value_text, phones)))
    phone = value_text(fields.get("phone"))
    return (phone,) if phone else ()


def uncalled_phone(fields: Mapping[str, object]) -> str:
    """The `phone` that is not called, as there are `phones` without it; empty if there is none."""
    phone = value_text(fields.get("phone"))
    return "" if phone in requested_phones(fields) else phone


def is_enabled(fields: Mapping[str, object], name: str) -> bool:
    return value_text(fields.get(name)).lower() in ("1", "true")


def ivr_entries(fields: Mapping[str, object]) -> tuple[IvrEntry, ...]:
    """The entries of `ivrs`, in order; anything malformed is left out."""
    entries = fields.get("ivrs")
    return (
        tuple(entry for entry in entries if isinstance(entry, Mapping))
        if isinstance(entries, list)
        else ()
    )


def parse_webhook_parameters(text: object) -> Mapping[str, object] | None:
    """The parameters to merge into an action webhook; None if `text` is not a JSON object."""
    try:
        value = json.loads(str(text))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def record_text(record: object) -> str:
    """The text of a `record` field that is to be synthesized; empty if there is none."""
    return value_text(record.get("text") or "") if isinstance(record, Mapping) else ""


def record_id(record: object) -> str:
    return value_text(record.get("id")) if isinstance(record, Mapping) else ""


def prompt(call: Call, account: Account) -> tuple[str, int]:
    """(text, duration in ms) of the prompt that the callee hears first."""
    template: Template | None = records(account, "templates").get(
        str(call.spec.parameters.get("templateId", ""))
    )
    if template:
        return template.text, speech_duration(template.text)
    return record_prompt(call.spec.parameters.get("record"), account)


def record_prompt(record: object, account: Account) -> tuple[str, int]:
    """(text, duration in ms) of a `record` field: synthesized speech or an audio record."""
    audio: AudioRecord | None = records(account, "records").get(record_id(record))
    if record_text(record) or audio is None:
        return record_text(record), speech_duration(record_text(record))
    return audio.text or audio.name, int(audio.length)


def speech_duration(text: str) -> Duration:
    return Duration(len(text) * SECOND // CHARS_PER_SECOND)


def synthesis_length(fields: Mapping[str, object]) -> int:
    """The number of characters that a request asks to synthesize."""
    field_values = (fields.get("record"), *(entry.get("record") for entry in ivr_entries(fields)))
    return sum(len(record_text(value)) for value in field_values)


def requested_ids(context: RequestContext, *names: str) -> tuple[str, ...]:
    """The ids in the first of the fields `names` that is present: a list or a single id."""
    for name in names:
        value = context.fields.get(name)
        if isinstance(value, list):
            return tuple(map(value_text, value))
        if value not in (None, ""):
            return (value_text(value),)
    return ()


def find_call(context: RequestContext, name: str) -> Call | None:
    """The call with the vendor id `name`, if it belongs to the account."""
    call = context.read_model.find_call("effebot", name)
    return call if call and call.spec.account == context.authenticated_account.name else None


Json = dict[str, object]


def planned_calls(context: RequestContext) -> tuple[PlannedCall, ...]:
    """The planned calls, one per phone; a manager has no number yet."""
    call_flow = "branch" if has_manager_branch(context.fields) else "one-leg"
    stamp = context.text("plannedAt")
    at = int(stamp) * SECOND if STAMP_PATTERN.fullmatch(stamp) else 0
    starts_at = at if at > context.now else None
    return tuple(
        PlannedCall(call_flow, {"a": phone}, {**context.fields, "phone": phone}, starts_at)
        for phone in requested_phones(context.fields)
    )


def has_manager_branch(fields: Mapping[str, object]) -> bool:
    """Whether an IVR entry forwards to a manager."""
    return any(entry.get("managerPhone") for entry in ivr_entries(fields))
