from pathlib import Path

import pytest

from hfterm.errors import UsageError
from hfterm.train import data
from hfterm.train.recipe import Recipe


def names(*evals: str) -> dict[str, str]:
    return data.eval_references(Recipe("m", "train.jsonl", eval_data=list(evals)))


def test_evaluation_data_is_called_by_its_own_name() -> None:
    assert names("easy.jsonl", "sets/hard.v2.jsonl.zst") == {"easy": "easy.jsonl", "hard": "sets/hard.v2.jsonl.zst"}
    assert names("org/faq", "-") == {"faq": "org/faq", "-": "-"}
    assert list(names("a/test.jsonl", "b/test.jsonl", "b/test.csv")) == ["test", "b_test", "test-2"]
    assert list(names("data/*.jsonl", "sets/", "v1.5.csv")) == ["data", "sets", "v1.5"]
    assert names() == {} and data.eval_references(Recipe("m", "d")) == {}


def test_a_name_can_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names("easy=a.jsonl", "b=hf://datasets/x/y") == {"easy": "a.jsonl", "b": "hf://datasets/x/y"}
    assert names("hf://datasets/x/y?z=1") == {"y_z_1": "hf://datasets/x/y?z=1"}
    monkeypatch.chdir(tmp_path)
    Path("x=1.jsonl").touch()
    assert names("x=1.jsonl") == {"x_1": "x=1.jsonl"}
    with pytest.raises(UsageError, match="two are called 'a'"):
        names("a=x.jsonl", "a=y.jsonl")


def test_standard_input_is_there_once(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("{}")
    for recipe in (Recipe("m", "-", eval_data=["-"]), Recipe("m", str(tmp_path / "x.jsonl"), eval_data=["-", "a=-"])):
        assert data.reads_stdin(recipe)
        with pytest.raises(UsageError, match="cannot both be standard input"):
            data.gather(recipe, tmp_path)
    assert not data.reads_stdin(Recipe("m", ["a", "b"], eval_data="c"))
