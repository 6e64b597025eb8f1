"""``hfterm eval`` through a real process."""

import json
import subprocess
import sys
from pathlib import Path

from support.cli import Hfterm

ROWS = '{"prediction":1,"label":1}\n{"prediction":0,"label":1}\n{"prediction":0,"label":0}\n'


def test_scores_records_of_a_pipe(hfterm: Hfterm) -> None:
    found = hfterm("eval", "--metric", "accuracy,f1", stdin=ROWS, check=0)
    assert json.loads(found.stdout) == {"accuracy": 2 / 3, "f1": 2 / 3, "records": 3} and not found.stderr
    table = hfterm("eval", "--metric", "accuracy", "-f", "table", stdin=ROWS, check=0).stdout
    assert table.split() == ["accuracy", "0.666667", "records", "3"]


def test_bad_records_are_named_or_left_out(hfterm: Hfterm) -> None:
    text = ROWS + '{"prediction": null, "label": 1}\n{"predic\n'
    bad = hfterm("eval", "--metric", "accuracy", stdin=text, check=6)
    assert not bad.stdout and bad.stderr.count("\n") == 1
    assert "2 of 5 records cannot be scored: line 4 of standard input has nothing as prediction" in bad.stderr
    assert "line 5 of standard input is not JSON" in bad.stderr
    left = hfterm("eval", "--metric", "accuracy", "--skip-bad", stdin=text, check=0)
    assert json.loads(left.stdout) == {"accuracy": 2 / 3, "records": 3, "left_out": 2}
    assert left.stderr.count("warning: left out line") == 2
    torn = hfterm("eval", "--metric", "accuracy", stdin='[{"prediction":1,"label":1},{"pre', check=1).stderr
    assert torn.startswith("hfterm: cannot read standard input: line 1 is not JSON") and torn.count("\n") == 1
    assert "no records" in hfterm("eval", "--metric", "accuracy", stdin="", check=6).stderr


def test_two_files(hfterm: Hfterm, tmp_path: Path) -> None:
    (tmp_path / "said.txt").write_text("The dog bit the man.\n")
    (tmp_path / "right.txt").write_text("The dog bit the man.\n")
    found = hfterm("eval", tmp_path / "said.txt", "--against", tmp_path / "right.txt", "--metric", "bleu,wer", check=0)
    assert json.loads(found.stdout) == {"bleu": 100.00000000000004, "wer": 0.0, "records": 1}
    assert "bleu: nrefs:1" in found.stderr


def test_names_and_the_list(hfterm: Hfterm) -> None:
    listed = [json.loads(line) for line in hfterm("eval", "--list", check=0).lines]
    assert {"accuracy", "rougeLsum", "perplexity"} <= {row["name"] for row in listed}
    assert "did you mean accuracy" in hfterm("eval", "--metric", "acuracy", stdin="", check=2).stderr
    assert "eval --list shows all" in hfterm("eval", stdin="", check=2).stderr


def test_libraries_are_imported_only_when_named(tmp_path: Path) -> None:
    """Neither torch nor what another metric needs comes with one; a missing one is said before anything is read."""
    (tmp_path / "rows.jsonl").write_text(ROWS)
    script = (
        "import sys, json, hfterm.metrics.evaluate as e\n"
        "heavy = ('torch', 'sklearn', 'rouge_score', 'sacrebleu', 'jiwer', 'click', 'duckdb')\n"
        "e.evaluate([sys.argv[1]], ['accuracy'])\n"
        "first = [m for m in heavy if m in sys.modules]\n"
        "e.evaluate([sys.argv[1]], ['f1', 'pearson'])\n"
        "print(json.dumps([first, [m for m in heavy if m in sys.modules]]))\n"
        "sys.modules['jiwer'] = None\n"
        "try: e.evaluate(['./none'], ['wer'])\n"
        "except Exception as exc: print(exc.exit_code, exc)\n"
    )
    path = tmp_path / "rows.jsonl"
    done = subprocess.run([sys.executable, "-P", "-c", script, path], capture_output=True, text=True, check=True)
    found, said = done.stdout.splitlines()
    assert json.loads(found) == [[], ["sklearn"]]
    assert said == "5 this needs jiwer, which is not installed; run: pip install 'hfterm[eval]'"
