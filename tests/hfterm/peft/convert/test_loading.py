"""The adapters library itself, in the environment that is made for it from the package registry: all in one test.

The checkpoints were written by the library (made/make.py); without a registry that can be reached the test is skipped.
"""

import io
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file, save_file

from hfterm import isolated as isolated_environments
from hfterm.errors import CheckFailedError, NetworkError, NotFoundError, UsageError
from hfterm.output import Output
from hfterm.peft.convert import library, loading, run
from hfterm.peft.info import Info, info
from hfterm.progress import Progress

MADE = Path(__file__).parent / "made"
BASE = MADE / "base"


def progress() -> Progress:
    return Progress(Output(quiet=True, stderr=io.StringIO()))


def with_library(name: str) -> Info:
    text = str(MADE / name)
    return loading.with_library(info(text), text, str(BASE), progress())


def wrong(made: tuple[dict[str, Any], dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was converted, but it adds a tenth more."""
    settings, tensors = made
    patterns = {module: 1.1 * alpha for module, alpha in settings["alpha_pattern"].items()}
    return {**settings, "lora_alpha": 1.1 * settings["lora_alpha"], "alpha_pattern": patterns}, tensors


def make_or_skip() -> None:
    try:
        isolated_environments.make(loading.SPEC, progress())
    except (NetworkError, NotFoundError) as exc:
        pytest.skip(f"the package registry cannot be reached: {exc}")


@pytest.mark.filterwarnings("ignore")
def test_the_library_loads_and_peft_is_held_against_it(isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_or_skip()
    # What it tells of a bottleneck.
    found = with_library("bottleneck")
    assert found.record["library"] == "adapters 1.3.0, transformers 4.57.6"
    assert (found.record["loaded_as"], found.record["loaded_parameters"]) == ("GPT2LMHeadModel", 84)
    assert found.record["locations"] == [{"location": "output_adapter", "layers": [0, 1], "parameters": 84}]
    assert found.record["missing"] == found.record["unexpected"] == found.problems == []
    assert found.record["change"] > 0.01

    # A tensor that is not there, and one too many.
    torn = Path(shutil.copytree(MADE / "bottleneck", isolated / "torn"))
    tensors = load_file(torn / "adapter.safetensors")
    first = sorted(tensors)[0]
    save_file(
        {**{k: v for k, v in tensors.items() if k != first}, first + ".more": tensors[first]},
        torn / "adapter.safetensors",
    )
    problems = with_library(str(torn)).problems
    assert f"the library finds no {first} in it" in problems

    # LoRA: PEFT does the same; what does not is refused, and nothing is left.
    target = isolated / "new"
    verified = run.convert(str(MADE / "lora"), "peft", target, base=str(BASE), verify=progress())
    assert verified.drift is not None and verified.drift < 1e-5 and "held against adapters 1.3.0" in verified.notes[0]
    with monkeypatch.context() as patch:
        patch.setattr(run.library, "to_peft", lambda *args, real=library.to_peft: wrong(real(*args)))
        with pytest.raises(CheckFailedError, match="does something else: held against adapters"):
            run.convert(str(MADE / "lora"), "peft", isolated / "bad", base=str(BASE), verify=progress())
    assert not [path.name for path in isolated.iterdir() if "bad" in path.name]

    # A pickled (IA)3 as the library's own safetensors.
    ours = run.convert(
        str(MADE / "ia3"), "adapters", isolated / "ia3", base=str(BASE), verify=progress(), allow_pickle=True
    )
    assert ours.notes[0].startswith("loaded with adapters 1.3.0, transformers 4.57.6: it changes outputs by ")
    assert sorted(os.listdir(isolated / "ia3")) == ["adapter.safetensors", "adapter_config.json"]


def test_what_does_not_go_is_refused_before_an_environment_is_made(isolated: Path) -> None:
    def refused(kind: type[Exception], why: str, call: Any) -> None:
        with pytest.raises(kind, match=why):
            call()

    def convert(name: str, to: str, **more: Any) -> Any:
        return lambda: run.convert(str(MADE / name), to, isolated / "new", verify=progress(), **more)

    llama = isolated / "llama"
    llama.mkdir()
    (llama / "config.json").write_text('{"model_type": "llama", "hidden_size": 8}')
    shutil.copy(BASE / "model.safetensors", llama)
    fits = "does not fit .*llama: its model_type is gpt2, the model's llama"
    refused(CheckFailedError, fits, convert("lora", "peft", base=str(llama)))
    (llama / "config.json").write_text('{"model_type": "gpt2", "n_embd": 16}')
    refused(CheckFailedError, "its hidden_size is 8, the model's 16", convert("lora", "peft", base=str(llama)))
    refused(UsageError, "names no base model; name it with --base", convert("lora", "peft"))
    refused(UsageError, "is an adapter, not a model", convert("lora", "peft", base=str(converted(isolated))))
    refused(UsageError, "no method of PEFT does; use it with the adapters library", convert("bottleneck", "peft"))
    refused(UsageError, "in the format adapters already", convert("bottleneck", "adapters"))
    refused(UsageError, "--verify is for adapters of the adapters library", convert("lora", "gguf"))
    text = str(converted(isolated))
    ours = info(text)
    refused(UsageError, "--load is for those", lambda: loading.with_library(ours, text, None, progress()))
    assert not (isolated / "new").exists() and not isolated_environments.is_made(loading.SPEC)


def converted(folder: Path) -> Path:
    return run.convert(str(MADE / "lora"), "peft", folder / "converted", overwrite=True, base=str(BASE)).path


def test_a_pickled_bottleneck_becomes_safetensors_with_its_head(isolated: Path) -> None:
    import torch

    old = isolated / "old"
    old.mkdir()
    shutil.copy(MADE / "bottleneck" / "adapter_config.json", old)
    tensors = load_file(MADE / "bottleneck" / "adapter.safetensors")
    torch.save(tensors, old / "pytorch_adapter.bin")
    torch.save({"head.weight": torch.ones(2)}, old / "pytorch_model_head.bin")
    (old / "head_config.json").write_text("{}")
    (old / "embedding.pt").write_bytes(b"")
    with pytest.raises(UsageError, match=r"as safetensors of that library: --to adapters"):
        run.convert(str(old), "peft", isolated / "new", allow_pickle=True)
    made = run.convert(str(old), "adapters", isolated / "new", allow_pickle=True)
    assert (made.modules, made.notes) == (2, ["embedding.pt was left out"])
    again = load_file(isolated / "new" / "adapter.safetensors")
    assert again.keys() == tensors.keys() and all(torch.equal(again[k], tensors[k]) for k in tensors)
    assert load_file(isolated / "new" / "model_head.safetensors")["head.weight"].tolist() == [1, 1]
    assert info(str(isolated / "new")).record["method"] == "bottleneck"


def test_before_1_1_alpha_was_not_in_force(isolated: Path) -> None:
    old = Path(shutil.copytree(MADE / "lora", isolated / "old"))
    text = (old / "adapter_config.json").read_text()
    (old / "adapter_config.json").write_text(text.replace("adapters.1.3.0", "adapters.1.0.1"))
    assert info(str(MADE / "lora")).record["scaling"] == 3 and info(str(old)).record["scaling"] == 1
    run.convert(str(old), "peft", isolated / "new")
    assert '"lora_alpha": 2' in (isolated / "new" / "adapter_config.json").read_text()
