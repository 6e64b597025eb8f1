"""A fresh adapter for a model, as PEFT begins one, without the model's weights wherever the method does not need them.

The model is built with NaN for weights, which take no memory: what is computed with them shows, and then the weights
are read.
"""

import contextlib
import io
import json
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import extras, files, refs
from hfterm.errors import HftermError, UsageError, one_line, translate
from hfterm.inference import folder
from hfterm.output import Output
from hfterm.peft import methods
from hfterm.peft.arith import pairing, write
from hfterm.peft.merging import bare, kinds
from hfterm.peft.params import TASKS, config_file

# They choose among the model's weights by size, which NaN does not show.
CHOOSES = ("SUPERTUNING",)
# With PEFT's defaults these change the model's answers before any training (prompts do so by their nature).
NOT_NOTHING = ("C3A", "FOURIERFT", "UNILORA", "VBLORA")
_FAILS = (ValueError, TypeError, KeyError, AttributeError, ImportError, IndexError, AssertionError)


@dataclass(frozen=True)
class Fresh:
    """``read``: the model's weights were needed. ``parameters``: numbers to train, by PEFT's count."""

    path: Path
    model: str
    architecture: str
    method: str
    task: str | None
    seed: int
    parameters: int
    tensors: int
    read: bool
    bytes: int
    seconds: float

    def facts(self) -> dict[str, Any]:
        """All but the path, for printing beside it."""
        return {k: v for k, v in vars(self).items() if k != "path"}


def fresh(
    model: str,
    output: str | Path,
    out: Output,
    *,
    method: str = "lora",
    settings: Mapping[str, Any] | None = None,
    task: str | None = None,
    seed: int = 0,
    overwrite: bool = False,
    dry_run: bool = False,
) -> Fresh:
    """Write a fresh adapter of ``method`` with ``settings`` (over PEFT's own defaults) for ``model`` at ``output``.

    ``task`` is one of :data:`hfterm.peft.params.TASKS` (default: what the configuration's architecture is for). Random
    numbers are drawn from ``seed``; they do not depend on whether the weights were read.

    Raises:
        UsageError: no such method, setting or task, or they do not fit the model.
        NotFoundError, AccessError, NetworkError, HftermError.
    """
    began = time.monotonic()
    if task is not None and task not in TASKS:
        raise UsageError(f"no such task {task!r}", f"choose {', '.join(TASKS)}")
    path = config_file(model, out.note)
    told = folder.read_json(path)
    if "peft_type" in told:
        base = told.get("base_model_name_or_path")
        raise UsageError(f"{model} is an adapter, not a model", f"name its base{f': {base}' if base else ''}")
    target = write.target(output, [path.parent], overwrite=overwrite)
    extras.check("peft", "torch", "transformers", "peft")
    from hfterm.inference.quiet import hush

    hush()
    wanted = {"task_type": TASKS[task][0]} if task else {}
    kind = kinds.of(folder.ModelFolder(path.parent, told, (), False), Path("/nonexistent"), wanted, {})
    tuned, state, read = _begun(model, kind, method, settings or {}, wanted.get("task_type"), seed, out)
    config = tuned.active_peft_config
    name = str(getattr(config.peft_type, "value", config.peft_type))
    if config.is_prompt_learning or name in NOT_NOTHING:
        out.note(f"{name.lower()} changes the model's answers from the start, before any training")
    size = sum(t.numel() * t.element_size() for t in state.values())
    if not dry_run:
        files.require_space(target, size + 2**24)
        with files.atomic_dir(target, overwrite=overwrite) as temporary:
            _save(tuned, temporary, write.base(model, path.parent))
            size = write.size(temporary)
    return Fresh(
        target, model, type(tuned.get_base_model()).__name__, name.lower(), config.task_type, seed,
        tuned.get_nb_trainable_parameters()[0], len(state), read, size, round(time.monotonic() - began, 3),
    )  # fmt: skip


def _begun(
    model: str,
    kind: kinds.Kind,
    method: str,
    settings: Mapping[str, Any],
    task: str | None,
    seed: int,
    out: Output,
) -> tuple[Any, dict[str, Any], bool]:
    """PEFT's model, the tensors that it saves, and whether the model's weights had to be read."""
    import torch

    try:
        hollow = bare.empty(kind.cls, kind.config)
    except Exception as exc:  # whatever a model does when it is made
        raise HftermError(f"cannot build {model} without its weights: {one_line(exc)[:200]}") from exc
    for parameter in hollow.parameters():
        parameter.data = bare.hollow(parameter.shape, float("nan"))
    task = task or pairing.task_of(hollow)
    config = methods.config(method, settings, task, ours=False)
    name = str(getattr(config.peft_type, "value", config.peft_type))
    if name not in CHOOSES:
        with contextlib.suppress(RuntimeError):  # of NaN, or of memory that stands for many numbers
            tuned, state = _put_on(hollow, config, method, seed)
            if all(bool(torch.isfinite(t).all()) for t in state.values() if t.is_floating_point()):
                return tuned, state, False
    out.note(f"{method} begins with the model's own weights: reading them")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)  # a head that the model does not have is made then
        real = _loaded(model, kind, out)
    try:
        tuned, state = _put_on(real, methods.config(method, settings, task, ours=False), method, seed)
    except (RuntimeError, MemoryError) as exc:
        raise translate(exc) or _misfit(method, exc) from exc
    return tuned, state, True


def _put_on(model: Any, config: Any, method: str, seed: int) -> tuple[Any, dict[str, Any]]:
    import peft
    import torch

    # Some methods print, draw bars, or warn of what is meant.
    unheard = io.StringIO()
    with (
        torch.random.fork_rng(devices=[]),
        contextlib.redirect_stdout(unheard),
        contextlib.redirect_stderr(unheard),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        torch.manual_seed(seed)
        try:
            tuned = peft.get_peft_model(model, config)
            return tuned, peft.get_peft_model_state_dict(tuned)
        except _FAILS as exc:
            raise _misfit(method, exc) from exc


def _misfit(method: str, exc: BaseException) -> UsageError:
    return UsageError(
        f"PEFT method {method!r} with these settings does not fit this model: {one_line(exc)[:300]}",
        f"change it with --peft-set KEY=VALUE; see: hfterm peft methods {method}",
    )


def _loaded(model: str, kind: kinds.Kind, out: Output) -> Any:
    """The model with its weights, in float32."""
    import torch

    path = refs.resolve(model, "model")
    found = folder.inspect(path.parent if path.name == "config.json" else path)
    try:
        return kind.cls.from_pretrained(
            found.path, config=kind.config, dtype=torch.float32, use_safetensors=True, local_files_only=True
        )
    except Exception as exc:  # a folder that does not fit makes the libraries raise anything
        raise translate(exc) or HftermError(f"cannot load {model}: {one_line(exc)[:200]}") from exc


def _save(tuned: Any, target: Path, base: Mapping[str, str | None]) -> None:
    """Let PEFT save, and name the base model as the user did."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        tuned.save_pretrained(target)
    # The card that it writes is an empty form.
    (target / "README.md").unlink(missing_ok=True)
    path = target / "adapter_config.json"
    config = {**json.loads(path.read_text("utf-8")), **base}
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
