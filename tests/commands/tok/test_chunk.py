import json
from pathlib import Path

from support.cli import Hfterm
from support.tiny import tiny_model


def test_cuts_standard_input(hfterm: Hfterm, tmp_path: Path) -> None:
    model = tiny_model(tmp_path / "tiny")
    text = "The lamp is red. Mara keeps it.\nThe harbour opens."
    call = ("tok", "chunk", "-m", model, "--size", "12")
    rows = [json.loads(line) for line in hfterm(*call, "--by", "sentence", stdin=text, check=0).lines]
    assert "".join(row["text"] for row in rows).replace("\n", "").replace(" ", "") == "".join(text.split())
    assert all(text[row["start"] : row["end"]] == row["text"] for row in rows)
    record = json.dumps({"body": "the lamp", "n": 1})
    [row] = hfterm(*call, "--column", "body", "--keep", stdin=record, check=0).lines
    assert (json.loads(row)["n"], json.loads(row)["text"]) == (1, "the lamp")
    assert hfterm(*call, stdin="", check=0).stdout == ""
    assert "leaves nothing" in hfterm(*call, "--overlap", "12", stdin="x", check=2).stderr
    assert "no column 'no'" in hfterm(*call, "--column", "no", stdin=record, check=1).stderr
