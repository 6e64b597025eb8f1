import json
import tracemalloc

import pytest

from hfterm.hub.inspect import safetensors
from hfterm.hub.inspect.window import FIRST_BYTES, Damaged, Window
from support import weights
from support.weights import MODEL, window, with_header

ONE = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'


def test_what_the_library_wrote(tmp_path) -> None:  # type: ignore[no-untyped-def]
    import numpy as np
    from safetensors.numpy import save

    arrays = {
        "b": np.zeros((2, 3), np.float16),
        "a.x": np.zeros((5,), np.int64),
        "empty": np.zeros((0, 4), np.float32),
        "one": np.zeros((), np.float64),
    }
    found = safetensors.parse(window(save(arrays, {"format": "pt"})))
    assert {t.name: (t.dtype, t.shape, t.bytes) for t in found.tensors} == {
        "b": ("F16", (2, 3), 12), "a.x": ("I64", (5,), 40), "empty": ("F32", (0, 4), 0), "one": ("F64", (), 8)
    }  # fmt: skip
    assert found.facts == {"metadata": {"format": "pt"}}


def test_only_the_header_is_got_of_a_large_file() -> None:
    size = 20 * 2**30
    head = with_header(json.dumps({"w": {"dtype": "F16", "shape": [size // 2], "data_offsets": [0, size]}}).encode())
    asked: list[int] = []

    def fetch(start: int, length: int) -> bytes:
        asked.append(length)
        return (head + bytes(length))[start : start + length]

    assert safetensors.parse(Window("f", len(head) + size, fetch)).tensors[0].elements == size // 2
    assert asked == [FIRST_BYTES]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "0 bytes are no safetensors file"),
        (b"\x08\0\0\0", "4 bytes are no"),
        ((2**63).to_bytes(8, "little") + b"{}", "no safetensors file: its header would take 9223372036854775808"),
        ((1000).to_bytes(8, "little") + b"{}", "its header takes 1000 bytes, and the file has 10"),
        (with_header(b"[]"), "its header is no JSON object"),
        (with_header(b""), "its header is no JSON object"),
        (with_header(b'{"\xff":1}'), "not UTF-8"),
        (with_header(b'{"a"'), "not JSON"),
        (with_header(ONE[:-1] + b"," + ONE[1:], bytes(8)), "names 'a' twice"),
        (with_header(b'{"a":' * 2000 + b"{}" + b"}" * 2000), "nested too deeply"),
        (with_header(ONE), "its tensors end at byte 70, the file at 62"),
        (with_header(ONE, bytes(9)), "its tensors end at byte 70, the file at 71"),
        (with_header(ONE.replace(b"F32", b"F33"), bytes(8)), "unknown dtype 'F33'"),
        (with_header(ONE.replace(b'"F32"', b'["F32"]'), bytes(8)), "unknown dtype"),
        (with_header(ONE.replace(b"[2]", b"[-2]"), bytes(8)), "no sane shape"),
        (with_header(ONE.replace(b"[2]", b"[2.0]"), bytes(8)), "no sane shape"),
        (with_header(ONE.replace(b"[2]", b"[true]"), bytes(8)), "no sane shape"),
        (with_header(ONE.replace(b"[2]", b"[9223372036854775807,9223372036854775807]"), bytes(8)), "no sane shape"),
        (with_header(ONE.replace(b"[2]", b"[3]"), bytes(8)), "of 3 F32 cannot take 8 bytes"),
        (with_header(ONE.replace(b"[0,8]", b"[8,0]"), bytes(8)), "cannot take -8 bytes"),
        (with_header(ONE.replace(b"[0,8]", b"[8,16]"), bytes(16)), "leaves a gap after byte 0"),
        (with_header(ONE.replace(b"[0,8]", b'"ab"'), bytes(8)), "no sane data_offsets"),
        (with_header(b'{"a":[1]}'), "lacks dtype, shape or data_offsets"),
        (with_header(b'{"__metadata__":{"a":1}}'), "__metadata__"),
        (with_header(b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}', bytes(12)), "'b' overlaps"),
    ],
)  # fmt: skip
def test_lies(data: bytes, why: str) -> None:
    with pytest.raises(Damaged, match="cannot read file: ") as caught:
        safetensors.parse(window(data))
    assert why in caught.value.message and "\n" not in str(caught.value)


def test_a_hundred_thousand_tensors() -> None:
    data = weights.safetensors({f"layers.{i}.weight": ("F16", [2], 4) for i in range(100_000)})
    found = safetensors.parse(window(data))
    assert len(found.tensors) == 100_000 and found.tensors[-1].name == "layers.99999.weight"


def test_random_changes() -> None:
    data = weights.safetensors(MODEL, {"format": "pt"})
    assert weights.survives(safetensors.parse, data, 1500) > 1000


@pytest.mark.parametrize(
    "header",
    [
        b'{"a":[' + b"[]," * 30_000 + b"0]}",
        b"{" + b"[" * 100_000,
        b'{"a":"' + b"\\u0041" * 30_000 + b'"}',
        b'{"' * 50_000,
    ],
)
def test_bombs(header: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(Damaged):
            safetensors.parse(window(with_header(header)))
        assert tracemalloc.get_traced_memory()[1] < 12 << 20
    finally:
        tracemalloc.stop()


def test_a_header_whose_length_begins_like_a_pickle() -> None:
    from hfterm.hub.inspect.groups import format_of

    for length in (0x280, 0x380, 0x10480, 0x580):
        file = window(with_header(ONE.ljust(length)) + bytes(8))
        assert file.read(0, 2) in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
        assert format_of(file, "model.safetensors") == "safetensors" and safetensors.parse(file).tensors
