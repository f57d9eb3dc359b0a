"""Effebot's audio records: added, listed, removed, and played behind their path."""

import io
import wave
from typing import Final

from mockserver.audio.tones import Recording, Sound
from mockserver.audio.wav import file_size, render_chunks
from mockserver.core.account import SaveRecord
from mockserver.core.http import Response, Upload
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.read_model import upload_digest
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import SECOND, Duration
from mockserver.providers.effebot import money, reading
from mockserver.providers.effebot.dialect import bare, enveloped, record, removed
from mockserver.providers.effebot.records import Clip

BYTE_RATE: Final = 16  # bytes a ms of what is no WAV: assumed


def path(case: RequestContext, name: str) -> str:
    place = f"/effebot/storage/{case.authenticated_account.name}/{name}.wav"
    return f"{case.request.origin}{case.read_model.path_prefix}{place}"


def added(case: RequestContext) -> EndpointResult:
    """A new record is to be moderated before it may be used (observed)."""
    known = reading.records(case.authenticated_account, "records")
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
        file=upload_digest(data) if given else "",
    )
    spoken = {} if given else {"record": {"text": clip.text}}
    cost = money.of_synthesis(spoken, reading.settings(case.authenticated_account).tariff)
    keep = SaveRecord(case.authenticated_account.key, "records", name, clip)
    charge = (money.synthesis(case.authenticated_account, cost),) if cost else ()
    effects = Effects(records=(keep,), uploads=(data,) if given else (), charges=charge)
    return EndpointResult(
        bare(record(name, clip, path(case, name), str(cost)), case.authenticated_account), effects
    )


def taken_away(case: RequestContext) -> EndpointResult:
    """One as an object, several as an array."""
    names, known = (
        reading.ids(case, "idList"),
        reading.records(case.authenticated_account, "records"),
    )
    items = [removed(name, known[name], path(case, name), case.now) for name in names]
    kept = tuple(
        SaveRecord(case.authenticated_account.key, "records", name, None) for name in names
    )
    alone = len(items) == 1 and not reading.wrapped(case.authenticated_account)
    data: object = items[0] if alone else items
    return EndpointResult(bare(data, case.authenticated_account), Effects(records=kept))


def listed(case: RequestContext) -> EndpointResult:
    """Id and name of each (observed)."""
    known = reading.records(case.authenticated_account, "records").items()
    return EndpointResult(enveloped([{"id": int(name), "name": one.name} for name, one in known]))


def absent(case: RequestContext) -> bool:
    return clip_of(case) is None


def clip_of(case: RequestContext) -> Clip | None:
    account = case.read_model.accounts.get(("effebot", case.text("account")))
    name = case.text("file").removesuffix(".wav")
    found: Clip | None = reading.records(account, "records").get(name) if account else None
    return found


def heard(case: RequestContext) -> EndpointResult:
    """An upload as it came; synthesised speech as the tones that stand for it here."""
    clip = clip_of(case)
    if clip is None:
        raise LookupError("the rulebook lets only records pass that are there")
    if clip.file in case.read_model.uploads:
        return EndpointResult(
            Response(200, case.read_model.uploads[clip.file], {"content-type": "audio/wav"})
        )
    made = Recording(int(clip.length), (Sound(0, "play", clip.text),))
    whole = b"".join(render_chunks(made, 0, file_size(made) - 1))
    return EndpointResult(Response(200, whole, {"content-type": "audio/wav"}))


def _length(data: bytes) -> Duration:
    """Of a WAV what its header says; of anything else by its size."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            return Duration(file.getnframes() * SECOND // file.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return Duration(len(data) // BYTE_RATE)
