import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.tiny import facts_file, tiny_model
from support.trained import GREETING, GREETING_TOKENS, greeting_files


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "tiny")


def test_the_quick_tours_example(hfterm: Hfterm, tmp_path: Path) -> None:
    hfterm("tok", "train", "bpe", *greeting_files(tmp_path), "-o", "tok", check=0)
    call = ("tok", "encode", "-m", "tok/", "--tokens")
    [row] = map(json.loads, hfterm(*call, stdin=GREETING + "\n", check=0).lines)
    assert row["tokens"] == GREETING_TOKENS
    assert len(row["ids"]) == 11
    assert "Hello , y ' all ! How are you [UNK] ?" in hfterm(*call, "-f", "table", stdin=GREETING, check=0).stdout
    assert json.loads(hfterm(*call, "-f", "quiet", stdin=GREETING, check=0).stdout) == GREETING_TOKENS


def test_there_and_back(hfterm: Hfterm, model: Path, tmp_path: Path) -> None:
    text = f"the lamp\n\n{GREETING}\n"
    ids = hfterm("tok", "encode", "-m", model, stdin=text, check=0)
    assert ids.stderr == ""
    assert hfterm("tok", "decode", "-m", model, stdin=ids.stdout, check=0).stdout == text
    rows = hfterm("tok", "decode", "-m", model, "-f", "jsonl", stdin=ids.stdout, check=0).lines
    assert [json.loads(row)["text"] for row in rows] == text.splitlines()


def test_conversations_with_their_special_tokens(hfterm: Hfterm, model: Path, tmp_path: Path) -> None:
    ids = hfterm("tok", "encode", "-m", model, facts_file(tmp_path / "facts.jsonl"), check=0).stdout
    first, *_ = hfterm("tok", "decode", "-m", model, "--special", stdin=ids, check=0).lines
    assert first == "<|user|>Who keeps the lighthouse?<|end|>"


@pytest.mark.parametrize(("verb", "line"), [("encode", b"the lamp\n"), ("decode", b"1 2\n")])
def test_a_live_stream_is_answered_as_it_comes(hfterm: Hfterm, model: Path, verb: str, line: bytes) -> None:
    child = hfterm.popen("tok", verb, "-m", model, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin and child.stdout
    for _ in range(2):
        child.stdin.write(line)
        child.stdin.flush()
        assert child.stdout.readline().endswith(b"\n")
    child.stdin.close()
    assert child.wait(60) == 0
    child.stdout.close()


def test_wrong_input_is_one_line_and_the_right_code(hfterm: Hfterm, model: Path) -> None:
    for args, stdin, code, says in [
        (["encode"], '{"title": "x"}\n', 1, "record 1: no text and no conversation"),
        (["encode", "gone.txt"], "", 3, "no such file"),
        (["encode", "--column", "no"], '{"text": "x"}\n', 1, "no column 'no'; it has text"),
        (["encode", "--max-length", "0"], "x", 2, "--max-length"),
        (["decode"], "1 2 x\n", 1, "'x' is no token id"),
    ]:
        done = hfterm("tok", *args, "-m", model, stdin=stdin)
        assert (done.code, says in done.stderr, done.stdout) == (code, True, ""), (args, done)
    done = hfterm("tok", "decode", "-m", model, "--skip-bad", stdin="1\nx\n2\n", check=0)
    assert (len(done.lines), done.stderr.count("warning")) == (2, 1)


def test_it_starts_without_the_heavy_libraries(hfterm: Hfterm, model: Path) -> None:
    argv = [sys.executable, "-P", "-X", "importtime", "-m", "hfterm", "tok", "encode", "-m", str(model)]
    done = subprocess.run(argv, env=hfterm.env(), input="the lamp", capture_output=True, text=True, check=True)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "tokenizers" in imported
    assert not imported & {"torch", "transformers", "numpy", "datasets", "huggingface_hub", "jinja2"}
