"""Merge an adapter into its base model, and check that the result computes the same."""

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hfterm import extras, files, paths, refs
from hfterm.errors import CheckFailedError, HftermError, UsageError, one_line, translate
from hfterm.inference import folder, load
from hfterm.inference.device import pick
from hfterm.output import Output
from hfterm.peft import mergeable
from hfterm.progress import Progress
from hfterm.text import human_bytes

DTYPES = ("float32", "bfloat16", "float16")
DTYPE_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
# Largest difference of a next-token logit between base + adapter and the merged model, as a share of the
# largest logit. float32: what reordered sums cost. The others: one rounding of every weight.
TOLERANCES = {"float32": 1e-4, "float16": 1e-2, "bfloat16": 5e-2}
PROMPTS = (
    "The capital of France is",
    "Once upon a time, in a village by the sea,",
    "def fibonacci(n):\n    ",
    "Question: What is 12 + 30?\nAnswer:",
)
# What belongs to a model beside its weights and config.json.
BESIDE = (
    "tokenizer*",
    "vocab*",
    "merges.txt",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template*",
    "additional_chat_templates",
    "*.model",
    "LICENSE*",
    "NOTICE*",
)


@dataclass(frozen=True)
class Merged:
    """A merged model. ``drift`` and ``effect`` are shares of the largest logit: what merging changed, and
    what the adapter changes.
    """

    path: Path
    adapter: str
    base: str
    method: str
    dtype: str
    drift: float
    tolerance: float
    effect: float
    parameters: int
    bytes: int
    seconds: float

    def facts(self) -> dict[str, Any]:
        """All but the path, for printing beside it."""
        return {k: v for k, v in asdict(self).items() if k != "path"}


