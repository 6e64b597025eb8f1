import json
from pathlib import Path

from support.cli import Hfterm
from support.tiny import facts_file, tiny_model


def test_renders_records_and_lines(hfterm: Hfterm, tmp_path: Path) -> None:
    model = tiny_model(tmp_path / "tiny")
    call = ("tok", "chat", "-m", model)
    rows = [json.loads(line) for line in hfterm(*call, facts_file(tmp_path / "facts.jsonl"), check=0).lines]
    assert rows[0]["text"].startswith("<|user|>Who keeps the lighthouse?<|end|>\n<|assistant|>Mara")
    [line] = hfterm(*call, "--generation-prompt", "--ids", stdin="Who?\n", check=0).lines
    row = json.loads(line)
    assert (row["text"], row["tokens"]) == ("<|user|>Who?<|end|>\n<|assistant|>", len(row["ids"]))
    bad = hfterm(*call, stdin='{"title": "x"}\n', check=1)
    assert "record 1: no text and no conversation" in bad.stderr and bad.stderr.count("\n") == 1
    assert hfterm(*call, "--skip-bad", stdin='{"title": "x"}\n{"text": "y"}\n', check=0).lines
