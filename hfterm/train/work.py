"""The part of a run that holds the weights: load, wrap, train, save."""

import dataclasses
import json
import sys
import time
from pathlib import Path
from typing import Any

from hfterm import files, paths
from hfterm.errors import OutOfMemoryError, Terminated, UsageError, one_line, translate
from hfterm.output import Output
from hfterm.progress import Progress
from hfterm.train import exact, keep, methods, quantized, renamed, several, special, trackers, truth
from hfterm.train.arguments import training_arguments
from hfterm.train.diverge import Guard
from hfterm.train.journal import Journal
from hfterm.train.launch.failures import lost_partner
from hfterm.train.methods.base import Prepared
from hfterm.train.short import advised
from hfterm.train.together import Together
from hfterm.train.watch import Stopper, Watch

# Adam keeps two numbers beside each weight, and a checkpoint holds all three in float32.
CHECKPOINT_BYTES_A_PARAMETER = 12
SMALL_FILES_BYTES = 32 * 2**20


def work(
    prepared: Prepared,
    journal: Journal,
    stopper: Stopper,
    start: Path | None,
    out: Output,
    together: Together | None = None,
) -> dict[str, Any]:
    """Train from scratch, or from the checkpoint ``start``, and leave the run's ``output`` folder.

    Returns steps, tokens, final_loss, trainable_parameters, parameters, peak_memory (bytes), device,
    samples_per_second.

    Raises:
        UsageError: PEFT cannot be put on this model as asked. OutOfMemoryError: memory ran out.
        KeyboardInterrupt, Terminated: ``stopper`` saw a signal; a checkpoint is saved.
        HftermError: no space, or the loss is no number.
    """
    try:
        made = _work(prepared, journal, stopper, start, out, together or Together())
        trackers.finish(None)
        return made
    except (KeyboardInterrupt, Terminated) as exc:
        trackers.finish(exc)
        raise
    except Exception as exc:
        trackers.finish(exc)
        known = translate(exc)
        refused = prepared.peft_config is not None and isinstance(exc, _REFUSALS) and not lost_partner(str(exc))
        if known is None and refused:
            known = _does_not_fit(prepared, exc)
        if isinstance(known, OutOfMemoryError):
            known = advised(known, journal.run, prepared)
        raise known or exc from exc


def _work(
    prepared: Prepared, journal: Journal, stopper: Stopper, start: Path | None, out: Output, together: Together
) -> dict[str, Any]:
    import transformers
    from transformers.trainer_callback import PrinterCallback

    run, recipe, progress = journal.run, prepared.recipe, Progress(out)
    method = methods.of(recipe)
    transformers.set_seed(recipe.seed)
    at = int(start.name.rpartition("-")[2]) if start else 0
    steps = prepared.steps or (journal.max_steps if start else None)
    finished = start is not None and steps is not None and at >= steps
    with progress.task("loading model"):
        model = _load(prepared, start if finished else None, start)
        # hush() is for those who only ask; a trainer's log wants to hear the libraries.
        journal.listen()
    loss, tokens, metrics, speed = journal.last_loss(), 0, {}, None
    counts = prepared.material.counts
    if finished:
        facts = _facts(model, prepared, out)
        journal.event("begin", step=at, max_steps=steps, dtype=prepared.dtype, **facts, **counts)
        journal.status(force=True, step=at, max_steps=steps)
        metrics = journal.last_metrics()
    else:
        arguments = training_arguments(recipe, run.path / "checkpoints", device=prepared.device, dtype=prepared.dtype)
        trainer = method.trainer(prepared, model, arguments)
        model = trainer.model  # some put PEFT on themselves
        if recipe.load_in:
            quantized.widen(model)
        facts = _facts(model, prepared, out)
        trainer.remove_callback(PrinterCallback)
        # TRL's would write one beside the checkpoints at every save; ours is made when a run is pushed.
        trainer.create_model_card = lambda *args, **kwargs: None
        real = truth.found(trainer, prepared.dtype, together)
        if recipe.load_in:
            real["base_weights"] = quantized.WORDS[quantized.in_force(model) or ""]
        journal.event("begin", step=at, max_steps=steps, **real, **facts, **counts)
        truth.check(real, prepared.shape, _batch(prepared))
        journal.status(force=True, step=at, max_steps=steps)
        with progress.task("training", steps, "steps") as task, stopper:
            # In this order: what is written into a checkpoint comes before it is sealed.
            several.install(trainer)
            special.install(trainer)
            exact.install(trainer, start)
            nbytes = facts["trainable_parameters"] * CHECKPOINT_BYTES_A_PARAMETER + SMALL_FILES_BYTES
            watch = Watch(journal, task, stopper, keep.parse(recipe.keep), nbytes, together)
            trainer.add_callback(watch)
            trackers.follow(trainer, run.path, run.created())
            guard = Guard(trainer, *_sources(journal), *prepared.material.places)
            began = time.monotonic()
            trainer.train(resume_from_checkpoint=str(start) if start else None)
            speed = _speed(trainer, at, prepared, time.monotonic() - began)
            guard.check()
            if trainer.state.global_step < trainer.state.max_steps:
                stopper.raise_it()
            if prepared.material.evaluation is not None and watch.evaluated != trainer.state.global_step:
                trainer.evaluate()
                guard.check()
        at, tokens, loss = trainer.state.global_step, watch.tokens, watch.loss if watch.loss is not None else loss
        metrics = watch.metrics
    with progress.task("saving"):
        weights = None if finished else _gathered(trainer, prepared)
        if together.first:
            save(model, prepared, run.path / "output", weights)
    journal.event("end", step=at, tokens=tokens, seconds=journal.seconds)
    journal.status(force=True, step=at, loss=loss)
    return {
        "steps": at,
        "tokens": tokens,
        "final_loss": loss,
        "metrics": metrics,
        **facts,
        "peak_memory": peak_memory(prepared.device),
        "samples_per_second": speed,
    }


