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


def test_what_is_empty_is_said_of_the_data_that_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").touch()
    found, [measured] = data.gather(
        Recipe("m", str(tmp_path / "x.jsonl"), eval_data=str(tmp_path / "x.jsonl")), tmp_path
    )
    assert found.empty == f"nothing to train on in {tmp_path / 'x.jsonl'}"
    assert measured.empty == f"nothing to measure on in {tmp_path / 'x.jsonl'}" and measured.label == ""


def test_a_file_of_no_known_kind_names_no_option_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "x.dat").write_bytes(bytes(range(256)))
    with pytest.raises(UsageError, match="cannot tell what") as told:
        data.gather(Recipe("m", str(tmp_path / "x.dat")), tmp_path)
    assert told.value.hint is not None and "--input-format" not in told.value.hint
