"""``hfterm train note``."""

import json
from pathlib import Path

from hfterm import runs
from support.cli import Hfterm


def test_write_print_and_clear(hfterm: Hfterm, state: Path) -> None:
    runs.create("demo", {"method": "sft"})
    none = hfterm("train", "note", "demo", check=0)
    assert (none.stdout, none.stderr) == ("", "run 'demo' has no note\n")
    written = hfterm("train", "note", "demo", "lower", "the rate; then ünïcode", check=0)
    assert (written.stdout, written.stderr) == ("", "")
    assert hfterm("train", "note", stdin="run:demo\n", check=0).stdout == "lower the rate; then ünïcode\n"
    assert json.loads(hfterm("train", "note", "demo", "-f", "json", check=0).stdout) == {
        "name": "demo",
        "note": "lower the rate; then ünïcode",
    }
    assert json.loads(hfterm("train", "show", "demo", check=0).stdout)["note"] == "lower the rate; then ünïcode"
    hfterm("train", "note", "demo", "--clear", check=0)
    hfterm("train", "note", "demo", "--clear", check=0)
    assert hfterm("train", "note", "demo", check=0).stdout == ""


def test_mistakes(hfterm: Hfterm, state: Path) -> None:
    runs.create("demo", {"method": "sft"})
    assert "no run named 'dmeo'; did you mean 'demo'" in hfterm("train", "note", "dmeo", "x", check=3).stderr
    assert "make no sense together" in hfterm("train", "note", "demo", "x", "--clear", check=2).stderr
    assert "names none" in hfterm("train", "note", stdin="", check=2).stderr
