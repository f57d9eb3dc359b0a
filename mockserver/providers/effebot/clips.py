"""Effebot's audio records: added, listed, removed, and played behind their path."""

import io
import wave
from typing import Final

from mockserver.core.account import Keep
from mockserver.core.audio import Recording, Sound, chunks, size
from mockserver.core.http import Reply, Upload
from mockserver.core.provider import Effects, Outcome
from mockserver.core.rules import Case
from mockserver.core.time import SECOND, Length
from mockserver.core.view import blob
from mockserver.providers.effebot import money, reading
from mockserver.providers.effebot.dialect import bare, enveloped, record, removed
from mockserver.providers.effebot.records import Clip

BYTE_RATE: Final = 16  # bytes a ms of what is no WAV: assumed


def path(case: Case, name: str) -> str:
    place = f"/effebot/storage/{case.caller.name}/{name}.wav"
    return f"{case.request.origin}{case.view.prefix}{place}"


def added(case: Case) -> Outcome:
    """A new record is to be moderated before it may be used (observed)."""
    known = reading.records(case.caller, "records")
    name = str(max((int(one) for one in known if one.isdecimal()), default=0) + 1)
    upload = case.fields.get("file")
    data = upload.data if isinstance(upload, Upload) else str(upload or "").encode()
    given = case.text("source") == "file"
    clip = Clip(
        name=case.text("name"),
        text="" if given else case.text("text"),
        length=_length(data) if given else reading.spoken(case.text("text")),
        moderated=False,
        created=case.now // SECOND,
        file=blob(data) if given else "",
    )
    spoken = {} if given else {"record": {"text": clip.text}}
    cost = money.of_synthesis(spoken, reading.settings(case.caller).tariff)
    keep = Keep(case.caller.key, "records", name, clip)
    charge = (money.synthesis(case.caller, cost),) if cost else ()
    effects = Effects(keep=(keep,), hold=(data,) if given else (), charge=charge)
    return Outcome(bare(record(name, clip, path(case, name), str(cost)), case.caller), effects)


def taken_away(case: Case) -> Outcome:
    """One as an object, several as an array."""
    names, known = reading.ids(case, "idList"), reading.records(case.caller, "records")
    items = [removed(name, known[name], path(case, name), case.now) for name in names]
    kept = tuple(Keep(case.caller.key, "records", name, None) for name in names)
    alone = len(items) == 1 and not reading.wrapped(case.caller)
    data: object = items[0] if alone else items
    return Outcome(bare(data, case.caller), Effects(keep=kept))


def listed(case: Case) -> Outcome:
    """Id and name of each (observed)."""
    known = reading.records(case.caller, "records").items()
    return Outcome(enveloped([{"id": int(name), "name": one.name} for name, one in known]))


def absent(case: Case) -> bool:
    return clip_of(case) is None


def clip_of(case: Case) -> Clip | None:
    account = case.view.accounts.get(("effebot", case.text("account")))
    name = case.text("file").removesuffix(".wav")
    found: Clip | None = reading.records(account, "records").get(name) if account else None
    return found


def heard(case: Case) -> Outcome:
    """An upload as it came; synthesised speech as the tones that stand for it here."""
    clip = clip_of(case)
    if clip is None:
        raise LookupError("the rulebook lets only records pass that are there")
    if clip.file in case.view.held:
        return Outcome(Reply(200, case.view.held[clip.file], {"content-type": "audio/wav"}))
    made = Recording(int(clip.length), (Sound(0, "play", clip.text),))
    whole = b"".join(chunks(made, 0, size(made) - 1))
    return Outcome(Reply(200, whole, {"content-type": "audio/wav"}))


def _length(data: bytes) -> Length:
    """Of a WAV what its header says; of anything else by its size."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            return Length(file.getnframes() * SECOND // file.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return Length(len(data) // BYTE_RATE)
