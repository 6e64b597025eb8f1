import io
import tracemalloc

import pytest

from hfterm.hub.inspect import parquet
from hfterm.hub.inspect.thrift import Broken, Reader
from hfterm.hub.inspect.window import FIRST_BYTES, Damaged, Window
from support import weights
from support.weights import window


@pytest.fixture(scope="module")
def table() -> bytes:
    import datetime

    import pyarrow as pa
    import pyarrow.parquet as pq

    made = pa.table({
        "text": ["a", "b"] * 500,
        "n": pa.array([1, 2] * 500, pa.int8()),
        "when": [datetime.datetime(2026, 1, 1)] * 1000,
        "list": [[1, 2], [3]] * 500,
        "pair": [{"x": 1.5, "y": "z"}] * 1000,
        "flag": [True, None] * 500,
        "half": pa.array([b"12", b"34"] * 500, pa.binary(2)),
    })  # fmt: skip
    stream = io.BytesIO()
    pq.write_table(made, stream, row_group_size=300, compression="zstd")
    return stream.getvalue()


def test_what_pyarrow_wrote(table: bytes) -> None:
    import pyarrow.parquet as pq

    theirs = pq.read_metadata(io.BytesIO(table))
    found = parquet.parse(window(table))
    assert (found.rows, found.row_groups, found.codec) == (1000, 4, "zstd")
    assert found.created_by == theirs.created_by
    assert found.raw_bytes == sum(theirs.row_group(i).total_byte_size for i in range(4))
    assert found.columns == {
        "text": "string", "n": "int8", "when": "timestamp", "list": "list<int64>", "pair": "struct<float64, string>",
        "flag": "bool", "half": "fixed",
    }  # fmt: skip


def test_features_of_datasets() -> None:
    from datasets import ClassLabel, Dataset, Features, Value

    stream = io.BytesIO()
    features = Features({"text": Value("string"), "label": ClassLabel(names=["no", "yes"])})
    Dataset.from_dict({"text": ["a"], "label": [1]}, features=features).to_parquet(stream)
    found = parquet.parse(window(stream.getvalue()))
    assert found.features is not None and found.features["label"]["names"] == ["no", "yes"]


def test_the_rows_are_not_read(table: bytes) -> None:
    asked: list[tuple[int, int]] = []
    size = 50 * 2**30

    def fetch(start: int, length: int) -> bytes:
        asked.append((start, length))
        return table[start - size - len(table) :][:length].rjust(length, b"\0")

    assert parquet.parse(Window("f", size + len(table), fetch)).rows == 1000
    assert asked == [(size + len(table) - FIRST_BYTES, FIRST_BYTES)]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "0 bytes are no Parquet file"),
        (b"PAR1" + bytes(20), "does not end with PAR1"),
        (b"PAR1" + bytes(20) + b"PARE", "encrypted"),
        (b"PAR1" + bytes(20) + b"\xff\xff\xff\xffPAR1", "its footer takes 4294967295 bytes"),
        (b"PAR1" + bytes(20) + b"\0\0\0\0PAR1", "broken footer"),
        (b"PAR1" + b"\x19\xf5\xff\xff\xff\xff\x0f" + b"\x07\0\0\0PAR1", "broken footer"),
        (b"PAR1" + b"\x1c" * 100 + b"\x64\0\0\0PAR1", "nested too deeply"),
    ],
)
def test_lies(data: bytes, why: str) -> None:
    with pytest.raises(Damaged) as caught:
        parquet.parse(window(data))
    assert why in caught.value.message


def test_random_changes(table: bytes) -> None:
    assert weights.survives(parquet.parse, table, 1500, from_end=True) > 500


def test_a_schema_without_end() -> None:
    footer = b"\x29\xfc" + b"\x80\x80\x12" + bytes(300_000)
    data = b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"
    tracemalloc.start()
    try:
        with pytest.raises(Damaged, match="columns"):
            parquet.parse(window(data))
        assert tracemalloc.get_traced_memory()[1] < 40 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "value"), [(b"\x00", 0), (b"\x01", -1), (b"\x02", 1), (b"\xfe\xff\xff\xff\x0f", 2**31 - 1)]
)
def test_numbers(data: bytes, value: int) -> None:
    assert Reader(data).integer() == value


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff" * 11])
def test_no_numbers(data: bytes) -> None:
    with pytest.raises(Broken):
        Reader(data).integer()
