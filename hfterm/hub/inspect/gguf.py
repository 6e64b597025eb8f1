"""The header of a GGUF file: magic, version, counts, metadata, the tensors' names, shapes, types and places.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Versions 2 and 3, either byte order; version 1
(of August 2023) counts in 32 bits.
"""

import struct
from typing import Any

from hfterm.hub.inspect.ggml import FILE_TYPES, TYPES
from hfterm.hub.inspect.tensors import Parsed, Tensor, shape_of
from hfterm.hub.inspect.window import Window

MAGIC = b"GGUF"
# Format letter of :mod:`struct` by the number of a scalar's kind; 8 is a string, 9 an array.
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
MOST_TENSORS, MOST_PAIRS, MOST_ELEMENTS = 1_000_000, 100_000, 4_000_000
MOST_DIMENSIONS, MOST_NESTING = 8, 4
# Arrays and texts that are longer are counted, not kept.
KEPT_ELEMENTS, KEPT_CHARACTERS = 64, 1 << 16


class Counted(dict[str, Any]):
    """An array of the metadata that was passed over: its ``length``."""


class _Cursor:
    """Reads on from where it is."""

    def __init__(self, file: Window) -> None:
        self.file, self.at, self.order, self.old = file, 4, "<", False

    def take(self, length: int) -> bytes:
        data = self.file.read(self.at, length)
        self.at += length
        return data

    def number(self, letter: str) -> Any:
        layout = struct.Struct(self.order + letter)
        return layout.unpack(self.take(layout.size))[0]

    def count(self) -> int:
        return int(self.number("I" if self.old else "Q"))

    def text_bytes(self) -> bytes:
        return self.take(self.count())

    def text(self, what: str) -> str:
        try:
            return self.text_bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise self.file.damaged(f"{what} is not UTF-8") from None

    def value(self, kind: int, depth: int = 0) -> Any:
        if kind in _SCALARS:
            return self.number(_SCALARS[kind])
        if kind == _STRING:
            data = self.text_bytes()
            # Tokens and merges need not be UTF-8.
            return data[:KEPT_CHARACTERS].decode("utf-8", "replace")
        if kind != _ARRAY or depth >= MOST_NESTING:
            raise self.file.damaged(f"unknown kind of metadata {kind}")
        inner, length = self.number("I"), self.count()
        if inner in _SCALARS:
            size = struct.calcsize(_SCALARS[inner]) * length
            if length > KEPT_ELEMENTS:
                if self.at + size > self.file.size:
                    raise self.file.damaged(f"an array of {length} elements does not fit in it")
                self.at += size
                return Counted(length=length)
        elif length > MOST_ELEMENTS:
            raise self.file.damaged(f"an array of {length} elements is no header's")
        if length <= KEPT_ELEMENTS:
            return [self.value(inner, depth + 1) for _ in range(length)]
        for _ in range(length):
            if inner == _STRING:
                size = self.count()
                self.at += size
            else:
                self.value(inner, depth + 1)
        return Counted(length=length)


def parse(file: Window) -> Parsed:
    """The tensors and the metadata. ``shape`` has the outermost dimension first, as elsewhere (GGUF: last).

    Raises:
        Damaged: it is no GGUF file, of an unknown version, or its header lies.
    """
    if file.size < 24 or file.read(0, 4) != MAGIC:
        raise file.damaged("no GGUF file (it does not begin with GGUF)")
    cursor = _Cursor(file)
    version = cursor.number("I")
    if not 1 <= version <= 3 and 1 <= int.from_bytes(version.to_bytes(4, "little"), "big") <= 3:
        cursor.order, version = ">", int.from_bytes(version.to_bytes(4, "little"), "big")
    if not 1 <= version <= 3:
        raise file.damaged(f"GGUF version {version} is unknown")
    cursor.old = version == 1
    tensors, pairs = cursor.count(), cursor.count()
    if tensors > MOST_TENSORS or pairs > MOST_PAIRS:
        raise file.damaged(f"{tensors} tensors and {pairs} metadata are no header's")
    metadata: dict[str, Any] = {}
    for _ in range(pairs):
        name = cursor.text("a name in its metadata")
        if name in metadata:
            raise file.damaged(f"its metadata names {name[:100]!r} twice")
        metadata[name] = cursor.value(cursor.number("I"))
    found = [_tensor(cursor) for _ in range(tensors)]
    _check(file, cursor.at, metadata, found)
    return Parsed("gguf", found, {"version": version, "metadata": metadata, **_facts(metadata)})


