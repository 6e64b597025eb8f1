import json

from support.cli import Hfterm
from support.kinds import folder_of


def test_engines_are_measured_and_compared(hfterm: Hfterm) -> None:
    folder_of("gpt2", hfterm.home / "tok")
    done = hfterm("tok", "bench", "-m", "./tok", "--megabytes", "0.01", "--rounds", "1", "-f", "json", check=0)
    rows = json.loads(done.stdout)
    assert rows[0]["engine"] == "tokenizers"
    assert all(row["bytes"] >= 10_000 and row["mb_per_s"] > 0 and row["ids"] == "same" for row in rows)
    (hfterm.home / "a.jsonl").write_text('{"text": "the lamp"}\n{"words": "Mara"}\n')
    call = ("tok", "bench", "-m", "./tok", "a.jsonl", "--rounds", "1")
    assert "no text and no conversation in it" in hfterm(*call, check=1).stderr
    table = hfterm(*call, "--skip-bad", "-f", "table", check=0)
    assert "mb_per_s" in table.stdout and "record 2" in table.stderr
