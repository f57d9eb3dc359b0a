"""Recordings of calls, rendered while they are sent."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mockserver.audio.tones import Recording, build_recording
from mockserver.audio.wav import file_size, render_chunks
from mockserver.web.control.params import sandboxes_of
from mockserver.web.problems import problem

MEDIA_TYPE: Final = "audio/wav"
_HEADERS: Final = {"accept-ranges": "bytes", "x-content-type-options": "nosniff"}
# Nothing here has twenty digits of bytes, and int() refuses thousands of them.
_RANGE_PATTERN: Final = re.compile(
    r"bytes=(?:([0-9]{1,20})-([0-9]{0,20})|-([0-9]{1,20}))", re.IGNORECASE
)


async def get_recording(request: Request) -> Response:
    found = _find_recording(request)
    return found if isinstance(found, Response) else _recording_response(found, request)


def parse_range(header: str, total: int) -> range | None:
    """The bytes that a `Range` header asks for, none if the file lacks them; None for the whole."""
    asked = _RANGE_PATTERN.fullmatch(header.strip())
    if not asked:
        return None
    first, last, tail = asked.groups()
    if tail:
        return range(max(0, total - int(tail)), total)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, total) if last else total)


def _find_recording(request: Request) -> Recording | Response:
    name = request.path_params["sandbox"]
    sandbox = sandboxes_of(request).find(name)
    if sandbox is None:
        return problem(404, "unknown sandbox", f"no sandbox here is named {name}")
    store = sandbox.state
    call = store.calls.get(store.call_ids_by_recording.get(request.path_params["token"], ""))
    if call is None:
        return problem(404, "unknown recording", "no call has a recording of this name")
    silent = f"nobody answered call {call.spec.id}, so that there is nothing to hear"
    return build_recording(call) or problem(404, "no recording", silent)


def _recording_response(audio: Recording, request: Request) -> Response:
    whole = file_size(audio)
    asked = parse_range(", ".join(request.headers.getlist("range")), whole)
    part = range(whole) if asked is None else asked
    if not part:
        return _range_problem(whole)
    headers = {**_HEADERS, "content-length": str(len(part))}
    if asked is not None:
        headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{whole}"
    status = 200 if asked is None else 206
    if request.method == "HEAD":
        return Response(None, status, headers, MEDIA_TYPE)
    return StreamingResponse(
        render_chunks(audio, part.start, part.stop - 1), status, headers, MEDIA_TYPE
    )


def _range_problem(total: int) -> Response:
    refusal = problem(416, "no such range", f"the recording has the bytes 0 to {total - 1}")
    refusal.headers["content-range"] = f"bytes */{total}"
    return refusal


ROUTES = (Route("/{sandbox}/{token}.wav", get_recording, methods=["GET", "HEAD"]),)
