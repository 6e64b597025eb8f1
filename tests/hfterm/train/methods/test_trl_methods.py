"""TRL's methods on a model of 43,000 weights: each learns, keeps its numbers, and resumes to the bit."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hfterm.errors import CheckFailedError, HftermError, UsageError
from hfterm.output import Output
from hfterm.train.preferences import turns
from support import interrupted
from support.tiny import FACTS, tiny_model

pytest.importorskip("trl")
from hfterm.train import run
from hfterm.train.recipes import recipe_class

RULES = """
def many_e(completions):
    return [text.count("e") / max(1, len(text)) for text in (c[0]["content"] for c in completions)]

def fails(completions):
    return [1 / 0 for _ in completions]

def short(completions, answer):
    return [1.0]
"""


class Place:
    """A model, data, and runs below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.model = tiny_model(folder / "tiny")
        (folder / "rules.py").write_text(RULES)
        self.pairs = self.write("pairs", [{"prompt": q, "chosen": a, "rejected": f"a b c {q}"} for q, a in FACTS] * 2)
        good = [{"prompt": q, "completion": a, "label": True} for q, a in FACTS]
        self.judged = self.write("judged", good + [{**row, "completion": "no no no", "label": 0} for row in good])
        self.prompts = self.write("prompts", [{"question": q, "answer": a} for q, a in FACTS] * 2)

    def write(self, name: str, rows: list[dict[str, Any]]) -> str:
        path = self.folder / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return str(path)

    def train(self, method: str, data: str, name: str | None = None, **settings: Any) -> run.Result:
        recipe = recipe_class(method)(str(self.model), data, **{"device": "cpu", **settings})
        return run.train(recipe, Output(progress="none", stderr=sys.stdout), name=name or method)

    def rule(self, name: str) -> str:
        return f"{self.folder / 'rules.py'}:{name}"

    def logs(self, name: str) -> list[dict[str, Any]]:
        events = (self.folder / "hfterm/runs" / name / "events.jsonl").read_text().splitlines()
        return [event for event in map(json.loads, events) if event["event"] == "log"]

    def again(self, name: str, step: int) -> list[dict[str, Any]]:
        """Resume a copy of a finished run from a checkpoint, as if it had been killed there; its logs."""
        copy = interrupted.copy(self.folder / "hfterm/runs", name, step)
        run.train(None, Output(progress="none", stderr=sys.stdout), name=copy, resume=True)
        return self.logs(copy)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("trl")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HFTERM_HOME", str(folder / "hfterm"))
        patch.setenv("HF_HOME", str(folder / "hf"))
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
        yield Place(folder)


def base_parameters(model: Path) -> int:
    from safetensors import safe_open

    with safe_open(model / "model.safetensors", "pt") as weights:
        return sum(weights.get_tensor(name).numel() for name in weights.keys())  # noqa: SIM118 (it is no dict)


