"""What is heard in a recording: its length, its keys and voices, and any part of its bytes."""

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
from mockserver.core.call import Call, Event, Leg, recording_token
from mockserver.core.time import DAY, HOUR
from tests.support.builders import build_call, build_call_spec

ORDER = build_call_spec(account="shop", created_at=1_000)
LEGS = (Leg(name="a", role="from", number="1"), Leg(name="b", role="to", number="2"))
LOW, HIGH = (697, 770, 852, 941), (1_209, 1_336, 1_477, 1_633)
KEYPAD = ("123A", "456B", "789C", "*0#D")
BEGIN, ANSWER = Event(at=1_000, type="begin"), Event(at=3_000, type="answer", leg="a")


def call(*events: Event) -> Call:
    return build_call(spec=ORDER, legs=LEGS, starts_at=1_000, events=events)


def data(made: Recording) -> bytes:
    return b"".join(render_chunks(made, 0, file_size(made) - 1))


def samples(made: Recording) -> list[int]:
    with wave.open(io.BytesIO(data(made))) as file:
        frames = file.readframes(file.getnframes())
    return list(struct.unpack(f"<{len(frames) // 2}h", frames))


def goertzel(heard: list[int], frequency: int) -> float:
    """The amplitude of one frequency in what is heard."""
    turn, before, last = 2 * cos(2 * pi * frequency / SAMPLE_RATE), 0.0, 0.0
    for sample in heard:
        before, last = last, sample + turn * last - before
    power = before**2 + last**2 - turn * before * last
    return 2 * sqrt(max(power, 0.0)) / len(heard)


def key(heard: list[int]) -> str:
    """The key whose two tones are heard; nothing where it is not exactly one of each group."""
    low, high = (
        [place for place, frequency in enumerate(group) if goertzel(heard, frequency) > 1_500]
        for group in (LOW, HIGH)
    )
    return KEYPAD[low[0]][high[0]] if len(low) == len(high) == 1 else ""


def tone(frequency: int, level: int, count: int) -> list[int]:
    return [round(level * sin(2 * pi * frequency * at / SAMPLE_RATE)) for at in range(count)]


