"""Whether files are whole: by a digest taken when they were saved, or by what their format says of itself.

A digest is the SHA-256 of the file; of a file longer than ``CHUNK`` bytes that of its chunks' SHA-256 (32 bytes
each) one after another, so that a large file is read by several threads. Formats: safetensors (an 8 byte length,
a JSON header with offsets, the data; https://github.com/huggingface/safetensors#format), torch's zip archives
(every member has a CRC-32), JSON.
"""

import concurrent.futures
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

CHUNK = 64 * 2**20
_PIECE = 2**20
_THREADS = 8
# A larger JSON file is a vocabulary, not what a training goes on with: its size and digest are enough.
_JSON_PARSED = 4 * 2**20
_TORCH = (".pt", ".pth", ".bin")


def digests(
    folder: Path, names: Iterable[str], *, chunk: int = CHUNK, advance: Callable[[int], None] | None = None
) -> dict[str, str]:
    """The digests of files below ``folder``, as hexadecimal; ``advance`` is told how many bytes were read.

    Raises:
        OSError: a file cannot be read.
    """
    names = list(names)
    parts = [(name, start) for name in names for start in range(0, max(1, (folder / name).stat().st_size), chunk)]
    found: dict[str, list[bytes]] = {name: [] for name in names}
    with concurrent.futures.ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
        # hashlib lets go of the interpreter, so threads do read side by side.
        for (name, _), (digest, size) in zip(
            parts, pool.map(lambda part: _part(folder / part[0], part[1], chunk), parts), strict=True
        ):
            found[name].append(digest)
            if advance:
                advance(size)
    return {name: (d[0] if len(d) == 1 else hashlib.sha256(b"".join(d)).digest()).hex() for name, d in found.items()}


def _part(path: Path, start: int, length: int) -> tuple[bytes, int]:
    """The digest of a part of a file, and its bytes."""
    found, buffer, read = hashlib.sha256(), memoryview(bytearray(_PIECE)), 0
    with path.open("rb", buffering=0) as stream:
        stream.seek(start)
        while read < length and (size := stream.readinto(buffer[: min(_PIECE, length - read)])):
            found.update(buffer[:size])
            read += size
    return found.digest(), read


def flaw(path: Path, *, thorough: bool = True) -> str | None:
    """What is wrong with a file by its own format; None: nothing, or a format that does not tell.

    ``thorough`` reads torch's archives to the end, to compare what they hold with their checksums.

    Raises:
        OSError: it cannot be read.
    """
    if not path.stat().st_size:
        return "is empty"
    if path.suffix == ".safetensors":
        return _safetensors_flaw(path)
    if path.suffix in _TORCH:
        return _archive_flaw(path, thorough)
    if path.suffix == ".json" and path.stat().st_size <= _JSON_PARSED:
        return _json_flaw(path)
    return None


def _safetensors_flaw(path: Path) -> str | None:
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if not 2 <= length <= size - 8:
            return "is cut off in its header"
        try:
            header = json.loads(stream.read(length))
            ends = [tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__"]
        except (ValueError, TypeError, LookupError, AttributeError):
            return "has a damaged header"
    expected = 8 + length + max(ends, default=0)
    return None if size == expected else f"has {size} bytes where its header says {expected}"


def _archive_flaw(path: Path, thorough: bool) -> str | None:
    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            # Before 1.6 torch wrote no archives; nor do others who use the suffix.
            return None if not _is_torchs(path) else "is no archive of torch's"
    try:
        with zipfile.ZipFile(path) as archive:
            bad = archive.testzip() if thorough else None
    # An archive is read by what it says of itself: a damaged one leads anywhere.
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, LookupError) as exc:
        return f"is a damaged archive ({exc})"
    return f"is damaged in {bad}" if bad else None


def _is_torchs(path: Path) -> bool:
    return path.name in ("optimizer.pt", "scheduler.pt", "scaler.pt", "training_args.bin") or path.name.startswith(
        "rng_state"
    )


def _json_flaw(path: Path) -> str | None:
    try:
        value: Any = json.loads(path.read_bytes())
    except ValueError:
        return "is not JSON"
    return "holds no object" if path.name == "trainer_state.json" and not isinstance(value, dict) else None
