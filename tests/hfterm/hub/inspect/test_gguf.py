import struct
from pathlib import Path

import pytest

from hfterm.hub.inspect import ggml, gguf
from hfterm.hub.inspect.window import FIRST_BYTES, Damaged, Window
from support import weights
from support.weights import gguf_head, gguf_text, window


def test_the_table_is_that_of_the_gguf_package() -> None:
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType, LlamaFileType

    theirs = {int(kind): (kind.name, *GGML_QUANT_SIZES[kind]) for kind in GGMLQuantizationType}
    assert {number: ggml.TYPES.get(number) for number in theirs} == theirs
    names = {int(kind): kind.name.removeprefix("MOSTLY_").removeprefix("ALL_") for kind in LlamaFileType}
    assert {n: ggml.FILE_TYPES.get(n) for n in names if n < 1000} == {n: k for n, k in names.items() if n < 1000}


@pytest.mark.parametrize("big", [False, True])
def test_what_the_gguf_package_wrote(tmp_path: Path, big: bool) -> None:
    data = weights.gguf(tmp_path / "m.gguf", big=big)
    found = gguf.parse(window(data))
    shapes = {t.name: (t.dtype, t.shape, t.bytes) for t in found.tensors}
    expected = {"token_embd.weight": ("F32", (100, 64), 25600), "blk.0.up.weight": ("F16", (64, 64), 8192)}
    assert shapes == expected | ({} if big else {"output.weight": ("Q8_0", (32, 64), 2176)})
    told = {"architecture", "license", "context_length", "vocabulary", "layers", "hidden_size", "quantization"}
    assert {name: found.facts[name] for name in told} == {
        "architecture": "llama", "license": "mit", "context_length": 2048, "vocabulary": 500, "layers": 2,
        "hidden_size": 64, "quantization": "Q8_0",
    }  # fmt: skip


def test_a_long_vocabulary_takes_a_few_requests_and_no_weights(tmp_path: Path) -> None:
    data = weights.gguf(tmp_path / "m.gguf", tokens=60_000)
    asked: list[int] = []

    def fetch(start: int, length: int) -> bytes:
        asked.append(length)
        return data[start : start + length]

    size = len(data)
    found = gguf.parse(Window("f", size, fetch))
    assert found.facts["vocabulary"] == 60_000
    assert asked[0] == FIRST_BYTES and len(asked) <= 4


PAIR = gguf_text(b"k") + struct.pack("<I", 4) + struct.pack("<I", 7)
TENSOR = gguf_text(b"t") + struct.pack("<IQIQ", 1, 4, 0, 0)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "does not begin with GGUF"),
        (b"GGML" + bytes(40), "does not begin with GGUF"),
        (gguf_head(version=9) + bytes(8), "version 9 is unknown"),
        (gguf_head(tensors=2**63), "tensors and"),
        (gguf_head(pairs=2**63), "metadata are no header's"),
        (gguf_head(pairs=1), "it ends at byte 24"),
        (gguf_head(struct.pack("<Q", 2**63), pairs=1), "it ends at byte"),
        (gguf_head(gguf_text(b"\xff"), pairs=1), "not UTF-8"),
        (gguf_head(PAIR, PAIR, pairs=2), "names 'k' twice"),
        (gguf_head(gguf_text(b"k"), struct.pack("<I", 77), pairs=1), "unknown kind of metadata 77"),
        (gguf_head(gguf_text(b"k"), struct.pack("<IIQ", 9, 4, 2**62), pairs=1), "does not fit"),
        (gguf_head(gguf_text(b"k"), struct.pack("<IIQ", 9, 8, 2**62), pairs=1), "no header's"),
        (gguf_head(gguf_text(b"k"), struct.pack("<I", 9), *[struct.pack("<IQ", 9, 1)] * 20, pairs=1), "unknown kind"),
        (gguf_head(TENSOR, tensors=1), "the file at"),
        (gguf_head(TENSOR, TENSOR, bytes(200), tensors=2), "twice"),
        (gguf_head(TENSOR, TENSOR.replace(b"t", b"u"), bytes(200), tensors=2), "overlaps"),
        (gguf_head(gguf_text(b"t"), struct.pack("<I", 99), tensors=1), "99 dimensions"),
        (gguf_head(gguf_text(b"t"), struct.pack("<IQIQ", 1, 2**63, 0, 0), tensors=1), "no sane shape"),
        (gguf_head(gguf_text(b"t"), struct.pack("<IQIQ", 1, 4, 4, 0), tensors=1), "unknown type 4"),
        (gguf_head(gguf_text(b"t"), struct.pack("<IQIQ", 1, 33, 2, 0), tensors=1), "whole blocks of Q4_0"),
        (gguf_head(gguf_text(b"t"), struct.pack("<IQIQ", 1, 4, 0, 5), bytes(99), tensors=1), "off the alignment"),
        (gguf_head(gguf_text(b"general.alignment"), struct.pack("<II", 4, 0), pairs=1), "alignment is 0"),
    ],
)
def test_lies(data: bytes, why: str) -> None:
    with pytest.raises(Damaged) as caught:
        gguf.parse(window(data))
    assert why in caught.value.message


def test_an_endless_vocabulary_of_a_sparse_file() -> None:
    head = gguf_head(gguf_text(b"k"), struct.pack("<IIQ", 9, 8, 3_999_999), pairs=1)
    file = Window("f", 2**40, lambda s, n: (head[s : s + n] if s < len(head) else b"").ljust(n, b"\0"), most=4 << 20)
    with pytest.raises(Damaged, match="more than 4 MiB"):
        gguf.parse(file)


def test_random_changes(tmp_path: Path) -> None:
    assert weights.survives(gguf.parse, weights.gguf(tmp_path / "m.gguf", tokens=30), 1500) > 500
