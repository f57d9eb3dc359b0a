"""Recordings: their length, the tones of keys and voices, and the bytes of the WAV file."""

import io
import struct
import wave
from itertools import islice, product
from math import cos, pi, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.audio.tones import SAMPLE_RATE, Recording, Sound, build_recording
from mockserver.audio.wav import file_size, render_chunks
from mockserver.core.call import Call, Event, Leg
from mockserver.core.seeded import recording_token
from mockserver.core.time import DAY, HOUR
from tests.support.builders import build_call, build_call_spec

SPEC = build_call_spec(account="shop", created_at=1_000)
LEGS = (Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2"))
LOW, HIGH = (697, 770, 852, 941), (1_209, 1_336, 1_477, 1_633)
KEYPAD = ("123A", "456B", "789C", "*0#D")
BEGIN, ANSWER = Event(at=1_000, type="begin"), Event(at=3_000, type="answer", leg="a")


def build_recorded_call(*events: Event) -> Call:
    return build_call(spec=SPEC, legs=LEGS, starts_at=1_000, events=events)


def render_file(recording: Recording) -> bytes:
    return b"".join(render_chunks(recording, 0, file_size(recording) - 1))


def samples(recording: Recording) -> list[int]:
    with wave.open(io.BytesIO(render_file(recording))) as file:
        frames = file.readframes(file.getnframes())
    return list(struct.unpack(f"<{len(frames) // 2}h", frames))


def amplitude(signal: list[int], frequency: int) -> float:
    """Return the amplitude of one frequency by the Goertzel algorithm."""
    coefficient, before, last = 2 * cos(2 * pi * frequency / SAMPLE_RATE), 0.0, 0.0
    for sample in signal:
        before, last = last, sample + coefficient * last - before
    power = before**2 + last**2 - coefficient * before * last
    return 2 * sqrt(max(power, 0.0)) / len(signal)


def detect_key(signal: list[int]) -> str:
    """Return the key of the two tones; empty unless there is exactly one of each group."""
    low, high = (
        [index for index, frequency in enumerate(group) if amplitude(signal, frequency) > 1_500]
        for group in (LOW, HIGH)
    )
    return KEYPAD[low[0]][high[0]] if len(low) == len(high) == 1 else ""


def tone(frequency: int, level: int, count: int) -> list[int]:
    return [round(level * sin(2 * pi * frequency * at / SAMPLE_RATE)) for at in range(count)]


@pytest.mark.parametrize(
    ("events", "recording"),
    [
        ((), None),
        (
            (BEGIN, Event(at=1_000, type="ring", leg="a"), Event(at=9_000, type="hangup", leg="a")),
            None,
        ),
        (
            (BEGIN, ANSWER, Event(at=9_500, type="hangup", leg="a")),
            Recording(duration_ms=6_500, sounds=()),
        ),
        ((BEGIN, ANSWER), Recording(duration_ms=0, sounds=())),
        ((ANSWER, Event(at=3_250, type="machine", leg="a")), Recording(duration_ms=250, sounds=())),
        (
            (
                BEGIN,
                ANSWER,
                Event(at=4_000, type="answer", leg="b"),
                Event(at=7_000, type="hangup", leg="b"),
            ),
            Recording(duration_ms=4_000, sounds=()),
        ),
        (
            (
                BEGIN,
                ANSWER,
                Event(at=7_000, type="hangup", leg="a"),
                Event(at=8_000, type="hangup", leg="b"),
            ),
            Recording(duration_ms=4_000, sounds=()),
        ),
        (
            (
                *(
                    BEGIN,
                    Event(at=2_000, type="answer", leg="b"),
                    ANSWER,
                    Event(at=6_000, type="hangup", leg="a"),
                ),
                *(Event(at=7_000, type="hangup", leg="b"), Event(at=7_500, type="attempt-ended")),
            ),
            Recording(duration_ms=5_000, sounds=()),
        ),
        (
            (BEGIN, ANSWER, Event(at=4_000, type="hangup", leg="a"), Event(at=9_000, type="begin")),
            None,
        ),
        (
            (
                *(BEGIN, ANSWER, Event(at=3_500, type="press", leg="a", data={"digits": "9"})),
                *(Event(at=4_000, type="hangup", leg="a"), Event(at=9_000, type="begin")),
                *(Event(at=9_100, type="answer", leg="a"), Event(at=9_300, type="hangup", leg="a")),
            ),
            Recording(duration_ms=200, sounds=()),
        ),
        (
            (
                *(BEGIN, ANSWER, Event(at=3_500, type="play", leg="a", data={"text": "Press one"})),
                *(
                    Event(at=4_000, type="press", leg="a", data={"digits": "1"}),
                    Event(at=4_000, type="bridge"),
                ),
                *(
                    Event(at=4_500, type="say", leg="b", data={"words": "yes"}),
                    Event(at=5_000, type="press", leg="a"),
                ),
                Event(at=6_000, type="hangup", leg="a"),
            ),
            Recording(
                duration_ms=3_000,
                sounds=(
                    Sound(at=500, event_type="play", text="Press one"),
                    Sound(at=1_000, event_type="press", text="1"),
                    Sound(at=1_500, event_type="say", text="yes"),
                    Sound(at=2_000, event_type="press", text=""),
                ),
            ),
        ),
    ],
    ids=[
        "nothing happened",
        "nobody answered",
        "from the answer to the end",
        "only just answered",
        "not ended, to the last event",
        "the first leg outlasts the second",
        "the second leg outlasts the first",
        "the second leg answers first",
        "the last attempt is not answered yet",
        "only the last attempt",
        "what was heard",
    ],
)
def test_a_recording_covers_the_answered_time_of_the_last_attempt(
    events: tuple[Event, ...], recording: Recording | None
) -> None:
    assert build_recording(build_recorded_call(*events)) == recording


@pytest.mark.parametrize("duration_ms", [0, 1, 7, 4_095, 4_096, 61_234])
def test_a_rendered_file_opens_as_wav_with_the_exact_length(duration_ms: int) -> None:
    recording = Recording(
        duration_ms=duration_ms, sounds=(Sound(at=0, event_type="say", text="hello"),)
    )
    file_bytes = render_file(recording)
    with wave.open(io.BytesIO(file_bytes)) as file:
        assert file.getparams()[:4] == (1, 2, SAMPLE_RATE, duration_ms * 8)
        assert len(file.readframes(duration_ms * 8)) == duration_ms * 16
    assert len(file_bytes) == file_size(recording) == 44 + duration_ms * 16
    assert struct.unpack_from("<I", file_bytes, 4) == (len(file_bytes) - 8,)


def test_the_wav_header_of_one_second_has_known_bytes() -> None:
    header = (
        *(b"RIFF\xa4\x3e\0\0WAVE", b"fmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0"),
        b"data\x80\x3e\0\0",
    )
    assert render_file(Recording(duration_ms=1_000, sounds=())) == b"".join(
        (*header, bytes(16_000))
    )


@pytest.mark.parametrize(
    ("duration_ms", "declared"),
    [(268_435_453, 4_294_967_284), (268_435_456, 0xFFFF_FFFF), (36_525 * DAY, 0xFFFF_FFFF)],
)
def test_the_wav_header_caps_a_length_that_it_cannot_state(duration_ms: int, declared: int) -> None:
    header, *rest = islice(
        render_chunks(
            Recording(duration_ms=duration_ms, sounds=()),
            0,
            file_size(Recording(duration_ms=duration_ms, sounds=())),
        ),
        3,
    )
    assert struct.unpack_from("<4sI", header) == (b"RIFF", declared)
    assert rest == [bytes(65_536), bytes(65_536)]


@pytest.mark.parametrize("pressed", ["0123456789*#ABCD", "1", "55", "12 3x-4abcd٣", "", "?"])
@pytest.mark.parametrize("at", [0, 1_003])
def test_the_tones_of_digits_decode_to_the_pressed_keys(pressed: str, at: int) -> None:
    signal = samples(
        Recording(duration_ms=4_000, sounds=(Sound(at=at, event_type="press", text=pressed),))
    )
    slots = [signal[start : start + 1_280] for start in range(at * 8, len(signal), 1_280)]
    valid = "".join(char for char in pressed if char in "0123456789*#ABCD")
    assert "".join(detect_key(slot[:800]) for slot in slots) == valid
    assert [slot for slot in slots if any(slot[800:])] == []
    assert not any(signal[: at * 8])
    assert sum(any(slot) for slot in slots) == len(valid)


@pytest.mark.parametrize(("row", "column"), list(product(range(4), range(4))))
def test_a_key_is_the_sum_of_its_two_tones(row: int, column: int) -> None:
    signal = samples(
        Recording(
            duration_ms=100, sounds=(Sound(at=0, event_type="press", text=KEYPAD[row][column]),)
        )
    )
    tones = (tone(LOW[row], 4_000, 800), tone(HIGH[column], 4_000, 800))
    assert signal == [low + high for low, high in zip(*tones, strict=True)]


@pytest.mark.parametrize(("event_type", "frequency"), [("play", 440), ("say", 300)])
@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("x", 533), ("Hello there, ok", 8_000), ("é" * 20, 10_666)]
)
def test_a_voice_is_a_steady_tone_as_long_as_its_text(
    event_type: str, frequency: int, text: str, count: int
) -> None:
    signal = samples(
        Recording(duration_ms=2_000, sounds=(Sound(at=250, event_type=event_type, text=text),))
    )
    assert signal == [0] * 2_000 + tone(frequency, 4_000, count) + [0] * (14_000 - count)


