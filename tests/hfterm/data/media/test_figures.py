"""Columns of images and sounds in figures, types and features."""

from pathlib import Path

from hfterm.data import engine, info, shape, stats
from hfterm.data.source import sources
from support.media import encoded, image, sound, tar


def test_images(tmp_path: Path) -> None:
    for at, name in enumerate(("cat/a.png", "cat/b.png", "dog/c.png", "dog/d.png")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(encoded(image(min(at, 2), (10 * min(at + 1, 3), 8))))
    (tmp_path / "dog/e.png").write_bytes(encoded(image())[:70])
    found = {(row["column"], row["of"]): row for row in stats.described(engine.connect(), sources([str(tmp_path)]))}
    whole = found["image", "values"]
    assert (whole["type"], whole["rows"], whole["nulls"], whole["distinct"], whole["broken"]) == ("IMAGE", 5, 0, 4, 1)
    width = found["image", "width"]
    assert (width["min"], width["max"]) == (10, 30) and {"p25", "p50", "p75"} <= width.keys()
    assert found["label", "values"]["distinct"] == 2 and ("image", "height") in found and ("image", "bytes") in found


def test_sounds(tmp_path: Path) -> None:
    for name, seconds in (("a.wav", 0.5), ("b.flac", 1.5)):
        sound(tmp_path / name, seconds)
    found = {row["of"]: row for row in stats.described(engine.connect(), sources([str(tmp_path)]), quantiles=[0.5])}
    assert found["seconds"]["mean"] == found["seconds"]["p50"] == 1.0 and found["sampling_rate"]["min"] == 8000
    assert found["channels"]["max"] == 1 and found["values"]["broken"] == 0


def test_types_and_features(tmp_path: Path) -> None:
    (tmp_path / "w.tar").write_bytes(tar([("a.png", encoded(image())), ("a.cls", "1"), ("a.npy", b"x")]))
    con = engine.connect()
    (fact,) = info.facts(con, sources([str(tmp_path / "w.tar")]))
    assert fact["schema"]["png"] == "IMAGE" and fact["schema"]["npy"] == "BLOB"
    assert fact["features"] == {"png": {"_type": "Image"}} and fact["rows"] == 1
    kinds = {row["column"]: row["type"] for row in shape.columns(con, sources([str(tmp_path / "w.tar")]))}
    assert kinds == fact["schema"]
