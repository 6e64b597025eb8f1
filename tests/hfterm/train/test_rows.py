"""What a run reads of its data: every source, mapped, checked, the part that it asked for."""

import gzip
import io
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import CheckFailedError, HftermError, UsageError
from hfterm.output import Output
from hfterm.progress import Progress
from hfterm.records import BadRecord
from hfterm.train import data as run_data
from hfterm.train import rows
from hfterm.train.recipe import Recipe
from hfterm.train.recipes import SftRecipe

ROWS = [{"question": f"Who is {at}?", "answer": f"Nobody, ĝi estas {at}."} for at in range(20)]


def read(recipe: Recipe, spool: Path, *, part: str | None = None, evaluation: bool = False) -> list[dict[str, Any]]:
    """The rows that a run of this recipe would get."""
    out = Output(stdout=io.StringIO(), stderr=io.StringIO())
    train, held = run_data.gather(recipe, spool, out)
    (shared, [kept]) = run_data.parts(train)
    data = {None: held[0] if evaluation else train, "train": shared, "eval": kept}[part]
    with Progress(out, "none").task("reading") as task:
        return [dict(row) for row in rows.read(data, recipe, task, [])]


def recipe(*data: Path | str, **more: Any) -> SftRecipe:
    named = [str(one) for one in data]
    return SftRecipe("model", named[0] if len(named) == 1 else named, **more)


