"""A merge whose memory is one module and the adapter: build, run, write, check, run again."""

from pathlib import Path
from typing import Any

from hfterm.errors import CheckFailedError, HftermError, one_line
from hfterm.output import Output
from hfterm.peft import mergeable
from hfterm.peft.merging import bare, beside, float64, kinds, lazy, outputs
from hfterm.peft.merging.job import MOST_FOR_EFFECT, SAMPLE, TOLERANCES, Job, Merged, misfit
from hfterm.peft.merging.settings import peft_config
from hfterm.peft.merging.source import Names, Source
from hfterm.peft.merging.stream import Stream
from hfterm.peft.merging.wrapped import Wrapped
from hfterm.progress import Progress


class CannotStream(Exception):
    """The libraries cannot make this model without its weights, or not put this adapter on such a one."""


def merge(job: Job, temporary: Path, progress: Progress, out: Output) -> Merged:
    """Write the merged model into ``temporary``: weights, index, config.json.

    Raises:
        CannotStream: only the whole model would do. Others as :func:`hfterm.peft.merge.merge`.
    """
    source = Source.of(job.base)
    with progress.task("reading the adapter"):
        kind = kinds.of(job.base, job.adapter.path, job.adapter.config, shapes_of(job))
        names, wrapped, stream = _built(job, kind, source)
    dtype = job.main_dtype
    model = names.model
    total = sum(piece.bytes for piece in stream.pieces)
    verify, given, wanted, effect = job.verify, None, None, None
    if verify == "full":
        try:
            given = outputs.inputs(model, job.tokenizer, _tokens(wrapped.config))
            with progress.task("asking base and adapter"), lazy.running(wrapped.peft, names, wrapped, job.device):
                wanted = finite(outputs.run(wrapped.peft, given, job.device))
                if total <= MOST_FOR_EFFECT and not names.missing() and not names.misshapen():
                    with wrapped.peft.disable_adapter():
                        effect = outputs.difference(outputs.run(wrapped.peft, given, job.device), wanted)
        except HftermError:
            raise
        except Exception as exc:  # a model may want any other input, or use weights past its modules
            verify, wanted, effect = "layers", None, None
            out.note(f"the whole model cannot be asked ({one_line(exc)[:120]}): each layer is checked alone")
    check = float64.Check(wrapped, SAMPLE if verify == "full" else None)

    def told(one: Any, found: dict[str, Any]) -> None:
        if verify != "none":
            check.look(one, {name: stream.as_written(name, tensor) for name, tensor in found.items()})

    with progress.task("merging", total=total, unit="B") as task:
        stream.write(temporary, job.shard, told=told, advance=task.advance)
    same = job.dtype is None and not kind.labels
    beside.config(
        job.base.path, temporary, model, dtype=None if same else dtype, labels=kind.labels, untied=stream.untied
    )
    drift = None
    if wanted is not None and given is not None:
        with progress.task("asking the merged model"):
            drift = outputs.difference(_again(temporary, kind, given, job.device), wanted)
    layers = check.found
    return Merged(
        path=job.target,
        adapter=job.adapter.name,
        base=str(job.base.path),
        method=mergeable.method(job.adapter.config),
        model=type(model).__name__,
        dtype=dtype,
        verified=verify,
        drift=drift,
        tolerance=TOLERANCES[dtype],
        effect=effect,
        weight_drift=layers.weights if layers.count else None,
        layer_drift=layers.answers if layers.asked else None,
        layers=layers.count,
        parameters=Source(sorted(temporary.glob("*.safetensors"))).parameters,
        bytes=0,
        files=0,
        streamed=True,
    )


def shapes_of(job: Job) -> dict[str, Any]:
    """The shapes of the adapter's tensors, by name."""
    return {name: tensor.shape for name, tensor in job.adapter.tensors.items()}


def _built(job: Job, kind: kinds.Kind, source: Source) -> tuple[Names, Wrapped, Stream]:
    try:
        model = bare.empty(kind.cls, kind.config)
        if rows := kinds.vocabulary(model, shapes_of(job)):
            kind.config.get_text_config().vocab_size = rows
            kind.labels["vocab_size"] = rows
            model = bare.empty(kind.cls, kind.config)
        names = Names(source, model)
    except HftermError:
        raise
    except Exception as exc:  # whatever a model does when it is made
        raise CannotStream(exc) from exc
    try:
        wrapped = Wrapped(model, names, peft_config(job.adapter.path), dict(job.adapter.state()))
    except HftermError:
        raise
    except (ValueError, KeyError) as exc:  # no such target modules, tensors that are asked for
        raise misfit(job.adapter.name, exc) from exc
    except Exception as exc:
        if "size mismatch" in str(exc):
            raise misfit(job.adapter.name, exc) from exc
        raise CannotStream(exc) from exc
    made = {name for one in wrapped.changed for name in wrapped.made_names(one)} | set(wrapped.replaced)
    _whole(names, {name for name in made if name not in _from_base(wrapped)}, job)
    dtype = job.dtype
    same_class = type(model).__name__ in (job.base.config.get("architectures") or [type(model).__name__])
    return names, wrapped, Stream(wrapped, names, dtype, same_class=same_class)


def _from_base(wrapped: Wrapped) -> set[str]:
    """Parameters that are read from the base before they are changed."""
    return {slot.name for one in wrapped.changed for slot in one.slots if slot.name not in wrapped.values}


def _whole(names: Names, brought: set[str], job: Job) -> None:
    """Refuse a base that lacks weights, or has others than its configuration says."""
    import re

    ignored = [re.compile(pattern) for pattern in names.model._keys_to_ignore_on_load_missing or ()]
    missing = [n for n in names.missing() if n not in brought and not any(one.search(n) for one in ignored)]
    what = type(names.model).__name__
    if missing:
        raise CheckFailedError(
            f"{len(missing)} weights of a {what} are neither in the base {str(job.base.path)!r} nor in the adapter, "
            f"first {missing[0]!r}",
            "name the model it was tuned on with --base",
        )
    if wrong := [n for n in names.misshapen() if n not in brought]:
        raise CheckFailedError(
            f"{len(wrong)} weights of the base {str(job.base.path)!r} do not fit its config.json, first {wrong[0]!r}"
        )


def _again(folder: Path, kind: kinds.Kind, given: dict[str, Any], device: str) -> dict[str, Any]:
    """What the model in a folder answers, its weights read from there."""
    import transformers

    config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True)
    model = bare.empty(kind.cls, config)
    names = Names(Source(sorted(folder.glob("*.safetensors"))), model)
    if missing := names.missing():
        raise CheckFailedError(f"the merged model lacks {len(missing)} weights, first {missing[0]!r}")
    with lazy.running(model, names, device=device):
        return outputs.run(model, given, device)


def _tokens(config: Any) -> list[int]:
    """The tokens that an adapter trains alone."""
    found = getattr(config, "token_indices", None) or getattr(config, "trainable_token_indices", None) or []
    rows = found.values() if isinstance(found, dict) else [found]
    return [int(token) for row in rows for token in row]


def finite(found: dict[str, Any]) -> dict[str, Any]:
    """The same answers.

    Raises:
        ValueError: not all are finite numbers.
    """
    import torch

    if not all(bool(torch.isfinite(tensor).all()) for tensor in found.values()):
        raise ValueError("its answers are not finite")
    return found
