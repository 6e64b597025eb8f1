import json
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.tiny import tiny_model
from support.trained import trained


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny_model(tmp_path / "tiny")


def test_info(hfterm: Hfterm, model: Path) -> None:
    row = json.loads(hfterm("tok", "info", model, check=0).stdout)
    assert (row["type"], row["chat_template"]) == ("BPE", True)
    assert "eos=<|end|>" in hfterm("tok", "info", model, "-f", "table", check=0).stdout
    assert hfterm("tok", "info", env={"HFTERM_MODEL": str(model)}, check=0).stdout == json.dumps(row) + "\n"
    assert "no tokenizer named; name a MODEL, or set one" in hfterm("tok", "info", check=2).stderr
    assert "no such file or folder" in hfterm("tok", "info", "./gone", check=3).stderr


def test_vocab(hfterm: Hfterm, model: Path) -> None:
    rows = [json.loads(line) for line in hfterm("tok", "vocab", model, check=0).lines]
    assert [row["id"] for row in rows] == list(range(len(rows)))
    assert hfterm("tok", "vocab", model, "--grep", "^ lamp$", "-f", "quiet", check=0).stdout == "Ġlamp\n"
    assert hfterm("tok", "vocab", model, "--added", "-f", "quiet", check=0).lines[:2] == ["<|pad|>", "<|end|>"]
    assert "is no regular expression" in hfterm("tok", "vocab", model, "--grep", "[", check=2).stderr


def test_diff(hfterm: Hfterm, model: Path, tmp_path: Path) -> None:
    assert hfterm("tok", "diff", model, model, "--exit-code", check=0).stdout == ""
    other = trained(tmp_path / "other", "wordpiece", vocab_size=200)
    rows = [json.loads(line) for line in hfterm("tok", "diff", model, other, "--exit-code", check=1).lines]
    assert {"removed", "added", "moved", "text", "pre_tokenizer", "summary"} <= {row["kind"] for row in rows}
    (tmp_path / "home" / "a.jsonl").write_text('{"body": "the Mara"}\n')
    call = ("tok", "diff", model, other, "--sample", "a.jsonl", "--column")
    texts = [json.loads(line) for line in hfterm(*call, "body", check=0).lines]
    assert [row["what"] for row in texts if row["kind"] == "text"] == ["character 0: 'the Mara'"]
    assert "no column 'no'; it has body" in hfterm(*call, "no", check=1).stderr
