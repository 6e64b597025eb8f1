import collections
import io
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hfterm.hub.inspect import pickles, torchfile
from hfterm.hub.inspect.pickles import Call, Machine, Named
from hfterm.hub.inspect.window import Damaged, Window
from support import weights
from support.weights import torch_zip, window


@pytest.fixture(scope="module")
def saved() -> dict[str, bytes]:
    """The same state dict as torch writes it now, and as it did before 1.6."""
    import torch

    shared = torch.zeros(6, 2)
    state = {
        "a.weight": torch.zeros(3, 4, dtype=torch.bfloat16),
        "b": torch.nn.Parameter(torch.zeros(2)),
        "tied": shared,
        "tied.again": shared,
        "e": torch.zeros(5, dtype=torch.int8),
        "step": 3,
        "inner": {"layers": [torch.zeros(()), torch.zeros(7, dtype=torch.float16)]},
    }
    made = {}
    for name, new in (("zip", True), ("legacy", False)):
        stream = io.BytesIO()
        torch.save(state, stream, _use_new_zipfile_serialization=new)
        made[name] = stream.getvalue()
    stream = io.BytesIO()
    torch.save({"f8": torch.zeros(5, dtype=torch.float8_e4m3fn), "u": torch.zeros(2, dtype=torch.uint16)}, stream)
    made["new kinds"] = stream.getvalue()
    return made


@pytest.mark.parametrize("name", ["zip", "legacy"])
def test_what_torch_wrote(saved: dict[str, bytes], name: str) -> None:
    found = torchfile.parse(window(saved[name]))
    assert {t.name: (t.dtype, t.shape, t.bytes) for t in found.tensors} == {
        "a.weight": ("BF16", (3, 4), 24), "b": ("F32", (2,), 8), "tied": ("F32", (6, 2), 48),
        "tied.again": ("F32", (6, 2), 48), "e": ("I8", (5,), 5), "inner.layers.0": ("F32", (), 4),
        "inner.layers.1": ("F16", (7,), 14),
    }  # fmt: skip
    keys = {t.name: t.key for t in found.tensors}
    assert keys["tied"] == keys["tied.again"] != keys["b"]
    assert found.facts == {}


def test_kinds_that_have_no_storage_of_their_own(saved: dict[str, bytes]) -> None:
    found = torchfile.parse(window(saved["new kinds"]))
    assert [(t.name, t.dtype, t.shape) for t in found.tensors] == [("f8", "F8_E4M3", (5,)), ("u", "U16", (2,))]


class Evil:
    def __reduce__(self) -> Any:
        return os.system, (f"touch {MARK}",)


MARK = "/tmp/hfterm-must-not-exist"


@pytest.mark.parametrize("protocol", range(6))
def test_nothing_is_run_and_what_would_be_is_told(
    tmp_path: Path, protocol: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "MARK", str(tmp_path / "ran"))
    data = pickle.dumps({"x": Evil(), "y": collections.OrderedDict(a=1)}, protocol=protocol)
    found = torchfile.parse(window(torch_zip(data)))
    assert found.tensors == [] and found.facts["imports"] == [f"{os.system.__module__}.system"]
    assert not (tmp_path / "ran").exists()
    value, _ = Machine("f").run(data)
    assert isinstance(value["x"], Call) and isinstance(value["x"].function, Named)


@pytest.mark.parametrize("protocol", range(6))
def test_pickles_of_every_protocol(protocol: int) -> None:
    value = {
        "a": [1, -5, 2**70, 1.5, None, True, False, "ü\n", (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
        "b": {"c": {}},
    }
    assert Machine("f").run(pickle.dumps(value, protocol=protocol))[0] == value


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "neither a zip nor a pickle"),
        (b"PK\x03\x04" + bytes(50), "a broken zip"),
        (torch_zip(pickle.dumps({}), entry="model/other"), "no data.pkl"),
        (torch_zip(pickle.dumps({}), entry="model/constants.pkl"), "TorchScript"),
        (torch_zip(b""), "its pickle is cut off"),
        (torch_zip(pickle.dumps({"a": 1})[:-1]), "its pickle is cut off"),
        (torch_zip(b"\x80\x02}q\x00(X\xff\xff\xff\x7fab"), "cut off"),
        (torch_zip(b"\x80\x04\xff."), "no pickle, or a damaged one"),
        (torch_zip(b"\x80\x02h\x09."), "no pickle, or a damaged one"),
        (torch_zip(b"\x80\x02a."), "no pickle, or a damaged one"),
        (torch_zip(bytes(80 << 20), compression=zipfile.ZIP_DEFLATED), "its pickle takes"),
        (b"\x80\x02" + b"}" * 100, "cut off"),
    ],
)
def test_lies(data: bytes, why: str) -> None:
    with pytest.raises(Damaged) as caught:
        torchfile.parse(window(data))
    assert why in caught.value.message


def test_bombs_are_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    # Tuples of the tuple before, fifty deep: anything that looks into them twice takes 2**50 steps.
    bomb = b"\x80\x02)" + b"2\x86" * 50
    assert torchfile.parse(window(torch_zip(bomb + b"."))).tensors == []
    for code in (bomb + b"K\x01}\x8c\x01ab0.", b"\x80\x04}" + bomb[2:] + b"K\x01s.", bomb + bomb[2:] + b"\x93."):
        try:
            torchfile.parse(window(torch_zip(code)))
        except Damaged as exc:
            assert "damaged" in str(exc)
    # A list that holds itself.
    assert torchfile.parse(window(torch_zip(b"\x80\x02]q\x00h\x00a."))).tensors == []
    monkeypatch.setattr(pickles, "MOST_INSTRUCTIONS", 1000)
    with pytest.raises(Damaged, match="endless"):
        torchfile.parse(window(torch_zip(b"\x80\x02" + b"N0" * 1000 + b"N.")))


def test_one_tensor_named_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    tensor = (
        b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000"
        b"X\x03\x00\x00\x00cpuK\x02tQK\x00K\x02\x85K\x01\x85tR"
    )
    many = b"\x80\x02](" + tensor + b"q\x01" + b"h\x01" * 1000 + b"e."
    found = torchfile.parse(window(torch_zip(many)))
    assert len(found.tensors) == 1001 and len({t.key for t in found.tensors}) == 1
    monkeypatch.setattr(torchfile, "MOST_TENSORS", 500)
    with pytest.raises(Damaged, match="more than 500 tensors"):
        torchfile.parse(window(torch_zip(many)))


def test_the_weights_are_not_read(saved: dict[str, bytes]) -> None:
    import torch

    stream = io.BytesIO()
    torch.save({"w": torch.zeros(4_000_000, dtype=torch.int8)}, stream)
    data = stream.getvalue()
    file = Window("f", len(data), lambda s, n: data[s : s + n])
    assert torchfile.parse(file).tensors[0].shape == (4_000_000,)
    assert file.fetched < 1_000_000


@pytest.mark.parametrize("name", ["zip", "legacy"])
def test_random_changes(saved: dict[str, bytes], name: str) -> None:
    data = saved[name]
    assert weights.survives(torchfile.parse, data, 600) > 100
    assert weights.survives(torchfile.parse, data, 600, from_end=True) > 50
    archive_only = torch_zip(zipfile.ZipFile(io.BytesIO(saved["zip"])).read("archive/data.pkl"))
    pickled = archive_only[archive_only.index(b"\x80\x02") :]
    pickled = pickled[: pickled.index(b"PK")]
    for made in weights.mutated(pickled, 600):
        try:
            torchfile.parse(window(torch_zip(made)))
        except Damaged as exc:
            assert exc.exit_code == 6
