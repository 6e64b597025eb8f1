"""Folders of images and sounds: the rows that ``datasets`` makes of them."""

import gc
import json
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, rows
from hfterm.data.source import sources
from hfterm.errors import HftermError, NotFoundError
from support.media import encoded, image, sound


def read(*texts: str | Path, **how: Any) -> list[dict[str, Any]]:
    found = sources(map(str, texts), **how)
    return [json.loads(line) for block in rows.whole(engine.connect(), found).lines() for line in block.splitlines()]


def put(folder: Path, *names: str) -> None:
    for at, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(encoded(image(at), "JPEG" if name.lower().endswith("jpg") else "PNG"))


def of_datasets(folder: Path) -> list[dict[str, Any]]:
    import datasets

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves metadata files open
        made = datasets.load_dataset("imagefolder", data_dir=str(folder), split="train", cache_dir=f"{folder}.cache")
        gc.collect()
    labels = made.features.get("label")
    found = []
    for row in made.cast_column("image", datasets.Image(decode=False)):
        row["image"] = os.path.relpath(row["image"]["path"], folder.parent)
        if isinstance(labels, datasets.ClassLabel):
            row["label"] = labels.int2str(row["label"])
        found.append(row)
    return found


def flat(found: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    return [row | {"image": os.path.relpath(row["image"]["path"], folder.parent)} for row in found]


LAYOUTS: dict[str, list[str]] = {
    "labels": ["cat/b.png", "cat/a.jpg", "dog/é 1.png", "a-b/x.png", ".hidden/x.png", "cat/.y.png"],
    "one folder": ["x.png", "y.JPG"],
    "one label": ["cat/a.png", "cat/b.png"],
    "not equally deep": ["cat/a.png", "dog/old/b.png"],
    "splits": ["train/cat/a.png", "train/dog/b.png", "test/cat/c.png"],
    "one split": ["my-train/a.png", "my-train/b.png"],
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_rows_are_those_of_datasets(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "photos"
    put(folder, *LAYOUTS[name])
    (folder / "notes.txt").write_text("no image")
    assert flat(read(folder), folder) == of_datasets(folder)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_metadata_files_make_the_rows(tmp_path: Path, suffix: str) -> None:
    import pandas

    folder = tmp_path / "photos"
    put(folder, "one.png", "deep/two.png", "left out.png")
    table = pandas.DataFrame(
        {"caption": ["a, b", "é"], "file_name": ["deep/two.png", "one.png"], "n": [1, 2], "score": [0.5, 1.5]}
    )
    save = {"csv": table.to_csv, "jsonl": table.to_json, "parquet": table.to_parquet}[suffix]
    save(
        folder / f"metadata.{suffix}",
        **({"orient": "records", "lines": True} if suffix == "jsonl" else {"index": False}),
    )
    found = read(folder)
    assert list(found[0]) == ["caption", "image", "n", "score"]
    assert flat(found, folder) == of_datasets(folder)


def test_several_files_a_row(tmp_path: Path) -> None:
    put(tmp_path, "a.png", "b.png")
    lines = [{"file_names": ["a.png", "b.png"], "mask_file_name": "b.png"}, {"file_names": [], "mask_file_name": None}]
    (tmp_path / "metadata.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = read(tmp_path)
    assert [[one["path"] for one in row["images"]] for row in found] == [[f"{tmp_path}/a.png", f"{tmp_path}/b.png"], []]
    assert found[0]["mask"]["format"] == "PNG" and found[1]["mask"] is None


def test_sounds(tmp_path: Path) -> None:
    """Those of ``datasets`` cannot be asked for: it makes no audio rows without torchcodec."""
    for name in ("yes/a.wav", "yes/b.mp3", "no/c.flac"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        sound(tmp_path / name)
    found = read(tmp_path)
    assert [(row["audio"]["format"], row["label"]) for row in found] == [("FLAC", "no"), ("WAV", "yes"), ("MP3", "yes")]


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "a/../../x.png", "file:///etc/passwd"])
def test_metadata_names_nothing_outside_its_folder(tmp_path: Path, name: str) -> None:
    put(tmp_path / "photos", "a.png")
    (tmp_path / "photos/metadata.csv").write_text(f"file_name\na.png\n{name}\n")
    with pytest.raises(HftermError, match="row 2 names"):
        read(tmp_path / "photos")


def test_metadata_that_names_no_files(tmp_path: Path) -> None:
    put(tmp_path, "a.png")
    (tmp_path / "metadata.csv").write_text("name,label\na.png,1\n")
    with pytest.raises(HftermError, match=r"names no files.*file_name"):
        read(tmp_path)


def test_single_files_and_patterns(tmp_path: Path) -> None:
    put(tmp_path, "cat/a.png", "dog/b.png", "dog/c.jpg")
    assert [list(row) for row in read(tmp_path / "cat/a.png")] == [["image"]]
    assert [row["label"] for row in read(tmp_path / "*/*.png")] == ["cat", "dog"]
    with pytest.raises(NotFoundError):
        read(tmp_path / "*.gif")


def test_what_is_most_decides(tmp_path: Path) -> None:
    put(tmp_path, "a.png", "b.png")
    (tmp_path / "rows.jsonl").write_text('{"a":1}\n')
    assert len(read(tmp_path)) == 2
    for name in ("more.jsonl", "most.jsonl"):
        (tmp_path / name).write_text('{"a":2}\n')
    assert read(tmp_path) == [{"a": 2}, {"a": 2}, {"a": 1}]
    assert len(read(tmp_path, format="images")) == 2
    with pytest.raises(NotFoundError, match="no audio"):
        read(tmp_path, format="audio")


def test_labels_can_be_asked_for(tmp_path: Path) -> None:
    put(tmp_path, "it's/a.png", "dog/b.png")
    con = engine.connect()
    found = rows.filtered(con, sources([str(tmp_path)]), "label = 'it''s'")
    assert [json.loads(line)["label"] for block in found.lines() for line in block.splitlines()] == ["it's"]


def test_odd_names(tmp_path: Path) -> None:
    put(tmp_path, "new\nline \"'.png", "zwei%20.png")
    os.rename(tmp_path / "zwei%20.png", os.fsencode(tmp_path) + b"/\xff.png")
    found = read(tmp_path)
    assert [row["image"]["width"] for row in found] == [12, 12]
    assert [row["image"]["path"].rpartition("/")[2] for row in found] == ["new\nline \"'.png", "\\udcff.png"]
