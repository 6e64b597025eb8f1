"""``hfterm train dpo`` and its like, as typed."""

import json
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.tiny import FACTS, tiny_model


def test_dpo_from_a_pipe_with_any_peft_method(hfterm: Hfterm, tmp_path: Path) -> None:
    model = tiny_model(tmp_path / "tiny")
    rows = "".join(json.dumps({"question": q, "chosen": a, "rejected": "no"}) + "\n" for q, a in FACTS)
    done = hfterm(
        *("train", "dpo", model, "--name", "polite", "--peft", "ia3", "--max-steps", "3", "--progress", "none"),
        *("--set", "precompute_ref_log_probs=true", "-f", "json"),
        stdin=rows,
        check=0,
    )
    assert done.stderr == ""
    result = json.loads(done.stdout)
    output = Path(result["path"])
    assert output == hfterm.home / "hfterm/runs/polite/output" and result["steps"] == 3
    assert json.loads((output / "adapter_config.json").read_text())["peft_type"] == "IA3"
    facts = json.loads((output.parent / "run.json").read_text())
    assert facts["method"] == "dpo" and facts["recipe"]["learning_rate"] == 1e-5
    events = map(json.loads, (output.parent / "events.jsonl").read_text().splitlines())
    logs = [event for event in events if event["event"] == "log"]
    assert all(isinstance(row["rewards/margins"], float) for row in logs) and len(logs) == 3
    assert logs[0]["loss"] == pytest.approx(0.693147, abs=1e-4)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["grpo", "MODEL", "DATA"], "no --reward given"),
        (["grpo", "MODEL", "DATA", "--reward", "exact", "--num-generations", "1"], "must be 2 or more"),
        (["rloo", "MODEL", "DATA", "--reward", "exact", "--reward-weight", "1", "--reward-weight", "2"],
         "2 --reward-weight for 1 --reward"),
        (["distill", "MODEL", "DATA"], "no --teacher given"),
        (["kto", "MODEL", "DATA", "--per-device-train-batch-size", "1"], "must be 2 or more"),
        (["dpo", "MODEL", "DATA", "--loss-type", "sigmoid,hing"], "no such loss 'hing'; did you mean 'hinge'"),
        (["dpo", "MODEL", "DATA", "--beta", "0"], "--beta must be above 0"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(hfterm: Hfterm, tmp_path: Path, words: list[str], message: str) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text(json.dumps({"prompt": "q", "chosen": "a", "rejected": "b"}) + "\n")
    places = {"MODEL": str(tmp_path), "DATA": str(data)}
    done = hfterm("train", *(places.get(word, word) for word in words), check=2)
    assert message in " ".join(done.stderr.split()) and done.stdout == ""
