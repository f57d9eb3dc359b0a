"""Render DTMF keys and speech of a recording as sums of sine waves."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate, pairwise
from math import pi, sin
from struct import pack, unpack
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.call import Call, Event

SAMPLE_RATE: Final = 8_000  # samples per second, of 16 bits, on one channel
SAMPLES_PER_MILLISECOND: Final = SAMPLE_RATE // 1_000
SAMPLE_WIDTH: Final = 2  # bytes

_DTMF_TONE_LENGTH: Final = 100 * SAMPLES_PER_MILLISECOND
_DTMF_INTERVAL: Final = _DTMF_TONE_LENGTH + 60 * SAMPLES_PER_MILLISECOND
_LETTERS_PER_SECOND: Final = 15
# in samples: a whole number of cycles of every speech frequency, and no shorter than a DTMF tone
_PERIOD: Final = 100 * SAMPLES_PER_MILLISECOND
_MAX_AMPLITUDE: Final = 4_000  # of one frequency; the largest sample is 32,767
_HEADROOM: Final = 32_000


Frequencies = tuple[int, ...]


_AUDIBLE_DATA: Final = MappingProxyType({"play": "text", "press": "digits", "say": "words"})
"""Type of an audible event -> the key of its data that is heard."""


_DTMF_FREQUENCIES: Final[Mapping[str, Frequencies]] = MappingProxyType(
    {
        key: (low, high)
        for low, row in ((697, "123A"), (770, "456B"), (852, "789C"), (941, "*0#D"))
        for key, high in zip(row, (1_209, 1_336, 1_477, 1_633), strict=True)
    }
)


class Sound(NamedTuple):
    """An audible event, `at` ms from the start of the recording; `text` is the keys or words."""

    at: int
    event_type: str
    text: str


class Recording(NamedTuple):
    duration_ms: int
    sounds: tuple[Sound, ...]


class Tone(NamedTuple):
    """Frequencies (Hz) that sound from sample `start` until before `stop`."""

    start: int
    stop: int
    frequencies: Frequencies


def build_recording(call: Call) -> Recording | None:
    """Build the recording of the last attempt; None if no leg answered.

    It lasts from the first answer until that leg hangs up.
    """
    events = _audible_events(call.events)
    if not events:
        return None
    start, leg = events[0].at, events[0].leg
    ends = (event.at for event in events if (event.type, event.leg) == ("hangup", leg))
    sounds = (
        Sound(event.at - start, event.type, str(event.data.get(_AUDIBLE_DATA[event.type], "")))
        for event in events
        if event.type in _AUDIBLE_DATA
    )
    return Recording(next(ends, events[-1].at) - start, tuple(sounds))


def _audible_events(events: tuple[Event, ...]) -> tuple[Event, ...]:
    begins = [index for index, event in enumerate(events) if event.type == "begin"]
    attempt = events[begins[-1] :] if begins else events
    answers = [index for index, event in enumerate(attempt) if event.type == "answer"]
    return attempt[answers[0] :] if answers else ()


def build_tones(recording: Recording) -> Iterator[Tone]:
    end = recording.duration_ms * SAMPLES_PER_MILLISECOND
    for sound in recording.sounds:
        yield from _TONE_BUILDERS[sound.event_type](
            sound, range(sound.at * SAMPLES_PER_MILLISECOND, end)
        )


def _dtmf_tones(sound: Sound, time: range) -> Iterator[Tone]:
    keys = (_DTMF_FREQUENCIES[key] for key in sound.text if key in _DTMF_FREQUENCIES)
    # not strict: keys that do not fit into the recording are left out
    for start, frequencies in zip(time[::_DTMF_INTERVAL], keys, strict=False):
        yield Tone(start, start + _DTMF_TONE_LENGTH, frequencies)


def _speech_tones(frequencies: Frequencies) -> Callable[[Sound, range], Iterator[Tone]]:
    def build_speech(sound: Sound, time: range) -> Iterator[Tone]:
        if time and sound.text:
            yield Tone(
                time.start,
                time.start + len(sound.text) * SAMPLE_RATE // _LETTERS_PER_SECOND,
                frequencies,
            )

    return build_speech


_TONE_BUILDERS: Final[Mapping[str, Callable[[Sound, range], Iterator[Tone]]]] = MappingProxyType(
    {"play": _speech_tones((440,)), "press": _dtmf_tones, "say": _speech_tones((300,))}
)


def safe_amplitude(tones: Iterable[Tone]) -> int:
    """Return the amplitude of one frequency at which no moment of the recording clips."""
    changes = sorted(change for tone in tones for change in ((tone.start, 1), (tone.stop, -1)))
    simultaneous = max(accumulate(change for _, change in changes), default=1)
    return min(_MAX_AMPLITUDE, _HEADROOM // (2 * simultaneous))  # a DTMF tone has two frequencies


def render_samples(tones: Iterable[Tone], amplitude: int, samples: range) -> Iterator[bytes]:
    """Yield the samples in pieces, within which no tone begins or ends."""
    first, stop = samples.start, samples.stop
    overlapping = [tone for tone in tones if tone.start < stop and tone.stop > first]
    edges = {edge for tone in overlapping for edge in tone[:2] if first < edge < stop}
    for low, high in pairwise(sorted({first, stop} | edges)):
        audible = [tone for tone in overlapping if tone.start <= low and tone.stop >= high]
        yield _mix(
            [_tone_samples(tone, amplitude, range(low, high)) for tone in audible], high - low
        )


def _tone_samples(tone: Tone, amplitude: int, samples: range) -> bytes:
    period = _wave_period(tone.frequencies, amplitude)
    offset = (samples.start - tone.start) % _PERIOD * SAMPLE_WIDTH
    length = len(samples) * SAMPLE_WIDTH
    period_count = (offset + length) // len(period) + 1
    return (period * period_count)[offset : offset + length]


def _mix(sounds: list[bytes], count: int) -> bytes:
    if len(sounds) <= 1:
        return sounds[0] if sounds else bytes(count * SAMPLE_WIDTH)
    layout = f"<{count}h"
    return pack(layout, *map(sum, zip(*(unpack(layout, sound) for sound in sounds), strict=True)))


@lru_cache(maxsize=64)
def _wave_period(frequencies: Frequencies, amplitude: int) -> bytes:
    samples = (
        sum(round(amplitude * sin(2 * pi * hertz * index / SAMPLE_RATE)) for hertz in frequencies)
        for index in range(_PERIOD)
    )
    return pack(f"<{_PERIOD}h", *samples)
