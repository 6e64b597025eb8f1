"""Real images, sounds and archives for tests."""

import io
import json
import struct
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def image(seed: int = 0, size: tuple[int, int] = (12, 8), mode: str = "RGB") -> Any:
    """An image of noise."""
    import numpy
    from PIL import Image

    noise = numpy.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), dtype=numpy.uint8)
    return Image.fromarray(noise).convert(mode)


def encoded(made: Any, kind: str = "PNG", **how: Any) -> bytes:
    """An image as the bytes of a file."""
    stream = io.BytesIO()
    made.save(stream, kind, **how)
    return stream.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A PNG that says that it is so large, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def sound(path: Path, seconds: float = 0.5, rate: int = 8000, channels: int = 1, **how: Any) -> Path:
    """A tone, in the format of the file's name."""
    import numpy
    import soundfile

    wave = 0.4 * numpy.sin(numpy.arange(int(seconds * rate)) * 2 * numpy.pi * 440 / rate)
    soundfile.write(path, numpy.stack([wave, wave / 2][:channels], axis=1), rate, **how)
    return path


def tar(members: Iterable[tuple[str, bytes | str | dict[str, Any]]], mode: str = "w") -> bytes:
    """A tar archive of these members, dicts as JSON."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            data = json.dumps(content) if isinstance(content, dict) else content
            data = data.encode() if isinstance(data, str) else data
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()
