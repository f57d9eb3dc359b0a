"""What a call sounded like, as a WAV file that is rendered piece by piece, from any byte on."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate, pairwise
from math import pi, sin
from struct import pack, unpack
from types import MappingProxyType
from typing import Final, NamedTuple

from mockserver.core.call import Call, Event
from mockserver.core.chance import digest

RATE: Final = 8_000  # samples a second; each has 16 bits, and there is one channel

_WIDTH: Final = 2  # bytes of a sample
_MILLI: Final = RATE // 1_000
_HEADER: Final = 44  # bytes
_FULL: Final = 0xFFFF_FFFF  # the longest length that the header can say; a longer file says this
_CHUNK: Final = 64 * 1_024

_TONE: Final = 100 * _MILLI
_KEY: Final = _TONE + 60 * _MILLI
_LETTERS: Final = 15  # spoken in a second
_TURN: Final = 100 * _MILLI  # every frequency below comes round in it, or is not heard longer
_LEVEL: Final = 4_000  # of one frequency; the loudest possible is 32,767
_ROOM: Final = 32_000

_Chord = tuple[int, ...]
_KEYS: Final[Mapping[str, _Chord]] = MappingProxyType(
    {
        key: (low, high)
        for low, row in ((697, "123A"), (770, "456B"), (852, "789C"), (941, "*0#D"))
        for key, high in zip(row, (1_209, 1_336, 1_477, 1_633), strict=True)
    }
)
_TEXTS: Final = MappingProxyType({"digits": "digits", "play": "text", "speech": "words"})
"""Verb of an event that is heard -> what of its data is."""


class Sound(NamedTuple):
    """`at` in ms from the start; `kind` is the verb of its event, `text` the keys or words."""

    at: int
    kind: str
    text: str


class Recording(NamedTuple):
    millis: int
    sounds: tuple[Sound, ...]


class _Tone(NamedTuple):
    """From sample `start` on and before `stop`."""

    start: int
    stop: int
    chord: _Chord


def token(seed: str, call_id: str) -> str:
    """The name of a recording in its URL, which nobody guesses."""
    return digest(seed, "media", call_id).hex()


def heard_at(url: str) -> str:
    """The token in the URL of a recording."""
    return url.rpartition("/")[2].removesuffix(".wav")


def recording(call: Call) -> Recording | None:
    """The last attempt from its first answer to that leg's end; None if nobody answered."""
    heard = _heard(call.events)
    if not heard:
        return None
    start, leg = heard[0].at, heard[0].leg
    ends = (event.at for event in heard if (event.verb, event.leg) == ("hangup", leg))
    sounds = (
        Sound(event.at - start, event.verb, str(event.data.get(_TEXTS[event.verb], "")))
        for event in heard
        if event.verb in _TEXTS
    )
    return Recording(next(ends, heard[-1].at) - start, tuple(sounds))


def size(recording: Recording) -> int:
    """Bytes of the whole file."""
    return _HEADER + recording.millis * _MILLI * _WIDTH


def chunks(recording: Recording, first: int, last: int) -> Iterator[bytes]:
    """The bytes `first` to `last` of the file, both included, at most 64 kB at a time."""
    if header := _header(recording)[first : last + 1]:
        yield header
    tones = tuple(_tones(recording))
    level = _level(tones)
    stop = min(last + 1, size(recording))
    for start in range(max(first, _HEADER), stop, _CHUNK):
        low, high = start - _HEADER, min(start + _CHUNK, stop) - _HEADER
        samples = range(low // _WIDTH, -(-high // _WIDTH))
        odd = low % _WIDTH  # a range of bytes may begin and end inside a sample
        yield b"".join(_rendered(tones, level, samples))[odd : odd + high - low]


def _heard(events: tuple[Event, ...]) -> tuple[Event, ...]:
    begins = [place for place, event in enumerate(events) if event.verb == "begin"]
    attempt = events[begins[-1] :] if begins else events
    answers = [place for place, event in enumerate(attempt) if event.verb == "answer"]
    return attempt[answers[0] :] if answers else ()


def _header(recording: Recording) -> bytes:
    body = size(recording) - _HEADER
    riff = (b"RIFF", min(body + _HEADER - 8, _FULL), b"WAVE")
    form = (b"fmt ", 16, 1, 1, RATE, RATE * _WIDTH, _WIDTH, 8 * _WIDTH)
    return pack("<4sI4s4sIHHIIHH4sI", *riff, *form, b"data", min(body, _FULL))


def _tones(recording: Recording) -> Iterator[_Tone]:
    end = recording.millis * _MILLI
    for sound in recording.sounds:
        yield from _VOICES[sound.kind](sound, range(sound.at * _MILLI, end))


def _pressed(sound: Sound, time: range) -> Iterator[_Tone]:
    keys = (_KEYS[key] for key in sound.text if key in _KEYS)
    for start, chord in zip(time[::_KEY], keys, strict=False):  # what is over leaves keys over
        yield _Tone(start, start + _TONE, chord)


def _spoken(chord: _Chord) -> Callable[[Sound, range], Iterator[_Tone]]:
    def spoken(sound: Sound, time: range) -> Iterator[_Tone]:
        if time and sound.text:
            yield _Tone(time.start, time.start + len(sound.text) * RATE // _LETTERS, chord)

    return spoken


_VOICES: Final[Mapping[str, Callable[[Sound, range], Iterator[_Tone]]]] = MappingProxyType(
    {"digits": _pressed, "play": _spoken((440,)), "speech": _spoken((300,))}
)


def _level(tones: Iterable[_Tone]) -> int:
    """How loud one frequency may be, that even the fullest moment of the call does not clip."""
    changes = sorted(change for tone in tones for change in ((tone.start, 1), (tone.stop, -1)))
    crowd = max(accumulate(change for _, change in changes), default=1)
    return min(_LEVEL, _ROOM // (2 * crowd))


def _rendered(tones: Iterable[_Tone], level: int, samples: range) -> Iterator[bytes]:
    """Piece by piece; within one piece nothing begins or ends."""
    first, stop = samples.start, samples.stop
    near = [tone for tone in tones if tone.start < stop and tone.stop > first]
    inside = {edge for tone in near for edge in tone[:2] if first < edge < stop}
    for low, high in pairwise(sorted({first, stop} | inside)):
        sounding = [tone for tone in near if tone.start <= low and tone.stop >= high]
        yield _sum([_cut(tone, level, range(low, high)) for tone in sounding], high - low)


def _cut(tone: _Tone, level: int, samples: range) -> bytes:
    turn = _wave(tone.chord, level)
    skipped = (samples.start - tone.start) % _TURN * _WIDTH
    length = len(samples) * _WIDTH
    turns = (skipped + length) // len(turn) + 1
    return (turn * turns)[skipped : skipped + length]


def _sum(sounds: list[bytes], count: int) -> bytes:
    if len(sounds) <= 1:
        return sounds[0] if sounds else bytes(count * _WIDTH)
    form = f"<{count}h"
    return pack(form, *map(sum, zip(*(unpack(form, sound) for sound in sounds), strict=True)))


@lru_cache(maxsize=64)
def _wave(chord: _Chord, level: int) -> bytes:
    turn = (
        sum(round(level * sin(2 * pi * tone * at / RATE)) for tone in chord) for at in range(_TURN)
    )
    return pack(f"<{_TURN}h", *turn)
