"""Fresh adapters: beside those that PEFT begins on the loaded model with the same seed."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.output import Output
from hfterm.peft import methods
from hfterm.peft.arith.fresh import Fresh, fresh
from support.tiny import tiny_model

# The libraries warn of each other's old names.
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
# Method, settings, whether it needs the weights, whether the answers stay the same at first.
CASES: list[tuple[str, dict[str, Any], bool, bool]] = [
    ("lora", {"r": 2}, False, True),
    ("lora", {"target_modules": "all-linear", "use_rslora": True}, False, True),
    ("lora", {"target_modules": ["embed_tokens", "q_proj"]}, True, True),
    ("dora", {"r": 2}, True, True),
    ("pissa", {"r": 2}, True, True),
    ("olora", {"r": 2}, True, True),
    ("adalora", {"total_step": 9}, False, True),
    ("loha", {"target_modules": ["q_proj"]}, False, True),
    ("oft", {"oft_block_size": 8, "r": 0}, False, True),
    ("vera", {}, False, True),
    ("ia3", {}, False, True),
    ("ln_tuning", {}, True, True),
    ("supertuning", {}, True, True),
    ("fourierft", {"n_frequency": 20}, False, False),
    ("prompt_tuning", {}, False, False),
    ("prefix_tuning", {}, False, False),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("fresh") / "base")


def add(model: Path | str, target: Path, said: list[str] | None = None, **options: Any) -> Fresh:
    class Told(Output):
        def say(self, text: str) -> None:
            if said is not None:
                said.append(text)

    return fresh(str(model), target, Told(progress="none"), **options)


@pytest.mark.parametrize(
    ("method", "settings", "reads", "nothing"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)]
)
def test_as_peft_begins_it(
    base: Path, method: str, settings: dict[str, Any], reads: bool, nothing: bool, isolated: Path
) -> None:
    import peft
    from transformers import AutoModelForCausalLM

    said: list[str] = []
    made = add(base, isolated / "fresh", said, method=method, settings=settings, seed=7)
    assert made.read == reads and any("reading them" in line for line in said) == reads
    assert any("from the start" in line for line in said) == (not nothing)
    model = AutoModelForCausalLM.from_pretrained(base)
    torch.manual_seed(7)
    config = methods.config(method, settings, "CAUSAL_LM", ours=False)
    wanted = peft.get_peft_model_state_dict(peft.get_peft_model(model, config))
    found = load_file(made.path / "adapter_model.safetensors")
    assert found.keys() == wanted.keys() and made.tensors == len(found)
    for name, tensor in wanted.items():
        assert torch.equal(found[name], tensor), name
    ids = torch.arange(8)[None]
    plain = AutoModelForCausalLM.from_pretrained(base)
    with torch.no_grad():
        before = plain(input_ids=ids).logits
        after = peft.PeftModel.from_pretrained(plain, made.path).eval()(input_ids=ids).logits[:, -8:]
    assert torch.allclose(before, after, atol=1e-4) == nothing


def test_the_seed_and_the_settings(base: Path, isolated: Path) -> None:
    one, two, again = (add(base, isolated / name, seed=seed) for name, seed in (("a", 1), ("b", 2), ("c", 1)))
    bytes_of = [(made.path / "adapter_model.safetensors").read_bytes() for made in (one, two, again)]
    assert bytes_of[0] == bytes_of[2] != bytes_of[1]
    config = json.loads((one.path / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == str(base) and config["task_type"] == "CAUSAL_LM"
    assert sorted(path.name for path in one.path.iterdir()) == ["adapter_config.json", "adapter_model.safetensors"]
    assert one.parameters == sum(t.numel() for t in load_file(one.path / "adapter_model.safetensors").values())


def test_a_model_without_its_weights(base: Path, isolated: Path) -> None:
    folder = isolated / "config"
    folder.mkdir()
    (folder / "config.json").write_bytes((base / "config.json").read_bytes())
    assert not add(folder, isolated / "lora").read
    assert add(folder / "config.json", isolated / "file", task="features").task == "FEATURE_EXTRACTION"
    for options in ({"method": "pissa"}, {"task": "classify"}):
        with pytest.raises(HftermError, match=r"has no weights: model\.safetensors is missing"):
            add(folder, isolated / "no", **options)
    before = sorted(path.name for path in isolated.iterdir())
    assert add(folder, isolated / "dry", dry_run=True).bytes > 0
    assert sorted(path.name for path in isolated.iterdir()) == before


def test_a_head_that_the_model_does_not_have(base: Path, isolated: Path) -> None:
    one, two = (add(base, isolated / name, task="classify", seed=3) for name in "ab")
    heads = [load_file(made.path / "adapter_model.safetensors")["base_model.model.score.weight"] for made in (one, two)]
    assert one.task == "SEQ_CLS" and heads[0].shape == (2, 32) and torch.equal(*heads) and heads[0].std() > 0


def test_mistakes(base: Path, isolated: Path) -> None:
    for text, options in (
        ("no such PEFT method 'lorra'; did you mean 'lora'", {"method": "lorra"}),
        ("has no setting 'rr'", {"settings": {"rr": 2}}),
        ("nope not found in the base model", {"settings": {"target_modules": "nope"}}),
        ("no such task 'sing'", {"task": "sing"}),
        ("total_step", {"method": "adalora"}),
    ):
        with pytest.raises(UsageError, match=text):
            add(base, isolated / "no", **options)
    with pytest.raises(UsageError, match="is read from there"):
        add(base, base, overwrite=True)
    made = add(base, isolated / "made")
    with pytest.raises(UsageError, match="is an adapter, not a model; name its base: "):
        add(made.path, isolated / "no")
    with pytest.raises(NotFoundError):
        add("./nope", isolated / "no")
    assert not (isolated / "no").exists()
