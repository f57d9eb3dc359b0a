"""Render a recording as a WAV file, from any byte on."""

from collections.abc import Iterator
from struct import pack
from typing import Final

from mockserver.audio.tones import (
    SAMPLE_RATE,
    SAMPLE_WIDTH,
    SAMPLES_PER_MILLISECOND,
    Recording,
    build_tones,
    render_samples,
    safe_amplitude,
)

_CHUNK_SIZE: Final = 64 * 1_024  # bytes
_HEADER_SIZE: Final = 44  # bytes
_MAX_LENGTH_FIELD: Final = 0xFFFF_FFFF  # written for longer files, too


def file_size(recording: Recording) -> int:
    """Return the size of the whole file in bytes."""
    return _HEADER_SIZE + recording.duration_ms * SAMPLES_PER_MILLISECOND * SAMPLE_WIDTH


def render_chunks(recording: Recording, first: int, last: int) -> Iterator[bytes]:
    """Yield the bytes `first` to `last` of the file, both included, in chunks of at most 64 KiB."""
    if header := _build_header(recording)[first : last + 1]:
        yield header
    tones = tuple(build_tones(recording))
    amplitude = safe_amplitude(tones)
    stop = min(last + 1, file_size(recording))
    for start in range(max(first, _HEADER_SIZE), stop, _CHUNK_SIZE):
        low, high = start - _HEADER_SIZE, min(start + _CHUNK_SIZE, stop) - _HEADER_SIZE
        samples = range(low // SAMPLE_WIDTH, -(-high // SAMPLE_WIDTH))
        offset = low % SAMPLE_WIDTH  # a range of bytes may begin and end inside a sample
        yield b"".join(render_samples(tones, amplitude, samples))[offset : offset + high - low]


def _build_header(recording: Recording) -> bytes:
    data_size = file_size(recording) - _HEADER_SIZE
    riff = (b"RIFF", min(data_size + _HEADER_SIZE - 8, _MAX_LENGTH_FIELD), b"WAVE")
    pcm_format = (
        b"fmt ",
        16,
        1,
        1,
        SAMPLE_RATE,
        SAMPLE_RATE * SAMPLE_WIDTH,
        SAMPLE_WIDTH,
        8 * SAMPLE_WIDTH,
    )
    return pack(
        "<4sI4s4sIHHIIHH4sI", *riff, *pcm_format, b"data", min(data_size, _MAX_LENGTH_FIELD)
    )
