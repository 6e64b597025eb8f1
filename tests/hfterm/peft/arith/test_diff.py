import json
from pathlib import Path

import pytest

from hfterm.errors import HftermError
from hfterm.peft.arith.diff import diff_of
from support.adapters import by_hand

UP, DOWN = "model.layers.0.up", "model.layers.10.down"
ONE = ([[1.0, 0.0]], [[3.0], [0.0]])
# The same product by other factors, and one that is orthogonal to it.
SAME = ([[2.0, 0.0]], [[1.5], [0.0]])
OTHER = ([[0.0, 1.0]], [[0.0], [4.0]])


def test_the_same_change_by_other_factors_is_no_difference(isolated: Path) -> None:
    a = by_hand(isolated / "a", {UP: ONE, DOWN: OTHER}, target_modules=["up", "down"], modules_to_save=None)
    b = by_hand(isolated / "b", {UP: SAME, DOWN: OTHER}, target_modules=["down", "up"], inference_mode=True)
    assert list(diff_of(str(a), str(b))) == []


def test_norms_shares_and_angles(isolated: Path) -> None:
    a = by_hand(isolated / "a", {UP: ONE, DOWN: ONE})
    b = by_hand(isolated / "b", {UP: OTHER, DOWN: ONE}, lora_alpha=2)
    setting, total, first, second = diff_of(str(a), str(b))
    assert (setting["what"], setting["a"], setting["b"]) == ("lora_alpha", 1, 2)
    # 3 one way against 8 the other way: sqrt(9 + 64) apart. And 3 against 6 the same way.
    assert (first["what"], first["a"], first["b"]) == (UP, pytest.approx(3), pytest.approx(8))
    assert first["relative"] == pytest.approx(73**0.5 / 8) and first["cosine"] == pytest.approx(0, abs=1e-9)
    assert (second["what"], second["relative"], second["cosine"]) == (DOWN, pytest.approx(0.5), pytest.approx(1))
    assert total["what"] == "2 of 2 differ" and total["relative"] == pytest.approx((82 / 100) ** 0.5)


def test_what_one_alone_changes_and_the_limit(isolated: Path) -> None:
    names = [f"model.layers.{at}.up" for at in range(4)]
    a = by_hand(isolated / "a", dict.fromkeys(names, ONE))
    b = by_hand(isolated / "b", {DOWN: OTHER})
    rows = list(diff_of(str(a), str(b), limit=3))
    assert [row["kind"] for row in rows] == ["setting", *["only_a"] * 3, "summary", "only_b"]
    assert rows[4]["what"] == "1 more of only_a" and rows[5]["b"] == pytest.approx(4)
    assert sum(row["kind"] == "only_a" for row in diff_of(str(a), str(b), limit=0)) == 4


def test_other_methods_and_other_bases(isolated: Path) -> None:
    a = by_hand(isolated / "a", {UP: ONE})
    wide = by_hand(isolated / "wide", {UP: ([[1.0, 0.0, 0.0]], [[3.0], [0.0]])})
    with pytest.raises(HftermError, match="not of the same base model"):
        list(diff_of(str(a), str(wide)))
    config = json.loads((a / "adapter_config.json").read_text())
    other = by_hand(isolated / "other", {UP: ONE})
    (other / "adapter_config.json").write_text(json.dumps({**config, "peft_type": "IA3"}))
    # The tensors of two methods cannot be held side by side: the settings alone are told.
    assert [row["what"] for row in diff_of(str(a), str(other))] == ["peft_type"]
