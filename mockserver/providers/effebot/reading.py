"""What a request to Effebot says, and what the account has for it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from mockserver.core.account import Account
from mockserver.core.call import Call
from mockserver.core.http import Request
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import SECOND, Duration
from mockserver.providers.effebot.records import Clip, Settings, Template

SPOKEN: Final = 15  # characters a second
LANGUAGES: Final = (
    (1, "English (US)", "en-US"),
    (2, "English (UK)", "en-GB"),
    (3, "Deutsch", "de-DE"),
    (4, "Español", "es-ES"),
    (5, "Français", "fr-FR"),
    (6, "Русский", "ru-RU"),
)
"""Which there are is not on the page: assumed."""

Entry = Mapping[str, Any]


def credential(request: Request) -> str | None:
    told = request.fields.get("apiKey")
    return told if isinstance(told, str) and told.strip() else None


def settings(account: Account) -> Settings:
    told = account.settings
    return told if isinstance(told, Settings) else Settings()


def records(account: Account, kind: str) -> Mapping[str, Any]:
    return account.records.get(kind, {})


def wrapped(account: Account | None) -> bool:
    return account is not None and "wrapped" in account.quirks


def phones(fields: Mapping[str, object]) -> tuple[str, ...]:
    """Whom to call: `phone`, or each of `phones` once."""
    listed = fields.get("phones")
    if isinstance(listed, list):
        return tuple(dict.fromkeys(str(one) for one in listed))
    return (str(fields["phone"]),) if fields.get("phone") not in (None, "") else ()


def flag(fields: Mapping[str, object], name: str) -> bool:
    return str(fields.get(name, "")).lower() in ("1", "true")


def entries(fields: Mapping[str, object]) -> tuple[Entry, ...]:
    """The answer handlers, in order."""
    listed = fields.get("ivrs")
    return (
        tuple(one for one in listed if isinstance(one, Mapping)) if isinstance(listed, list) else ()
    )


def parameters(text: object) -> Mapping[str, object] | None:
    """Those of an action webhook; None where the text is no JSON object."""
    try:
        told = json.loads(str(text))
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def said(record: object) -> str:
    """The text of a `record` that is to be synthesised."""
    return str(record.get("text") or "") if isinstance(record, Mapping) else ""


def clip_id(record: object) -> str:
    told = record.get("id") if isinstance(record, Mapping) else None
    return "" if told is None else str(told)


def prompt(call: Call, account: Account) -> tuple[str, int]:
    """What the callee hears first, and how long it takes in ms."""
    template: Template | None = records(account, "templates").get(
        str(call.spec.parameters.get("templateId", ""))
    )
    if template:
        return template.text, spoken(template.text)
    return played(call.spec.parameters.get("record"), account)


def played(record: object, account: Account) -> tuple[str, int]:
    """Text and length of a `record`: synthesised, or a clip."""
    clip: Clip | None = records(account, "records").get(clip_id(record))
    if said(record) or clip is None:
        return said(record), spoken(said(record))
    return clip.text or clip.name, int(clip.length)


def spoken(text: str) -> Duration:
    return Duration(len(text) * SECOND // SPOKEN)


def synthesised(fields: Mapping[str, object]) -> int:
    """How many characters a request wants to be spoken."""
    parts = (fields.get("record"), *(entry.get("record") for entry in entries(fields)))
    return sum(len(said(one)) for one in parts)


def ids(case: RequestContext, *names: str) -> tuple[str, ...]:
    """The ids of a list, or of one field."""
    for name in names:
        told = case.fields.get(name)
        if isinstance(told, list):
            return tuple(str(one) for one in told)
        if told not in (None, ""):
            return (str(told),)
    return ()


def own(case: RequestContext, name: str) -> Call | None:
    call = case.read_model.find_call("effebot", name)
    return call if call and call.spec.account == case.authenticated_account.name else None