def same(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> bool:
    """Whether two runs logged the same numbers, but for times."""
    timed = ("t", "step_time")
    plain = [[{k: v for k, v in row.items() if k not in timed} for row in rows] for rows in (one, other)]
    return plain[0] == plain[1] and len(plain[0]) > 0


def test_dpo_prefers_the_chosen_answers_and_resumes_to_the_bit(place: Place) -> None:
    result = place.train(
        "dpo", place.pairs, max_steps=24, save_steps=12, learning_rate=1e-2, keep="all", eval_data=place.pairs
    )
    logs = place.logs("dpo")
    assert logs[0]["rewards/margins"] == 0 and logs[0]["rewards/accuracies"] == 0  # the reference is the model itself
    assert logs[-1]["rewards/margins"] > 0.3 and logs[-1]["rewards/accuracies"] == 1
    assert result.metrics["eval_rewards/accuracies"] == 1
    assert same(place.again("dpo", 12), logs)
    # The reference model was the adapter switched off: nothing but one adapter is in memory or in the output.
    assert result.parameters - result.trainable_parameters == base_parameters(place.model)
    assert not [path for path in result.path.iterdir() if path.is_dir()]
    assert json.loads((result.path / "adapter_config.json").read_text())["peft_type"] == "LORA"


@pytest.mark.parametrize("peft", ["ia3", "pissa", "prompt_tuning", "none"])
def test_dpo_begins_at_its_reference_with_any_peft_method(place: Place, peft: str) -> None:
    place.train("dpo", place.pairs, f"dpo-{peft}", peft=peft, max_steps=2, learning_rate=1e-3)
    first, second = place.logs(f"dpo-{peft}")
    if peft != "prompt_tuning":  # whose new tokens change the model at once
        assert first["rewards/margins"] == pytest.approx(0, abs=1e-4)
        assert first["loss"] == pytest.approx(0.693147, abs=1e-4)
    assert second["grad_norm"] > 0


def test_kto_learns_from_judged_answers_and_from_pairs(place: Place) -> None:
    place.train("kto", place.judged, max_steps=20, save_steps=10, learning_rate=1e-2, keep="all")
    logs = place.logs("kto")
    assert logs[-1]["loss"] < logs[0]["loss"] - 0.03 and "kl" in logs[-1]
    assert same(place.again("kto", 10), logs)
    place.train("kto", place.pairs, "kto-pairs", max_steps=1)
    begin = (place.folder / "hfterm/runs/kto-pairs/events.jsonl").read_text().splitlines()[0]
    assert json.loads(begin)["examples"] == 24


def test_a_reward_model_scores_the_chosen_answer_higher_once_loaded(place: Place) -> None:
    from hfterm.train.rewards.model import RewardModel

    place.train("reward", place.pairs, max_steps=20, save_steps=10, learning_rate=1e-2, keep="all")
    logs = place.logs("reward")
    assert logs[-1]["accuracy"] == 1 and logs[-1]["margin"] > 1
    assert same(place.again("reward", 10), logs)
    full = place.train("reward", place.pairs, "reward-full", peft="none", max_steps=15, learning_rate=1e-2)
    question, answer = FACTS[0]
    prompt = [{"role": "user", "content": question}]
    for path in (place.folder / "hfterm/runs/reward/output", full.path):
        judge = RewardModel.load(path, device="cpu", dtype="float32")
        good, bad = ([{"role": "assistant", "content": text}] for text in (answer, f"a b c {question}"))
        scores = judge([prompt, prompt], [good, bad])
        assert scores[0] > scores[1] + 0.5


def test_grpo_raises_the_reward_and_samples_the_same_again(place: Place) -> None:
    place.train(
        "grpo",
        place.prompts,
        peft="none",
        max_steps=24,
        save_steps=12,
        keep="all",
        learning_rate=2e-2,
        max_completion_length=12,
        reward=[place.rule("many_e"), "length:12"],
        reward_weight=[1.0, 0.0],
        gradient_accumulation_steps=2,
        beta=0.001,
    )
    logs = place.logs("grpo")
    early, late = (sum(row["rewards/many_e/mean"] for row in rows) / 5 for rows in (logs[:5], logs[-5:]))
    assert late > early + 0.1 and {"kl", "reward", "completions/mean_length"} <= logs[-1].keys()
    assert same(place.again("grpo", 12), logs)
    samples = [
        (place.folder / "hfterm/runs" / name / "completions.jsonl").read_text() for name in ("grpo", "grpo-again")
    ]
    assert samples[0] == samples[1]
    row = json.loads(samples[0].splitlines()[0])
    status = json.loads((place.folder / "hfterm/runs/grpo/status.json").read_text())
    assert status["reward"] == logs[-1]["reward"]
    assert row["step"] == 1 and row["rewards"].keys() == {"many_e", "length"} and isinstance(row["completion"], str)


def test_rloo_raises_the_reward(place: Place) -> None:
    # The penalty is of a whole completion's divergence: at the default beta of 0.05 it outweighs a reward below 1.
    place.train(
        "rloo",
        place.prompts,
        "rloo-learns",
        peft="none",
        max_steps=24,
        save_steps=12,
        keep="all",
        learning_rate=2e-2,
        max_completion_length=12,
        reward=[place.rule("many_e")],
        num_generations=4,
        per_device_train_batch_size=16,
        beta=0.001,
    )
    logs = place.logs("rloo-learns")
    early, late = (sum(row["rewards/many_e/mean"] for row in rows) / 5 for rows in (logs[:5], logs[-5:]))
    assert late > early + 0.1 and logs[-1]["kl"] > 0.1 > abs(logs[0]["kl"])
    assert same(place.again("rloo-learns", 12), logs)


def test_rloo_takes_a_reward_model_and_built_in_rewards(place: Place) -> None:
    place.train("reward", place.pairs, "judge", max_steps=2)
    result = place.train(
        "rloo", place.prompts, max_steps=2, max_completion_length=8, reward=["run:judge", "contains", "repetition"]
    )
    logs = place.logs("rloo")
    assert {f"rewards/{name}/mean" for name in ("judge", "contains", "repetition")} <= logs[0].keys()
    assert result.steps == 2 and result.tokens > 0


def test_a_student_comes_nearer_to_its_teacher(place: Place) -> None:
    teacher = place.train("dpo", place.pairs, "teacher", peft="none", max_steps=20, learning_rate=5e-3, beta=0.01).path
    place.train(
        "distill",
        place.prompts,
        peft="none",
        teacher=str(teacher),
        max_steps=20,
        save_steps=10,
        keep="all",
        learning_rate=5e-3,
        max_completion_length=12,
    )
    logs = place.logs("distill")
    assert logs[-1]["loss"] < logs[0]["loss"] / 2
    assert same(place.again("distill", 10), logs)


def test_mistakes_are_told_before_or_where_they_happen(place: Place) -> None:
    text = place.write(
        "same", [{"prompt": "a", "chosen": "b", "rejected": "c"}, {"prompt": "a", "chosen": "b", "rejected": "b"}]
    )
    with pytest.raises(CheckFailedError, match=r"same.jsonl: record 2: chosen and rejected are the same"):
        place.train("dpo", text, "bad")
    one_label = place.write("good", [{"prompt": "a", "completion": "b", "label": True}] * 3)
    with pytest.raises(CheckFailedError, match="all 3 answers have the label true"):
        place.train("kto", one_label, "bad")
    with pytest.raises(HftermError, match=r"the reward rules.py:fails failed: rules.py:\d+: ZeroDivisionError"):
        place.train("grpo", place.prompts, "bad", reward=[place.rule("fails")], max_completion_length=4)
    with pytest.raises(HftermError, match="short returned 1 rewards for 8 completions"):
        place.train("grpo", place.prompts, "bad", reward=[place.rule("short")], max_completion_length=4)
    with pytest.raises(CheckFailedError, match=r"record 1: its prompt of \d+ tokens and a completion of 512"):
        place.train("grpo", place.prompts, "bad", reward=["exact"])
    with pytest.raises(UsageError, match="pissa changes the base model"):
        place.train("rloo", place.prompts, "bad", reward=["exact"], peft="pissa", max_completion_length=4)
    with pytest.raises(CheckFailedError, match="a step takes 40 prompts, and the data has 12"):
        place.train(
            "rloo", place.prompts, "bad", reward=["exact"], per_device_train_batch_size=80, max_completion_length=4
        )


def test_a_teacher_of_another_vocabulary_is_refused(place: Place) -> None:
    other = tiny_model(place.folder / "other")
    path = other / "tokenizer.json"
    tokenizer = json.loads(path.read_text())
    vocabulary = tokenizer["model"]["vocab"]
    vocabulary["!"], vocabulary["?"] = vocabulary["?"], vocabulary["!"]
    path.write_text(json.dumps(tokenizer))
    with pytest.raises(UsageError, match=r"has another vocabulary: '!' is"):
        place.train("distill", place.prompts, "bad", teacher=str(other), max_completion_length=4)


def test_a_classifier_is_no_model_to_prefer_answers_with(place: Place) -> None:
    other = tiny_model(place.folder / "classifier")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps({**config, "architectures": ["LlamaForSequenceClassification"]}))
    recipe = recipe_class("dpo")(str(other), place.pairs)
    with pytest.raises(UsageError, match="LlamaForSequenceClassification is no language model"):
        run.plan(recipe, Output(progress="none", stderr=sys.stdout))


def test_forward_passes_are_added_until_groups_are_whole(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    recipe = recipe_class("grpo")(
        str(place.model), place.prompts, reward=["exact"], num_generations=6, max_completion_length=8
    )
    plan = run.plan(recipe, Output(progress="none", stderr=sys.stdout))
    assert plan["recipe"]["gradient_accumulation_steps"] == 3 and plan["max_steps"] == 9
    assert "3 forward passes a step instead of 1" in capsys.readouterr().out


def test_a_transcript_becomes_turns() -> None:
    assert turns("\n\nHuman: hi\n\nAssistant: yes?\n\nHuman: bye\n\nAssistant:") == [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "yes?"},
        {"role": "user", "content": "bye"},
    ]
