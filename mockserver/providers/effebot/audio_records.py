"""Add, list, remove and play the audio records of an Effebot account."""

import io
import wave
from collections.abc import Mapping
from typing import Final

from mockserver.audio.tones import Recording, Sound
from mockserver.audio.wav import file_size, render_chunks
from mockserver.core.account import SaveRecord
from mockserver.core.account_values import Count
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

BYTE_RATE: Final = 16  # bytes per ms of an upload other than WAV: assumed


def record_url(context: RequestContext, name: str) -> str:
    path = f"/effebot/storage/{context.authenticated_account.name}/{name}.wav"
    return f"{context.request.origin}{context.read_model.path_prefix}{path}"


def create_record(context: RequestContext) -> EndpointResult:
    """Add an upload or a text as a record; it must be moderated before use (observed)."""
    known = request.records(context.authenticated_account, "records")
    name = str(max((int(key) for key in known if key.isdecimal()), default=0) + 1)
    upload = context.fields.get("file")
    data = upload.data if isinstance(upload, Upload) else str(upload or "").encode()
    is_file = context.text("source") == "file"
    record = AudioRecord(
        name=context.text("name"),
        text="" if is_file else context.text("text"),
        length=_audio_length(data) if is_file else request.speech_duration(context.text("text")),
        moderated=False,
        created=Count(context.now // SECOND),
        file=upload_digest(data) if is_file else "",
    )
    fields = {} if is_file else {"record": {"text": record.text}}
    cost = pricing.synthesis_cost(fields, request.settings(context.authenticated_account).tariff)
    saved = SaveRecord(context.authenticated_account.key, "records", name, record)
    charge = (pricing.build_synthesis_charge(context.authenticated_account, cost),) if cost else ()
    effects = Effects(records=(saved,), uploads=(data,) if is_file else (), charges=charge)
    return EndpointResult(
        build_response(
            build_record_object(name, record, record_url(context, name), str(cost)),
            context.authenticated_account,
        ),
        effects,
    )


def remove_record(context: RequestContext) -> EndpointResult:
    """Remove records; the response is an object for one id, an array for several."""
    names, known = (
        request.requested_ids(context, "idList"),
        request.records(context.authenticated_account, "records"),
    )
    items = [
        build_removed_record_object(name, known[name], record_url(context, name), context.now)
        for name in names
    ]
    removals = tuple(
        SaveRecord(context.authenticated_account.key, "records", name, None) for name in names
    )
    as_object = len(items) == 1 and not request.has_wrapped_quirk(context.authenticated_account)
    data: object = items[0] if as_object else items
    return EndpointResult(
        build_response(data, context.authenticated_account), Effects(records=removals)
    )


def get_records(context: RequestContext) -> EndpointResult:
    """List the id and the name of each record (observed)."""
    known = request.records(context.authenticated_account, "records").items()
    return EndpointResult(
        build_envelope([{"id": int(name), "name": record.name} for name, record in known])
    )


def has_unknown_file(context: RequestContext) -> bool:
    return find_record(context) is None


def find_record(context: RequestContext) -> AudioRecord | None:
    """The record at the requested path, `/storage/{account}/{file}`."""
    account = context.read_model.accounts.get(("effebot", context.text("account")))
    name = context.text("file").removesuffix(".wav")
    record: AudioRecord | None = request.records(account, "records").get(name) if account else None
    return record


def play_record(context: RequestContext) -> EndpointResult:
    """Return an upload as it was sent; synthesized speech as a WAV file of tones."""
    record = find_record(context)
    if record is None:
        raise LookupError("the rulebook lets only records pass that are there")
    if record.file in context.read_model.uploads:
        return EndpointResult(
            Response(200, context.read_model.uploads[record.file], {"content-type": "audio/wav"})
        )
    recording = Recording(int(record.length), (Sound(0, "play", record.text),))
    body = b"".join(render_chunks(recording, 0, file_size(recording) - 1))
    return EndpointResult(Response(200, body, {"content-type": "audio/wav"}))


def _audio_length(data: bytes) -> Duration:
    """The length that the header of a WAV file states; of anything else, an estimate by size."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            return Duration(file.getnframes() * SECOND // file.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return Duration(len(data) // BYTE_RATE)


def build_record_object(name: str, record: AudioRecord, url: str, cost: str) -> Json:
    """The JSON of a new audio record; `cost` is the price of its synthesis in USD."""
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
    """The JSON of a removed record, its keys in the order of the page's sample.

    The sample lacks two commas. `at` is the time of removal in ms.
    """
    values: Mapping[str, object] = build_record_object(name, record, url, "0")
    keys = ("id", "createdAt", "name", "path", "moderatorComment", "needModeration", "status")
    return {**{key: values[key] for key in keys}, "deletedAt": epoch_seconds(at)}
