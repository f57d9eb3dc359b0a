"""Recordings are served over HTTP, whole or as one range of bytes."""

import io
import wave

import pytest

from mockserver.audio.tones import Recording, Sound
from mockserver.audio.wav import file_size, render_chunks
from mockserver.core.call import Event
from mockserver.core.seeded import recording_token
from mockserver.web.control.recordings import parse_range
from tests.support import read
from tests.support.site import read_problem
from tests.support.site_client import SiteClient

SIZE = 200


def record_call(site: SiteClient, *events: Event) -> str:
    """Place a call, give it `events`, and return the path of its recording."""
    state = site.sandbox.state
    call_id = site.click_to_call().headers["x-mock-call"]
    state.calls.update(read.calls(state)[call_id].replace(events=events))
    return recording_path(site, call_id)


def recording_path(site: SiteClient, call_id: str) -> str:
    return f"/_media/default/{recording_token(site.sandbox.state.configuration.seed, call_id)}.wav"


EVENTS = (
    Event(at=1_000, type="answer", leg="a"),
    Event(at=1_020, type="press", leg="a", data={"digits": "5"}),
    Event(at=2_000, type="hangup", leg="a"),
)
RECORDING = Recording(duration_ms=1_000, sounds=(Sound(at=20, event_type="press", text="5"),))
CONTENT = b"".join(render_chunks(RECORDING, 0, file_size(RECORDING) - 1))


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", None),
        ("bytes=0-", range(200)),
        ("bytes=0-0", range(1)),
        ("bytes=5-9", range(5, 10)),
        ("bytes=199-", range(199, 200)),
        ("bytes=0-199", range(200)),
        ("bytes=0-200", range(200)),
        ("bytes=150-99999999999999999999", range(150, 200)),
        ("bytes=-1", range(199, 200)),
        ("bytes=-200", range(200)),
        ("bytes=-201", range(200)),
        ("bytes=007-008", range(7, 9)),
        ("Bytes=5-9", range(5, 10)),
        (" bytes=5-9 ", range(5, 10)),
        ("bytes=200-", range(0)),
        ("bytes=200-300", range(0)),
        ("bytes=99999999999999999999-", range(0)),
        ("bytes=-0", range(0)),
        ("bytes=9-5", None),
        ("bytes=250-249", None),
        ("bytes=0-1,3-4", None),
        ("bytes=0-1, bytes=3-4", None),
        ("bytes=0-1,", None),
        ("bytes=-", None),
        ("bytes=", None),
        ("bytes", None),
        ("bytes=a-b", None),
        ("bytes=--5", None),
        ("bytes=1-2-3", None),
        ("bytes=0x1-5", None),
        ("bytes=5 - 9", None),
        ("bytes=٣-٤", None),
        ("bytes=" + "9" * 5_000 + "-", None),
        ("bytes=0-" + "9" * 5_000, None),
        ("bytes=-" + "9" * 5_000, None),
        ("samples=0-1", None),
        ("0-1", None),
    ],
)
def test_a_range_header_selects_one_range_of_bytes_or_is_ignored(
    header: str, part: range | None
) -> None:
    assert parse_range(header, SIZE) == part


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("ranges", "status", "part"),
    [
        ([], 200, None),
        (["bytes=0-"], 206, slice(0, 16_044)),
        (["bytes=40-1999"], 206, slice(40, 2_000)),
        (["bytes=-7"], 206, slice(16_037, 16_044)),
        (["bytes=16000-99999"], 206, slice(16_000, 16_044)),
        (["bytes=0-1,5-6"], 200, None),
        (["bytes=0-1", "bytes=5-6"], 200, None),
        (["nonsense"], 200, None),
    ],
)
def test_a_recording_is_served_whole_or_as_the_requested_range(
    site: SiteClient, method: str, ranges: list[str], status: int, part: slice | None
) -> None:
    path = record_call(site, *EVENTS)
    response = site.request(method, path, headers=[("range", value) for value in ranges])
    content = CONTENT[part] if part else CONTENT
    headers = {
        "content-type": "audio/wav",
        "content-length": str(len(content)),
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        "x-mock-now": "2026-01-01T09:00:00.000Z",
    }
    if part:
        headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/16044"
    assert (response.status_code, dict(response.headers)) == (status, headers)
    assert response.content == (content if method == "GET" else b"")


def test_a_head_request_for_a_recording_renders_no_audio(
    site: SiteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = record_call(site, *EVENTS)
    monkeypatch.setattr("mockserver.web.control.recordings.render_chunks", None)
    assert site.request("HEAD", path).status_code == 200


@pytest.mark.parametrize("header", ["bytes=16044-", "bytes=-0", "bytes=20000-20001"])
def test_a_range_beyond_the_recording_is_not_satisfiable(site: SiteClient, header: str) -> None:
    response = site.request("GET", record_call(site, *EVENTS), headers={"range": header})
    assert read_problem(response) == (
        416,
        "range-not-satisfiable",
        "the recording has the bytes 0 to 16043",
    )
    assert response.headers["content-range"] == "bytes */16044"


@pytest.mark.parametrize(
    ("replacement", "kind", "detail"),
    [
        (("default", "other"), "unknown-sandbox", "no sandbox here is named other"),
        (
            (recording_token("seed", "c1"), recording_token("seed", "c2")),
            "unknown-recording",
            "no call has a recording of this name",
        ),
        (
            (recording_token("seed", "c1"), "c1"),
            "unknown-recording",
            "no call has a recording of this name",
        ),
        ((".wav", ".mp3"), "unknown-route", "Not Found"),
    ],
)
def test_an_unknown_recording_is_not_found(
    site: SiteClient, replacement: tuple[str, str], kind: str, detail: str
) -> None:
    path = record_call(site, *EVENTS)
    assert site.request("GET", path).status_code == 200
    assert read_problem(site.request("GET", path.replace(*replacement))) == (404, kind, detail)


def test_the_recording_of_an_evicted_call_is_not_found(site: SiteClient) -> None:
    path = record_call(site, *EVENTS)
    site.sandbox.state.calls.evict("c1")
    assert read_problem(site.request("GET", path))[:2] == (404, "unknown-recording")


def test_a_call_that_was_not_answered_has_no_recording(site: SiteClient) -> None:
    path = record_call(
        site, Event(at=1_000, type="ring", leg="a"), Event(at=9_000, type="hangup", leg="a")
    )
    call_id = next(iter(read.calls(site.sandbox.state)))
    detail = f"nobody answered call {call_id}, so that there is nothing to hear"
    assert read_problem(site.request("GET", path)) == (404, "no-recording", detail)


def test_a_recording_is_read_only(site: SiteClient) -> None:
    response = site.request("POST", record_call(site, *EVENTS))
    assert read_problem(response)[0] == 405
    assert sorted(response.headers["allow"].split(", ")) == ["GET", "HEAD"]


def test_a_recording_is_as_long_as_the_a_leg_was_connected(site: SiteClient) -> None:
    call_id = site.click_to_call().headers["x-mock-call"]
    site.advance()
    response = site.request("GET", recording_path(site, call_id))
    events = read.calls(site.sandbox.state)[call_id].events
    times = {event.type: event.at for event in events if event.leg == "a"}
    with wave.open(io.BytesIO(response.content)) as file:
        assert file.getnframes() == 8 * (times["hangup"] - times["answer"]) > 0
