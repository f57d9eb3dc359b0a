"""What a request to Effebot says, and what the account has for it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.http import Request
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import SECOND, Duration
from mockserver.providers.effebot.records import AudioRecord, Settings, Template

CHARS_PER_SECOND: Final = 15  # characters a second
LANGUAGES: Final = (
    (1, "English (US)", "en-US"),
    (2, "English (UK)", "en-GB"),
    (3, "Deutsch", "de-DE"),
    (4, "Español", "es-ES"),
    (5, "Français", "fr-FR"),
    (6, "Русский", "ru-RU"),
)
"""Which there are is not on the page: assumed."""

IvrEntry = Mapping[str, Any]


def credential(request: Request) -> str | None:
    told = request.fields.get("apiKey")
    return told if isinstance(told, str) and told.strip() else None


def settings(account: Account) -> Settings:
    told = account.settings
    return told if isinstance(told, Settings) else Settings()


def records(account: Account, kind: str) -> Mapping[str, Any]:
    return account.records.get(kind, {})


def has_wrapped_quirk(account: Account | None) -> bool:
    return account is not None and "wrapped" in account.quirks


def requested_phones(fields: Mapping[str, object]) -> tuple[str, ...]:
    """Whom to call: `phone`, or each of `phones` once."""
    listed = fields.get("phones")
    if isinstance(listed, list):
        return tuple(dict.fromkeys(str(one) for one in listed))
    return (str(fields["phone"]),) if fields.get("phone") not in (None, "") else ()


def is_enabled(fields: Mapping[str, object], name: str) -> bool:
    return str(fields.get(name, "")).lower() in ("1", "true")


def ivr_entries(fields: Mapping[str, object]) -> tuple[IvrEntry, ...]:
    """The answer handlers, in order."""
    listed = fields.get("ivrs")
    return (
        tuple(one for one in listed if isinstance(one, Mapping)) if isinstance(listed, list) else ()
    )


def parse_webhook_parameters(text: object) -> Mapping[str, object] | None:
    """Those of an action webhook; None where the text is no JSON object."""
    try:
        told = json.loads(str(text))
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def record_text(record: object) -> str:
    """The text of a `record` that is to be synthesised."""
    return str(record.get("text") or "") if isinstance(record, Mapping) else ""


def record_id(record: object) -> str:
    told = record.get("id") if isinstance(record, Mapping) else None
    return "" if told is None else str(told)


def prompt(call: Call, account: Account) -> tuple[str, int]:
    """What the callee hears first, and how long it takes in ms."""
    template: Template | None = records(account, "templates").get(
        str(call.spec.parameters.get("templateId", ""))
    )
    if template:
        return template.text, speech_duration(template.text)
    return record_prompt(call.spec.parameters.get("record"), account)


def record_prompt(record: object, account: Account) -> tuple[str, int]:
    """Text and length of a `record`: synthesised, or a clip."""
    clip: AudioRecord | None = records(account, "records").get(record_id(record))
    if record_text(record) or clip is None:
        return record_text(record), speech_duration(record_text(record))
    return clip.text or clip.name, int(clip.length)


def speech_duration(text: str) -> Duration:
    return Duration(len(text) * SECOND // CHARS_PER_SECOND)


def synthesis_length(fields: Mapping[str, object]) -> int:
    """How many characters a request wants to be spoken."""
    parts = (fields.get("record"), *(entry.get("record") for entry in ivr_entries(fields)))
    return sum(len(record_text(one)) for one in parts)


def requested_ids(context: RequestContext, *names: str) -> tuple[str, ...]:
    """The ids of a list, or of one field."""
    for name in names:
        told = context.fields.get(name)
        if isinstance(told, list):
            return tuple(str(one) for one in told)
        if told not in (None, ""):
            return (str(told),)
    return ()


def find_call(context: RequestContext, name: str) -> Call | None:
    call = context.read_model.find_call("effebot", name)
    return call if call and call.spec.account == context.authenticated_account.name else None


Json = dict[str, object]


def called_numbers(request: Request) -> tuple[Mapping[str, str], ...]:
    there = has_manager_branch(request.fields)
    return tuple(
        {"a": phone, "callee": phone, **({"b": ""} if there else {})}
        for phone in requested_phones(request.fields)
    )


def has_manager_branch(fields: Mapping[str, object]) -> bool:
    """Whether an answer may lead to a manager."""
    return any(entry.get("managerPhone") for entry in ivr_entries(fields))
