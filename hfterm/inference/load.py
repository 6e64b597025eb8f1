"""Load a language model, or an adapter on its base model, ready to generate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hfterm import extras, refs
from hfterm.errors import AccessError, HftermError, NotFoundError, UsageError, one_line, translate
from hfterm.inference import folder
from hfterm.inference.device import default_dtype, pick
from hfterm.inference.quiet import hush
from hfterm.interrupts import heeded
from hfterm.output import Output
from hfterm.text import human_bytes

DTYPES = ("float32", "bfloat16", "float16")
EXTRA = "peft"


@dataclass
class Loaded:
    """A model in memory. ``base`` is the base model's folder when ``path`` is an adapter."""

    model: Any
    tokenizer: Any
    path: Path
    base: Path | None
    device: str
    dtype: str = "float32"
    name: str = ""


def find(
    ref: str | Path, *, note: Callable[[str], None] | None = None, bar: type | None = None
) -> tuple[folder.ModelFolder, folder.ModelFolder | None]:
    """The checked folder that ``ref`` names, and its base model's when it is an adapter's; imports no torch.

    What is on the Hub is downloaded, with ``bar`` as in :func:`hfterm.refs.resolve`.

    Raises:
        As :func:`load_model`, for all that can be told without loading.
    """
    extras.check(EXTRA, "torch", "transformers")
    found = folder.inspect(ref if isinstance(ref, Path) else refs.resolve(ref, "model", note=note, bar=bar))
    if not found.is_adapter:
        return found, None
    base = folder.inspect(base_folder(found, bar=bar))
    extras.check(EXTRA, "peft")
    return found, base


