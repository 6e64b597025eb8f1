"""What ``hfterm train sft`` takes as data, in real processes; each format for itself is tests/hfterm/train/test_rows."""

import json
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import HftermError
from hfterm.output import Output
from hfterm.train.recipes import SftRecipe
from hfterm.train.run import plan
from support.cli import Hfterm
from support.tiny import FACTS, tiny_model

FAST = ("--learning-rate", "2e-2", "--progress", "none")


@pytest.fixture
def folder(hfterm: Hfterm, tmp_path: Path) -> Path:
    """A model, and a folder of Parquet shards with a split beside them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tiny_model(tmp_path / "tiny")
    rows = [{"ask": q, "said": {"text": [a]}, "messages": []} for q, a in FACTS * 2]
    (tmp_path / "set").mkdir()
    for name, some in (("train-00000-of-00002", rows[:6]), ("train-00001-of-00002", rows[6:]), ("test", rows[:2])):
        pq.write_table(pa.Table.from_pylist(some), tmp_path / "set" / f"{name}.parquet")
    lines = [json.dumps({"ask": q, "said": {"text": [a]}}) + "\n" for q, a in FACTS]
    (tmp_path / "more.jsonl").write_text("".join(lines))
    return tmp_path


def args(folder: Path, *more: str | Path) -> list[str | Path]:
    columns = ("--column", "prompt=ask", "--column", "completion=said.text.0")
    return ["train", "sft", folder / "tiny", *more, *columns, *FAST]


def dry(hfterm: Hfterm, folder: Path, *more: str | Path, **how: Any) -> tuple[dict[str, Any], str]:
    done = hfterm(*args(folder, *more), "-n", "-f", "json", check=0, **how)
    return json.loads(done.stdout), done.stderr


def test_a_dry_run_shows_the_data(hfterm: Hfterm, folder: Path) -> None:
    made, _ = dry(hfterm, folder, folder / "set", "--eval-split", "test", "--chat-template", "none")
    assert made["data"]["files"] == 2 and made["data"]["examples"] == 12 and made["eval_data"]["examples"] == 2
    assert made["data"]["columns"] == ["said", "prompt", "completion"]
    question, answer = FACTS[0]
    assert made["example"] == {"text": f"{question}{answer}<|end|>", "learned": [f"{answer}<|end|>"]}
    # Standard input beside a pattern; a share held out; another template.
    piped, said = dry(
        hfterm,
        folder,
        "-",
        folder / "set" / "train*.parquet",
        *("--eval-split", "0.2", "--max-samples", "10", "--chat-template", "chatml"),
        stdin=(folder / "more.jsonl").read_bytes(),
    )
    assert piped["data"]["files"] == 3
    assert piped["data"]["examples"] == 8 and piped["eval_data"]["examples"] == 2
    assert piped["example"]["text"].startswith("<|im_start|>user\n")
    assert "the tokenizer has no token <|im_start|>, <|im_end|>" in said


WRONG: list[tuple[str, dict[str, Any], int, str]] = [
    ("more.jsonl", {"columns": {"text": "sad"}}, 2, "has no column 'sad'; did you mean 'said'? it has ask, said"),
    ("more.jsonl", {"eval_split": "test"}, 2, "--eval-split test: 'more.jsonl' has no splits; hold out a share"),
    ("more.jsonl", {"eval_split": 1.5}, 2, "--eval-split 1.5: a share is between 0 and 1"),
    (
        "more.jsonl",
        {"eval_split": 0.1, "eval_data": "set"},
        2,
        "a share is held out of DATA, or --eval-data is measured",
    ),
    ("set", {"split": "tset"}, 3, "set has no split 'tset'; did you mean test?"),
    ("more.jsonl", {"chat_template": "chatlm"}, 2, "no chat template is called 'chatlm'; did you mean 'chatml'?"),
    ("more.jsonl", {}, 6, "more.jsonl: record 1: no conversation in it: the record has the fields 'ask', 'said'"),
]


def test_wrong_data_is_told_before_weights_are_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    out = Output(quiet=True, progress="none")
    for data, more, code, words in WRONG:
        with pytest.raises(HftermError) as caught:
            plan(SftRecipe("./tiny", data, **more), out)
        assert (caught.value.exit_code, words in str(caught.value)) == (code, True), caught.value


def test_a_run_goes_on_with_the_rows_it_began_with(hfterm: Hfterm, folder: Path) -> None:
    """Its files, its share held out and its template are its own, whatever becomes of those it was made of."""
    template = folder / "own.jinja"
    template.write_text("{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}<|end|>{% endfor %}"
                        "{% if add_generation_prompt %}[assistant]{% endif %}")  # fmt: skip
    more = (
        "--eval-split",
        "0.2",
        "--chat-template",
        template,
        "--name",
        "run",
        "--max-steps",
        "4",
        "--save-steps",
        "2",
    )
    done = hfterm(*args(folder, folder / "more.jsonl", folder / "set", *map(str, more)), check=0)
    run = hfterm.home / "hfterm" / "runs" / "run"
    output = Path(done.stdout.strip())
    assert (output / "chat_template.jinja").read_text() == template.read_text()
    counts = json.loads((run / "run.json").read_text())["counts"]
    assert counts["examples"] in (14, 15)  # of 18
    weights = (output / "adapter_model.safetensors").read_bytes()
    events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    assert [one["step"] for one in events if one["event"] == "eval"] == [2, 4]
    # As if it had been killed after step 2.
    status = json.loads((run / "status.json").read_text())
    (run / "status.json").write_text(json.dumps({**status, "state": "stopped"}))
    for gone in (output, run / "checkpoints" / "checkpoint-4"):
        gone.rename(folder / f"old-{gone.name}")
    for file in (template, folder / "more.jsonl"):
        file.unlink()
    again = hfterm("train", "sft", "--resume", "--name", "run", "--progress", "none", check=0)
    assert "goes on from step 2 of 4" in again.stderr
    assert (output / "adapter_model.safetensors").read_bytes() == weights
    assert (output / "chat_template.jinja").read_text().startswith("{% for m in messages %}[")
