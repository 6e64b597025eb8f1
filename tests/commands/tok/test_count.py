import contextlib
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.tiny import facts_file, tiny_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "tiny")


def test_counts_standard_input(hfterm: Hfterm, model: Path) -> None:
    done = hfterm("tok", "count", "-m", model, stdin="the lamp\nthe\n", check=0)
    row = json.loads(done.stdout)
    assert (row["source"], row["records"], row["characters"]) == ("-", 2, 11)
    assert done.stderr == ""


def test_every_format(hfterm: Hfterm, model: Path, tmp_path: Path) -> None:
    (tmp_path / "home" / "a.txt").write_text("the lamp\n")
    call = ("tok", "count", "-m", model, "a.txt")
    row = json.loads(hfterm(*call, check=0).stdout)
    assert hfterm(*call, "-f", "quiet", check=0).stdout == f"{row['tokens']}\n"
    assert hfterm(*call, "-f", "csv", check=0).lines[0] == "source,records,tokens,characters,min,mean,max"
    assert json.loads(hfterm(*call, "-f", "json", check=0).stdout) == [row]
    assert "a.txt" in hfterm(*call, "-f", "table", check=0).stdout


def test_the_model_comes_from_the_settings(hfterm: Hfterm, model: Path) -> None:
    assert hfterm("tok", "count", stdin="x", check=2).stderr.startswith("hfterm: no tokenizer named; add -m MODEL")
    hfterm("tok", "count", stdin="x", env={"HFTERM_MODEL": str(model)}, check=0)


def test_each_answers_a_live_stream_as_it_comes(hfterm: Hfterm, model: Path) -> None:
    process = hfterm.popen(
        "tok", "count", "-m", model, "--each", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin and process.stdout
    for number in (1, 2):
        process.stdin.write(b"the lamp\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["record"] == number
    process.stdin.close()
    assert process.wait(30) == 0
    process.stdout.close()
    assert process.stderr and process.stderr.read() == b""
    process.stderr.close()


def test_a_closed_pipe_ends_it_quietly(hfterm: Hfterm, model: Path) -> None:
    process = hfterm.popen(
        "tok", "count", "-m", model, "--each", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(b"the\n")
    process.stdin.flush()
    process.stdout.readline()
    process.stdout.close()
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            process.stdin.write(b"the\n")
            process.stdin.flush()
        except BrokenPipeError:
            break
    assert process.wait(30) == 141
    assert process.stderr.read() == b""
    process.stderr.close()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()


def test_wrong_input_is_one_line_and_the_right_code(hfterm: Hfterm, model: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "torn.jsonl").write_text('{"text": "a"}\n{"text": \n')
    (home / "bytes.txt").write_bytes(b"ok\n\xff\xfe\n")
    (home / "good.txt").write_text("the\n")
    os.mkdir(home / "folder")
    for args, code, says in [
        (["torn.jsonl"], 1, "line 2 is not JSON"),
        (["bytes.txt"], 1, "line 2 is not UTF-8"),
        (["gone.txt"], 3, "no such file"),
        (["folder"], 3, "no data files in"),
        (["gone.txt", "good.txt"], 7, "1 of 2 not counted"),
        (["good.txt", "-m", str(home)], 3, "no tokenizer in"),
        (["good.txt", "-m", "./gone"], 3, "no such file or folder"),
    ]:
        done = hfterm("tok", "count", "-m", model, *args)
        assert (done.code, says in done.stderr, done.stderr.count("\n")) == (code, True, 1), (args, done)


def test_records_count_their_chat(hfterm: Hfterm, model: Path, tmp_path: Path) -> None:
    file = facts_file(tmp_path / "facts.jsonl")
    chat = json.loads(hfterm("tok", "count", "-m", model, file, check=0).stdout)
    answers = json.loads(hfterm("tok", "count", "-m", model, file, "--column", "answer", check=0).stdout)
    assert chat["records"] == answers["records"] == 6
    assert chat["tokens"] > answers["tokens"]


def test_bad_records_are_left_out_when_asked(hfterm: Hfterm, model: Path, tmp_path: Path) -> None:
    rows = ['{"text": "the"}', "{torn", '{"title": "x"}', '{"text": "the"}']
    (tmp_path / "home" / "a.jsonl").write_text("\n".join(rows) + "\n")
    done = hfterm("tok", "count", "-m", model, "a.jsonl", "--skip-bad", check=0)
    assert json.loads(done.stdout)["records"] == 2
    assert done.stderr.count("hfterm: warning: cannot") == done.stderr.count("\n") == 2