def merge(
    adapter: str,
    out: Output,
    *,
    output: str | Path | None = None,
    base: str | None = None,
    device: str | None = "auto",
    dtype: str | None = None,
    overwrite: bool = False,
) -> Merged:
    """Merge ``adapter`` (a reference) into its base model, at ``output`` (default: :func:`default_output`).

    The sum is made in float32 and rounded once to ``dtype`` (default: the base's own). The saved model is
    loaded again and its next-token logits on ``PROMPTS`` are compared, in float32, with those of base and
    adapter; beyond the tolerance nothing is left at ``output``.

    Raises:
        UsageError: this kind cannot be merged, or ``output`` is in the way. NotFoundError: no adapter or base.
        AccessError: pickled weights. CheckFailedError: the merged model computes something else.
        OutOfMemoryError, HftermError: no memory, no space, damaged files.
    """
    began = time.monotonic()
    if dtype is not None and dtype not in DTYPES:
        raise UsageError(f"no such dtype {dtype!r}", f"choose {', '.join(DTYPES)}")
    path = refs.resolve(adapter, "any", note=out.note)
    if path.is_dir() and (path / "config.json").is_file() and not (path / "adapter_config.json").is_file():
        raise UsageError(f"{adapter} is a whole model, not an adapter", "there is nothing to merge")
    mergeable.check(_config_of(path), adapter)
    found = folder.inspect(path)
    base_found = folder.inspect(refs.resolve(base, "model", note=out.note) if base else load.base_folder(found))
    if base_found.is_adapter:
        raise UsageError(f"the base {str(base_found.path)!r} is an adapter itself", "merge that one first")
    if base_found.config.get("quantization_config"):
        raise UsageError(
            f"the base {str(base_found.path)!r} is quantized: merging would round the adapter away",
            "give the unquantized model with --base",
        )
    target = Path(output).expanduser() if output is not None else default_output(adapter, path)
    for source in (found.path, base_found.path):
        if source.resolve().is_relative_to(target.resolve()):
            raise UsageError(
                f"cannot write {str(target)!r}: {str(source)!r} is read from there", "choose another folder"
            )
    files.require_free(target, overwrite=overwrite)
    extras.check("peft", "torch", "transformers", "peft")
    dtype = dtype or _dtype_of(base_found)
    files.require_space(target, _parameters(base_found) * DTYPE_BYTES[dtype] * 11 // 10 + 2**24)
    try:
        merged = _merge(adapter, found, base_found, target, pick(device), dtype, overwrite, out)
    except (RuntimeError, MemoryError) as exc:
        raise translate(exc) or exc from exc
    facts = Merged(**merged, seconds=round(time.monotonic() - began, 3))
    out.note(f"checked: drift {facts.drift:.2g} of the largest logit, tolerance {facts.tolerance:g} ({dtype})")
    if facts.drift > max(TOLERANCES["float32"], facts.effect / 4):
        out.warn(
            f"rounding to {dtype} changed the logits by {facts.drift:.2g}, the adapter by {facts.effect:.2g}: "
            "part of what it learned may be lost; --dtype float32 keeps it"
        )
    return facts


def default_output(adapter: str, path: Path) -> Path:
    """``merged`` in the run's folder (``merged-checkpoint-N`` for a checkpoint), else ``./NAME-merged``."""
    absolute, home = path.absolute(), paths.runs_dir().absolute()
    if absolute.is_relative_to(home) and len(absolute.relative_to(home).parts) >= 2:
        run = home / absolute.relative_to(home).parts[0]
        return run / ("merged" if absolute.name == "output" else f"merged-{absolute.name}")
    name = adapter.rstrip("/").rpartition("/")[2].partition("@")[0] if not path.exists() else absolute.name
    if "snapshots" in absolute.parts:  # the Hub's cache: the folder's name is a commit
        name = absolute.parts[absolute.parts.index("snapshots") - 1].rpartition("--")[2]
    return Path(f"{name}-merged")


def _config_of(path: Path) -> dict[str, Any]:
    config = path / "adapter_config.json"
    return folder.read_json(config) if config.is_file() else folder.inspect(path).config


def _dtype_of(found: folder.ModelFolder) -> str:
    name = str(found.config.get("dtype") or found.config.get("torch_dtype") or "float32")
    return name if name in DTYPES else "float32"


def _parameters(found: folder.ModelFolder) -> int:
    """Numbers in a model's weight files, from their headers."""
    count = 0
    for file in found.weights:
        with file.open("rb") as stream:
            header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
        for name, entry in header.items():
            if name != "__metadata__":
                size = 1
                for length in entry["shape"]:
                    size *= length
                count += size
    return count


def _merge(
    adapter: str,
    found: folder.ModelFolder,
    base: folder.ModelFolder,
    target: Path,
    device: str,
    dtype: str,
    overwrite: bool,
    out: Output,
) -> dict[str, Any]:
    import torch

    progress = Progress(out)
    with progress.task("loading"):
        loaded = load.load_model(base.path, device=device, dtype="float32")
        tokenizer = load.load_tokenizer(found if found.has_tokenizer else base)
        tuned = _with_adapter(loaded.model, found, tokenizer)
    with progress.task("merging"):
        wanted = logits(tuned, tokenizer)
        with tuned.disable_adapter():
            plain = logits(tuned, tokenizer)
        try:
            model = tuned.merge_and_unload(safe_merge=True)
        except (ValueError, TypeError, AttributeError, NotImplementedError, KeyError) as exc:
            raise UsageError(
                f"cannot merge {adapter}: PEFT refuses ({one_line(exc)[:200]})",
                f"use it as it is: hfterm chat {adapter}",
            ) from exc
        model = model.to(getattr(torch, dtype))
    with progress.task("saving and checking"), files.atomic_dir(target, overwrite=overwrite) as temporary:
        model.save_pretrained(temporary)
        parameters = sum(p.numel() for p in model.parameters())
        del model, tuned, loaded
        _copy_beside(base.path, temporary)
        if found.has_tokenizer:
            _copy_beside(found.path, temporary)
        again = load.load_model(temporary, device=device, dtype="float32")
        drift, effect = difference(logits(again.model, again.tokenizer), wanted), difference(plain, wanted)
        if not drift <= TOLERANCES[dtype]:
            raise CheckFailedError(
                f"the merged model computes something else: drift {drift:.3g} of the largest logit, "
                f"tolerance {TOLERANCES[dtype]:g}; nothing was written",
                f"use the adapter as it is: hfterm chat {adapter}",
            )
        size = sum(p.stat().st_size for p in temporary.rglob("*") if p.is_file())
    out.detail(f"{parameters:,} parameters, {human_bytes(size)}")
    return {
        "path": target,
        "adapter": adapter,
        "base": str(base.path),
        "method": mergeable.method(found.config),
        "dtype": dtype,
        "drift": drift,
        "tolerance": TOLERANCES[dtype],
        "effect": effect,
        "parameters": parameters,
        "bytes": size,
    }


def _with_adapter(model: Any, found: folder.ModelFolder, tokenizer: Any) -> Any:
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(model, str(found.path), local_files_only=True).eval()
    except (ValueError, KeyError, TypeError, RuntimeError, AttributeError) as exc:
        raise translate(exc) or HftermError(
            f"the adapter {str(found.path)!r} does not fit the base model: {one_line(exc)[:200]}",
            "name the model it was tuned on with --base",
        ) from exc


def logits(model: Any, tokenizer: Any) -> Any:
    """Next-token logits after each of ``PROMPTS``, float32 on the CPU: (prompts, vocabulary)."""
    import torch

    rows = []
    with torch.inference_mode():
        for prompt in PROMPTS:
            ids = tokenizer(prompt, return_tensors="pt")["input_ids"].to(model.device)
            rows.append(model(input_ids=ids).logits[0, -1].float().cpu())
    return torch.stack(rows)


def difference(found: Any, wanted: Any) -> float:
    """Largest difference of two sets of logits, as a share of the largest logit; not a number counts as infinite."""
    import math

    if found.shape != wanted.shape:
        return math.inf
    value = float((found - wanted).abs().max() / wanted.abs().max().clamp_min(1e-9))
    return value if math.isfinite(value) else math.inf


def _copy_beside(source: Path, target: Path) -> None:
    """Copy tokenizer, chat template and licence as they are."""
    for pattern in BESIDE:
        for path in source.glob(pattern):
            if path.is_dir():
                shutil.copytree(path, target / path.name, dirs_exist_ok=True)
            else:
                shutil.copyfile(path, target / path.name)
