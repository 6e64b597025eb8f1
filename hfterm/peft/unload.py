"""Get a base model back: an adapter taken out of a merged model, or out of a checkpoint saved with it inside."""

import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hfterm import extras, files, refs
from hfterm.errors import CheckFailedError, HftermError, UsageError, one_line, translate
from hfterm.inference import folder
from hfterm.inference.quiet import hush
from hfterm.output import Output
from hfterm.peft import adapter as reading
from hfterm.peft import mergeable
from hfterm.peft.merge import require_apart
from hfterm.peft.merging import beside, leftovers, memory, shards, split
from hfterm.peft.merging.job import SHARD_SIZE, TOLERANCES, WEIGHT_TOLERANCES
from hfterm.peft.merging.source import Source
from hfterm.progress import Progress


@dataclass(frozen=True)
class Unloaded:
    """A base model that was got back.

    ``how`` is ``unmerged`` (out of merged weights) or ``split`` (the weights lay there apart). ``drift`` is what base
    with adapter compute otherwise than the merged model, as a share of the largest output; ``weight_drift`` the
    largest difference of a weight that is merged again; ``base_drift`` that from the base it was held against.
    ``adapter_path`` is the adapter's new folder (split).
    """

    path: Path
    how: str
    method: str
    dtype: str
    drift: float | None
    weight_drift: float | None
    base_drift: float | None
    parameters: int
    adapter_path: str | None
    seconds: float

    def facts(self) -> dict[str, Any]:
        """All but the path, for printing beside it."""
        return {k: v for k, v in asdict(self).items() if k != "path"}


