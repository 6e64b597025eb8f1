"""Small weights and data files of every format, made by the libraries that own the format or byte by byte."""

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hfterm.hub.inspect.window import Window


def window(data: bytes, **options: Any) -> Window:
    """The bytes as a file."""
    return Window("file", len(data), lambda start, length: data[start : start + length], **options)


def safetensors(tensors: Mapping[str, tuple[str, list[int], int]], metadata: Mapping[str, str] | None = None) -> bytes:
    """A safetensors file: name -> (dtype, shape, bytes), one after the other; the bytes are zero."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    at = 0
    for name, (dtype, shape, size) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    return with_header(json.dumps(header).encode(), bytes(at))


def with_header(header: bytes, data: bytes = b"") -> bytes:
    """A safetensors file with just this header."""
    return len(header).to_bytes(8, "little") + header + data


MODEL = {
    "model.embed.weight": ("BF16", [100, 8], 1600),
    "model.layers.0.up.weight": ("F32", [16, 8], 512),
    "model.layers.1.up.weight": ("F32", [16, 8], 512),
    "head.weight": ("F16", [4, 8], 64),
}


def gguf(path: Path, **options: Any) -> bytes:
    """A GGUF file by the gguf package, with a vocabulary."""
    import numpy as np
    from gguf import GGMLQuantizationType, GGUFEndian, GGUFWriter, quants

    writer = GGUFWriter(path, "llama", endianess=GGUFEndian.BIG if options.get("big") else GGUFEndian.LITTLE)
    writer.add_context_length(2048)
    writer.add_block_count(2)
    writer.add_embedding_length(64)
    writer.add_file_type(7)
    writer.add_license("mit")
    writer.add_token_list([f"t{i}" for i in range(options.get("tokens", 500))])
    writer.add_token_scores([0.5] * options.get("tokens", 500))
    writer.add_tensor("token_embd.weight", np.zeros((100, 64), np.float32))
    writer.add_tensor("blk.0.up.weight", np.zeros((64, 64), np.float16))
    packed = quants.quantize(np.zeros((32, 64), np.float32), GGMLQuantizationType.Q8_0)
    if not options.get("big"):
        writer.add_tensor("output.weight", packed, raw_dtype=GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path.read_bytes()


def gguf_head(*parts: bytes, tensors: int = 0, pairs: int = 0, version: int = 3) -> bytes:
    """A GGUF header made of parts."""
    return b"GGUF" + struct.pack("<IQQ", version, tensors, pairs) + b"".join(parts)


def gguf_text(text: bytes) -> bytes:
    """A text as GGUF has it."""
    return struct.pack("<Q", len(text)) + text


def torch_zip(pickled: bytes, entry: str = "model/data.pkl", **options: Any) -> bytes:
    """What torch.save makes, with any pickle in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", **options) as archive:
        archive.writestr(entry, pickled)
        archive.writestr("model/version", "3\n")
    return stream.getvalue()


def mutated(data: bytes, count: int, seed: int = 1, *, from_end: bool = False) -> Iterator[bytes]:
    """Random changes: bytes, numbers that lie, pieces gone or twice, ends cut; near the beginning or the end."""
    rng = random.Random(seed)
    reach = min(len(data), 4000)
    extremes = (0, 1, 255, 2**31, 2**32 - 1, 2**53, 2**62, 2**63, 2**64 - 1)
    for _ in range(count):
        made = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(reach)
            at = len(made) - 1 - at if from_end else at
            at = max(0, min(at, len(made) - 1))
            kind = rng.randrange(6)
            if kind == 0:
                made[at] = rng.randrange(256)
            elif kind == 1:
                made[at : at + 8] = rng.choice(extremes).to_bytes(8, "little")
            elif kind == 2:
                made[at : at + 4] = (rng.choice(extremes) % 2**32).to_bytes(4, "little")
            elif kind == 3:
                del made[at : at + rng.randint(1, 40)]
            elif kind == 4:
                made[at:at] = made[at : at + rng.randint(1, 40)]
            else:
                del made[at:]
            made = made or bytearray(b"\0")
        yield bytes(made)


def survives(parse: Callable[[Window], Any], data: bytes, count: int, **options: Any) -> int:
    """How many of the mutations were refused; whatever else than a refusal is raised comes out."""
    from hfterm.errors import HftermError

    refused = 0
    for made in mutated(data, count, **options):
        try:
            parse(window(made))
        except HftermError as exc:
            assert "\n" not in str(exc) and exc.exit_code == 6
            refused += 1
    return refused
