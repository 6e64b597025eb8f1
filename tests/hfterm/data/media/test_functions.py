"""Images and sounds in expressions of the engine."""

import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, rows, shape
from hfterm.data.media import functions
from hfterm.data.source import sources
from hfterm.errors import HftermError, UsageError
from support.media import encoded, image, sound


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for at, name in enumerate(("cat/a.png", "cat/b.jpg", "dog/c.png")):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(encoded(image(at, (20 + at, 10)), "JPEG" if "jpg" in name else "PNG"))
    return tmp_path / "photos"


def lines(made: rows.Rows) -> list[dict[str, Any]]:
    return [json.loads(line) for block in made.lines() for line in block.splitlines()]


def mapped(path: Path, text: str, **how: Any) -> list[dict[str, Any]]:
    con = engine.connect()
    return lines(rows.made(con, sources([str(path)]), text, **{"add": True, **how}))


def test_types() -> None:
    for kind in ("STRUCT(bytes BLOB, path VARCHAR)", 'STRUCT("path" VARCHAR, "bytes" BLOB)'):
        assert functions.is_value(kind) and functions.is_list(kind + "[]") and not functions.is_list(kind)
    for kind in ("STRUCT(bytes BLOB)", "BLOB", "STRUCT(bytes BLOB, path VARCHAR)[][]", "VARCHAR"):
        assert not functions.is_value(kind)


def test_map(photos: Path) -> None:
    found = mapped(photos, "convert(resize(image, 4, 6), 'L') AS image, width(image) AS w, height(image) AS h")
    assert [(row["w"], row["h"], row["label"]) for row in found] == [(20, 10, "cat"), (21, 10, "cat"), (22, 10, "dog")]
    assert {(row["image"]["width"], row["image"]["height"], row["image"]["mode"]) for row in found} == {(4, 6, "L")}
    assert [row["image"]["path"] for row in found] == ["a.png", "b.png", "c.png"]


def test_other_columns_are_arguments(photos: Path) -> None:
    found = mapped(photos, "thumbnail(image, CASE label WHEN 'cat' THEN 5 ELSE 7 END, 7) AS image")
    assert [row["image"]["width"] for row in found] == [5, 5, 7]


def test_sounds(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", channels=2)
    (found,) = mapped(tmp_path, "resample(mono(audio), 4000), duration(audio) AS s")
    assert found["s"] == 0.5 and (found["audio"]["sampling_rate"], found["audio"]["channels"]) == (4000, 1)


def test_filter_sort_and_query(photos: Path) -> None:
    con, found = engine.connect(), sources([str(photos)])
    assert len(lines(rows.filtered(con, found, "width(image) > 20"))) == 2
    assert lines(shape.ordered(con, found, "width(image) DESC"))[0]["label"] == "dog"
    query = "SELECT label, max(width(image)) AS w FROM data GROUP BY ALL ORDER BY ALL"
    assert lines(shape.asked(con, found, query)) == [{"label": "cat", "w": 21}, {"label": "dog", "w": 22}]


def test_bytes_are_there_when_they_are_named(photos: Path) -> None:
    (size, *_) = mapped(photos, "octet_length(image.bytes) AS n, md5(image.bytes) AS hash", add=False)
    assert size["n"] == (photos / "cat/a.png").stat().st_size and len(size["hash"]) == 32


def test_null_stays_null(photos: Path) -> None:
    found = mapped(photos, "resize(CASE label WHEN 'dog' THEN image END, 2, 2) AS image, width(NULL) AS w")
    assert [row["image"] is None for row in found] == [True, True, False] and found[0]["w"] is None


def test_an_error_names_file_and_row(photos: Path) -> None:
    (photos / "dog/d.png").write_bytes(b"")
    with pytest.raises(HftermError, match=rf"{photos}/dog/d.png \(row 4 of {photos}\): it is no image.*--skip-bad"):
        mapped(photos, "resize(image, 2, 2)")
    con = engine.connect()
    rows.whole(con, sources([str(photos)])).save(photos / "all.parquet")
    with pytest.raises(HftermError, match=r"d.png \(row 4 of .*all.parquet\): it is no image"):
        mapped(photos / "all.parquet", "resize(image, 2, 2)")


def test_wrong_arguments(photos: Path) -> None:
    with pytest.raises(UsageError, match="no mode 'RBG'"):
        mapped(photos, "convert(image, 'RBG')")
    with pytest.raises(UsageError, match="resize"):
        mapped(photos, "resize(label, 2, 2)")


def test_bad_rows_are_left_out(photos: Path) -> None:
    (photos / "cat/aa.png").write_bytes(encoded(image())[:50])
    told: list[Any] = []
    con = engine.connect()
    with shape.cleaned(con, sources([str(photos)]), lambda *row: told.append(row)) as found:
        assert len(lines(rows.made(con, found, "width(image) AS w", add=False))) == 3
        rows.whole(con, found).save(photos / "good.parquet")
        assert shape.counted(con, found[0]) == 3
    assert {row[:2] for row in told} == {(str(photos), 2)} and "aa.png" in told[0][2] and b"aa.png" in told[0][3]


def test_a_name_in_a_text_is_no_function(photos: Path) -> None:
    assert mapped(photos, "'resize(image)' AS t", add=False)[0] == {"t": "resize(image)"}