def load_model(
    ref: str | Path,
    *,
    device: str | None = "auto",
    dtype: str | None = None,
    out: Output | None = None,
    stage: Callable[[str], None] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Loaded:
    """Load the causal language model that ``ref`` names, in evaluation mode.

    ``ref`` is any reference (a folder, a Hub id, ``run:NAME``); an adapter folder is put on its base model.
    ``dtype`` is one of ``DTYPES`` (default: bfloat16 on a GPU that has it, else float32). ``stage`` is told
    what is being done; ``more`` is for ``from_pretrained``, which with a ``device_map`` places the model itself.
    Nothing of the model's repository is run, and pickled weights are refused.

    Raises:
        UsageError: no such device or dtype.
        NotFoundError: no such model, or the adapter's base model is gone.
        AccessError: it needs repository code or pickled weights.
        HftermError: it is damaged, half-written, or no language model.
        MissingExtraError: torch, transformers or peft is not installed.
    """
    if dtype is not None and dtype not in DTYPES:
        raise UsageError(f"no such dtype {dtype!r}", f"choose {', '.join(DTYPES)}")
    bar = None
    if stage is None:
        stage = _silent
    else:
        from hfterm.inference.download import bar_class

        stage("looking for the model")
        bar = bar_class(stage)
    found, base = find(ref, note=out.note if out is not None else None, bar=bar)
    stage("importing torch")
    with heeded():
        target = pick(device)
        import torch  # noqa: F401 (here to be told apart from reading the weights)

        dtype = dtype or default_dtype(target)
        if out is not None:
            out.detail(f"loading {found.path}" + (f" on {base.path}" if base else "") + f" ({dtype}, {target})")
        stage("importing transformers")
        hush()
        import transformers

        _ = transformers.AutoModelForCausalLM
        stage(f"reading {human_bytes(sum(file.stat().st_size for file in (base or found).weights))} of weights")
        model = _load_base(base or found, dtype, more or {})
        if base is not None:
            stage("putting the adapter on")
            model = _put_adapter(model, found)
        stage("reading the tokenizer")
        tokenizer = load_tokenizer(found if found.has_tokenizer or base is None else base)
        try:
            if target != "cpu":
                stage(f"moving it to {target}")
            model = (model if more and "device_map" in more else model.to(target)).eval()
        except RuntimeError as exc:
            raise translate(exc) or exc from exc
    return Loaded(model, tokenizer, found.path, base.path if base else None, target, dtype, str(ref))


def _silent(stage: str) -> None:
    """Nobody wants to know."""


def base_folder(adapter: folder.ModelFolder, *, bar: type | None = None) -> Path:
    """The folder of the base model that an adapter names (downloaded when it is a Hub id).

    Raises:
        NotFoundError: the adapter names none, or it is gone.
    """
    where = str(adapter.path / "adapter_config.json")
    if adapter.base is None:
        raise NotFoundError(f"{where!r} names no base model", "write its reference there as base_model_name_or_path")
    as_path = Path(adapter.base).expanduser()
    if as_path.is_dir():
        return as_path
    looks_local = as_path.is_absolute() or adapter.base.startswith((".", "~")) or adapter.base.count("/") > 1
    if looks_local:
        raise NotFoundError(
            f"the adapter {str(adapter.path)!r} needs its base model {adapter.base!r}, which is gone",
            f"put it back, or change base_model_name_or_path in {where!r}",
        )
    revision = adapter.config.get("revision")
    try:
        return refs.resolve(f"{adapter.base}@{revision}" if revision else adapter.base, "model", bar=bar)
    except Exception as exc:
        known = translate(exc)
        if known is None:
            raise
        known.message = f"the adapter {str(adapter.path)!r} needs its base model {adapter.base!r}: {known.message}"
        raise known from exc


def _load_base(found: folder.ModelFolder, dtype: str, more: Mapping[str, Any]) -> Any:
    import torch
    from transformers import CONFIG_MAPPING, AutoModelForCausalLM

    where, kind = str(found.path), found.config.get("model_type")
    if kind not in CONFIG_MAPPING:
        if "auto_map" in found.config:
            raise _needs_code(where)
        import transformers

        named = f"model_type {kind!r}" if kind else "a config.json without model_type"
        raise HftermError(f"cannot load {where!r}: transformers {transformers.__version__} does not know {named}")
    try:
        model, info = AutoModelForCausalLM.from_pretrained(
            found.path,
            dtype=getattr(torch, dtype),
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
            **more,
        )
    except Exception as exc:  # a folder that does not fit makes the libraries raise anything
        raise _cannot_load(where, exc) from exc
    # transformers only warns: what is missing would be random numbers, and the answers nonsense.
    if missing := sorted(info.get("missing_keys") or ()):
        raise HftermError(
            f"cannot load {where!r} as a language model: {len(missing)} weights are not in it, first {missing[0]!r}",
            "it is another kind of model, or half-written",
        )
    if wrong := sorted(str(key[0]) for key in info.get("mismatched_keys") or ()):
        raise HftermError(f"cannot load {where!r}: {len(wrong)} weights do not fit config.json, first {wrong[0]!r}")
    return model


def _put_adapter(model: Any, adapter: folder.ModelFolder) -> Any:
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(model, str(adapter.path), local_files_only=True)
    except Exception as exc:
        raise _cannot_load(str(adapter.path), exc) from exc


def load_tokenizer(found: folder.ModelFolder) -> Any:
    """The transformers tokenizer of a checked folder.

    Raises:
        HftermError: there is none, or it is damaged.
    """
    from transformers import AutoTokenizer

    if not found.has_tokenizer:
        raise HftermError(f"{str(found.path)!r} has no tokenizer (tokenizer.json)", "get the model again")
    try:
        return AutoTokenizer.from_pretrained(found.path, trust_remote_code=False, local_files_only=True)
    except Exception as exc:  # the tokenizers library raises bare Exception for a damaged file
        raise _cannot_load(str(found.path), exc, "the tokenizer of ") from exc


def _needs_code(where: str) -> AccessError:
    return AccessError(
        f"{where!r} needs Python code from its repository, which hfterm does not run",
        "choose a model that transformers knows",
    )


def _cannot_load(where: str, exc: Exception, what: str = "") -> HftermError:
    known = translate(exc)
    if known is not None:
        return type(known)(f"cannot load {what}{where!r}: {known.message}", known.hint)
    if "trust_remote_code" in str(exc):
        return _needs_code(where)
    first = str(exc).strip().split("\n", 1)[0]
    return HftermError(f"cannot load {what}{where!r}: {one_line(first)[:200] or type(exc).__name__}")
