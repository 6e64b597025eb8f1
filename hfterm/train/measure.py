"""How well a model does on data: the evaluation that training makes, of a model as it is."""

import dataclasses
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hfterm import extras, refs, runs
from hfterm.errors import UsageError
from hfterm.inference import folder, load
from hfterm.inference.quiet import hush
from hfterm.interrupts import heeded
from hfterm.output import Output
from hfterm.progress import Progress
from hfterm.train import data as run_data
from hfterm.train import methods
from hfterm.train.arguments import training_arguments
from hfterm.train.methods.base import Prepared
from hfterm.train.prepare import prepare
from hfterm.train.recipe import Recipe, flag
from hfterm.train.recipes import recipe_class
from hfterm.train.run import LIBRARIES
from hfterm.train.tasks.models import HEAD, here_only

# The end of an architecture's name -> the task it is measured in.
_BY_NAME = {
    "ForTokenClassification": "tag",
    "ForImageClassification": "image",
    "ForAudioClassification": "audio",
    "ForMaskedLM": "mlm",
    "ForConditionalGeneration": "seq2seq",
    "ForCausalLM": "sft",
    "LMHeadModel": "sft",
    "ForSequenceClassification": "classify",
}
# They learn from what they generate themselves, or from another model: there is no loss on given records.
_UNMEASURED = ("grpo", "rloo", "distill")
# The loss is the mean of -log p of a token.
_OF_TOKENS = ("sft", "clm", "mlm")


def measure(
    model: str, data: Sequence[str], out: Output, *, task: str | None = None, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Loss and metrics of ``model`` on the records of ``data``; ``settings`` are fields of the task's recipe.

    ``task`` is a training method; by default that of the run, else what the model was made for. Beside the metrics:
    ``model``, ``task``, ``records``, and for language models ``perplexity`` (e to the mean loss of a token).

    Raises:
        UsageError: the model is not for the task, or has no such setting. NotFoundError: no such model or data.
        MissingExtraError: torch and friends are missing. HftermError: a record cannot be used.
    """
    path = refs.resolve(model, "model", note=out.note).absolute()
    found = folder.inspect(path)
    base = load.base_folder(found).absolute() if found.is_adapter else path
    task = task or _task(model, path, base)
    if task in _UNMEASURED:
        raise UsageError(f"a model cannot be measured by {task}", "score what it generates: hfterm eval --metric")
    recipe = _recipe(task, model, data, settings)
    extras.check("train", *LIBRARIES)
    with tempfile.TemporaryDirectory(prefix="hfterm-") as scratch:
        work = Path(scratch)
        if found.is_adapter:
            base = _stand_in(path, base, work / "base")
        records, _ = run_data.gather(recipe, work, out)
        with heeded():
            hush()
            prepared = prepare(recipe, base, records, (), out, Progress(out))
            values = _values(prepared, path, work, out)
    values = {key.removeprefix("eval_"): value for key, value in values.items()}
    if task in _OF_TOKENS and "loss" in values and "perplexity" not in values:
        values["perplexity"] = math.exp(min(values["loss"], 700.0))
    return {"model": model, "task": task, "records": prepared.material.examples, **values}


def _task(reference: str, path: Path, base: Path) -> str:
    """What a model is measured in, when nobody says."""
    if reference.startswith("run:"):
        method = runs.get(reference.removeprefix("run:").partition("@")[0]).facts().get("method")
        if isinstance(method, str):
            return method
    config = folder.read_json(base / "config.json")
    names = [str(config.get("architectures") or ["?"])]
    if (path / HEAD).is_file():
        names.insert(0, folder.read_json(path / HEAD).get("auto", ""))
    for name in names:
        for end, task in _BY_NAME.items():
            if end.removeprefix("For") in name:
                return task
    raise UsageError(f"{reference!r} does not say what it is for", "name it with --task, such as --task classify")


def _recipe(task: str, model: str, data: Sequence[str], settings: Mapping[str, Any]) -> Recipe:
    kind = recipe_class(task)
    known = {field.name for field in dataclasses.fields(kind)}
    for name in settings:
        if name not in known:
            raise UsageError(f"{flag(name)} means nothing for {task}", "leave it out")
    return kind(model, list(data) if len(data) > 1 else data[0], peft="none", **settings)


def _stand_in(adapter: Path, base: Path, target: Path) -> Path:
    """A folder for what is read beside the weights: the base model's files, the adapter's, and its head's labels."""
    target.mkdir()
    for source in (base, adapter):
        left = here_only(source)
        for file in source.iterdir():
            link = target / file.name
            if file.is_file() and not file.name.startswith(("adapter_", "training_args")) and file.name not in left:
                link.unlink(missing_ok=True)
                link.symlink_to(file.resolve())
    if (adapter / HEAD).is_file():
        config = {**folder.read_json(base / "config.json"), **folder.read_json(adapter / HEAD)["config"]}
        (target / "config.json").unlink()
        (target / "config.json").write_text(json.dumps(config))
    return target


def _values(prepared: Prepared, path: Path, work: Path, out: Output) -> dict[str, float]:
    from transformers.trainer_callback import PrinterCallback

    material = dataclasses.replace(prepared.material, evaluation=prepared.material.train)
    if "note" in material.more and not (path / HEAD).is_file():  # such an adapter brings its head with it
        material.more["note"] = _refuse_new_head
    prepared = dataclasses.replace(prepared, material=material)
    method, progress = methods.of(prepared.recipe), Progress(out)
    with progress.task("loading model"):
        model = method.load(prepared, path, prepared.dtype).eval()
    arguments = training_arguments(prepared.recipe, work / "out", device=prepared.device, dtype=prepared.dtype)
    trainer = method.trainer(prepared, model, arguments)
    trainer.remove_callback(PrinterCallback)
    with progress.task("evaluating"):
        values: dict[str, float] = trainer.evaluate()
    # What the trainers add for themselves.
    skipped = ("eval_runtime", "eval_steps_per_second", "eval_num_tokens", "eval_model_preparation_time", "epoch")
    return {
        k: v for k, v in values.items() if isinstance(v, int | float) and k not in (*skipped, "num_input_tokens_seen")
    }


def _refuse_new_head(text: str) -> None:
    """A model without a head for the task would get a random one, and be measured by it."""
    if "new head" in text:
        raise UsageError("the model was not trained for this task: it has no head for it", "name another --task")
