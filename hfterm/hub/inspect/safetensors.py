"""The header of a safetensors file: 8 bytes of length (little-endian), then JSON, then the tensors' bytes.

Format: https://huggingface.co/docs/safetensors; the same checks as
https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs (``SafeTensors::read_metadata``).
"""

from typing import Any

from hfterm.hub.inspect import bounded
from hfterm.hub.inspect.tensors import BITS, Parsed, Tensor, shape_of
from hfterm.hub.inspect.window import Window

# The reference implementation's own limit.
MOST_HEADER = 100_000_000


def parse(file: Window) -> Parsed:
    """The tensors of a file, in the order of their data.

    Raises:
        Damaged: it is no safetensors file, or its header lies.
    """
    if file.size < 8:
        raise file.damaged(f"{file.size} bytes are no safetensors file")
    length = int.from_bytes(file.read(0, 8), "little")
    if length > MOST_HEADER:
        raise file.damaged(f"no safetensors file: its header would take {length} bytes")
    if 8 + length > file.size:
        raise file.damaged(f"its header takes {length} bytes, and the file has {file.size}")
    raw = file.read(8, length)
    if not raw.startswith(b"{"):
        raise file.damaged("no safetensors file: its header is no JSON object")
    try:
        header = bounded.loads(raw)
    except ValueError as exc:
        raise file.damaged(f"{exc}, in its header") from None
    metadata = header.pop("__metadata__", None)
    if metadata is not None and not _is_words(metadata):
        raise file.damaged("its __metadata__ is no object of strings")
    tensors = sorted((_tensor(file, *item) for item in header.items()), key=lambda t: (t.start or 0, t.bytes))
    end = 0
    for tensor in tensors:
        if tensor.start != end:
            what = "overlaps the one before it" if (tensor.start or 0) < end else f"leaves a gap after byte {end}"
            raise file.damaged(f"tensor {tensor.name[:200]!r} {what}")
        end += tensor.bytes
    if 8 + length + end != file.size:
        raise file.damaged(f"its tensors end at byte {8 + length + end}, the file at {file.size}")
    return Parsed("safetensors", tensors, {"metadata": metadata} if metadata else {})


def _is_words(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(word, str) for word in value.values())


def _tensor(file: Window, name: str, entry: Any) -> Tensor:
    what = f"tensor {name[:200]!r}"
    if not isinstance(entry, dict) or not {"dtype", "shape", "data_offsets"} <= entry.keys():
        raise file.damaged(f"{what} lacks dtype, shape or data_offsets")
    dtype, shape, offsets = entry["dtype"], shape_of(entry["shape"]), entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in BITS:
        raise file.damaged(f"{what} has an unknown dtype {str(dtype)[:40]!r}")
    if shape is None:
        raise file.damaged(f"{what} has no sane shape")
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(type(n) is int and n >= 0 for n in offsets):
        raise file.damaged(f"{what} has no sane data_offsets")
    start, end = offsets
    tensor = Tensor(name, dtype, shape, end - start, start)
    if tensor.bytes * 8 != tensor.elements * BITS[dtype]:
        raise file.damaged(f"{what} of {tensor.elements} {dtype} cannot take {tensor.bytes} bytes")
    return tensor
