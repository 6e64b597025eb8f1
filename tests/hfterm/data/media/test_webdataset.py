"""WebDataset archives as rows: those of ``datasets``, from files and pipes, torn ones named."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, rows, shape
from hfterm.data.media.webdataset import samples
from hfterm.data.source import sources
from hfterm.errors import HftermError
from support.media import encoded, image, tar

MEMBERS: list[tuple[str, Any]] = []
for at in range(6):
    MEMBERS += [
        (f"a/{at:03}.png", encoded(image(at))),
        (f"a/{at:03}.left.jpg", encoded(image(at), "JPEG")),
        (f"a/{at:03}.cls", str(at)),
        (f"a/{at:03}.txt", f"é {at}"),
        (f"a/{at:03}.json", {"n": at, "tags": ["x"] * at, "box": {"w": at / 2}}),
        (f"a/{at:03}.bin", bytes([at])),
    ]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "w.tar"
    path.write_bytes(tar(MEMBERS))
    return path


def read(*paths: Path, on_bad: Any = None) -> list[dict[str, Any]]:
    con = engine.connect()
    with shape.cleaned(con, sources(map(str, paths)), on_bad) as found:
        return [json.loads(line) for block in rows.whole(con, found).lines() for line in block.splitlines()]


def test_rows_are_those_of_datasets(archive: Path) -> None:
    import base64

    import datasets

    made = datasets.load_dataset("webdataset", data_files=str(archive), split="train", cache_dir=f"{archive}.cache")
    names = ("png", "left.jpg")
    for name in names:
        made = made.cast_column(name, datasets.Image(decode=False))
    found = read(archive)
    assert list(found[0]) == made.column_names
    for ours, theirs in zip(found, made, strict=True):
        for name in names:
            assert ours.pop(name)["path"] == theirs.pop(name)["path"]
        theirs["bin"] = base64.b64encode(theirs["bin"]).decode()
        assert ours == theirs


def test_a_packed_archive(archive: Path, tmp_path: Path) -> None:
    for name in ("w.tar.gz", "w.tgz"):
        (tmp_path / name).write_bytes(gzip.compress(archive.read_bytes()))
        assert [row["cls"] for row in read(tmp_path / name)] == list(range(6))


def test_several_archives(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(tar([("b.txt", "b"), ("b.cls", "7")]))
    found = read(tmp_path / "*.tar")
    assert [row["cls"] for row in found] == [*range(6), 7] and found[-1]["png"] is None


def test_expressions_reach_into_json(archive: Path) -> None:
    con = engine.connect()
    found = rows.made(con, sources([str(archive)]), "json.box.w AS w, len(json.tags) AS n", add=False)
    assert b"".join(found.lines()).splitlines()[2] == b'{"w":1.0,"n":2}'


def test_json_that_varies_stays_json(tmp_path: Path) -> None:
    values = [{"a": 1}, {"a": "x", "b": [1, "2"]}, {"c": {"d": None}}]
    (tmp_path / "v.tar").write_bytes(tar([(f"{at}.json", value) for at, value in enumerate(values)]))
    assert [row["json"] for row in read(tmp_path / "v.tar")] == values


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([("a.txt", "1"), ("a.txt", "2")], "has 'txt' twice"),
        ([("a.txt", b"\xff")], r"has a 'txt' that is not UTF-8 \(byte 1\)"),
        ([("a.json", "{")], "has a 'json' that is not JSON"),
        ([("a.json", "[NaN]")], "has a 'json' that is not JSON"),
        ([("a.cls", "1.5")], "has a 'cls' that is no whole number"),
    ],
)
def test_a_torn_row_is_named_or_left_out(tmp_path: Path, members: list[tuple[str, Any]], why: str) -> None:
    path = tmp_path / "t.tar"
    path.write_bytes(tar([("0.txt", "first"), *members, ("b.txt", "last")]))
    with pytest.raises(HftermError, match=rf"t.tar, row 2 \(a\): it {why}"):
        read(path)
    told: list[Any] = []
    assert [row["txt"] for row in read(path, on_bad=lambda *row: told.append(row))] == ["first", "last"]
    assert [(row[1], row[3]) for row in told] == [(2, b"a")]


def test_a_late_surprise_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "late.tar"
    regular: list[tuple[str, Any]] = [(f"{at:04}.json", {"n": at}) for at in range(150)]
    path.write_bytes(tar([*regular, ("x.json", {"n": "many"}), ("y.json", {"n": 1})]))
    with pytest.raises(HftermError, match=r"row 151 \(x\): it has a 'json' that is of another form"):
        read(path)
    assert len(read(path, on_bad=lambda *row: None)) == 151


def test_a_cut_archive_gives_what_is_before(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:20000])
    with pytest.raises(HftermError, match="cut off"):
        read(archive)
    told: list[Any] = []
    found = read(archive, on_bad=lambda *row: told.append(row))
    assert 0 < len(found) < 6 and all(None not in row.values() for row in found)
    assert [row[1:3] for row in told] == [(len(found) + 1, "cannot be read, nor what follows it")]


def test_an_archive_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "e.tar").write_bytes(tar([]))
    (tmp_path / "z.tar").write_bytes(b"")
    assert read(tmp_path / "e.tar") == read(tmp_path / "z.tar") == []


def test_members_come_one_by_one(archive: Path) -> None:
    found = samples(str(archive))
    assert next(found).row["txt"] == "é 0"
    found.close()  # type: ignore[attr-defined]
