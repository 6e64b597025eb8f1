"""Event files: a real one that TensorBoard's own writer made (``data/tensorboard``), and ones made by hand."""

import math
import os
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfterm.tracking.readers import tensorboard
from hfterm.tracking.readers.protobuf import masked_crc
from hfterm.tracking.readers.tensorboard import TensorboardReader, is_event_file
from support.events import field, record, scalar, varint

REAL = Path(__file__).parents[1] / "data" / "tensorboard"


def events(folder: Path, content: bytes, name: str = "events.out.tfevents.1.host") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(content)


def test_what_tensorboards_own_writer_wrote() -> None:
    """Metrics, steps, values and times equal those of TensorBoard's EventAccumulator for this file."""
    reader = TensorboardReader(REAL)
    points = reader.poll(10)
    assert reader.problem is None and not reader.more and len(points) == 62
    losses = [(step, value, time) for name, step, value, time in points if name == "train/loss"]
    assert len(losses) == 41 and losses[0] == (0, 3.0, 1.7e9) and math.isnan(losses[40][1])
    assert losses[39] == (39, pytest.approx(3 * math.exp(-39 / 20)), 1700000019.5)
    assert [p[1:3] for p in points if p[0] == "eval/accuracy"] == [(n, pytest.approx(n / 100)) for n in (0, 10, 20, 30)]
    tensors = {name.removeprefix("tensor/"): value for name, _, value, _ in points if name.startswith("tensor/")}
    assert tensors == {
        "float32": 3, "float64": 3, "float16": 3, "int32": 3, "int64": 3, "uint8": 3, "double_val": 0.125,
        "float_val": 0.25, "int64_val": -5, "bfloat16": 1.5, "half_val": 1.5,
    }  # fmt: skip
    assert ("negative", -3, 1.5, 1699999998.5) in points and ("far", 3e9, 2.5, 1700000050.0) in points
    assert reader.facts == {"lr": 1e-4, "optimizer": "adamw", "packing": True, "r": 8}
    assert reader.texts == {"args/text_summary": '{"learning_rate": 0.0001, "seed": 42}'}
    assert reader.poll() == [] and reader.written == (next(REAL.iterdir())).stat().st_mtime


def test_the_checksum_is_that_of_the_real_file() -> None:
    data, at, count = next(REAL.iterdir()).read_bytes(), 0, 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        assert struct.unpack_from("<I", data, at + 8)[0] == masked_crc(data[at : at + 8])
        body = data[at + 12 : at + 12 + length]
        assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked_crc(body)
        at, count = at + 16 + length, count + 1
    assert count > 60


def test_live_with_a_torn_end(tmp_path: Path) -> None:
    path = events(tmp_path, scalar("loss", 0, 3.0))
    reader = TensorboardReader(tmp_path)
    assert reader.poll() == [("loss", 0, 3.0, 1.7e9)]
    more = scalar("loss", 1, 2.0) + scalar("loss", 2, 1.0)
    for byte in more:
        append(path, bytes([byte]))
        points = reader.poll()
        assert points in ([], [("loss", 1, 2.0, 1.7e9)], [("loss", 2, 1.0, 1.7e9)])
        assert reader.problem is None
    assert reader.poll() == [] and points == [("loss", 2, 1.0, 1.7e9)]


def test_several_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    events(tmp_path, scalar("loss", 5, 1.0), "events.out.tfevents.20.b")
    events(tmp_path, scalar("loss", 1, 2.0), "events.out.tfevents.10.a")
    events(tmp_path, b"text", "notes.txt")
    reader = TensorboardReader(tmp_path)
    assert [p[1] for p in reader.poll()] == [1, 5]
    events(tmp_path, scalar("loss", 3, 0.5), "events.out.tfevents.30.c")
    assert [p[1] for p in reader.poll()] == [3]
    assert not is_event_file("events.out.tfevents.1.profile-empty") and is_event_file("x.tfevents.2")


def test_one_file_may_be_named(tmp_path: Path) -> None:
    path = events(tmp_path, scalar("a", 1, 1.0))
    assert len(TensorboardReader(path).poll()) == 1


def test_a_huge_file_comes_in_slices(tmp_path: Path) -> None:
    events(tmp_path, b"".join(scalar("loss", n, n / 2) for n in range(12_000)))
    reader = TensorboardReader(tmp_path)
    slices = [reader.poll(0.0)]
    while reader.more:
        slices.append(reader.poll(0.0))
    assert len(slices) >= 3
    assert [(p[1], p[2]) for part in slices for p in part] == [(n, n / 2) for n in range(12_000)]


