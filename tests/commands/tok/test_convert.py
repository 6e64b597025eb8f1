import json
from pathlib import Path

from support.cli import Hfterm
from support.others import ODD, spm_model
from support.tiny import facts_file


def test_converts_and_proves(hfterm: Hfterm, tmp_path: Path) -> None:
    model = spm_model(tmp_path / "a.model")
    facts = facts_file(tmp_path / "facts.jsonl")
    done = hfterm("tok", "convert", model, "-o", "out", "--sample", facts, "-f", "json", check=0)
    said = json.loads(done.stdout)
    assert (said["path"], said["kind"], said["compared"]) == ("out", "SentencePiece Unigram", said["identical"])
    assert f"{said['compared']} of {said['compared']} texts the same as sentencepiece" in done.stderr
    assert "exists and is not empty" in hfterm("tok", "convert", model, "-o", "out", check=2).stderr
    assert hfterm("tok", "encode", "-m", "./out", stdin="the lamp\n", check=0).stdout.startswith('{"ids":')


def test_differences_are_exit_6(hfterm: Hfterm, tmp_path: Path) -> None:
    model = spm_model(tmp_path / "a.model")
    (tmp_path / "odd.txt").write_text(f"{ODD}\nthe lamp\n")
    done = hfterm("tok", "convert", model, "-o", "out", "--sample", tmp_path / "odd.txt", check=6)
    assert done.stdout == "" and not (hfterm.home / "out").exists()
    assert "warning: differs at character 0" in done.stderr and "source: 3 tokens" in done.stderr
    assert "nothing written; if that is good enough: --allow-differences 1" in done.stderr


def test_an_encoding_that_cannot_be_downloaded_says_what_to_do(hfterm: Hfterm) -> None:
    env = {"HTTPS_PROXY": "http://127.0.0.1:1", "TIKTOKEN_CACHE_DIR": str(hfterm.home / "cache")}
    done = hfterm("tok", "convert", "cl100k_base", "-o", "out", env=env, check=9)
    assert "tiktoken cannot download cl100k_base" in done.stderr and "TIKTOKEN_CACHE_DIR" in done.stderr
