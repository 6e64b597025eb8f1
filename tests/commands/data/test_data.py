"""``hfterm data`` in pipes and on files, through a real process."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.cli import HFTERM, Hfterm

ROWS: list[dict[str, Any]] = [{"id": i, "lang": "en" if i % 3 else "de", "text": "x" * i} for i in range(50)]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def ids(lines: list[str]) -> list[int]:
    return [json.loads(line)["id"] for line in lines]


@pytest.mark.parametrize(
    ("args", "want"),
    [
        (["head", "-n", "3"], [0, 1, 2]),
        (["tail", "-n", "2"], [48, 49]),
        (["head", "-n", "0"], []),
        (["cat"], list(range(50))),
        (["filter", "lang = 'de' AND len(text) > 40"], [42, 45, 48]),
        (["select", "id, lang"], list(range(50))),
        (["map", "len(text) AS n"], list(range(50))),
        (["sort", "lang, id DESC"], [*range(48, -1, -3), *(i for i in range(49, -1, -1) if i % 3)]),
        (["dedup", "--by", "lang"], [0, 1]),
        (["sql", "SELECT max(id) AS id FROM data"], [49]),
    ],
)
def test_every_verb_reads_files_and_pipes_alike(hfterm: Hfterm, table: Path, args: list[str], want: list[int]) -> None:
    verb, rest = args[0], args[1:]
    from_file = hfterm("data", verb, table, *rest, check=0)
    piped = hfterm("data", verb, *rest, stdin=table.read_text(), check=0)
    assert ids(from_file.lines) == want and piped.stdout == from_file.stdout and from_file.stderr == piped.stderr == ""


def test_draws_repeat_by_their_seed(hfterm: Hfterm, table: Path) -> None:
    one = ids(hfterm("data", "shuffle", table, "--seed", "5", check=0).lines)
    assert sorted(one) == list(range(50)) and one != sorted(one)
    assert one == ids(hfterm("data", "shuffle", "--seed", "5", stdin=table.read_text(), check=0).lines)
    assert ids(hfterm("data", "sample", table, "--seed", "5", "-n", "4", check=0).lines) == sorted(one[:4])


def test_formats_out(hfterm: Hfterm, table: Path) -> None:
    assert json.loads(hfterm("data", "head", table, "-n", "2", "-f", "json", check=0).stdout) == ROWS[:2]
    assert hfterm("data", "head", table, "-n", "2", "-f", "csv", check=0).lines == ["id,lang,text", "0,de,", "1,en,x"]
    shown = hfterm("data", "head", table, "-n", "2", "-f", "table", check=0).stdout
    assert "lang" in shown and "de" in shown
    assert hfterm("data", "count", table, "-f", "quiet", check=0).lines == ["50"]
    schema = [json.loads(line) for line in hfterm("data", "schema", table, check=0).lines]
    assert schema[0] == {"column": "id", "type": "BIGINT", "nulls": 0} and len(schema) == 3


def test_files_out(hfterm: Hfterm, table: Path, tmp_path: Path) -> None:
    target = tmp_path / "few.parquet"
    done = hfterm("data", "filter", table, "id < 3", "-o", target, check=0)
    assert done.lines == [str(target)]
    assert ids(hfterm("data", "cat", target, check=0).lines) == [0, 1, 2]
    refused = hfterm("data", "cat", table, "-o", target, check=2)
    assert "exists" in refused.stderr and "--overwrite" in refused.stderr
    hfterm("data", "cat", table, "-o", target, "--overwrite", check=0)
    assert hfterm("data", "count", target, "-f", "quiet", check=0).lines == ["50"]
    assert "cannot tell a format" in hfterm("data", "cat", table, "-o", tmp_path / "x.doc", check=2).stderr
    over = hfterm("data", "filter", target, "id = 1", "-o", target, "--overwrite", check=0)  # onto its own source
    assert over.lines == [str(target)] and hfterm("data", "count", target, "-f", "quiet", check=0).lines == ["1"]
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["few.parquet", "rows.jsonl"]


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["filter", "rows.jsonl", "idd > 1"], 2, "did you mean id?"),
        (["filter", "rows.jsonl", "id >"], 2, "syntax error"),
        (["select", "rows.jsonl", "*"], 2, "hfterm data map"),
        (["sort", "rows.jsonl", "idd"], 2, "did you mean id?"),
        (["dedup", "rows.jsonl", "--by", "idd"], 2, "did you mean id?"),
        (["sql", "rows.jsonl", "DROP TABLE data"], 2, "only a SELECT"),
        (["cat", "nothing.jsonl"], 3, "no such file"),
        (["cat", "no/*.jsonl"], 3, "no file matches"),
        (["cat", "bad.jsonl"], 1, "line 2 is not JSON"),
        (["head", "bad.csv"], 1, "line 3 has 3 values for 2 columns"),
        (["cat", "rows.jsonl", "--input-format", "parquet"], 1, "rows.jsonl"),
    ],
)
def test_one_line_says_what_is_wrong(hfterm: Hfterm, table: Path, args: list[str], code: int, words: str) -> None:
    (table.parent / "bad.jsonl").write_text('{"a":1}\n{"a"\n')
    (table.parent / "bad.csv").write_text("a,b\n1,2\n1,2,3\n")
    done = hfterm("data", *args, cwd=table.parent, check=code)
    assert words in done.stderr and len(done.stderr.splitlines()) == 1 and "Traceback" not in done.stderr


def test_bad_lines_are_left_out_told_of_and_kept(hfterm: Hfterm, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"a":1}\n{"a":\n[2]\n{"a":3}\n')
    for verb in (["cat"], ["filter", "a > 0"], ["sort", "a"], ["map", "a AS a"]):
        done = hfterm("data", verb[0], path, *verb[1:], "--skip-bad", check=0)
        assert done.lines == ['{"a":1}', '{"a":3}']
        assert "left out line 2" in done.stderr and "left out line 3" in done.stderr
    hfterm("data", "count", path, "--bad", tmp_path / "kept", check=0)
    assert (tmp_path / "kept").read_text() == '{"a":\n[2]\n'


def test_rows_come_as_they_are_written(hfterm: Hfterm) -> None:
    with subprocess.Popen(
        [HFTERM, "data", "map", "a + 1 AS a"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=hfterm.env()
    ) as process:
        assert process.stdin and process.stdout
        for i in range(3):
            process.stdin.write(b'{"a":%d}\n' % i)
            process.stdin.flush()
            assert process.stdout.readline() == b'{"a":%d}\n' % (i + 1)  # before the input ends
        process.stdin.close()
        assert process.wait() == 0


def test_a_reader_that_goes_away_ends_it(hfterm: Hfterm, tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text('{"a":1}\n' * 400_000)
    for verb in ("cat", "sort a"):
        script = (
            f"{HFTERM} data {verb.split()[0]} {path} {' '.join(verb.split()[1:])} | head -n 1; echo ${{PIPESTATUS[0]}}"
        )
        done = subprocess.run(["bash", "-c", script], env=hfterm.env(), capture_output=True, text=True, check=True)
        assert done.stdout == '{"a":1}\n141\n' and done.stderr == ""
    endless = f"yes '{{\"a\":1}}' | {HFTERM} data head -n 2"
    done = subprocess.run(["bash", "-c", endless], env=hfterm.env(), capture_output=True, text=True, check=True)
    assert done.stdout == '{"a":1}\n' * 2


def test_memory_does_not_grow_with_the_stream(hfterm: Hfterm) -> None:
    """700 MB through a filter in well under that."""
    line = json.dumps({"id": 1, "text": "word " * 1000})
    script = f"yes '{line}' | head -n 140000 | {HFTERM} data filter 'id > 1'"
    # Linux counts what a process was before exec as its own peak: a small one between keeps that of the tests out.
    measure = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-S", "-c", measure, "bash", "-c", script]
    done = subprocess.run(command, env=hfterm.env(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 500_000  # KiB


def test_nothing_heavy_is_imported(hfterm: Hfterm, table: Path) -> None:
    done = hfterm("data", "filter", table, "id = 1", env={"PYTHONPROFILEIMPORTTIME": "1"}, check=0)
    names = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "_duckdb" in names
    assert names.isdisjoint(
        {"torch", "transformers", "datasets", "textual", "huggingface_hub", "pyarrow", "pandas", "numpy", "duckdb"}
    )


def test_texts_that_are_nearly_the_same(hfterm: Hfterm, tmp_path: Path) -> None:
    words = [f"w{i}" for i in range(60)]
    rows = [" ".join(words), " ".join([*words[:-1], "other"]), " ".join(words[::-1]), None]
    text = "".join(json.dumps({"t": row, "id": at}) + "\n" for at, row in enumerate(rows))
    done = hfterm("data", "dedup", "--near", "0.8", "--by", "t", stdin=text, check=0)
    assert ids(done.lines) == [0, 2, 3] and done.lines[0] + "\n" in text
    assert ids(hfterm("data", "dedup", "--near", "1", "--by", "t", stdin=text, check=0).lines) == [0, 1, 2, 3]
    assert "name one" in hfterm("data", "dedup", "--near", "0.8", "--by", "t,id", stdin=text, check=2).stderr
    target = tmp_path / "fewer.parquet"
    hfterm("data", "dedup", "--near", "0.8", "--by", "t", "-o", target, stdin=text, check=0)
    assert ids(hfterm("data", "cat", target, check=0).lines) == [0, 2, 3]
