"""Convert an adapter from what it is to another program's format, and look at the result before it appears."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from hfterm import extras, files
from hfterm.errors import UsageError
from hfterm.hub.inspect.source import Place
from hfterm.hub.inspect.source import place as place_of
from hfterm.inference.folder import read_json
from hfterm.peft import adapter, checks, contents, params
from hfterm.peft.convert import diffusion, library, llamacpp, loading
from hfterm.progress import Progress

FORMATS = ("peft", "gguf", "kohya", "diffusers", "adapters")
DTYPES = ("float32", "float16")


@dataclass(frozen=True)
class Converted:
    """A converted adapter at ``path``; ``source`` and ``to`` are formats, ``drift`` the largest of any module.

    Drift is the difference of what is added to a random input, as a share of the largest number; None where tensors
    went over as they are. ``notes`` say what was left out or changed.
    """

    path: Path
    source: str
    to: str
    modules: int
    bytes: int
    drift: float | None
    notes: list[str]

    def facts(self) -> dict[str, Any]:
        """All but the path, for printing beside it."""
        return {k: v for k, v in asdict(self).items() if k != "path"}


def convert(
    text: str, to: str, output: str | Path, *, base: str | None = None, dtype: str | None = None,
    part: str | None = None, allow_pickle: bool = False, overwrite: bool = False,
    note: Callable[[str], None] | None = None, verify: Progress | None = None,
) -> Converted:  # fmt: skip
    """Convert the adapter that a reference names to the format ``to``, at ``output``: a folder for PEFT, else a file.

    ``base`` is the base model (default: the one that the adapter names); GGUF needs its config.json. ``dtype``
    (``DTYPES``, default float32) is for GGUF. ``part``: the part of a pipeline (``diffusion.PARTS``) that an adapter of
    PEFT is for, where kohya's and diffusers' files want one; default: by the names of its modules.
    ``verify`` shows how far the adapters library is, which then loads an adapter of its own, in an environment that is
    made for it: what was converted is held against that (:mod:`hfterm.peft.convert.loading`).

    Raises:
        UsageError: the format has no place for it, or ``output`` is in the way. NotFoundError, AccessError,
        NetworkError. CheckFailedError: it is damaged, or what was written does something else. MissingExtraError.
    """
    place = place_of(text, None, None, note)
    source = kind_of(place)
    target = Path(output).expanduser()
    if source == to and (to != "adapters" or library.SAFE in place.files):
        raise UsageError(f"{text} is in the format {to} already")
    if dtype is not None and to != "gguf":
        raise UsageError(f"--dtype is for --to gguf; to {to} numbers go over as they are")
    if part is not None and (source != "peft" or to == "gguf"):
        raise UsageError("--part is for an adapter of PEFT that becomes a file of kohya or diffusers")
    if verify is not None and (source != "adapters" or to not in ("peft", "adapters")):
        raise UsageError("--verify is for adapters of the adapters library, --to peft or --to adapters")
    if to == "adapters" and source != to:
        raise UsageError(f"cannot convert {text} from {source} to adapters", "that is for pickled ones of the library")
    if source == "adapters" and to in ("peft", "adapters"):
        job = _Job(place, target, base, allow_pickle, overwrite, verify, note)
        return _to_peft(job) if to == "peft" else _to_adapters(job)
    if source in ("kohya", "diffusers") and to != "gguf":
        name = diffusion.file_in(place)
        assert name is not None
        _, held, metadata = diffusion.open_place(place, name)
        return _of_diffusion(diffusion.pairs(text, held, metadata), source, to, target, base, overwrite)
    if source != "peft":
        where = "the adapters library" if source == "adapters" else source
        raise UsageError(f"cannot convert {text} from {where} to {to}", "convert it --to peft first")
    found = adapter.read(text, note=None, allow_pickle=allow_pickle)
    found.check()
    if to == "gguf":
        return _to_gguf(found, target, base, dtype or "float32", overwrite, note)
    return _of_diffusion(diffusion.of_peft(found, part), source, to, target, base, overwrite)


def kind_of(place: Place) -> str:
    """The format of an adapter: ``peft``, ``adapters`` (the library), ``kohya`` or ``diffusers``.

    Raises:
        UsageError: it is a whole model. NotFoundError: it is no adapter.
    """
    if adapter.CONFIG not in place.files and (name := diffusion.file_in(place)):
        _, held, _ = diffusion.open_place(place, name)
        return str(diffusion.style(held))
    return "adapters" if library.is_mine(adapter.settings(place)) else "peft"


def _of_diffusion(
    pairs: list[diffusion.Pair], source: str, to: str, target: Path, base: str | None, overwrite: bool
) -> Converted:
    """A LoRA of a diffusion model: to a file, or to PEFT's folder (with a folder for each part, if there are more)."""
    problems = checks.numbers({pair.a[0].name: pair.a for pair in pairs} | {pair.b[0].name: pair.b for pair in pairs})
    adapter.refuse("its weights", problems)
    parts = list(dict.fromkeys(pair.part for pair in pairs))
    if to == "peft":
        files.require_free(target, overwrite=overwrite)
        folders = {part: target / part if len(parts) > 1 else target for part in parts}
        notes = [f"{part} is in {folder}" for part, folder in folders.items()] if len(parts) > 1 else []
        size = 0
        with files.atomic_dir(target, overwrite=overwrite) as temporary:
            for part, folder in folders.items():
                settings, tensors = diffusion.to_peft([pair for pair in pairs if pair.part == part])
                settings["base_model_name_or_path"] = base
                size += fill_peft(temporary / folder.relative_to(target), settings, tensors, None)
        return Converted(target, source, to, len(pairs), size, None, notes)
    made = diffusion.to_kohya if to == "kohya" else diffusion.to_diffusers
    with new_file(target, overwrite) as temporary:
        diffusion.write(temporary, *made(pairs), pairs)
        size = temporary.stat().st_size
    return Converted(target, source, to, len(pairs), size, None, [])


