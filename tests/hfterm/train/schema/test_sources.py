import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.train.recipes import from_dict
from hfterm.train.schema import sources
from support.tiny import facts_file


def problems(method: str, model: str, data: Any, **more: Any) -> list[str]:
    return [message for _, message, _ in sources.look(from_dict(method, {"model": model, "data": data, **more}))]


@pytest.fixture
def folder(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model's config and data, and the current one."""
    monkeypatch.chdir(isolated)
    model = isolated / "model"
    model.mkdir()
    (model / "config.json").write_text(json.dumps({"model_type": "llama", "architectures": ["LlamaForCausalLM"]}))
    (model / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    facts_file(isolated / "facts.jsonl")
    return isolated


def test_what_is_there_and_fits_is_no_problem(folder: Path) -> None:
    assert problems("sft", "./model", "facts.jsonl", eval_data="facts.jsonl") == []
    assert problems("sft", "./model", ["facts.jsonl", "*.jsonl"], columns={"prompt": "question", "completion": "answer"}) == []  # fmt: skip
    assert problems("sft", "org/model", "org/data@main") == []  # of the Hub
    assert problems("sft", "org/model", "-") == []


def test_what_is_missing_or_does_not_fit_is_said(folder: Path) -> None:
    (folder / "empty.jsonl").touch()
    (folder / "torn.jsonl").write_text('{"text": "x"}\n{"tex')
    (folder / "other.jsonl").write_text('{"question": "q", "answer": "a"}\n{"a": 1}\n')
    (folder / "none").mkdir()
    for method, model, data, words in (
        ("sft", "./gone", "facts.jsonl", "model: no such file or folder: './gone'"),
        ("sft", "run:gone", "facts.jsonl", "model: no run named 'gone'"),
        ("sft", "./none", "facts.jsonl", "model: "),
        ("sft", "./model", "gone.jsonl", "data: no such file"),
        ("sft", "./model", "gone*.jsonl", "data: no file matches"),
        ("sft", "./model", "empty.jsonl", "data: empty.jsonl is empty"),
        ("sft", "./model", "torn.jsonl", "line 2"),
        ("sft", "./model", "other.jsonl", "data: other.jsonl: row 2 cannot be used for sft"),
        ("dpo", "./model", "facts.jsonl", "row 1 cannot be used for dpo"),
        ("kto", "./model", "facts.jsonl", "row 1 cannot be used for kto"),
    ):
        found = problems(method, model, data)
        assert len(found) == 1 and words in found[0], (found, words)
    assert problems("sft", "./model", "other.jsonl", skip_bad=True) == []
    assert "no column 'quest'" in problems("sft", "./model", "facts.jsonl", columns={"prompt": "quest"})[0]
    assert problems("sft", "./model", "facts.jsonl", device="gpu")[0].startswith("device: no such device 'gpu'")
    assert len(problems("sft", "./gone", ["gone.jsonl", "facts.jsonl"], eval_data="gone2.jsonl", device="x")) == 4
