"""What a digit, a word or silence leads to: the request's own answer handlers decide."""

import re
from collections.abc import Iterator
from typing import Final

from mockserver.core.account import SaveRecord
from mockserver.core.call import Event, build_dial_event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.core.webhook import Webhook
from mockserver.providers.effebot import pricing
from mockserver.providers.effebot.call_state import state_of
from mockserver.providers.effebot.records import BlockedPhone
from mockserver.providers.effebot.request import (
    IvrEntry,
    is_enabled,
    ivr_entries,
    parse_webhook_parameters,
    record_prompt,
    settings,
)
from mockserver.providers.effebot.webhooks import forwarded_headers

APOSTROPHES: Final = str.maketrans({"\u2019": "'", "\u02bc": "'"})


def on_digits(context: EventContext) -> Effects:
    """Each key by itself."""
    keys = str(context.event.data["digits"])
    told = tuple(_choice_event(context, key, _index_by_digit(context, key)) for key in keys)
    return Effects(events=told) if context.event.leg == "a" else NO_EFFECTS


def on_speech(context: EventContext) -> Effects:
    words = str(context.event.data["words"])
    told = (_choice_event(context, words, _index_by_word(context, words)),)
    return Effects(events=told) if context.event.leg == "a" else NO_EFFECTS


def on_prompt_over(context: EventContext) -> Effects:
    """The entry without a digit, where nothing else has been chosen by then."""
    mine = state_of(context.call)
    entry = next(_silence_indexes(context), None)
    if mine.entry_indexes or mine.answers or entry is None:
        return NO_EFFECTS
    return Effects(events=(_choice_event(context, "", entry),))


def on_branch(context: EventContext) -> Effects:
    """All that an entry promises, in one go."""
    event = context.event
    entry = ivr_entries(context.call.spec.parameters)[int(str(event.data["entry"]))]
    tariff, name = settings(context.account).tariff, context.call.spec.id
    kept = (
        SaveRecord(
            context.account.key, "blocked", context.call.legs[0].number, BlockedPhone("ivr")
        ),
    )
    texted = bool(entry.get("smsText"))
    price = pricing.affordable_amount(context.account, tariff.sms) if texted else 0
    paid = (
        (pricing.build_charge(context.account, tariff.sms, "sms", context.call),) if price else ()
    )
    cost = ((name, Event(event.at, "paid", data={"amount": str(price)})),) if price else ()
    return Effects(
        events=(*((name, one) for one in _branch_events(context, entry)), *cost),
        webhooks=tuple(_build_action_webhooks(context, entry)),
        records=kept if is_enabled(entry, "needBlock") else (),
        charges=paid,
    )


def _branch_events(context: EventContext, entry: IvrEntry) -> Iterator[Event]:
    at, call = context.event.at, context.call
    text, _ = record_prompt(entry.get("record"), context.account)
    if text:
        yield Event(at, "play", "a", {"text": text})
    if entry.get("smsText"):
        yield Event(at, "sms", "a", {"to": call.legs[0].number, "text": str(entry["smsText"])})
    if entry.get("managerPhone") and call.leg("b") is None:
        yield build_dial_event(at, "b", "manager", str(entry["managerPhone"]))


def _build_action_webhooks(context: EventContext, entry: IvrEntry) -> Iterator[Webhook]:
    url = entry.get("webhookUrl")
    if not url:
        return
    answer = str(context.event.data.get("answer", ""))
    shown: object = int(answer) if answer.isdecimal() else answer
    told = {
        "call": {"phone": context.call.legs[0].number, "answer": shown},
        **(parse_webhook_parameters(entry.get("webhookParameters") or "{}") or {}),
    }
    headers = forwarded_headers(context)
    yield Webhook(context.call.spec.id, "action", str(url), told, headers=headers)


def _choice_event(context: EventContext, answer: str, entry: int | None) -> tuple[str, Event]:
    """The act that notes the answer, and takes its branch if there is one."""
    data: dict[str, object] = {"answer": answer}
    if entry is None:
        return context.call.spec.id, Event(context.event.at, "unmatched", data=data)
    blocks = is_enabled(ivr_entries(context.call.spec.parameters)[entry], "needBlock")
    data |= {"entry": entry, "block": str(int(blocks))}
    return context.call.spec.id, Event(context.event.at, "branch", data=data)


def _index_by_digit(context: EventContext, key: str) -> int | None:
    known = enumerate(ivr_entries(context.call.spec.parameters))
    return next((nth for nth, one in known if str(one.get("digit", "")) == key), None)


def _index_by_word(context: EventContext, words: str) -> int | None:
    heard = _normalize(words)
    known = enumerate(ivr_entries(context.call.spec.parameters))
    return next((nth for nth, one in known if heard in _keywords(one)), None)


def _keywords(entry: IvrEntry) -> frozenset[str]:
    """Separated by `|`, as in the sample, or by a capital I, as in the table."""
    told = str(entry.get("keyWords") or "")
    parts = told.split("|") if "|" in told else re.split("I", told)
    return frozenset(filter(None, map(_normalize, parts)))


def _normalize(words: str) -> str:
    return words.translate(APOSTROPHES).strip().casefold()


def _silence_indexes(context: EventContext) -> Iterator[int]:
    for nth, one in enumerate(ivr_entries(context.call.spec.parameters)):
        if one.get("digit") in (None, "") and not one.get("keyWords"):
            yield nth
