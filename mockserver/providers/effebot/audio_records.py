"""Effebot's audio records: added, listed, removed, and played behind their path."""

import io
import wave
from collections.abc import Mapping
from typing import Final

from mockserver.audio.tones import Recording, Sound
from mockserver.audio.wav import file_size, render_chunks
from mockserver.core.account import SaveRecord
from mockserver.core.http import Response, Upload
from mockserver.core.provider import Effects, EndpointResult
from mockserver.core.read_model import upload_digest
from mockserver.core.rulebook import RequestContext
from mockserver.core.time import SECOND, Duration
from mockserver.providers.effebot import pricing, request
from mockserver.providers.effebot.records import AudioRecord
from mockserver.providers.effebot.request import Json
from mockserver.providers.effebot.responses import build_envelope, build_response
from mockserver.providers.effebot.webhooks import epoch_seconds

BYTE_RATE: Final = 16  # bytes a ms of what is no WAV: assumed


def record_url(context: RequestContext, name: str) -> str:
    place = f"/effebot/storage/{context.authenticated_account.name}/{name}.wav"
    return f"{context.request.origin}{context.read_model.path_prefix}{place}"


def create_record(context: RequestContext) -> EndpointResult:
    """A new record is to be moderated before it may be used (observed)."""
    known = request.records(context.authenticated_account, "records")
    name = str(max((int(one) for one in known if one.isdecimal()), default=0) + 1)
    upload = context.fields.get("file")
    data = upload.data if isinstance(upload, Upload) else str(upload or "").encode()
    given = context.text("source") == "file"
    clip = AudioRecord(
        name=context.text("name"),
        text="" if given else context.text("text"),
        length=_audio_length(data) if given else request.speech_duration(context.text("text")),
        moderated=False,
        created=context.now // SECOND,
        file=upload_digest(data) if given else "",
    )
    spoken = {} if given else {"record": {"text": clip.text}}
    cost = pricing.synthesis_cost(spoken, request.settings(context.authenticated_account).tariff)
    keep = SaveRecord(context.authenticated_account.key, "records", name, clip)
    charge = (pricing.build_synthesis_charge(context.authenticated_account, cost),) if cost else ()
    effects = Effects(records=(keep,), uploads=(data,) if given else (), charges=charge)
    return EndpointResult(
        build_response(
            build_record_object(name, clip, record_url(context, name), str(cost)),
            context.authenticated_account,
        ),
        effects,
    )


def remove_record(context: RequestContext) -> EndpointResult:
    """One as an object, several as an array."""
    names, known = (
        request.requested_ids(context, "idList"),
        request.records(context.authenticated_account, "records"),
    )
    items = [
        build_removed_record_object(name, known[name], record_url(context, name), context.now)
        for name in names
    ]
    kept = tuple(
        SaveRecord(context.authenticated_account.key, "records", name, None) for name in names
    )
    alone = len(items) == 1 and not request.has_wrapped_quirk(context.authenticated_account)
    data: object = items[0] if alone else items
    return EndpointResult(
        build_response(data, context.authenticated_account), Effects(records=kept)
    )


def get_records(context: RequestContext) -> EndpointResult:
    """Id and name of each (observed)."""
    known = request.records(context.authenticated_account, "records").items()
    return EndpointResult(
        build_envelope([{"id": int(name), "name": one.name} for name, one in known])
    )


def has_unknown_file(context: RequestContext) -> bool:
    return find_record(context) is None


def find_record(context: RequestContext) -> AudioRecord | None:
    account = context.read_model.accounts.get(("effebot", context.text("account")))
    name = context.text("file").removesuffix(".wav")
    found: AudioRecord | None = request.records(account, "records").get(name) if account else None
    return found


def play_record(context: RequestContext) -> EndpointResult:
    """An upload as it came; synthesised speech as the tones that stand for it here."""
    clip = find_record(context)
    if clip is None:
        raise LookupError("the rulebook lets only records pass that are there")
    if clip.file in context.read_model.uploads:
        return EndpointResult(
            Response(200, context.read_model.uploads[clip.file], {"content-type": "audio/wav"})
        )
    made = Recording(int(clip.length), (Sound(0, "play", clip.text),))
    whole = b"".join(render_chunks(made, 0, file_size(made) - 1))
    return EndpointResult(Response(200, whole, {"content-type": "audio/wav"}))


def _audio_length(data: bytes) -> Duration:
    """Of a WAV what its header says; of anything else by its size."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            return Duration(file.getnframes() * SECOND // file.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return Duration(len(data) // BYTE_RATE)


def build_record_object(name: str, record: AudioRecord, url: str, cost: str) -> Json:
    """An audio record as it has just been added."""
    return {
        "id": int(name),
        "createdAt": record.created,
        "needModeration": int(not record.moderated),
        "moderatorComment": record.moderator_comment or None,
        "name": record.name,
        "path": url,
        "status": "moderated" if record.moderated else "moderation",
        "recordText": record.text or None,
        "cost": cost,
    }


def build_removed_record_object(name: str, record: AudioRecord, url: str, at: int) -> Json:
    """In the order of the page, which has a comma missing twice."""
    told: Mapping[str, object] = build_record_object(name, record, url, "0")
    keys = ("id", "createdAt", "name", "path", "moderatorComment", "needModeration", "status")
    return {**{key: told[key] for key in keys}, "deletedAt": epoch_seconds(at)}
