"""Serves recordings of calls, rendered while they are sent."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mockserver.audio.tones import Recording, build_recording
from mockserver.audio.wav import file_size, render_chunks
from mockserver.web.control.params import sandboxes_of
from mockserver.web.problems import TOO_MANY_SANDBOXES, ProblemError, problem

MEDIA_TYPE: Final = "audio/wav"
_HEADERS: Final = {"accept-ranges": "bytes", "x-content-type-options": "nosniff"}
# No recording has a size of 20 digits, and int() rejects numbers of thousands of digits.
_RANGE_PATTERN: Final = re.compile(
    r"bytes=(?:([0-9]{1,20})-([0-9]{0,20})|-([0-9]{1,20}))", re.IGNORECASE
)


async def get_recording(request: Request) -> Response:
    await sandboxes_of(request).wake(request.path_params["sandbox"])
    return _recording_response(_find_recording(request), request)


def parse_range(header: str, total: int) -> range | None:
    """Parse a `Range` header for a file of `total` bytes.

    Return the bytes to send, an empty range if the file lacks them, or None for the whole file.
    """
    match = _RANGE_PATTERN.fullmatch(header.strip())
    if not match:
        return None
    first, last, suffix_length = match.groups()
    if suffix_length:
        return range(max(0, total - int(suffix_length)), total)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, total) if last else total)


def _find_recording(request: Request) -> Recording:
    name = request.path_params["sandbox"]
    sandbox = sandboxes_of(request).find(name)
    if sandbox is None and name in sandboxes_of(request).asleep:
        raise ProblemError("too-many-sandboxes", TOO_MANY_SANDBOXES)
    if sandbox is None:
        raise ProblemError("unknown-sandbox", f"no sandbox here is named {name}")
    calls = sandbox.state.calls
    call = calls.by_id.get(calls.ids_by_recording.get(request.path_params["token"], ""))
    if call is None:
        raise ProblemError("unknown-recording", "no call has a recording of this name")
    recording = build_recording(call)
    if recording is None:
        detail = f"nobody answered call {call.spec.id}, so that there is nothing to hear"
        raise ProblemError("no-recording", detail)
    return recording


def _recording_response(audio: Recording, request: Request) -> Response:
    total = file_size(audio)
    requested = parse_range(", ".join(request.headers.getlist("range")), total)
    part = range(total) if requested is None else requested
    if not part:
        return _range_problem(total)
    headers = {**_HEADERS, "content-length": str(len(part))}
    if requested is not None:
        headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{total}"
    status = 200 if requested is None else 206
    if request.method == "HEAD":
        return Response(None, status, headers, MEDIA_TYPE)
    return StreamingResponse(
        render_chunks(audio, part.start, part.stop - 1), status, headers, MEDIA_TYPE
    )


def _range_problem(total: int) -> Response:
    response = problem("range-not-satisfiable", f"the recording has the bytes 0 to {total - 1}")
    response.headers["content-range"] = f"bytes */{total}"
    return response


ROUTES = (Route("/{sandbox}/{token}.wav", get_recording, methods=["GET", "HEAD"]),)
