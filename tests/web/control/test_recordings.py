"""Recordings over HTTP: whole, in part, by their headers alone, or refused."""

import io
import wave

import pytest

from mockserver.audio.tones import Recording, Sound
from mockserver.audio.wav import file_size, render_chunks
from mockserver.core.call import Event, recording_token
from mockserver.web.control.recordings import parse_range
from tests.support import read
from tests.support.site_client import SiteClient, read_problem

BYTES = 200


def heard(site: SiteClient, *events: Event) -> str:
    """The path of the recording of a call to which this has happened."""
    state = site.sandbox.state
    name = site.click_to_call().headers["x-mock-call"]
    read.calls(state)[name] = read.calls(state)[name]._replace(events=events)
    return path_of(site, name)


def path_of(site: SiteClient, name: str) -> str:
    return f"/_media/default/{recording_token(site.sandbox.state.configuration.seed, name)}.wav"


TALK = (
    Event(at=1_000, type="answer", leg="a"),
    Event(at=1_020, type="digits", leg="a", data={"digits": "5"}),
    Event(at=2_000, type="hangup", leg="a"),
)
MADE = Recording(duration_ms=1_000, sounds=(Sound(at=20, event_type="digits", text="5"),))
WHOLE = b"".join(render_chunks(MADE, 0, file_size(MADE) - 1))


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
def test_wanted_bytes_of_a_range_header(header: str, part: range | None) -> None:
    assert parse_range(header, BYTES) == part


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("asked", "status", "part"),
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
def test_recording_whole_or_in_part(
    site: SiteClient, method: str, asked: list[str], status: int, part: slice | None
) -> None:
    path = heard(site, *TALK)
    answer = site.request(method, path, headers=[("range", value) for value in asked])
    content = WHOLE[part] if part else WHOLE
    told = {
        "content-type": "audio/wav",
        "content-length": str(len(content)),
        "accept-ranges": "bytes",
        "x-content-type-options": "nosniff",
        "x-mock-now": "2026-01-01T09:00:00.000Z",
    }
    if part:
        told["content-range"] = f"bytes {part.start}-{part.stop - 1}/16044"
    assert (answer.status_code, dict(answer.headers)) == (status, told)
    assert answer.content == (content if method == "GET" else b"")


def test_headers_alone_render_nothing(site: SiteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    path = heard(site, *TALK)
    monkeypatch.setattr("mockserver.web.control.recordings.render_chunks", None)
    assert site.request("HEAD", path).status_code == 200


@pytest.mark.parametrize("asked", ["bytes=16044-", "bytes=-0", "bytes=20000-20001"])
def test_range_beyond_the_recording(site: SiteClient, asked: str) -> None:
    answer = site.request("GET", heard(site, *TALK), headers={"range": asked})
    assert read_problem(answer) == (416, "no such range", "the recording has the bytes 0 to 16043")
    assert answer.headers["content-range"] == "bytes */16044"


@pytest.mark.parametrize(
    ("changed", "title", "detail"),
    [
        (("default", "other"), "unknown sandbox", "no sandbox here is named other"),
        (
            (recording_token("seed", "c1"), recording_token("seed", "c2")),
            "unknown recording",
            "no call has a recording of this name",
        ),
        (
            (recording_token("seed", "c1"), "c1"),
            "unknown recording",
            "no call has a recording of this name",
        ),
        ((".wav", ".mp3"), "not found", "Not Found"),
    ],
)
def test_no_such_recording(
    site: SiteClient, changed: tuple[str, str], title: str, detail: str
) -> None:
    path = heard(site, *TALK)
    assert site.request("GET", path).status_code == 200
    assert read_problem(site.request("GET", path.replace(*changed))) == (404, title, detail)


def test_recording_of_a_call_that_is_no_longer_known(site: SiteClient) -> None:
    path = heard(site, *TALK)
    read.calls(site.sandbox.state).clear()
    assert read_problem(site.request("GET", path))[:2] == (404, "unknown recording")


def test_recording_of_a_call_that_nobody_answered(site: SiteClient) -> None:
    path = heard(
        site, Event(at=1_000, type="ring", leg="a"), Event(at=9_000, type="hangup", leg="a")
    )
    name = next(iter(read.calls(site.sandbox.state)))
    detail = f"nobody answered call {name}, so that there is nothing to hear"
    assert read_problem(site.request("GET", path)) == (404, "no recording", detail)


def test_recording_by_another_method(site: SiteClient) -> None:
    answer = site.request("POST", heard(site, *TALK))
    assert read_problem(answer)[0] == 405
    assert sorted(answer.headers["allow"].split(", ")) == ["GET", "HEAD"]


def test_recording_of_a_call_played_to_its_end(site: SiteClient) -> None:
    name = site.click_to_call().headers["x-mock-call"]
    site.advance()
    answer = site.request("GET", path_of(site, name))
    events = read.calls(site.sandbox.state)[name].events
    times = {event.type: event.at for event in events if event.leg == "a"}
    with wave.open(io.BytesIO(answer.content)) as file:
        assert file.getnframes() == 8 * (times["hangup"] - times["answer"]) > 0
