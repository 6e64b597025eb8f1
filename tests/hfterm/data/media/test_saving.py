"""Images and sounds in files, as ``datasets`` reads them."""

import io
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine, put_parts, rows
from hfterm.data.convert import convert
from hfterm.data.source import sources
from hfterm.data.table import Tables
from support.media import encoded, image, sound


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for at, name in enumerate(("dog/c.png", "cat/a.png", "cat/b.jpg")):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(encoded(image(at), "JPEG" if "jpg" in name else "PNG"))
    return tmp_path / "photos"


def loaded(path: Path, kind: str = "parquet") -> Any:
    import datasets

    return datasets.load_dataset(kind, data_files=str(path), split="train", cache_dir=f"{path}.cache")


def test_parquet_is_that_of_datasets(photos: Path, tmp_path: Path) -> None:
    import datasets

    rows.whole(engine.connect(), sources([str(photos)])).save(tmp_path / "ours.parquet")
    folder = datasets.load_dataset("imagefolder", data_dir=str(photos), split="train", cache_dir=str(tmp_path / "c"))
    ours = loaded(tmp_path / "ours.parquet")
    assert ours.features == folder.features
    embedded = datasets.table.embed_table_storage(folder.data.table)  # as it does for the Hub
    assert list(ours.cast_column("image", datasets.Image(decode=False))) == embedded.to_pylist()
    assert ours[0]["image"].size == (12, 8)


def test_map_gives_images_that_datasets_decodes(photos: Path, tmp_path: Path) -> None:
    con = engine.connect()
    rows.made(con, sources([str(photos)]), "resize(image, 5, 6), 'é' AS x", add=True).save(tmp_path / "out.parquet")
    found = loaded(tmp_path / "out.parquet")
    assert [(row["image"].size, row["label"], row["x"]) for row in found] == [((5, 6), n, "é") for n in (0, 0, 1)]
    want = image(1).resize((5, 6))
    assert found[0]["image"].tobytes() == want.tobytes()  # as Pillow alone makes it
    again = rows.made(con, sources([str(tmp_path / "out.parquet")]), "convert(image, 'L') AS grey", add=True)
    again.save(tmp_path / "again.parquet")
    last = loaded(tmp_path / "again.parquet")
    assert last.features["label"].names == ["cat", "dog"] and last[2]["grey"].mode == "L"


def test_sounds(tmp_path: Path) -> None:
    import datasets
    import soundfile

    sound(tmp_path / "a.mp3", rate=8000)
    made = rows.made(engine.connect(), sources([str(tmp_path)]), "resample(audio, 16000)", add=True)
    made.save(tmp_path / "out.parquet")
    found = loaded(tmp_path / "out.parquet")
    assert found.features == {"audio": datasets.Audio()}
    held = found.cast_column("audio", datasets.Audio(decode=False))[0]["audio"]
    assert held["path"] == "a.wav" and soundfile.info(io.BytesIO(held["bytes"])).samplerate == 16_000


def test_arrow_shards_and_data_sets(photos: Path, tmp_path: Path) -> None:
    import datasets

    found = sources([str(photos)])
    rows.whole(engine.connect(), found).save(tmp_path / "a.arrow")
    convert(engine.connect(), found, str(tmp_path / "shards"), to="parquet", shards=2)
    convert(engine.connect(), found, str(tmp_path / "saved"), to="dataset")
    made = [loaded(tmp_path / "shards" / "*.parquet"), datasets.load_from_disk(str(tmp_path / "saved"))]
    with Tables(con := engine.connect()) as tables:
        put_parts.write(con, tables.several(found), tmp_path / "put", "train", 1 << 20)
    made.append(loaded(tmp_path / "put" / "*.parquet"))
    made.append(datasets.Dataset.from_file(str(_stream(tmp_path / "a.arrow"))))
    for one in made:
        assert one.features["label"] == datasets.ClassLabel(names=["cat", "dog"])
        assert [(row["image"].size, row["label"]) for row in one] == [((12, 8), 0), ((12, 8), 0), ((12, 8), 1)]


def _stream(path: Path) -> Path:
    """The same as an Arrow stream, which is what datasets reads."""
    import pyarrow as pa

    with pa.ipc.open_file(path) as file, pa.ipc.new_stream(path.with_suffix(".stream"), file.schema) as out:
        out.write_table(file.read_all())
    return path.with_suffix(".stream")


def test_a_list_of_images(photos: Path, tmp_path: Path) -> None:
    import datasets

    (photos / "metadata.jsonl").write_text('{"file_names":["cat/a.png","dog/c.png"],"t":"x"}\n')
    rows.whole(engine.connect(), sources([str(photos)])).save(tmp_path / "l.parquet")
    found = loaded(tmp_path / "l.parquet")
    assert found.features["images"] == datasets.List(datasets.Image())
    assert [one.size for one in found[0]["images"]] == [(12, 8), (12, 8)]


def test_groups_are_small(tmp_path: Path) -> None:
    import pyarrow.parquet

    (tmp_path / "many").mkdir()
    for at in range(150):
        (tmp_path / "many" / f"{at:03}.png").write_bytes(encoded(image(at % 3, (2, 2))))
    rows.whole(engine.connect(), sources([str(tmp_path / "many")])).save(tmp_path / "many.parquet")
    found = pyarrow.parquet.ParquetFile(tmp_path / "many.parquet").metadata
    assert [found.row_group(at).num_rows for at in range(found.num_row_groups)] == [100, 50]


def test_texts_are_written_in_words(photos: Path, tmp_path: Path) -> None:
    for suffix in ("csv", "jsonl"):
        rows.whole(engine.connect(), sources([str(photos)])).save(tmp_path / f"x.{suffix}")
        assert "a.png" in (tmp_path / f"x.{suffix}").read_text() and (tmp_path / f"x.{suffix}").stat().st_size < 1000


def test_a_path_in_a_table_stays_a_path(photos: Path, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet

    secret = tmp_path / "private" / "secret.png"
    secret.parent.mkdir()
    secret.write_bytes(encoded(image()))
    value = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    table = pa.table({"image": pa.array([{"bytes": None, "path": str(secret)}, None], value)})
    pyarrow.parquet.write_table(table, tmp_path / "paths.parquet")
    rows.whole(engine.connect(), sources([str(tmp_path / "paths.parquet")])).save(tmp_path / "again.parquet")
    assert pyarrow.parquet.read_table(tmp_path / "again.parquet").to_pylist() == table.to_pylist()
