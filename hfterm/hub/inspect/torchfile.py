"""What ``torch.save`` wrote (.bin, .pt, .pth, .ckpt): names, shapes and kinds of the tensors, without running it.

Formats: ``torch/serialization.py`` (``_save``, ``_legacy_save``). Since 1.6 a zip whose ``data.pkl`` is a pickle and
whose ``data/KEY`` are the tensors' bytes; before, five pickles one after the other, then the bytes.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from hfterm.hub.inspect.pickles import Call, Machine, Named, Stored
from hfterm.hub.inspect.tensors import BITS, Parsed, Tensor, shape_of
from hfterm.hub.inspect.window import Window

MOST_PICKLE = 64 << 20
MOST_ENTRIES = MOST_TENSORS = 1_000_000
_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_STORAGES = {
    "DoubleStorage": "F64", "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16",
    "LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8", "ByteStorage": "U8",
    "BoolStorage": "BOOL", "ComplexFloatStorage": "C64", "ComplexDoubleStorage": "C128", "UntypedStorage": "U8",
    "QInt8Storage": "I8", "QUInt8Storage": "U8", "QInt32Storage": "I32",
}  # fmt: skip
_DTYPES = {
    "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2", "float8_e4m3fnuz": "F8_E4M3FNUZ",
    "float8_e5m2fnuz": "F8_E5M2FNUZ", "float8_e8m0fnu": "F8_E8M0", "uint16": "U16", "uint32": "U32", "uint64": "U64",
    "float16": "F16", "bfloat16": "BF16", "float32": "F32", "float64": "F64", "int8": "I8", "int16": "I16",
    "int32": "I32", "int64": "I64", "uint8": "U8", "bool": "BOOL", "complex64": "C64", "complex128": "C128",
}  # fmt: skip
# Modules that a state dict needs; whatever else a pickle would import is told.
_HARMLESS = ("torch", "collections", "numpy")


def parse(file: Window) -> Parsed:
    """The tensors that are reachable in it by names, ``a.b.0.c`` for what is nested.

    Raises:
        Damaged: it is no such file, or broken.
    """
    if file.size >= 4 and file.read(0, 2) == b"PK":
        value, machine, kind = *_zipped(file), "torch"
    elif file.size >= 16 and file.read(0, 1) == b"\x80":
        value, machine, kind = _legacy(file)
    else:
        raise file.damaged("no file of torch.save (neither a zip nor a pickle)")
    foreign = sorted(str(n) for n in machine.named if n.module.partition(".")[0] not in _HARMLESS)
    facts: dict[str, Any] = {"imports": foreign} if foreign else {}
    return Parsed(kind, list(_tensors(file, value)), facts)


class _Stream(io.RawIOBase):
    """A window as the seekable stream that :mod:`zipfile` reads."""

    def __init__(self, file: Window) -> None:
        self.file, self.at = file, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = max(0, offset + (0, self.at, self.file.size)[whence])
        return self.at

    def tell(self) -> int:
        return self.at

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self.file.size - self.at)
        data = self.file.read(self.at, left if size is None or size < 0 else min(size, left)) if left else b""
        self.at += len(data)
        return data


def _zipped(file: Window) -> tuple[Any, Machine]:
    file.tail(1)  # the directory lies at the end: one request for all of it
    try:
        with zipfile.ZipFile(_Stream(file)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise file.damaged(f"{len(entries)} entries are no model's")
            names = [e for e in entries if e.filename.rpartition("/")[2] == "data.pkl"]
            if any(e.filename.endswith("/constants.pkl") for e in entries):
                raise file.damaged("it is a TorchScript program, not a state dict")
            if len(names) != 1:
                raise file.damaged("a zip, but none of torch.save (no data.pkl in it)")
            entry = names[0]
            if entry.file_size > MOST_PICKLE or entry.compress_size > MOST_PICKLE:
                raise file.damaged(f"its pickle takes {entry.file_size} bytes")
            with archive.open(entry) as stream:
                data = stream.read(MOST_PICKLE)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as exc:
        raise file.damaged(f"a broken zip ({exc})") from None
    machine = Machine(file.name)
    try:
        return machine.run(data)[0], machine
    except EOFError:
        raise file.damaged("its pickle is cut off") from None


def _legacy(file: Window) -> tuple[Any, Machine, str]:
    """The value of an older file, or of a plain pickle."""
    length = min(file.size, 1 << 16)
    while True:
        data = file.read(0, length)
        try:
            machine = Machine(file.name)
            value, at = machine.run(data)
            if value != _LEGACY_MAGIC:
                return value, machine, "pickle"
            for _ in range(2):  # the protocol's version, and the system it was written on
                _, at = Machine(file.name).run(data, at)
            machine = Machine(file.name)
            return machine.run(data, at)[0], machine, "torch"
        except EOFError:
            if length >= min(file.size, MOST_PICKLE):
                raise file.damaged("its pickle is cut off") from None
            length = min(file.size, MOST_PICKLE, length * 4)


def _tensors(file: Window, value: Any) -> Iterator[Tensor]:
    """Every tensor once, by the first name that leads to it."""
    seen: set[int] = set()
    count = 0
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        name, found = stack.pop()
        tensor = _tensor(file, name, found)
        if tensor is not None:
            count += 1
            if count > MOST_TENSORS:
                raise file.damaged(f"more than {MOST_TENSORS} tensors are no model's")
            yield tensor
            continue
        inner = found.items if isinstance(found, Call) else found
        if isinstance(inner, list | tuple) and not isinstance(inner, Named | Stored):
            inner = dict(enumerate(inner))
            mark = id(found)
        elif isinstance(inner, dict):
            mark = id(inner)
        else:
            continue
        if mark in seen:
            continue
        seen.add(mark)
        # A name grows with the depth of what holds it; a chain of a million must not grow for ever.
        if len(name) < 1000:
            stack += [(f"{name}.{key}" if name else str(key), item) for key, item in reversed(inner.items())]


def _tensor(file: Window, name: str, value: Any) -> Tensor | None:
    """The tensor that a call would rebuild, or None."""
    depth = 0
    while isinstance(value, Call) and isinstance(value.args, tuple) and depth < 8:
        depth += 1
        called = value.function.name if isinstance(value.function, Named) else ""
        first = value.args[0] if value.args else None
        if called.startswith("_rebuild") and isinstance(first, Call | tuple) and not isinstance(first, Stored):
            value = first  # a parameter around its tensor
        elif called.startswith("_rebuild") and isinstance(first, Stored):
            return _rebuilt(file, name, value.args)
        else:
            return None
    return None


def _rebuilt(file: Window, name: str, args: tuple[Any, ...]) -> Tensor:
    """``_rebuild_tensor_v2(storage, offset, size, stride, ...)``; a storage: ('storage', kind, key, place, numbers)."""
    stored = args[0].key
    kind = stored[1] if isinstance(stored, tuple) and len(stored) >= 5 else None
    shape = shape_of(args[2]) if len(args) > 2 else None
    dtype = _STORAGES.get(kind.name) if isinstance(kind, Named) else None
    for arg in args[3:]:  # v3 names the kind apart from the storage
        if isinstance(arg, Named) and arg.module == "torch" and arg.name in _DTYPES:
            dtype = _DTYPES[arg.name]
    if dtype is None or shape is None:
        raise file.damaged(f"tensor {name[:200]!r} has no known kind or sane shape")
    key = stored[2] if isinstance(stored[2], str | int) else None
    offset = args[1] if isinstance(args[1], int) else 0
    tensor = Tensor(name, dtype, shape, 0, None, f"{key}:{offset}:{shape}")
    return tensor._replace(bytes=-(-tensor.elements * BITS[dtype] // 8))
