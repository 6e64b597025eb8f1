"""``hfterm data`` on images, sounds and archives, through a real process."""

import gzip
import json
import subprocess
from pathlib import Path

import pytest

from support.cli import HFTERM, Hfterm
from support.media import encoded, huge_png, image, sound, tar


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for at, name in enumerate(("cat/a.png", "cat/b.jpg", "dog/c.png")):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(encoded(image(at, (20, 10)), "JPEG" if "jpg" in name else "PNG"))
    return tmp_path / "photos"


def test_a_folder_of_images_is_described(hfterm: Hfterm, photos: Path) -> None:
    done = hfterm("data", "head", "photos", "-n", "1", cwd=photos.parent, check=0)
    size = (photos / "cat/a.png").stat().st_size
    words = f'"path":"photos/cat/a.png","format":"PNG","width":20,"height":10,"mode":"RGB","bytes":{size}'
    assert done.lines == [f'{{"image":{{{words}}},"label":"cat"}}'] and done.stderr == ""
    drawn = hfterm("data", "head", photos, "--show", check=0)  # in a pipe: records
    assert len(drawn.lines) == 3 and "\u2580" not in drawn.stdout and "on a terminal" in drawn.stderr
    table = hfterm("data", "stats", photos, "-f", "table", check=0).stdout
    assert "broken" in table.splitlines()[0] and "height" in table and "IMAGE" not in table


def test_map_writes_what_datasets_loads(hfterm: Hfterm, photos: Path, tmp_path: Path) -> None:
    target = tmp_path / "small.parquet"
    assert hfterm("data", "map", photos, "resize(image, 100, 100)", "-o", target, check=0).lines == [str(target)]
    found = [json.loads(line) for line in hfterm("data", "cat", target, check=0).lines]
    assert {(row["image"]["width"], row["image"]["height"]) for row in found} == {(100, 100)}
    schema = hfterm("data", "schema", target, check=0)
    assert [json.loads(line)["type"] for line in schema.lines] == ["IMAGE", "BIGINT"] and schema.stderr == ""


def test_parts_keep_images_and_texts_do_not(hfterm: Hfterm, photos: Path, tmp_path: Path) -> None:
    parts = hfterm("data", "split", photos, "-o", tmp_path / "parts", "--test", "1", check=0)
    assert parts.lines == [f"{tmp_path}/parts/{name}.parquet" for name in ("train", "test")] and parts.stderr == ""
    described = hfterm("data", "cat", photos, "-o", tmp_path / "x.jsonl", check=0)
    assert "not kept" in described.stderr and described.lines == [f"{tmp_path}/x.jsonl"]


def test_bad_images(hfterm: Hfterm, photos: Path, tmp_path: Path) -> None:
    (photos / "cat/aa.png").write_bytes(huge_png(50_000, 50_000))
    args = ("data", "map", "photos", "convert(image, 'L')")
    failed = hfterm(*args, cwd=tmp_path, check=1)
    words = "photos/cat/aa.png (row 2 of photos): it is taken for a decompression bomb"
    assert words in failed.stderr and "--skip-bad" in failed.stderr and len(failed.stderr.splitlines()) == 1
    done = hfterm(*args, "--bad", "bad.txt", cwd=tmp_path, check=0)
    assert len(done.lines) == 3 and "left out row 2 of photos" in done.stderr
    assert (tmp_path / "bad.txt").read_text() == "photos/cat/aa.png\n"


def test_sounds_and_wrong_expressions(hfterm: Hfterm, tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", 0.5, 8000, 2)
    done = hfterm("data", "map", tmp_path / "a.wav", "mono(resample(audio, 4000))", check=0)
    found = json.loads(done.stdout)["audio"]
    assert (found["sampling_rate"], found["channels"], found["seconds"]) == (4000, 1, 0.5)
    wrong = hfterm("data", "map", tmp_path / "a.wav", "resample(audio, 0)", check=2)
    assert "makes no sense" in wrong.stderr and "Error" not in wrong.stderr


def test_archives_in_pipes(hfterm: Hfterm, tmp_path: Path) -> None:
    data = tar(
        (f"{at}.{kind}", content) for at in range(3) for kind, content in (("png", encoded(image(at))), ("cls", "7"))
    )
    for piped in (data, gzip.compress(data)):
        done = hfterm("data", "filter", "-", "cls = 7", stdin=piped, check=0)
        assert [json.loads(line)["__key__"] for line in done.lines] == ["0", "1", "2"] and done.stderr == ""
    done = hfterm("data", "select", "png AS picture", "-o", tmp_path / "p.parquet", stdin=data, check=0)
    assert len(hfterm("data", "cat", tmp_path / "p.parquet", check=0).lines) == 3
    assert json.loads(hfterm("data", "sort", "__key__ DESC", stdin=data, check=0).lines[0])["__key__"] == "2"
    assert hfterm("data", "count", "-f", "quiet", stdin=encoded(image()), check=0).lines == ["1"]


def test_the_first_rows_come_while_the_pipe_is_open(hfterm: Hfterm) -> None:
    some = tar([(f"{at}.txt", "x" * 100) for at in range(5)])[: 5 * 1024]  # without its end
    with hfterm.popen("data", "head", "-n", "2", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(some)
        process.stdin.flush()
        assert process.stdout.read().count(b"\n") == 2  # to its end: the program is done
        process.stdin.close()


def test_packed_rows_in_pipes(hfterm: Hfterm) -> None:
    """What is looked at to tell the format is not lost."""
    lines = b"".join(b'{"a":%d}\n' % at for at in range(20_000))
    assert hfterm("data", "cat", stdin=gzip.compress(lines), check=0).stdout.encode() == lines


def test_a_terminal_shows_images(photos: Path, tmp_path: Path) -> None:
    import pexpect

    from support.cli import environment

    child = pexpect.spawn(
        HFTERM, ["data", "head", str(photos), "--show", "-n", "1"], env=environment(tmp_path), dimensions=(40, 100),
        timeout=120, encoding="utf-8",
    )  # fmt: skip
    child.expect(pexpect.EOF)
    said = child.before
    child.close()
    assert child.exitstatus == 0 and said.count("\u2580") == 20 * 5 and "PNG 20x10 RGB" in said.replace("\r\n", "")