def test_pictures_are_passed_over(tmp_path: Path) -> None:
    picture = record(b"\x09" + struct.pack("<d", 1.0) + field(5, field(1, field(4, b"x" * (3 << 20)))))
    path = events(tmp_path, scalar("a", 1, 1.0) + picture + scalar("a", 2, 2.0) + picture[: 2 << 20])
    reader = TensorboardReader(tmp_path)
    assert [p[1] for p in reader.poll(10)] == [1, 2] and reader.problem is None
    append(path, picture[2 << 20 :] + scalar("a", 3, 3.0))
    assert [p[1] for p in reader.poll(10)] == [3] and reader.problem is None


def test_replaced_and_truncated_files_begin_anew(tmp_path: Path) -> None:
    path = events(tmp_path, scalar("a", 1, 1.0) + scalar("a", 2, 2.0))
    reader = TensorboardReader(tmp_path)
    reader.poll()
    path.write_bytes(scalar("a", 7, 7.0))
    assert [p[1] for p in reader.poll()] == [7] and reader.generation == 1
    path.unlink()
    assert reader.poll() == [] and reader.generation == 2
    events(tmp_path, scalar("a", 8, 8.0))
    assert [p[1] for p in reader.poll()] == [8]


def test_damage_is_told_and_what_can_be_is_read(tmp_path: Path) -> None:
    good = scalar("a", 1, 1.0)
    broken = bytearray(scalar("a", 2, 2.0))
    broken[12] = 0x0F  # no such field
    events(tmp_path, good + bytes(broken) + scalar("a", 3, 3.0))
    reader = TensorboardReader(tmp_path)
    assert [p[1] for p in reader.poll()] == [1, 3]
    assert reader.problem == f"damaged record at byte {len(good)}"
    for junk in (b"\0" * 64, b"\xff" * 64):
        events(tmp_path, good + junk)
        reader = TensorboardReader(tmp_path)
        assert [p[1] for p in reader.poll()] == [1]
        assert reader.problem == f"damaged at byte {len(good)}" and reader.poll() == []
    events(tmp_path, b"PK\x03\x04 this is a zip file or so")
    reader = TensorboardReader(tmp_path)
    assert reader.poll() == [] and reader.problem == "not an event file"


def test_what_cannot_be_read(tmp_path: Path) -> None:
    reader = TensorboardReader(tmp_path / "none")
    assert reader.poll() == [] and reader.problem == "no such file or directory"
    assert TensorboardReader(tmp_path).poll() == []


def test_odd_messages(tmp_path: Path) -> None:
    reordered = record(
        field(5, field(1, field(1, b"late") + b"\x15" + struct.pack("<f", 4.0)))
        + b"\x10" + varint(9) + b"\x09" + struct.pack("<d", 2e9)
    )  # fmt: skip
    nameless = record(b"\x09" + struct.pack("<d", 1.0) + field(5, field(1, b"\x15" + struct.pack("<f", 1.0))))
    evil = scalar("\x1b[2J" + "x" * 500, 1, 1.0)
    events(tmp_path, reordered + nameless + evil + scalar("a", 1, 1.0))
    reader = TensorboardReader(tmp_path)
    points = reader.poll()
    assert points[0] == ("late", 9, 4.0, 2e9)
    assert points[-1][:3] == ("a", 1, 1.0)
    assert points[-2][0].startswith("\\x1b[2Jxxx") and len(points[-2][0]) == 120


def test_too_many_metrics(tmp_path: Path) -> None:
    events(tmp_path, b"".join(scalar(f"m{n}", 1, 1.0) for n in range(600)))
    reader = TensorboardReader(tmp_path)
    assert len(reader.poll()) == 500 and reader.problem == "more than 500 metrics: the others are left out"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 200))
def test_no_bytes_break_it(tmp_path_factory: pytest.TempPathFactory, junk: bytes, cut: int) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    content = scalar("a", 1, 1.0) + record(junk) + scalar("a", 2, 2.0)
    path = events(folder, content[: len(content) - cut] + junk)
    reader = TensorboardReader(folder)
    for _ in range(3):
        reader.poll()
    assert reader.problem is None or "damaged" in reader.problem or "not an event file" in reader.problem
    os.unlink(path)


def test_chunks_smaller_than_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorboard, "CHUNK", 16)
    events(tmp_path, b"".join(scalar("loss", n, n) for n in range(50)))
    reader = TensorboardReader(tmp_path)
    assert [p[1] for p in reader.poll(10)] == list(range(50))
