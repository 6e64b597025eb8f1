import json
from pathlib import Path

import numpy as np
import pytest

from support.cli import Hfterm
from support.tiny import facts_file, tiny_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "tiny")


def test_packs_and_accounts(hfterm: Hfterm, model: Path, tmp_path: Path) -> None:
    file = facts_file(tmp_path / "facts.jsonl", repeat=10)
    done = hfterm("tok", "pack", "-m", model, file, "--length", "16", "-o", "out", check=0)
    assert done.stdout == "out\n"
    counted = json.loads(hfterm("tok", "count", "-m", model, file, check=0).stdout)["tokens"]
    written = (counted + 60) // 16 * 16
    assert f"60 texts: {counted} tokens + 60 ends + 0 padding - {counted + 60 - written} dropped" in done.stderr
    assert np.load(hfterm.home / "out" / "tokens-00000.npy").shape == (written // 16, 16)


def test_a_pipe_is_packed_into_raw_files(hfterm: Hfterm, model: Path) -> None:
    call = ("tok", "pack", "-m", model, "-o", "out", "--file-type", "bin", "-f", "json")
    facts = json.loads(hfterm(*call, stdin="the lamp\nMara\n", check=0).stdout)
    ids = hfterm("tok", "decode", "-m", model, "--special", stdin=" ".join(
        map(str, np.fromfile(hfterm.home / "out" / "tokens-00000.bin", facts["dtype"]))
    ), check=0).stdout  # fmt: skip
    assert ids == "the lamp<|end|>Mara<|end|>\n"
    assert (facts["documents"], facts["dropped"], facts["shards"]) == (2, 0, 1)
    assert "exists and is not empty" in hfterm(*call, stdin="x", check=2).stderr
    hfterm(*call, "--overwrite", stdin="x", check=0)


def test_parquet_goes_on_to_the_data_group(hfterm: Hfterm, model: Path, tmp_path: Path) -> None:
    file = facts_file(tmp_path / "facts.jsonl", repeat=10)
    call = ("tok", "pack", "-m", model, "--length", "16", "-o", "out", "--file-type", "parquet", "-f", "json")
    rows = json.loads(hfterm(*call, file, check=0).stdout)["rows"]
    assert json.loads(hfterm("data", "count", "out/data", check=0).stdout)["rows"] == rows > 10
    texts = hfterm("tok", "decode", "-m", model, "--special", "-f", "jsonl", "out/data/*.parquet", check=0).lines
    assert len(texts) == rows and "<|user|>Who keeps" in texts[0]


def test_wrong_settings_are_one_line(hfterm: Hfterm, model: Path) -> None:
    (hfterm.home / "empty.txt").write_text("\n")
    for args, code, says in [
        (["--no-end", "--end", "x"], 2, "--end and --no-end exclude each other"),
        (["--end", "zebra"], 2, "has no token 'zebra'"),
        (["--length", "0"], 2, "--length"),
        (["--file-type", "parquet"], 2, "rows of Parquet have one length; add --length N"),
        (["--no-end", "empty.txt"], 1, "no tokens in the texts"),
        (["gone.txt"], 3, "no such file"),
        (["--length", "99"], 1, "do not fill one row of 99"),
    ]:
        done = hfterm("tok", "pack", "-m", model, "-o", "out", *args, stdin="the lamp\n")
        assert (done.code, says in done.stderr, done.stdout) == (code, True, ""), (args, done)
    assert not (hfterm.home / "out").exists()
