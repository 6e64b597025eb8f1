import json
from pathlib import Path

from support.cli import Hfterm
from support.tiny import tiny_model


def test_adds_to_a_copy(hfterm: Hfterm, tmp_path: Path) -> None:
    model = tiny_model(tmp_path / "tiny")
    before = (model / "tokenizer.json").read_bytes()
    call = ("tok", "add", model, "--special", "<tool>", "-o", "new")
    done = hfterm(*call, "zebra", check=0)
    assert (done.stdout, done.stderr) == ("new\n", f"2 new tokens, {len(_ids(model)) + 2} in all\n")
    assert (model / "tokenizer.json").read_bytes() == before
    [row] = hfterm("tok", "encode", "-m", "./new", "--tokens", stdin="<tool>zebra", check=0).lines
    assert json.loads(row)["tokens"] == ["<tool>", "zebra"]
    assert "exists and is not empty" in hfterm(*call, check=2).stderr
    facts = json.loads(hfterm("tok", "add", "./new", "zebra", "-o", "more", "-f", "json", check=0).stdout)
    assert (facts["new"], facts["known"]) == ([], ["zebra"])
    assert "no token to add" in hfterm("tok", "add", model, "-o", "none", check=2).stderr


def _ids(model: Path) -> dict[str, int]:
    vocabulary: dict[str, int] = json.loads((model / "tokenizer.json").read_text())["model"]["vocab"]
    return vocabulary
