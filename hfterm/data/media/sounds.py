"""Sounds with libsndfile and soxr: what one is, and the functions that ``map`` knows; in pieces, never by the header.

What is made is WAV, in the resolution of its source (16 bits for MP3, Opus and the like).
"""

import contextlib
import io
from collections.abc import Callable, Iterator
from typing import Any

from hfterm import extras
from hfterm.data.media import files
from hfterm.data.media.errors import MediaError

Value = dict[str, Any]

# Frames that are decoded together.
PIECE = 1 << 16
# A sound that unpacks to more samples is taken for a bomb: 12 hours of stereo at 48 kHz.
MOST_SAMPLES = 2 * 48_000 * 12 * 3600
_FINER = {"PCM_24": "PCM_24", "PCM_32": "PCM_32", "FLOAT": "FLOAT", "DOUBLE": "DOUBLE"}


def soundfile() -> Any:
    """The library.

    Raises:
        MissingExtraError: it is not installed.
    """
    return extras.require("soundfile", "media")


@contextlib.contextmanager
def opened(value: Value) -> Iterator[Any]:
    """A sound, its samples not yet read.

    Raises:
        MediaError: it is none, or is damaged.
    """
    library = soundfile()
    path = value.get("path")
    with _blamed(path), files.opened(value) as stream:
        try:
            sound = library.SoundFile(stream)
        except library.LibsndfileError as exc:
            raise MediaError(path, "is no sound that can be read") from exc
        with sound:
            # Else the library seeks after each piece, which MP3 and headers that lie do not bear.
            sound.seekable = lambda: False
            if sound.samplerate < 1 or sound.channels < 1:
                raise MediaError(path, "has no sampling rate")
            yield sound


@contextlib.contextmanager
def _blamed(path: str | None) -> Iterator[None]:
    try:
        yield
    except MediaError:
        raise
    except MemoryError as exc:
        raise MediaError(path, "does not fit into memory") from exc
    except Exception as exc:
        raise MediaError(path, f"cannot be read: {exc}") from exc


def pieces(sound: Any, path: str | None) -> Iterator[Any]:
    """The samples as they are decoded, in arrays of frames x channels, float32 (float64 where that is finer).

    Raises:
        MediaError: it breaks off, or unpacks to too much.
    """
    kind = "float64" if sound.subtype in ("PCM_32", "DOUBLE") else "float32"
    frames = 0
    while True:
        try:
            # The library makes room for what is asked, not for what the header says.
            piece = sound.read(PIECE, dtype=kind, always_2d=True)
        except soundfile().LibsndfileError as exc:
            raise MediaError(path, f"breaks off after {frames / sound.samplerate:.2f} seconds or later") from exc
        if not len(piece):
            return
        frames += len(piece)
        if frames * sound.channels > MOST_SAMPLES:
            raise MediaError(path, "is taken for a bomb: it unpacks to more than 12 hours")
        yield piece


def facts(value: Value) -> dict[str, Any]:
    """``format``, ``sampling_rate`` (Hz), ``channels``, ``seconds`` (those that are there, not those declared).

    Raises:
        MediaError: it cannot be read, or ends before it says.
    """
    with opened(value) as sound:
        found = {"format": sound.format, "sampling_rate": sound.samplerate, "channels": sound.channels}
        frames = _said(sound)
    if frames is None:
        with opened(value) as sound:
            frames = sum(len(piece) for piece in pieces(sound, value.get("path")))
    return found | {"seconds": round(frames / found["sampling_rate"], 6)}


def _said(sound: Any) -> int | None:
    """How many frames the header says, if the last one of them is there."""
    said = int(sound.frames)
    if said * sound.channels > MOST_SAMPLES:
        return None
    try:
        there = said > 0 and sound.seek(said - 1) == said - 1 and len(sound.read(2)) == 1
    except soundfile().LibsndfileError:
        return None
    return said if there else None


def duration(value: Value) -> float:
    """Seconds."""
    return float(facts(value)["seconds"])


def resample(value: Value, rate: int) -> Value:
    """A sound at another sampling rate (Hz), as soxr's high quality makes it."""
    if not 1 <= rate <= 768_000:
        raise ValueError(f"a sampling rate of {rate} makes no sense")
    soxr = extras.require("soxr", "media")

    def change(sound: Any, found: Iterator[Any]) -> Iterator[Any]:
        stream = None
        for piece in found:
            stream = stream or soxr.ResampleStream(sound.samplerate, rate, sound.channels, dtype=str(piece.dtype))
            yield stream.resample_chunk(piece, last=False)
        if stream is not None:
            yield stream.resample_chunk(piece[:0], last=True)

    return _changed(value, lambda sound: sound.samplerate != rate, change, rate)


def mono(value: Value) -> Value:
    """A sound with one channel, the mean of all."""

    def change(sound: Any, found: Iterator[Any]) -> Iterator[Any]:
        for piece in found:
            yield piece.mean(axis=1, keepdims=True)

    return _changed(value, lambda sound: sound.channels != 1, change, channels=1)


def _changed(
    value: Value,
    wanted: Callable[[Any], bool],
    change: Callable[[Any, Iterator[Any]], Iterator[Any]],
    rate: int | None = None,
    channels: int | None = None,
) -> Value:
    """A value with its sound changed; where nothing is to be changed it stays as it is, byte for byte.

    Raises:
        MediaError.
    """
    path = value.get("path")
    with opened(value) as sound:
        if not wanted(sound):
            return {"bytes": files.content(value), "path": path}
        stream = io.BytesIO()
        how = {"format": "WAV", "subtype": _FINER.get(sound.subtype, "PCM_16")}
        with soundfile().SoundFile(stream, "w", rate or sound.samplerate, channels or sound.channels, **how) as made:
            for piece in change(sound, pieces(sound, path)):
                made.write(piece)
                if stream.tell() > files.MOST_BYTES:
                    raise MediaError(path, f"becomes larger than {files.MOST_BYTES >> 20} MB")
        return {"bytes": stream.getvalue(), "path": files.renamed(path, ".wav")}