@pytest.mark.parametrize("event_type", ["press", "play", "say"])
def test_a_sound_is_cut_at_the_end_of_the_recording(event_type: str) -> None:
    short, long = (
        samples(
            Recording(
                duration_ms=duration_ms,
                sounds=(Sound(at=500, event_type=event_type, text="9" * 99),),
            )
        )
        for duration_ms in (550, 9)
    )
    assert (
        short
        == samples(
            Recording(
                duration_ms=20_000, sounds=(Sound(at=500, event_type=event_type, text="9" * 99),)
            )
        )[: 550 * 8]
    )
    assert any(short)
    assert long == [0] * 72


def test_a_sound_after_the_end_of_the_recording_is_not_heard() -> None:
    late = (
        Sound(at=1_000, event_type="press", text="1"),
        *(Sound(at=1_001, event_type="play", text="a crowd"),) * 9,
    )
    assert samples(Recording(duration_ms=1_000, sounds=late)) == [0] * 8_000
    signal = samples(
        Recording(
            duration_ms=1_000,
            sounds=(Sound(at=0, event_type="say", text="fifteen letters"), *late),
        )
    )
    assert signal == tone(300, 4_000, 8_000)


def test_overlapping_sounds_are_added() -> None:
    sounds = (
        Sound(at=0, event_type="play", text="a" * 30),
        Sound(at=400, event_type="press", text="12"),
        Sound(at=100, event_type="say", text="b" * 9),
    )
    alone = [samples(Recording(duration_ms=2_500, sounds=(sound,))) for sound in sounds]
    assert samples(Recording(duration_ms=2_500, sounds=sounds)) == [
        sum(each) for each in zip(*alone, strict=True)
    ]