def unload(
    model: str,
    out: Output,
    *,
    adapter: str | None = None,
    base: str | None = None,
    output: str | Path | None = None,
    max_shard_size: int = SHARD_SIZE,
    overwrite: bool = False,
) -> Unloaded:
    """Write the base model of ``model`` (a reference) without its adapter to ``output`` (default ``./NAME-base``).

    A merged model needs the ``adapter`` that was merged: each layer is unmerged by PEFT in float32, tensor by tensor,
    and rounded as it was; then base and adapter are run against the merged model. Whether it is the right adapter
    shows only against ``base``, the base itself. A checkpoint with PEFT's layers in it (names with ``base_layer``)
    is split: base in the folder, adapter in ``adapter`` within; adapter_config.json lies there or in ``adapter``.

    Raises:
        UsageError: the merge cannot be undone, or an argument is missing. NotFoundError, AccessError.
        CheckFailedError: what comes out does not give the merged model, or is not ``base``. HftermError.
    """
    began = time.monotonic()
    path = refs.resolve(model, "any", note=out.note)
    weights = _weights(path)
    source = Source(weights)
    target = Path(output).expanduser() if output is not None else Path(f"{path.absolute().name}-base")
    sources = [path, *([refs.resolve(adapter, "any", note=out.note)] if adapter else [])]
    require_apart(target, *sources)
    files.require_free(target, overwrite=overwrite)
    leftovers.sweep(target)
    files.require_space(target, sum(one.bytes for one in source.tensors.values()) * 11 // 10 + 2**24)
    with leftovers.folder(target, overwrite=overwrite) as temporary:
        if split.is_wrapped(source.tensors):
            facts = _split(path, source, sources[-1], temporary, max_shard_size, target)
        else:
            facts = _unmerged(path, weights, sources[1:], base, temporary, max_shard_size, out)
        beside.copy(path, temporary, is_base=True)
    return Unloaded(path=target, **facts, seconds=round(time.monotonic() - began, 3))


def _weights(path: Path) -> tuple[Path, ...]:
    """The model's weight files, also where an adapter_config.json lies beside them."""
    if not path.is_dir() or not (path / "adapter_config.json").is_file():
        return folder.inspect(path).weights
    index = path / "model.safetensors.index.json"
    names = {"model.safetensors"}
    if index.is_file():
        names = set(map(str, (folder.read_json(index).get("weight_map") or {}).values()))
    found = tuple(path / name for name in sorted(names) if Path(name).name == name and (path / name).is_file())
    if len(found) != len(names):
        raise UsageError(
            f"{str(path)!r} is an adapter: there is no base in it to get back", "the base is the model that it names"
        )
    for file in found:
        folder.check_safetensors(file)
    return found


def _split(path: Path, source: Source, config_from: Path, temporary: Path, most: int, target: Path) -> dict[str, Any]:
    config = next((p for p in (config_from / "adapter_config.json", path / "adapter_config.json") if p.is_file()), None)
    if config is None:
        raise UsageError(
            f"{str(path)!r} holds PEFT's layers, but no adapter_config.json says which",
            "name its folder with --adapter",
        )
    settings = folder.read_json(config)
    base, adapter = split.parts(source.tensors, str(settings.get("peft_type") or "LORA"))
    if not base or not adapter:
        raise CheckFailedError(f"{str(path)!r} holds no {'adapter' if base else 'base'}: nothing to take apart")

    def pieces(names: dict[str, str]) -> list[shards.Piece]:
        return [shards.Piece(n, source.tensors[k].dtype, source.tensors[k].shape, k) for n, k in names.items()]

    def put(piece: shards.Piece, stream: Any) -> None:
        one = source.tensors[str(piece.origin)]
        shards.put_bytes(one.file, one.begin, one.bytes, stream)

    shards.write(temporary, shards.split(pieces(base), most), put)
    inside = temporary / "adapter"
    inside.mkdir()
    shards.write(inside, [pieces(adapter)], put, stem="adapter_model")
    shutil.copyfile(config, inside / "adapter_config.json")
    if (path / "config.json").is_file():
        shutil.copyfile(path / "config.json", temporary / "config.json")
    return {
        "how": "split",
        "method": mergeable.method(settings),
        "dtype": source.dtype(),
        "drift": None,
        "weight_drift": None,
        "base_drift": None,
        "parameters": Source(sorted(temporary.glob("*.safetensors"))).parameters,
        "adapter_path": str(target / "adapter"),
    }


def _unmerged(
    path: Path,
    weights: tuple[Path, ...],
    adapters: list[Path],
    base: str | None,
    temporary: Path,
    most: int,
    out: Output,
) -> dict[str, Any]:
    if not adapters:
        raise UsageError(f"which adapter is to be taken out of {str(path)!r}?", "name it with --adapter")
    held = reading.read(str(adapters[0]))
    mergeable.check(held.config, held.name)
    held.check()
    merged = folder.ModelFolder(path, folder.read_json(path / "config.json"), weights, is_adapter=False)
    if merged.config.get("quantization_config"):
        raise UsageError(f"{str(path)!r} is quantized: the adapter cannot be taken out of rounded weights")
    other = folder.inspect(refs.resolve(base, "model", note=out.note)) if base else None
    extras.check("peft", "torch", "transformers", "peft", "accelerate")
    hush()
    memory.steady()
    try:
        return _undo(held, merged, other, temporary, most, out)
    except (RuntimeError, MemoryError) as exc:
        raise translate(exc) or exc from exc


def _undo(
    held: reading.Adapter,
    merged: folder.ModelFolder,
    other: folder.ModelFolder | None,
    temporary: Path,
    most: int,
    out: Output,
) -> dict[str, Any]:
    from hfterm.peft.merging import bare, kinds, lazy, outputs, undo
    from hfterm.peft.merging.settings import peft_config
    from hfterm.peft.merging.source import Names
    from hfterm.peft.merging.stream import Stream
    from hfterm.peft.merging.wrapped import Wrapped

    progress = Progress(out)
    source = Source.of(merged)
    dtype = source.dtype()
    kind = kinds.of(merged, held.path, held.config, {name: t.shape for name, t in held.tensors.items()})

    def put_on(names: Names, cls: type[Wrapped]) -> Wrapped:
        try:
            return cls(names.model, names, peft_config(held.path), dict(held.state()))
        except (ValueError, KeyError, RuntimeError) as exc:
            raise CheckFailedError(
                f"the adapter {held.name!r} does not fit {str(merged.path)!r}: {one_line(exc)[:200]}"
            ) from exc

    wanted: dict[str, Any] | None = None
    with progress.task("asking the merged model"):
        plain = bare.empty(kind.cls, kind.config)
        given: dict[str, Any] = {}
        try:
            given = outputs.inputs(plain, merged.path if merged.has_tokenizer else None)
            with lazy.running(plain, Names(source, plain)):
                wanted = outputs.run(plain, given)
        except HftermError:
            raise
        except Exception as exc:  # a model may want any other input
            out.note(f"the whole model cannot be asked ({one_line(exc)[:120]}): only its weights are checked")
    names = Names(source, bare.empty(kind.cls, kind.config))
    undone = put_on(names, undo.Undone)
    assert isinstance(undone, undo.Undone)
    undo.refuse(undone)
    stream = Stream(undone, names, None, same_class=True)
    with progress.task("unmerging", total=sum(piece.bytes for piece in stream.pieces), unit="B") as task:
        stream.write(temporary, most, told=lambda one, found: None, advance=task.advance)
    shutil.copyfile(merged.path / "config.json", temporary / "config.json")
    written = Source(sorted(temporary.glob("*.safetensors")))
    drift = None
    if wanted is not None:
        with progress.task("asking base and adapter"):
            again = put_on(Names(written, bare.empty(kind.cls, kind.config)), Wrapped)
            with lazy.running(again.peft, again.names, again):
                drift = outputs.difference(outputs.run(again.peft, given), wanted)
        if not drift <= TOLERANCES[dtype]:
            raise CheckFailedError(
                f"base and adapter compute something else than the merged model: drift {drift:.3g}, "
                f"tolerance {TOLERANCES[dtype]:g}; nothing was written"
            )
    base_drift = _against(written, Source.of(other), dtype) if other else None
    told = f"drift {drift:.2g} of the largest output, " if drift is not None else ""
    beside_base = f", from the base {base_drift:.2g}" if base_drift is not None else ""
    out.note(f"checked: {told}weights merged again {undone.drift:.2g}{beside_base} ({dtype})")
    return {
        "how": "unmerged",
        "method": held.method,
        "dtype": dtype,
        "drift": drift,
        "weight_drift": undone.drift,
        "base_drift": base_drift,
        "parameters": written.parameters,
        "adapter_path": None,
    }


def _against(written: Source, base: Source, dtype: str) -> float:
    """Largest difference of a weight from the base's, as a share of its largest.

    Raises:
        CheckFailedError: it is not the base.
    """
    from hfterm.peft.merging.outputs import share

    worst = 0.0
    for key in written.tensors:
        if key not in base.tensors:
            raise CheckFailedError(f"it is not that base: {key} is not in it; nothing was written")
        drift = share(written.tensor(key).double(), base.tensor(key).double())
        # Twice rounded: once when it was merged, once now.
        if not drift <= 4 * WEIGHT_TOLERANCES.get(dtype, 1e-5):
            raise CheckFailedError(
                f"{key} is off by {drift:.2g} of its largest weight from the base's; nothing was written",
                "another adapter was merged, or into another base",
            )
        worst = max(worst, drift)
    return worst
