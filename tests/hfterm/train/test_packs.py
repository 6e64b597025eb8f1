import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError, UsageError
from hfterm.tok.pack_files import Packed
from hfterm.tok.pack_plain import PlainWriter
from hfterm.train import data, packs
from hfterm.train.packs import PackTable
from hfterm.train.recipe import Recipe

pytest.importorskip("numpy")


def packed(
    folder: Path,
    form: str = "npy",
    *,
    length: int | None = None,
    dtype: str = "uint16",
    shard: int = 10,
    pad: bool = False,
) -> Path:
    """A pack of documents of 1 to 6 tokens, which count up from 0; each ends with a 99."""
    folder.mkdir()
    done = Packed(folder, dtype, length)
    with PlainWriter(folder, form, shard if length is None else shard // length * length, done) as writer:
        at = 0
        for size in range(1, 7):
            writer.document(range(at, at + size), 99)
            at += size
        writer.finish(7 if pad else None)
    index = {"format": packs.KIND, "files": form, "tokenizer": {"path": "x", "vocabulary": 100}, **done.facts()}
    (folder / packs.INDEX).write_text(json.dumps({**index, "shards": done.shards}))
    return folder


STREAM = [*[0, 99], *[1, 2, 99], *[3, 4, 5, 99], *[6, 7, 8, 9, 99], *range(10, 15), 99, *range(15, 21), 99]


def rows(folder: Path, length: int, *, keep: bool = True) -> list[list[int]]:
    files = packs.find(str(folder))
    assert files is not None
    table = PackTable([packs.read(files[0], "p")], length, keep=keep)
    return [table[at]["input_ids"] for at in range(len(table))]


@pytest.mark.parametrize("form", ["npy", "bin"])
@pytest.mark.parametrize("dtype", ["uint16", "uint32"])
def test_a_stream_is_cut_into_blocks_across_its_files(tmp_path: Path, form: str, dtype: str) -> None:
    folder = packed(tmp_path / "p", form, dtype=dtype)
    assert len(list(folder.glob("tokens-*"))) == 3
    assert rows(folder, 4) == [STREAM[at : at + 4] for at in range(0, 27, 4)]
    assert rows(folder, 26) == [STREAM[:26]]  # a single token has nothing to be predicted from
    assert rows(folder, 4, keep=False) == [STREAM[at : at + 4] for at in range(0, 24, 4)]


def test_padding_is_not_learned(tmp_path: Path) -> None:
    folder = packed(tmp_path / "p", length=4, pad=True)
    assert rows(folder, 4)[-1] == STREAM[24:]


def test_a_table_knows_its_tokens_and_places(tmp_path: Path) -> None:
    found = [packs.read(packed(tmp_path / name) / packs.INDEX, name) for name in ("a", "b")]
    table = PackTable(found, 10, keep=False)
    assert (len(table), table.tokens, table.left, table.largest) == (4, 40, 14, 99)
    assert list(table.places) == [("a", 1), ("a", 2), ("b", 1), ("b", 2)] and table.places[1:3][0] == ("a", 2)
    table.keep([1, 2])
    assert [table[at]["input_ids"] for at in range(len(table))] == [STREAM[10:20], STREAM[:10]]
    assert table.tokens == 20 and list(table.places) == [("a", 2), ("b", 1)]
    with pytest.raises(IndexError):
        table[2]


def test_a_pack_is_found_by_its_folder_its_index_and_its_files(tmp_path: Path) -> None:
    folder = packed(tmp_path / "p")
    whole = packs.find(str(folder))
    assert whole is not None and [file.name for file in whole] == [
        *("index.json", "tokens-00000.npy", "tokens-00001.npy", "tokens-00002.npy")
    ]
    assert packs.find(str(folder / "index.json")) == whole
    assert packs.find(str(folder / "tokens-00001.npy")) == [whole[0], whole[2]]
    (tmp_path / "index.json").write_text('{"format": "other"}')
    for text in (tmp_path, tmp_path / "index.json", folder / "starts-00000.npy", tmp_path / "gone", "org/name"):
        assert packs.find(str(text)) is None


def test_the_data_of_a_recipe_can_be_a_pack(tmp_path: Path) -> None:
    folder = packed(tmp_path / "p", length=5)
    (tmp_path / "x.jsonl").write_text('{"text": "a"}\n')
    found, _ = data.gather(Recipe("m", str(folder)), tmp_path)
    assert found.is_pack and [(pack.shown, pack.length, pack.total) for pack in found.packs()] == [(str(folder), 5, 25)]
    some, _ = data.gather(Recipe("m", str(folder / "tokens-00000.npy")), tmp_path)
    assert some.packs()[0].tokens == (10,)
    with pytest.raises(UsageError, match="is a pack of token ids; such are for hfterm train clm"):
        found.sources()
    with pytest.raises(UsageError, match="cannot be mixed"):
        data.gather(Recipe("m", [str(folder), str(tmp_path / "x.jsonl")]), tmp_path)[0].packs()
    with pytest.raises(UsageError, match="no data set"):
        data.gather(Recipe("m", str(folder), config="en"), tmp_path)


def change(**values: Any) -> Callable[[Path], object]:
    def changed(folder: Path) -> None:
        index = json.loads((folder / packs.INDEX).read_text())
        (folder / packs.INDEX).write_text(json.dumps({**index, **values}))

    return changed


def header(folder: Path) -> None:
    file = folder / "tokens-00000.npy"
    file.write_bytes(file.read_bytes().replace(b"{'descr'", b"xxxxxxxx"))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "tokens-00001.npy").unlink(), "is not whole: tokens-00001.npy is gone"),
        (lambda folder: (folder / "index.json").unlink(), "has no index.json"),
        (lambda folder: (folder / "index.json").write_text('{"torn'), "has a damaged index.json"),
        (lambda folder: (folder / "index.json").write_text("[1]"), "has a damaged index.json"),
        (
            lambda folder: (folder / "tokens-00002.npy").write_bytes(b"\x93NUMPY"),
            "is torn: tokens-00002.npy has 6 bytes",
        ),
        (header, "is damaged: tokens-00000.npy cannot be read"),
        (change(dtype="uint32"), "is damaged: tokens-00000.npy is not what index.json says"),
        (change(dtype="int7"), "is of a kind that this hfterm does not know"),
        (change(format="hfterm-pack-9"), "is of a kind that this hfterm does not know"),
        (change(written=3), "has a damaged index.json"),
    ],
)
def test_a_damaged_pack_is_told_in_a_line(tmp_path: Path, damage: Callable[[Path], object], words: str) -> None:
    folder = packed(tmp_path / "p")
    damage(folder)
    with pytest.raises(HftermError) as told:
        rows(folder, 4)
    assert words in told.value.message and told.value.hint == "pack it again: hfterm tok pack"


def test_other_values_than_the_index_says(tmp_path: Path) -> None:
    folder = packed(tmp_path / "p")
    file = folder / "tokens-00000.npy"
    file.write_bytes(file.read_bytes().replace(b"'<u2'", b"'<i2'"))
    with pytest.raises(HftermError, match=r"tokens-00000.npy is not what index.json says"):
        rows(folder, 4)