@pytest.mark.parametrize(("count", "level"), [(4, 4_000), (5, 3_200), (50, 320), (20_000, 0)])
def test_many_sounds_at_once_are_quieter_and_never_clipped(count: int, level: int) -> None:
    recording = Recording(duration_ms=1, sounds=(Sound(at=0, event_type="say", text="x"),) * count)
    assert samples(recording) == [count * sample for sample in tone(300, level, 8)]


def test_the_most_sounds_at_once_decide_the_level_of_the_whole_recording() -> None:
    sounds = (
        Sound(at=0, event_type="say", text="x"),
        *(Sound(at=1_000, event_type="say", text="x"),) * 5,
    )
    alone = tone(300, 3_200, 533)
    signal = samples(Recording(duration_ms=2_000, sounds=sounds))
    assert (signal[:533], signal[8_000:8_533]) == (alone, [5 * sample for sample in alone])


def test_sounds_one_after_the_other_keep_their_full_level() -> None:
    sounds = tuple(
        Sound(at=1_000 * at, event_type="play", text="fifteen letters") for at in range(9)
    )
    assert samples(Recording(duration_ms=9_000, sounds=sounds)) == tone(440, 4_000, 72_000)


SOUNDS = st.builds(
    Sound,
    st.integers(0, 6_000),
    st.sampled_from(("press", "play", "say")),
    st.text("0123456789*#ABCDx", max_size=60),
)
RECORDINGS = st.builds(Recording, st.integers(0, 6_000), st.lists(SOUNDS, max_size=4).map(tuple))


@given(RECORDINGS, st.data())
def test_any_byte_range_is_that_slice_of_the_whole_file(
    recording: Recording, drawn: st.DataObject
) -> None:
    file_bytes = render_file(recording)
    first = drawn.draw(st.integers(0, len(file_bytes) - 1))
    last = drawn.draw(st.integers(first, len(file_bytes) + 9))
    chunks = list(render_chunks(recording, first, last))
    assert b"".join(chunks) == file_bytes[first : last + 1]
    assert all(0 < len(chunk) <= 65_536 for chunk in chunks)


@pytest.mark.parametrize("first", [0, 43, 44, 101, 1_643, 1_644, 9_999])
def test_a_byte_range_ends_with_the_file(first: int) -> None:
    recording = Recording(
        duration_ms=100, sounds=(Sound(at=0, event_type="play", text="a long sentence"),)
    )
    assert b"".join(render_chunks(recording, first, 9_999)) == render_file(recording)[first:]


def test_a_file_of_two_hours_is_rendered_in_chunks_from_any_offset() -> None:
    recording = Recording(
        duration_ms=2 * HOUR, sounds=(Sound(at=2 * HOUR - 100, event_type="press", text="#"),)
    )
    assert file_size(recording) == 115_200_044
    start = render_chunks(recording, 0, file_size(recording) - 1)
    assert [len(chunk) for chunk in islice(start, 3)] == [44, 65_536, 65_536]
    last = b"".join(
        render_chunks(recording, file_size(recording) - 1_600, file_size(recording) - 1)
    )
    assert detect_key(list(struct.unpack("<800h", last))) == "#"


@pytest.mark.parametrize(
    ("seed", "call_id", "token"),
    [
        ("seed", "c1", "1b1922a7a362ff06c447b6a34f219530"),
        ("seed", "c2", "f8858da48dc025dd54e6efce7c5fd297"),
        ("other", "c1", "726e5dd479d936caaba07d00c9cfcb0c"),
    ],
)
def test_a_recording_token_depends_on_seed_and_call_alone(
    seed: str, call_id: str, token: str
) -> None:
    assert recording_token(seed, call_id) == token