@pytest.mark.parametrize(
    ("events", "made"),
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
                *(BEGIN, ANSWER, Event(at=3_500, type="digits", leg="a", data={"digits": "9"})),
                *(Event(at=4_000, type="hangup", leg="a"), Event(at=9_000, type="begin")),
                *(Event(at=9_100, type="answer", leg="a"), Event(at=9_300, type="hangup", leg="a")),
            ),
            Recording(duration_ms=200, sounds=()),
        ),
        (
            (
                *(BEGIN, ANSWER, Event(at=3_500, type="play", leg="a", data={"text": "Press one"})),
                *(
                    Event(at=4_000, type="digits", leg="a", data={"digits": "1"}),
                    Event(at=4_000, type="bridge"),
                ),
                *(
                    Event(at=4_500, type="speech", leg="b", data={"words": "yes"}),
                    Event(at=5_000, type="digits", leg="a"),
                ),
                Event(at=6_000, type="hangup", leg="a"),
            ),
            Recording(
                duration_ms=3_000,
                sounds=(
                    Sound(at=500, event_type="play", text="Press one"),
                    Sound(at=1_000, event_type="digits", text="1"),
                    Sound(at=1_500, event_type="speech", text="yes"),
                    Sound(at=2_000, event_type="digits", text=""),
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
def test_recording_of_events(events: tuple[Event, ...], made: Recording | None) -> None:
    assert build_recording(call(*events)) == made


@pytest.mark.parametrize("millis", [0, 1, 7, 4_095, 4_096, 61_234])
def test_file_opens_and_has_exactly_the_length(millis: int) -> None:
    made = Recording(duration_ms=millis, sounds=(Sound(at=0, event_type="speech", text="hello"),))
    whole = data(made)
    with wave.open(io.BytesIO(whole)) as file:
        assert file.getparams()[:4] == (1, 2, SAMPLE_RATE, millis * 8)
        assert len(file.readframes(millis * 8)) == millis * 16
    assert len(whole) == file_size(made) == 44 + millis * 16
    assert struct.unpack_from("<I", whole, 4) == (len(whole) - 8,)


def test_header_of_a_second_byte_by_byte() -> None:
    header = (
        *(b"RIFF\xa4\x3e\0\0WAVE", b"fmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0"),
        b"data\x80\x3e\0\0",
    )
    assert data(Recording(duration_ms=1_000, sounds=())) == b"".join((*header, bytes(16_000)))


@pytest.mark.parametrize(
    ("millis", "said"),
    [(268_435_453, 4_294_967_284), (268_435_456, 0xFFFF_FFFF), (36_525 * DAY, 0xFFFF_FFFF)],
)
def test_length_beyond_what_a_header_can_say(millis: int, said: int) -> None:
    header, *rest = islice(
        render_chunks(
            Recording(duration_ms=millis, sounds=()),
            0,
            file_size(Recording(duration_ms=millis, sounds=())),
        ),
        3,
    )
    assert struct.unpack_from("<4sI", header) == (b"RIFF", said)
    assert rest == [bytes(65_536), bytes(65_536)]


@pytest.mark.parametrize("pressed", ["0123456789*#ABCD", "1", "55", "12 3x-4abcd٣", "", "?"])
@pytest.mark.parametrize("at", [0, 1_003])
def test_keys_decode_to_what_was_pressed(pressed: str, at: int) -> None:
    heard = samples(
        Recording(duration_ms=4_000, sounds=(Sound(at=at, event_type="digits", text=pressed),))
    )
    slots = [heard[start : start + 1_280] for start in range(at * 8, len(heard), 1_280)]
    known = "".join(one for one in pressed if one in "0123456789*#ABCD")
    assert "".join(key(slot[:800]) for slot in slots) == known
    assert [slot for slot in slots if any(slot[800:])] == []
    assert not any(heard[: at * 8])
    assert sum(any(slot) for slot in slots) == len(known)


@pytest.mark.parametrize(("row", "column"), list(product(range(4), range(4))))
def test_key_is_the_sum_of_its_two_tones(row: int, column: int) -> None:
    heard = samples(
        Recording(
            duration_ms=100, sounds=(Sound(at=0, event_type="digits", text=KEYPAD[row][column]),)
        )
    )
    tones = (tone(LOW[row], 4_000, 800), tone(HIGH[column], 4_000, 800))
    assert heard == [low + high for low, high in zip(*tones, strict=True)]


@pytest.mark.parametrize(("kind", "frequency"), [("play", 440), ("speech", 300)])
@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("x", 533), ("Hello there, ok", 8_000), ("é" * 20, 10_666)]
)
def test_voice_is_a_steady_tone(kind: str, frequency: int, text: str, count: int) -> None:
    heard = samples(
        Recording(duration_ms=2_000, sounds=(Sound(at=250, event_type=kind, text=text),))
    )
    assert heard == [0] * 2_000 + tone(frequency, 4_000, count) + [0] * (14_000 - count)


@pytest.mark.parametrize("kind", ["digits", "play", "speech"])
def test_sound_is_cut_at_the_end(kind: str) -> None:
    short, long = (
        samples(
            Recording(duration_ms=millis, sounds=(Sound(at=500, event_type=kind, text="9" * 99),))
        )
        for millis in (550, 9)
    )
    assert (
        short
        == samples(
            Recording(duration_ms=20_000, sounds=(Sound(at=500, event_type=kind, text="9" * 99),))
        )[: 550 * 8]
    )
    assert any(short)
    assert long == [0] * 72


def test_sound_after_the_end_is_not_heard() -> None:
    late = (
        Sound(at=1_000, event_type="digits", text="1"),
        *(Sound(at=1_001, event_type="play", text="a crowd"),) * 9,
    )
    assert samples(Recording(duration_ms=1_000, sounds=late)) == [0] * 8_000
    heard = samples(
        Recording(
            duration_ms=1_000,
            sounds=(Sound(at=0, event_type="speech", text="fifteen letters"), *late),
        )
    )
    assert heard == tone(300, 4_000, 8_000)


def test_overlapping_sounds_add_up() -> None:
    sounds = (
        Sound(at=0, event_type="play", text="a" * 30),
        Sound(at=400, event_type="digits", text="12"),
        Sound(at=100, event_type="speech", text="b" * 9),
    )
    alone = [samples(Recording(duration_ms=2_500, sounds=(sound,))) for sound in sounds]
    assert samples(Recording(duration_ms=2_500, sounds=sounds)) == [
        sum(each) for each in zip(*alone, strict=True)
    ]


@pytest.mark.parametrize(("crowd", "level"), [(4, 4_000), (5, 3_200), (50, 320), (20_000, 0)])
def test_crowd_is_quieter_and_never_clipped(crowd: int, level: int) -> None:
    made = Recording(duration_ms=1, sounds=(Sound(at=0, event_type="speech", text="x"),) * crowd)
    assert samples(made) == [crowd * sample for sample in tone(300, level, 8)]


def test_crowd_is_as_large_after_somebody_has_stopped() -> None:
    sounds = (
        Sound(at=0, event_type="speech", text="x"),
        *(Sound(at=1_000, event_type="speech", text="x"),) * 5,
    )
    alone = tone(300, 3_200, 533)
    heard = samples(Recording(duration_ms=2_000, sounds=sounds))
    assert (heard[:533], heard[8_000:8_533]) == (alone, [5 * sample for sample in alone])


def test_sounds_one_after_the_other_are_no_crowd() -> None:
    sounds = tuple(
        Sound(at=1_000 * at, event_type="play", text="fifteen letters") for at in range(9)
    )
    assert samples(Recording(duration_ms=9_000, sounds=sounds)) == tone(440, 4_000, 72_000)


SOUNDS = st.builds(
    Sound,
    st.integers(0, 6_000),
    st.sampled_from(("digits", "play", "speech")),
    st.text("0123456789*#ABCDx", max_size=60),
)
RECORDINGS = st.builds(Recording, st.integers(0, 6_000), st.lists(SOUNDS, max_size=4).map(tuple))


@given(RECORDINGS, st.data())
def test_any_range_is_the_slice_of_the_whole(made: Recording, drawn: st.DataObject) -> None:
    whole = data(made)
    first = drawn.draw(st.integers(0, len(whole) - 1))
    last = drawn.draw(st.integers(first, len(whole) + 9))
    parts = list(render_chunks(made, first, last))
    assert b"".join(parts) == whole[first : last + 1]
    assert all(0 < len(part) <= 65_536 for part in parts)


@pytest.mark.parametrize("first", [0, 43, 44, 101, 1_643, 1_644, 9_999])
def test_range_ends_with_the_file(first: int) -> None:
    made = Recording(
        duration_ms=100, sounds=(Sound(at=0, event_type="play", text="a long sentence"),)
    )
    assert b"".join(render_chunks(made, first, 9_999)) == data(made)[first:]


def test_two_hours_are_rendered_piece_by_piece_and_from_any_place() -> None:
    made = Recording(
        duration_ms=2 * HOUR, sounds=(Sound(at=2 * HOUR - 100, event_type="digits", text="#"),)
    )
    assert file_size(made) == 115_200_044
    start = render_chunks(made, 0, file_size(made) - 1)
    assert [len(part) for part in islice(start, 3)] == [44, 65_536, 65_536]
    last = b"".join(render_chunks(made, file_size(made) - 1_600, file_size(made) - 1))
    assert key(list(struct.unpack("<800h", last))) == "#"


@pytest.mark.parametrize(
    ("seed", "name", "made"),
    [
        ("seed", "c1", "1b1922a7a362ff06c447b6a34f219530"),
        ("seed", "c2", "f8858da48dc025dd54e6efce7c5fd297"),
        ("other", "c1", "726e5dd479d936caaba07d00c9cfcb0c"),
    ],
)
def test_token_depends_on_seed_and_call_alone(seed: str, name: str, made: str) -> None:
    assert recording_token(seed, name) == made