def _speed(trainer: Any, before: int, prepared: Prepared, seconds: float) -> float | None:
    """Examples a second that were trained on since step ``before``, evaluations and checkpoints included in time."""
    examples, arguments = prepared.material.examples, trainer.args
    step = arguments.per_device_train_batch_size * arguments.gradient_accumulation_steps * arguments.world_size
    done = (trainer.state.global_step - before) * step
    if examples is not None and trainer.state.epoch and not before:
        # The last batch of an epoch may be smaller.
        done = min(done, round(trainer.state.epoch * examples))
    return round(done / seconds, 3) if done > 0 and seconds > 0 else None


def _sources(journal: Journal) -> tuple[str, str]:
    """What the user called the data and the evaluation data."""
    facts = journal.run.facts()
    data, evaluation = (facts.get(key) or {} for key in ("data", "eval_data"))
    return data.get("name", "the data"), evaluation.get("name", "the evaluation data")


def _facts(model: Any, prepared: Prepared, out: Output) -> dict[str, Any]:
    parameters = sum(map(quantized.count, model.parameters()))
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    out.detail(f"{trainable:,} of {parameters:,} parameters are tuned, on {prepared.device} in {prepared.dtype}")
    return {"trainable_parameters": trainable, "parameters": parameters, "device": prepared.device}


def _load(prepared: Prepared, finished: Path | None, start: Path | None) -> Any:
    """The model to tune, from the checkpoint ``start`` on, or (``finished``) one tuned to the end already."""
    full = prepared.peft_config is None
    # All weights tuned: they stay in float32, the arithmetic goes down by autocast.
    mixed = full and prepared.device.startswith("cuda") and prepared.recipe.dtype != "bfloat16"
    dtype = "float32" if mixed or prepared.dtype == "float16" else prepared.dtype
    if prepared.shape.settings.zero or prepared.shape.settings.fsdp:  # no device needs to hold it whole
        prepared = dataclasses.replace(prepared, device="cpu")
    model = methods.of(prepared.recipe).load(prepared, finished or prepared.model_path, dtype)
    if full and start and not finished and renamed.differ(model, start):
        model = methods.of(prepared.recipe).load(prepared, start, dtype)
    if full or finished:
        return model.train()
    try:
        return methods.of(prepared.recipe).wrap(prepared, quantized.ready(prepared.recipe, model)).train()
    except _REFUSALS as exc:
        raise translate(exc) or _does_not_fit(prepared, exc) from exc


# What PEFT raises when a method, its settings and a model do not go together.
_REFUSALS = (ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError, RuntimeError)


def _does_not_fit(prepared: Prepared, exc: Exception) -> UsageError:
    return UsageError(
        f"PEFT method {prepared.recipe.peft!r} with these settings does not fit this model: {one_line(exc)[:300]}",
        "change it with --peft-set KEY=VALUE, such as target_modules=all-linear",
    )


def _batch(prepared: Prepared) -> int:
    """Examples an optimizer step is made of, all processes together, as asked."""
    recipe = prepared.recipe
    return recipe.per_device_train_batch_size * recipe.gradient_accumulation_steps * prepared.shape.processes


def _gathered(trainer: Any, prepared: Prepared) -> dict[str, Any] | None:
    """The weights of a model that is shared out over the processes, which all must ask; None if each has all."""
    how = prepared.shape.settings
    if how.zero != 3 and not how.fsdp:
        return None
    weights: dict[str, Any] = trainer.accelerator.get_state_dict(trainer.model_wrapped)
    return weights


def save(model: Any, prepared: Prepared, target: Path, weights: dict[str, Any] | None = None) -> None:
    """Write the adapter (or the whole model), tokenizer and chat template to ``target``, whole or not at all.

    ``weights``: those of a model that holds only a share of them.
    """
    saved = [p for p in model.parameters() if prepared.peft_config is None or p.requires_grad]
    files.require_space(target, sum(p.numel() * p.element_size() for p in saved) + SMALL_FILES_BYTES)
    with files.atomic_dir(target, overwrite=True) as folder:
        model.save_pretrained(folder, **({} if weights is None else {"state_dict": weights}))
        prepared.material.processor.save_pretrained(folder)
        methods.of(prepared.recipe).finish(prepared, folder)
        if prepared.peft_config is not None:
            _name_base(folder / "adapter_config.json", prepared.model_path)


def _name_base(config: Path, model_path: Path) -> None:
    """Write the base model down by its Hub id and commit where it is of the Hub: then others can find it too."""
    values = json.loads(config.read_text("utf-8"))
    values["base_model_name_or_path"] = str(model_path)
    parts = model_path.parts
    if model_path.is_relative_to(paths.hub_cache().absolute()) and "snapshots" in parts:
        at = parts.index("snapshots")
        values["base_model_name_or_path"] = parts[at - 1].removeprefix("models--").replace("--", "/")
        values["revision"] = parts[at + 1]
    files.write_text(config, json.dumps(values, indent=2, sort_keys=True) + "\n")


def peak_memory(device: str) -> int:
    """Most memory used so far, in bytes: of the GPU, else of this process."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.max_memory_allocated(device))
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
