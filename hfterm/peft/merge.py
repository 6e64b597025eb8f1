"""Merge an adapter into its base model tensor by tensor, and check that the result computes the same."""

import time
from dataclasses import replace
from pathlib import Path

from hfterm import extras, files, paths
from hfterm.errors import UsageError, one_line, translate
from hfterm.inference import folder, load
from hfterm.inference.device import pick
from hfterm.inference.quiet import hush
from hfterm.output import Output
from hfterm.peft import adapter as reading
from hfterm.peft import mergeable
from hfterm.peft.merging import beside, leftovers, memory
from hfterm.peft.merging.job import CHECKS, DTYPE_BYTES, DTYPES, SHARD_SIZE, TOLERANCES, Job, Merged, tolerate
from hfterm.peft.merging.source import Source
from hfterm.progress import Progress
from hfterm.text import human_bytes


def merge(
    adapter: str,
    out: Output,
    *,
    output: str | Path | None = None,
    base: str | None = None,
    device: str | None = "auto",
    dtype: str | None = None,
    max_shard_size: int = SHARD_SIZE,
    verify: str = "full",
    allow_pickle: bool = False,
    overwrite: bool = False,
) -> Merged:
    """Merge ``adapter`` (a reference) into its base model, at ``output`` (default: :func:`default_output`).

    The base's tensors are read one after the other; those that the adapter changes are merged in float32 and rounded
    once to ``dtype`` (default: each keeps its own), the others are copied. What stands at ``output`` in the end was
    checked (``verify``): ``full`` runs base with adapter, and the merged model, module by module, on inputs that fit
    the task, and holds some layers against float64; ``layers`` does that with every layer; ``none`` nothing.

    Raises:
        UsageError: this kind cannot be merged, or ``output`` is in the way. NotFoundError: no adapter or base.
        AccessError: pickled weights. CheckFailedError: the adapter is broken or does not fit, or the merged model
        computes something else. OutOfMemoryError, HftermError: no memory, no space, damaged files.
    """
    began = time.monotonic()
    if dtype is not None and dtype not in DTYPES:
        raise UsageError(f"no such dtype {dtype!r}", f"choose {', '.join(DTYPES)}")
    if verify not in CHECKS:
        raise UsageError(f"no such check {verify!r}", f"choose {', '.join(CHECKS)}")
    found = reading.read(adapter, note=out.note, allow_pickle=allow_pickle)
    mergeable.check(found.config, found.name)
    base_found = base_of(found, base, out)
    target = Path(output).expanduser() if output is not None else default_output(found.name, found.path)
    require_apart(target, found.path, base_found.path)
    files.require_free(target, overwrite=overwrite)
    extras.check("peft", "torch", "transformers", "peft", "accelerate")
    found.check()
    leftovers.sweep(target)
    source = Source.of(base_found)
    size = sum(one.bytes for one in source.tensors.values())
    files.require_space(target, (source.parameters * DTYPE_BYTES[dtype] if dtype else size) * 11 // 10 + 2**24)
    job = Job(found, base_found, target, dtype, max_shard_size, verify, pick(device), overwrite)
    hush()
    memory.steady()
    try:
        merged = _merge(job, out)
    except (RuntimeError, MemoryError) as exc:
        raise translate(exc) or exc from exc
    merged = replace(merged, seconds=round(time.monotonic() - began, 3))
    _tell(merged, out)
    return merged


def base_of(adapter: reading.Adapter, base: str | None, out: Output) -> folder.ModelFolder:
    """The checked folder of the base model: ``base`` (a reference), or the one that the adapter names.

    Raises:
        UsageError: it is an adapter, or quantized. NotFoundError: it is gone. HftermError.
    """
    from hfterm import refs

    if base:
        path = refs.resolve(base, "model", note=out.note)
        if adapter.base and adapter.base.rstrip("/") not in (base.rstrip("/"), str(path)):
            out.note(f"trained on {adapter.base!r}, merged into {base!r}")
    else:
        path = load.base_folder(folder.ModelFolder(adapter.path, dict(adapter.config), (), is_adapter=True))
    found = folder.inspect(path)
    if found.is_adapter:
        raise UsageError(f"the base {str(found.path)!r} is an adapter itself", "merge that one first")
    if found.config.get("quantization_config"):
        raise UsageError(
            f"the base {str(found.path)!r} is quantized: merging would round the adapter away",
            "give the unquantized model with --base",
        )
    return found


def require_apart(target: Path, *sources: Path) -> None:
    """Refuse a target that something is read from.

    Raises:
        UsageError: it is.
    """
    for source in sources:
        if source.resolve().is_relative_to(target.resolve()):
            raise UsageError(
                f"cannot write {str(target)!r}: {str(source)!r} is read from there", "choose another folder"
            )


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


def _merge(job: Job, out: Output) -> Merged:
    from hfterm.peft.merging import streamed, whole

    progress = Progress(out)
    with leftovers.folder(job.target, overwrite=job.overwrite) as temporary:
        try:
            found = streamed.merge(job, temporary, progress, out)
        except streamed.CannotStream as exc:
            out.warn(f"cannot merge tensor by tensor ({one_line(exc)[:200]}): loading the whole model")
            for path in temporary.iterdir():
                path.unlink() if path.name != leftovers.MARK else None
            found = whole.merge(job, temporary, progress, out)
        tolerate(found)
        beside.copy(job.base.path, temporary, is_base=True)
        beside.copy(job.adapter.path, temporary)
        written = [p for p in temporary.rglob("*") if p.is_file() and p.name != leftovers.MARK]
        size = sum(p.stat().st_size for p in written)
    out.detail(f"{found.parameters:,} parameters, {human_bytes(size)}")
    return replace(found, bytes=size, files=sum(p.suffix == ".safetensors" for p in written))


def _tell(found: Merged, out: Output) -> None:
    """Say which check was made, and what it found."""
    parts = []
    if found.drift is not None:
        parts.append(f"drift {found.drift:.2g} of the largest output, tolerance {found.tolerance:g}")
    if found.weight_drift is not None:
        parts.append(f"{found.layers} layers against float64: weights {found.weight_drift:.2g}")
        if found.layer_drift is not None:
            parts[-1] += f", answers {found.layer_drift:.2g}"
    out.note(f"checked: {'; '.join(parts)} ({found.dtype})" if parts else "nothing was checked")
    if found.drift is None or found.effect is None:
        return
    if found.drift > max(TOLERANCES["float32"], found.effect / 4):
        out.warn(
            f"rounding to {found.dtype} changed the outputs by {found.drift:.2g}, the adapter by "
            f"{found.effect:.2g}: part of what it learned may be lost; --dtype float32 keeps it"
        )