def _to_gguf(
    found: adapter.Adapter, target: Path, base: str | None, dtype: str, overwrite: bool,
    note: Callable[[str], None] | None,
) -> Converted:  # fmt: skip
    model = base or found.base
    if model is None:
        raise UsageError(f"{found.name} names no base model, whose architecture GGUF needs", "name it with --base")
    config = read_json(params.config_file(model, note))
    if "peft_type" in config:
        raise UsageError(f"{model} is an adapter, not a model", "name the model with --base")
    headers = adapter.base_tensors(model)
    if headers is not None:
        adapter.refuse(found.name, found.problems(headers, numbers=False))
    with new_file(target, overwrite) as temporary:
        made = llamacpp.write(found, config, temporary, dtype)
        size = temporary.stat().st_size
    return Converted(target, "peft", "gguf", made.modules, size, made.drift, made.notes)


class _Job(NamedTuple):
    """What a checkpoint of the adapters library is to become; see :func:`convert`."""

    place: Place
    target: Path
    base: str | None
    allow_pickle: bool
    overwrite: bool
    verify: Progress | None
    note: Callable[[str], None] | None


def _to_peft(job: _Job) -> Converted:
    files.require_free(job.target, overwrite=job.overwrite)
    config = adapter.settings(job.place)
    notes = [f"{name} was left out" for name in library.BESIDE if name in job.place.files]
    place, weights = library.open_weights(job.place, allow_pickle=job.allow_pickle)
    settings, tensors = library.to_peft(place, config, weights)
    if job.base is not None:
        settings["base_model_name_or_path"] = job.base
    if settings["base_model_name_or_path"] is None:
        notes.append("it names no base model: name it where it is used")
    drift = None
    model = loading.base_of(place.name, config, job.base, job.note) if job.verify else None
    with files.atomic_dir(job.target, overwrite=job.overwrite) as temporary:
        size = fill_peft(temporary, settings, tensors, job.base)
        if job.verify and model:
            with tempfile.TemporaryDirectory() as work:
                library.write(Path(work), place, config)
                found = loading.verify(Path(work), temporary, model, config, job.verify)
            notes.append(found.line())
            drift = found.difference / found.change if found.change else found.difference
    return Converted(job.target, "adapters", "peft", len(settings["target_modules"]), size, drift, notes)


def _to_adapters(job: _Job) -> Converted:
    """From a pickled checkpoint of the library to its safetensors; the head goes over too."""
    files.require_free(job.target, overwrite=job.overwrite)
    config = adapter.settings(job.place)
    place, weights = library.open_weights(job.place, allow_pickle=job.allow_pickle)
    held = contents.located(place, weights)
    adapter.refuse("its weights", checks.numbers(held))
    notes = [f"{name} was left out" for name in library.BESIDE[2:] if name in place.files]
    model = loading.base_of(place.name, config, job.base, job.note) if job.verify else None
    with files.atomic_dir(job.target, overwrite=job.overwrite) as temporary:
        library.write(temporary, place, config)
        if job.verify and model:
            loaded = loading.load(temporary, model, job.verify)
            adapter.refuse("what was converted", loaded.problems())
            notes.append(loaded.line())
        library.write_head(temporary, job.place)
        size = sum(path.stat().st_size for path in temporary.iterdir())
    modules = len({library.module_of(name)[0] for name in held})
    return Converted(job.target, "adapters", "adapters", modules, size, None, notes)


def fill_peft(folder: Path, settings: dict[str, Any], tensors: dict[str, Any], base: str | None) -> int:
    """Fill a folder that is not in its place yet; its bytes.

    Raises:
        CheckFailedError: the adapter in it is not whole, or does not fit ``base``.
    """
    extras.check("peft", "safetensors")
    from safetensors.torch import save_file

    folder.mkdir(exist_ok=True)
    save_file(
        {name: tensor.contiguous() for name, tensor in tensors.items()},
        folder / adapter.WEIGHTS,
        metadata={"format": "pt"},
    )
    (folder / adapter.CONFIG).write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n", "utf-8")
    made = adapter.read(str(folder.absolute()))
    headers = adapter.base_tensors(base, need=True) if base is not None else None
    adapter.refuse("what was converted", made.problems(headers))
    return sum(path.stat().st_size for path in folder.iterdir())


@contextmanager
def new_file(target: Path, overwrite: bool) -> Iterator[Path]:
    """A path to write a file to; it takes the place of ``target`` when the block ends well, else nothing is left.

    Raises:
        UsageError: there is something already.
    """
    if target.is_dir():
        raise UsageError(f"cannot write {str(target)!r}: it is a folder", "name a file")
    if target.exists() and not overwrite:
        raise UsageError(f"{str(target)!r} exists", "choose another name or add --overwrite")
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent))
    try:
        temporary = folder / target.name
        yield temporary
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
