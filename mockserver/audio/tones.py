"""The tones of a recording: DTMF keys and speech as sums of sine waves."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate, pairwise
from math import pi, sin
from struct import pack, unpack
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.call import Call, Event

SAMPLE_RATE: Final = 8_000  # samples a second; each has 16 bits, and there is one channel
SAMPLES_PER_MILLISECOND: Final = SAMPLE_RATE // 1_000
SAMPLE_WIDTH: Final = 2  # bytes

_DTMF_TONE_LENGTH: Final = 100 * SAMPLES_PER_MILLISECOND
_DTMF_INTERVAL: Final = _DTMF_TONE_LENGTH + 60 * SAMPLES_PER_MILLISECOND
_LETTERS_PER_SECOND: Final = 15
# a whole number of cycles of every frequency below, or longer than a tone lasts
_PERIOD: Final = 100 * SAMPLES_PER_MILLISECOND
_MAX_AMPLITUDE: Final = 4_000  # of one frequency; the largest sample is 32,767
_HEADROOM: Final = 32_000


Frequencies = tuple[int, ...]


_AUDIBLE_DATA: Final = MappingProxyType({"digits": "digits", "play": "text", "speech": "words"})
"""Verb of an event that is heard -> what of its data is."""


_DTMF_FREQUENCIES: Final[Mapping[str, Frequencies]] = MappingProxyType(
    {
        key: (low, high)
        for low, row in ((697, "123A"), (770, "456B"), (852, "789C"), (941, "*0#D"))
        for key, high in zip(row, (1_209, 1_336, 1_477, 1_633), strict=True)
    }
)


class Sound(NamedTuple):
    """`at` in ms from the start; `kind` is the verb of its event, `text` the keys or words."""

    at: int
    event_type: str
    text: str


class Recording(NamedTuple):
    duration_ms: int
    sounds: tuple[Sound, ...]


class Tone(NamedTuple):
    """From sample `start` on and before `stop`."""

    start: int
    stop: int
    frequencies: Frequencies


def build_recording(call: Call) -> Recording | None:
    """The last attempt from its first answer to that leg's end; None if nobody answered."""
    heard = _audible_events(call.events)
    if not heard:
        return None
    start, leg = heard[0].at, heard[0].leg
    ends = (event.at for event in heard if (event.type, event.leg) == ("hangup", leg))
    sounds = (
        Sound(event.at - start, event.type, str(event.data.get(_AUDIBLE_DATA[event.type], "")))
        for event in heard
        if event.type in _AUDIBLE_DATA
    )
    return Recording(next(ends, heard[-1].at) - start, tuple(sounds))


def _audible_events(events: tuple[Event, ...]) -> tuple[Event, ...]:
    begins = [place for place, event in enumerate(events) if event.type == "begin"]
    attempt = events[begins[-1] :] if begins else events
    answers = [place for place, event in enumerate(attempt) if event.type == "answer"]
    return attempt[answers[0] :] if answers else ()


def build_tones(recording: Recording) -> Iterator[Tone]:
    end = recording.duration_ms * SAMPLES_PER_MILLISECOND
    for sound in recording.sounds:
        yield from _TONE_BUILDERS[sound.event_type](
            sound, range(sound.at * SAMPLES_PER_MILLISECOND, end)
        )


def _dtmf_tones(sound: Sound, time: range) -> Iterator[Tone]:
    keys = (_DTMF_FREQUENCIES[key] for key in sound.text if key in _DTMF_FREQUENCIES)
    for start, chord in zip(
        time[::_DTMF_INTERVAL], keys, strict=False
    ):  # what is over leaves keys over
        yield Tone(start, start + _DTMF_TONE_LENGTH, chord)


def _speech_tones(frequencies: Frequencies) -> Callable[[Sound, range], Iterator[Tone]]:
    def spoken(sound: Sound, time: range) -> Iterator[Tone]:
        if time and sound.text:
            yield Tone(
                time.start,
                time.start + len(sound.text) * SAMPLE_RATE // _LETTERS_PER_SECOND,
                frequencies,
            )

    return spoken


_TONE_BUILDERS: Final[Mapping[str, Callable[[Sound, range], Iterator[Tone]]]] = MappingProxyType(
    {"digits": _dtmf_tones, "play": _speech_tones((440,)), "speech": _speech_tones((300,))}
)


def safe_amplitude(tones: Iterable[Tone]) -> int:
    """How loud one frequency may be, that even the fullest moment of the call does not clip."""
    changes = sorted(change for tone in tones for change in ((tone.start, 1), (tone.stop, -1)))
    crowd = max(accumulate(change for _, change in changes), default=1)
    return min(_MAX_AMPLITUDE, _HEADROOM // (2 * crowd))


def render_samples(tones: Iterable[Tone], amplitude: int, samples: range) -> Iterator[bytes]:
    """Piece by piece; within one piece nothing begins or ends."""
    first, stop = samples.start, samples.stop
    near = [tone for tone in tones if tone.start < stop and tone.stop > first]
    inside = {edge for tone in near for edge in tone[:2] if first < edge < stop}
    for low, high in pairwise(sorted({first, stop} | inside)):
        sounding = [tone for tone in near if tone.start <= low and tone.stop >= high]
        yield _mix(
            [_tone_samples(tone, amplitude, range(low, high)) for tone in sounding], high - low
        )


def _tone_samples(tone: Tone, amplitude: int, samples: range) -> bytes:
    turn = _wave_period(tone.frequencies, amplitude)
    skipped = (samples.start - tone.start) % _PERIOD * SAMPLE_WIDTH
    length = len(samples) * SAMPLE_WIDTH
    turns = (skipped + length) // len(turn) + 1
    return (turn * turns)[skipped : skipped + length]


def _mix(sounds: list[bytes], count: int) -> bytes:
    if len(sounds) <= 1:
        return sounds[0] if sounds else bytes(count * SAMPLE_WIDTH)
    form = f"<{count}h"
    return pack(form, *map(sum, zip(*(unpack(form, sound) for sound in sounds), strict=True)))


@lru_cache(maxsize=64)
def _wave_period(frequencies: Frequencies, amplitude: int) -> bytes:
    turn = (
        sum(round(amplitude * sin(2 * pi * tone * at / SAMPLE_RATE)) for tone in frequencies)
        for at in range(_PERIOD)
    )
    return pack(f"<{_PERIOD}h", *turn)