def jsonl(values: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def table(path: Path, values: list[dict[str, Any]], write: Callable[[Any, Path], None]) -> Path:
    import pyarrow as pa

    write(pa.Table.from_pylist(values), path)
    return path


def parquet(path: Path, values: list[dict[str, Any]] = ROWS) -> Path:
    import pyarrow.parquet as pq

    return table(path, values, lambda made, where: pq.write_table(made, where, row_group_size=7))


def arrow(path: Path) -> Path:
    import pyarrow as pa

    def write(made: Any, where: Path) -> None:
        with pa.ipc.new_file(str(where), made.schema) as writer:
            writer.write_table(made)

    return table(path, ROWS, write)


def zstd(data: bytes) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def csv(values: list[dict[str, Any]], mark: str = ",") -> bytes:
    lines = [mark.join(values[0]), *(mark.join(f'"{value}"' for value in one.values()) for one in values)]
    return "\n".join([*lines, ""]).encode()


MADE: dict[str, Callable[[Path], Any]] = {
    "a.jsonl": lambda path: path.write_bytes(jsonl(ROWS)),
    "a.ndjson.gz": lambda path: path.write_bytes(gzip.compress(jsonl(ROWS))),
    "a.jsonl.zst": lambda path: path.write_bytes(zstd(jsonl(ROWS))),
    "a.json": lambda path: path.write_text(json.dumps(ROWS, indent=1)),
    "a.csv": lambda path: path.write_bytes(csv(ROWS)),
    "a.tsv": lambda path: path.write_bytes(csv(ROWS, "\t")),
    "a.csv.zst": lambda path: path.write_bytes(zstd(csv(ROWS))),
    "a.parquet": parquet,
    "a.arrow": arrow,
    "noname": lambda path: path.write_bytes(jsonl(ROWS)),
    "noname2": parquet,
}


@pytest.mark.parametrize("name", MADE)
def test_every_format_gives_the_same_rows(name: str, tmp_path: Path) -> None:
    MADE[name](tmp_path / name)
    assert read(recipe(tmp_path / name), tmp_path) == ROWS


@pytest.mark.parametrize("name", MADE)
def test_what_a_run_keeps_reads_the_same(name: str, tmp_path: Path) -> None:
    """Its copy has another name, and only that tells the format of some."""
    MADE[name](tmp_path / name)
    found = run_data.take(str(tmp_path / name), tmp_path)
    (tmp_path / "run").mkdir()
    facts = found.copy_to(tmp_path / "run", "data")
    copy = run_data.take(str(tmp_path / "run" / facts["path"]), tmp_path)
    assert copy.sha256 == found.sha256 == facts["sha256"] and facts["format"] == found.pieces[0].format
    assert [one.value for one in rows.raw(copy)] == ROWS


def test_blank_lines_of_texts_are_no_texts(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n\n  \ntwo\n")
    assert read(recipe(tmp_path / "a.txt"), tmp_path) == [{"text": "one"}, {"text": "two"}]


def test_several_sources_patterns_and_folders(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    parquet(tmp_path / "x" / "one.parquet", ROWS[:5])
    parquet(tmp_path / "x" / "two.parquet", ROWS[5:8])
    (tmp_path / "b.jsonl").write_bytes(jsonl(ROWS[8:]))
    assert read(recipe(tmp_path / "x"), tmp_path) == ROWS[:8]
    assert read(recipe(tmp_path / "x" / "*.parquet", tmp_path / "b.jsonl"), tmp_path) == ROWS
    assert read(recipe(tmp_path / "b.jsonl", tmp_path / "x"), tmp_path) == ROWS[8:] + ROWS[:8]


def test_splits_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(jsonl(ROWS[:15]))
    (tmp_path / "test.jsonl").write_bytes(jsonl(ROWS[15:]))
    assert read(recipe(tmp_path), tmp_path) == ROWS[:15]
    assert read(recipe(tmp_path, split="test"), tmp_path) == ROWS[15:]
    assert read(recipe(tmp_path, split="train+test"), tmp_path) == ROWS
    assert read(recipe(tmp_path, eval_split="test"), tmp_path, evaluation=True) == ROWS[15:]
    # Evaluation data that is a data set means its split for that, not the one that is trained on.
    assert read(recipe(tmp_path, eval_data=str(tmp_path)), tmp_path, evaluation=True) == ROWS[15:]
    with pytest.raises(HftermError, match="no split 'tset'; did you mean test"):
        read(recipe(tmp_path, split="tset"), tmp_path)


def test_images_come_with_their_bytes(tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.Image")
    for label in ("cat", "dog"):
        (tmp_path / "set" / label).mkdir(parents=True)
        pil.new("RGB", (4, 4), "red").save(tmp_path / "set" / label / "a.png")
    found = read(Recipe("model", str(tmp_path / "set")), tmp_path)
    assert [row["label"] for row in found] == ["cat", "dog"]
    assert all(row["image"]["bytes"].startswith(b"\x89PNG") for row in found)
    (tmp_path / "run").mkdir()
    run_data.take(str(tmp_path / "set"), tmp_path).copy_to(tmp_path / "run", "data")
    assert read(Recipe("model", str(tmp_path / "run" / "data")), tmp_path)[1]["label"] == "dog"


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3, 0.5, 0.9])
def test_a_share_is_held_out(share: float, tmp_path: Path) -> None:
    many = [{"text": str(at)} for at in range(1000)]
    (tmp_path / "a.jsonl").write_bytes(jsonl(many))
    one = recipe(tmp_path / "a.jsonl", eval_split=str(share))
    train, held = read(one, tmp_path, part="train"), read(one, tmp_path, part="eval")
    assert sorted(train + held, key=lambda row: int(row["text"])) == many
    assert abs(len(held) - 1000 * share) <= 1
    # Spread over all of it; the same each time, another by another seed.
    at = [int(row["text"]) for row in held]
    assert at == sorted(at) and max(b - a for a, b in itertools.pairwise(at)) <= 2 / share
    assert read(one, tmp_path, part="eval") == held
    other = recipe(tmp_path / "a.jsonl", eval_split=share, seed=1)
    assert (read(other, tmp_path, part="eval") == held) is False


def test_the_first_rows_alone(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROWS) + b"{torn\n")
    few = recipe(tmp_path / "a.jsonl", max_samples=10, eval_split=0.5)
    assert read(recipe(tmp_path / "a.jsonl", max_samples=3), tmp_path) == ROWS[:3]
    assert len(read(few, tmp_path, part="train")) == len(read(few, tmp_path, part="eval")) == 5


def test_mapped_columns(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(
        jsonl([{"q": "Who?", "answers": {"text": ["Mara", "M."]}, "messages": [], "a.b": 1}])
    )
    one = recipe(tmp_path / "a.jsonl", columns={"prompt": "q", "completion": "answers.text.0", "id": "a.b"})
    found = read(one, tmp_path)
    assert found[0]["prompt"] == "Who?" and found[0]["completion"] == "Mara" and found[0]["id"] == 1
    assert "messages" not in found[0] and "q" not in found[0]
    with pytest.raises(
        UsageError, match=r"has no column 'anwers'; did you mean 'answers'.* it has q, answers, answers.t"
    ):
        read(recipe(tmp_path / "a.jsonl", columns={"text": "anwers"}), tmp_path)


BAD = [
    (jsonl([*ROWS[:2], {"question": "?"}]), "a.jsonl: record 3: no conversation in it"),
    (jsonl([*ROWS[:2], {"text": ""}]), "a.jsonl: record 3: the field 'text' is blank"),
    (jsonl(ROWS[:2]) + b"{torn\n", "a.jsonl: line 3 is not JSON"),
    (b"", "a.jsonl: it holds no records"),
    (jsonl([{"messages": [{"role": "user", "content": "?"}]}]), "record 1: it has no assistant turn to learn"),
]


@pytest.mark.parametrize(("content", "words"), BAD)
def test_bad_rows_are_named(content: bytes, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_bytes(content)
    with pytest.raises(CheckFailedError) as caught:
        read(recipe("a.jsonl"), tmp_path)
    assert words in str(caught.value)


def test_bad_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROWS[:2]) + b"{torn\n" + jsonl([{"foo": 1}, ROWS[2]]))
    bad: list[BadRecord] = []
    out = Output(stdout=io.StringIO(), stderr=io.StringIO())
    one = recipe(tmp_path / "a.jsonl", skip_bad=True)
    with Progress(out, "none").task("reading") as task:
        found = list(rows.read(run_data.gather(one, tmp_path)[0], one, task, bad))
    assert found == ROWS[:3] and len(bad) == 2
    (tmp_path / "a.jsonl").write_bytes(b"{torn\n")
    with pytest.raises(CheckFailedError, match="no record of it can be used"):
        read(one, tmp_path)


def test_too_few_rows_for_a_share(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROWS[:1]))
    one = recipe(tmp_path / "a.jsonl", eval_split=0.5)
    wrong = 0
    for part in ("train", "eval"):
        try:
            read(one, tmp_path, part=part)
        except CheckFailedError as exc:
            wrong += 1
            assert "by --eval-split 0.5: it holds too few records" in exc.message
    assert wrong == 1
