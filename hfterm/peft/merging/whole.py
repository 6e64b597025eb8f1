"""A merge with the whole model in memory, for what cannot be merged tensor by tensor."""

from pathlib import Path
from typing import Any

from hfterm.errors import CheckFailedError, HftermError, UsageError, one_line, translate
from hfterm.output import Output
from hfterm.peft import mergeable
from hfterm.peft.merging import kinds, outputs
from hfterm.peft.merging.job import TOLERANCES, Job, Merged, misfit
from hfterm.peft.merging.settings import peft_config
from hfterm.progress import Progress


def merge(job: Job, temporary: Path, progress: Progress, out: Output) -> Merged:
    """Write the merged model into ``temporary``, as PEFT and transformers do it, in float32 until it is saved.

    Raises:
        As :func:`hfterm.peft.merge.merge`.
    """
    import torch

    shapes = {name: tensor.shape for name, tensor in job.adapter.tensors.items()}
    kind = kinds.of(job.base, job.adapter.path, job.adapter.config, shapes)
    dtype = job.main_dtype
    with progress.task("loading"):
        model = loaded(kind, job.base.path, kind.config, new_head=bool(kind.labels)).to(job.device)
        tuned = _with_adapter(model, job)
    given: dict[str, Any] | None = None
    wanted: dict[str, Any] = {}
    effect = None
    if job.verify != "none":
        try:
            given = outputs.inputs(model, job.tokenizer)
            with progress.task("asking base and adapter"):
                wanted = outputs.run(tuned, given, job.device)
                with tuned.disable_adapter():
                    effect = outputs.difference(outputs.run(tuned, given, job.device), wanted)
        except ValueError as exc:
            out.note(f"the model cannot be asked ({one_line(exc)[:120]})")
    with progress.task("merging"):
        try:
            merged = tuned.merge_and_unload(safe_merge=True)
        except (ValueError, TypeError, AttributeError, NotImplementedError, KeyError) as exc:
            raise UsageError(
                f"cannot merge {job.adapter.name}: PEFT refuses ({one_line(exc)[:200]})",
                f"use it as it is: hfterm chat {job.adapter.name}",
            ) from exc
        merged = merged.to(getattr(torch, dtype))
    with progress.task("saving"):
        merged.save_pretrained(temporary, max_shard_size=job.shard)
        parameters, name = sum(p.numel() for p in merged.parameters()), type(merged).__name__
        del merged, model, tuned
    drift = None
    if given is not None:
        with progress.task("asking the merged model"):
            again = loaded(kind, temporary, None).to(job.device)
            drift = outputs.difference(outputs.run(again, given, job.device), wanted)
    return Merged(
        path=job.target,
        adapter=job.adapter.name,
        base=str(job.base.path),
        method=mergeable.method(job.adapter.config),
        model=name,
        dtype=dtype,
        verified="none" if drift is None else "full",
        drift=drift,
        tolerance=TOLERANCES[dtype],
        effect=effect,
        weight_drift=None,
        layer_drift=None,
        layers=0,
        parameters=parameters,
        bytes=0,
        files=0,
        streamed=False,
    )


def loaded(kind: kinds.Kind, path: Path, config: Any, *, new_head: bool = False) -> Any:
    """The model in a folder, whole and in float32; with ``new_head`` it may lack a head.

    Raises:
        CheckFailedError: it lacks weights. HftermError: it cannot be read.
    """
    import torch

    more = {} if config is None else {"config": config}
    try:
        model, info = kind.cls.from_pretrained(
            path,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            ignore_mismatched_sizes=new_head,
            output_loading_info=True,
            **more,
        )
    except Exception as exc:  # a folder that does not fit makes the libraries raise anything
        raise translate(exc) or HftermError(f"cannot load {str(path)!r}: {one_line(exc)[:200]}") from exc
    if not new_head and (missing := sorted(info.get("missing_keys") or ())):
        raise CheckFailedError(f"{str(path)!r} lacks {len(missing)} weights, first {missing[0]!r}")
    return model.eval()


def _with_adapter(model: Any, job: Job) -> Any:
    import peft

    config = peft_config(job.adapter.path)
    config.inference_mode = True
    cls = peft.MODEL_TYPE_TO_PEFT_MODEL_MAPPING.get(config.task_type, peft.PeftModel)
    try:
        tuned = cls(model, config, "default")
        result = peft.set_peft_model_state_dict(tuned, dict(job.adapter.state()), "default")
    except (ValueError, KeyError, TypeError, RuntimeError, AttributeError) as exc:
        raise translate(exc) or misfit(job.adapter.name, exc) from exc
    if unexpected := sorted(result.unexpected_keys):
        raise CheckFailedError(f"the adapter has tensors without a place, first {unexpected[0]!r}")
    return tuned.eval()