def _tensor(cursor: _Cursor) -> Tensor:
    file = cursor.file
    name = cursor.text("a tensor's name")
    dimensions = cursor.number("I")
    if dimensions > MOST_DIMENSIONS:
        raise file.damaged(f"tensor {name[:200]!r} has {dimensions} dimensions")
    shape = shape_of([cursor.count() for _ in range(dimensions)][::-1])
    kind, start = cursor.number("I"), cursor.number("Q")
    if shape is None:
        raise file.damaged(f"tensor {name[:200]!r} has no sane shape")
    if kind not in TYPES:
        raise file.damaged(f"tensor {name[:200]!r} has an unknown type {kind}")
    dtype, block, size = TYPES[kind]
    tensor = Tensor(name, dtype, shape, 0, start)
    if shape and shape[-1] % block:
        raise file.damaged(f"tensor {name[:200]!r}: rows of {shape[-1]} are not whole blocks of {dtype}")
    return tensor._replace(bytes=tensor.elements // block * size)


def _check(file: Window, header: int, metadata: dict[str, Any], tensors: list[Tensor]) -> None:
    alignment = metadata.get("general.alignment", 32)
    if type(alignment) is not int or not 0 < alignment <= 1 << 30:
        raise file.damaged(f"its alignment is {str(alignment)[:40]}")
    data, names, end = -(-header // alignment) * alignment, set[str](), 0
    for tensor in sorted(tensors, key=lambda t: (t.start or 0, t.bytes)):
        start = tensor.start or 0
        if tensor.name in names:
            raise file.damaged(f"it names tensor {tensor.name[:200]!r} twice")
        names.add(tensor.name)
        if start % alignment:
            raise file.damaged(f"tensor {tensor.name[:200]!r} begins off the alignment of {alignment}")
        if start < end:
            raise file.damaged(f"tensor {tensor.name[:200]!r} overlaps the one before it")
        end = start + tensor.bytes
        if data + end > file.size:
            raise file.damaged(f"tensor {tensor.name[:200]!r} ends at byte {data + end}, the file at {file.size}")


def _facts(metadata: dict[str, Any]) -> dict[str, Any]:
    """The facts that models of every format have."""
    architecture = metadata.get("general.architecture")
    kind = architecture if isinstance(architecture, str) else ""

    def number(name: str) -> Any:
        value = metadata.get(name)
        return value if isinstance(value, int | list) else None

    tokens = metadata.get("tokenizer.ggml.tokens")
    vocabulary = (
        len(tokens) if isinstance(tokens, list) else tokens.get("length") if isinstance(tokens, Counted) else None
    )
    file_type = metadata.get("general.file_type")
    facts = {
        "architecture": architecture,
        "name": metadata.get("general.name"),
        "license": metadata.get("general.license"),
        "context_length": number(f"{kind}.context_length"),
        "vocabulary": number(f"{kind}.vocab_size") or vocabulary,
        "layers": number(f"{kind}.block_count"),
        "hidden_size": number(f"{kind}.embedding_length"),
        "quantization": FILE_TYPES.get(file_type) if isinstance(file_type, int) else None,
        "tokenizer": metadata.get("tokenizer.ggml.model"),
        "adapter": metadata.get("adapter.type"),
    }
    return {name: value for name, value in facts.items() if value is not None and not isinstance(value, dict)}
