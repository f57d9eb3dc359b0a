"""Choose an IVR entry of the request by key, word or silence, and carry out its actions."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.core.account import SaveRecord
from mockserver.core.call import Event, build_dial_event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.core.webhook import Webhook
from mockserver.providers.effebot import pricing
from mockserver.providers.effebot.call_state import caller_number, state_of
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


def on_press(context: EventContext) -> Effects:
    """Choose an entry for each key separately."""
    keys = str(context.event.data["digits"])
    events = tuple(_choice_event(context, key, _index_by_digit(context, key)) for key in keys)
    return Effects(events=events) if context.event.leg == "a" else NO_EFFECTS


def on_say(context: EventContext) -> Effects:
    words = str(context.event.data["words"])
    events = (_choice_event(context, words, _index_by_word(context, words)),)
    return Effects(events=events) if context.event.leg == "a" else NO_EFFECTS


def on_prompt_over(context: EventContext) -> Effects:
    """Wait for an answer after the prompt, if there is an entry for silence."""
    if not _is_silent(context) or next(_silence_indexes(context), None) is None:
        return NO_EFFECTS
    at = context.event.at + settings(context.account).answer_wait
    return Effects(events=((context.call.spec.id, Event(at, "silence")),))


def on_silence(context: EventContext) -> Effects:
    """Choose the entry for silence, unless an answer came first."""
    index = next(_silence_indexes(context), None)
    if not _is_silent(context) or index is None:
        return NO_EFFECTS
    return Effects(events=(_choice_event(context, "", index),))


def _is_silent(context: EventContext) -> bool:
    """Whether the callee has neither pressed a key nor spoken, and no entry has been taken."""
    state, events = state_of(context.call), context.call.events
    is_acting = any(event.leg == "a" and event.type in ("press", "say") for event in events)
    return not (is_acting or state.answers or state.entry_indexes)


def on_branch(context: EventContext) -> Effects:
    """Carry out all actions of the chosen entry at once."""
    event = context.event
    entry = ivr_entries(context.call.spec.parameters)[int(str(event.data["entry"]))]
    tariff, name = settings(context.account).tariff, context.call.spec.id
    blocked = (
        SaveRecord(
            context.account.key, "blocked", context.call.legs[0].number, BlockedPhone("ivr")
        ),
    )
    has_sms = bool(entry.get("smsText"))
    price = pricing.affordable_amount(context.account, tariff.sms) if has_sms else 0
    charges = (
        (pricing.build_charge(context.account, tariff.sms, "sms", context.call),) if price else ()
    )
    paid = (Event(event.at, "paid", data={"amount": str(price)}),) if price else ()
    return Effects(
        events=tuple((name, branch_event) for branch_event in _branch_events(context, entry)),
        at_once=paid,
        webhooks=tuple(_build_action_webhooks(context, entry)),
        records=blocked if is_enabled(entry, "needBlock") else (),
        charges=charges,
    )


def _branch_events(context: EventContext, entry: IvrEntry) -> Iterator[Event]:
    at, call = context.event.at, context.call
    parameters = call.spec.parameters
    text, _ = record_prompt(entry.get("record"), context.account)
    if text:
        yield Event(at, "play", "a", {"text": text})
    if entry.get("smsText"):
        yield Event(at, "sms", "a", {"to": call.legs[0].number, "text": str(entry["smsText"])})
    if entry.get("managerPhone") and call.leg("b") is None:
        dialing = build_dial_event(at, "b", "manager", str(entry["managerPhone"]))
        shown = caller_number(call) if is_enabled(parameters, "isManagerDeliveryPhone") else ""
        yield dialing.replace(data={**dialing.data, "from": shown}) if shown else dialing


def _build_action_webhooks(context: EventContext, entry: IvrEntry) -> Iterator[Webhook]:
    url = entry.get("webhookUrl")
    if not url:
        return
    answer = str(context.event.data.get("answer", ""))
    value: object = int(answer) if answer.isdecimal() else answer
    body = {
        "call": {**_call_id(context), "phone": context.call.legs[0].number, "answer": value},
        **(parse_webhook_parameters(entry.get("webhookParameters") or "{}") or {}),
    }
    headers = forwarded_headers(context)
    yield Webhook(context.call.spec.id, "action", str(url), body, headers=headers)


def _call_id(context: EventContext) -> Mapping[str, object]:
    """The id of the call, with the quirk `call-ids`, in the spelling that receivers read."""
    has_id = "call-ids" in context.account.quirks
    return {"apicallId": int(context.call.spec.vendor_id)} if has_id else {}


def _choice_event(context: EventContext, answer: str, index: int | None) -> tuple[str, Event]:
    """(call id, event): `branch` for the entry at `index`, `unmatched` if that is None."""
    data: dict[str, object] = {"answer": answer}
    if index is None:
        return context.call.spec.id, Event(context.event.at, "unmatched", data=data)
    blocks = is_enabled(ivr_entries(context.call.spec.parameters)[index], "needBlock")
    data |= {"entry": index, "block": str(int(blocks))}
    return context.call.spec.id, Event(context.event.at, "branch", data=data)


def _index_by_digit(context: EventContext, key: str) -> int | None:
    entries = enumerate(ivr_entries(context.call.spec.parameters))
    return next((index for index, entry in entries if str(entry.get("digit", "")) == key), None)


def _index_by_word(context: EventContext, words: str) -> int | None:
    normalized = _normalize(words)
    entries = enumerate(ivr_entries(context.call.spec.parameters))
    return next((index for index, entry in entries if normalized in _keywords(entry)), None)


def _keywords(entry: IvrEntry) -> frozenset[str]:
    """The keywords of an entry.

    The page's sample separates them by `|`, its table by a capital I.
    """
    text = str(entry.get("keyWords") or "")
    words = text.split("|") if "|" in text else re.split("I", text)
    return frozenset(filter(None, map(_normalize, words)))


def _normalize(words: str) -> str:
    return words.translate(APOSTROPHES).strip().casefold()


def _silence_indexes(context: EventContext) -> Iterator[int]:
    """The indexes of the entries without digit and keywords, which silence chooses."""
    for index, entry in enumerate(ivr_entries(context.call.spec.parameters)):
        if entry.get("digit") in (None, "") and not entry.get("keyWords"):
            yield index
