"""What sources are said to be, of files that other programs made."""

import gzip
from pathlib import Path
from typing import Any

from hfterm.data import engine, info, source


def facts(*paths: Path | str, **how: Any) -> list[dict[str, Any]]:
    return list(info.facts(engine.connect(threads=1), source.sources(map(str, paths)), **how))


def test_parquet_by_another_program(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"a": list(range(1000)), "b": ["x" * 50] * 1000})
    for name, packed in (("one", "zstd"), ("two", "none")):
        pq.write_table(table, tmp_path / f"{name}.parquet", row_group_size=300, compression=packed)
    (both,) = facts(tmp_path / "*.parquet")
    assert (both["files"], both["rows"], both["columns"], both["row_groups"]) == (2, 2000, 2, 8)
    assert both["compression"] == "none, zstd" and both["unpacked_bytes"] > 0
    assert both["bytes"] == sum(path.stat().st_size for path in tmp_path.iterdir())
    assert both["schema"] == {"a": "BIGINT", "b": "VARCHAR"} and both["features"] is None
    one, two = facts(tmp_path / "*.parquet", each=True)
    assert (one["source"], one["compression"], one["rows"]) == (str(tmp_path / "one.parquet"), "zstd", 1000)
    assert (two["compression"], two["row_groups"]) == ("none", 4)


def test_texts_and_how_they_are_packed(tmp_path: Path) -> None:
    plain, packed, empty = (tmp_path / name for name in ("a.jsonl", "b.csv.gz", "c.jsonl"))
    plain.write_text('{"x":1}\n{"x":2,"y":[1]}\n')
    packed.write_bytes(gzip.compress(b"x,y\n1,2\n"))
    empty.write_text("")
    one, two, three = facts(plain, packed, empty)
    assert (one["format"], one["rows"], one["columns"], one["compression"]) == ("jsonl", 2, 2, "none")
    assert (two["format"], two["rows"], two["columns"], two["compression"]) == ("csv", 1, 2, "gzip")
    assert (three["rows"], three["columns"], three["bytes"], three["schema"]) == (0, 0, 0, {})


def test_features_of_saved_data_sets(tmp_path: Path) -> None:
    import datasets

    datasets.disable_progress_bars()
    features = datasets.Features({"t": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])})
    made = datasets.Dataset.from_dict({"t": ["a", "b"], "label": [0, 1]}, features=features)
    made.save_to_disk(tmp_path / "saved")
    made.to_parquet(tmp_path / "rows.parquet")
    saved, parquet = facts(tmp_path / "saved", tmp_path / "rows.parquet")
    arrow = facts(next((tmp_path / "saved").glob("*.arrow")))[0]
    (tmp_path / "saved" / "dataset_info.json").unlink()
    noted = facts(next((tmp_path / "saved").glob("*.arrow")))[0]
    assert saved["format"] == "arrow" and saved["rows"] == 2
    for one in (saved, parquet, arrow, noted):
        assert one["features"]["label"]["names"] == ["no", "yes"] and one["columns"] == 2
