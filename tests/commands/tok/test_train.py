import json
import signal
import subprocess
from pathlib import Path

from support.cli import Hfterm
from support.trained import GREETING, GREETING_TOKENS, greeting_files


def test_three_files_become_a_tokenizer(hfterm: Hfterm, tmp_path: Path) -> None:
    files = greeting_files(tmp_path / "home")
    done = hfterm("tok", "train", "bpe", "--special", "[UNK],[CLS],[SEP],[PAD],[MASK]", *files, "-o", "tok", check=0)
    assert done.stdout == "tok\n"
    assert hfterm("tok", "count", "-m", "./tok", "-f", "quiet", stdin=GREETING, check=0).stdout == "11\n"
    assert len(GREETING_TOKENS) == 11
    again = hfterm("tok", "train", "bpe", *files, "-o", "tok", check=2)
    assert "exists and is not empty; choose another folder or add --overwrite" in again.stderr
    facts = json.loads(hfterm("tok", "train", "bpe", *files, "-o", "tok", "--overwrite", "-f", "json", check=0).stdout)
    assert (facts["path"], facts["kind"], facts["texts"]) == ("tok", "bpe", 6)


def test_standard_input_is_learnt_from(hfterm: Hfterm) -> None:
    rows = "".join(json.dumps({"body": f"zebra {n}"}) + "\n" for n in range(50))
    call = ("tok", "train", "wordpiece", "-o", "tok", "--column", "body", "-f", "json")
    assert json.loads(hfterm(*call, stdin=rows, check=0).stdout)["texts"] == 50
    assert "no text in the input" in hfterm(*call, "--overwrite", stdin="", check=1).stderr


def test_wrong_settings_are_one_line(hfterm: Hfterm) -> None:
    for args, says in [
        (["bpf", "-o", "tok"], "is not one of 'bpe', 'bytebpe', 'wordpiece', 'unigram'"),
        (["bpe"], "--output"),
        (["bpe", "-o", "tok", "--special", "[CLS],"], "an empty special token"),
        (["unigram", "-o", "tok", "--special", "[CLS]"], "unigram needs a token"),
        (["bytebpe", "-o", "tok", "--vocab-size", "10"], "is too small"),
        (["bytebpe", "-o", "tok", "--split", "test"], "--config and --split choose of a data set; name one"),
    ]:
        done = hfterm("tok", "train", *args, stdin="x")
        assert (done.code, says in done.stderr) == (2, True), done


def test_ctrl_c_leaves_nothing(hfterm: Hfterm) -> None:
    child = hfterm.popen(
        "tok", "train", "bpe", "-o", "tok", "--progress", "jsonl",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdin and child.stdout and child.stderr
    child.stdin.write(b"the lamp is red\n" * 1000)
    child.stdin.flush()
    child.stderr.readline()  # the work has begun, and waits for more of its input
    child.send_signal(signal.SIGINT)
    assert child.wait(60) == 130
    assert b"hfterm: interrupted" in child.stderr.read()
    assert not (hfterm.home / "tok").exists()
    for stream in (child.stdin, child.stdout, child.stderr):
        stream.close()
