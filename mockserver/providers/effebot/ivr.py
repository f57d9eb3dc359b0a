"""What a digit, a word or silence leads to: the request's own answer handlers decide."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.core.account import SaveRecord
from mockserver.core.call import Event, build_dial_event
from mockserver.core.provider import NO_EFFECTS, Effects, EventContext
from mockserver.core.webhook import Webhook
from mockserver.providers.effebot import money
from mockserver.providers.effebot.notes import notes
from mockserver.providers.effebot.reading import Entry, entries, flag, parameters, played, settings
from mockserver.providers.effebot.records import Blocked

APOSTROPHES: Final = str.maketrans({"\u2019": "'", "\u02bc": "'"})


def pressed(moment: EventContext) -> Effects:
    """Each key by itself."""
    keys = str(moment.event.data["digits"])
    told = tuple(_chosen(moment, key, _by_digit(moment, key)) for key in keys)
    return Effects(events=told) if moment.event.leg == "a" else NO_EFFECTS


def spoken(moment: EventContext) -> Effects:
    words = str(moment.event.data["words"])
    told = (_chosen(moment, words, _by_word(moment, words)),)
    return Effects(events=told) if moment.event.leg == "a" else NO_EFFECTS


def silent(moment: EventContext) -> Effects:
    """The entry without a digit, where nothing else has been chosen by then."""
    mine = notes(moment.call)
    entry = next(_silence(moment), None)
    if mine.taken or mine.answers or entry is None:
        return NO_EFFECTS
    return Effects(events=(_chosen(moment, "", entry),))


def branched(moment: EventContext) -> Effects:
    """All that an entry promises, in one go."""
    event = moment.event
    entry = entries(moment.call.spec.parameters)[int(str(event.data["entry"]))]
    tariff, name = settings(moment.account).tariff, moment.call.spec.id
    kept = (SaveRecord(moment.account.key, "blocked", moment.call.legs[0].number, Blocked("ivr")),)
    texted = bool(entry.get("smsText"))
    price = money.affordable(moment.account, tariff.sms) if texted else 0
    paid = (money.charge(moment.account, tariff.sms, "sms", moment.call),) if price else ()
    cost = ((name, Event(event.at, "paid", data={"amount": str(price)})),) if price else ()
    return Effects(
        events=(*((name, one) for one in _events(moment, entry)), *cost),
        webhooks=tuple(_hook(moment, entry)),
        records=kept if flag(entry, "needBlock") else (),
        charges=paid,
    )


def _events(moment: EventContext, entry: Entry) -> Iterator[Event]:
    at, call = moment.event.at, moment.call
    text, _ = played(entry.get("record"), moment.account)
    if text:
        yield Event(at, "play", "a", {"text": text})
    if entry.get("smsText"):
        yield Event(at, "sms", "a", {"to": call.legs[0].number, "text": str(entry["smsText"])})
    if entry.get("managerPhone") and call.leg("b") is None:
        yield build_dial_event(at, "b", "manager", str(entry["managerPhone"]))


def _hook(moment: EventContext, entry: Entry) -> Iterator[Webhook]:
    url = entry.get("webhookUrl")
    if not url:
        return
    answer = str(moment.event.data.get("answer", ""))
    shown: object = int(answer) if answer.isdecimal() else answer
    told = {
        "call": {"phone": moment.call.legs[0].number, "answer": shown},
        **(parameters(entry.get("webhookParameters") or "{}") or {}),
    }
    headers = forwarded(moment)
    yield Webhook(moment.call.spec.id, "action", str(url), told, headers=headers)


def forwarded(moment: EventContext) -> Mapping[str, str]:
    source = settings(moment.account).forwarded_for
    return {"x-forwarded-for": source} if source else {}


def _chosen(moment: EventContext, answer: str, entry: int | None) -> tuple[str, Event]:
    """The act that notes the answer, and takes its branch if there is one."""
    data: dict[str, object] = {"answer": answer}
    if entry is None:
        return moment.call.spec.id, Event(moment.event.at, "unmatched", data=data)
    blocks = flag(entries(moment.call.spec.parameters)[entry], "needBlock")
    data |= {"entry": entry, "block": str(int(blocks))}
    return moment.call.spec.id, Event(moment.event.at, "branch", data=data)


def _by_digit(moment: EventContext, key: str) -> int | None:
    known = enumerate(entries(moment.call.spec.parameters))
    return next((nth for nth, one in known if str(one.get("digit", "")) == key), None)


def _by_word(moment: EventContext, words: str) -> int | None:
    heard = _plain(words)
    known = enumerate(entries(moment.call.spec.parameters))
    return next((nth for nth, one in known if heard in _words(one)), None)


def _words(entry: Entry) -> frozenset[str]:
    """Separated by `|`, as in the sample, or by a capital I, as in the table."""
    told = str(entry.get("keyWords") or "")
    parts = told.split("|") if "|" in told else re.split("I", told)
    return frozenset(filter(None, map(_plain, parts)))


def _plain(words: str) -> str:
    return words.translate(APOSTROPHES).strip().casefold()


def _silence(moment: EventContext) -> Iterator[int]:
    for nth, one in enumerate(entries(moment.call.spec.parameters)):
        if one.get("digit") in (None, "") and not one.get("keyWords"):
            yield nth
