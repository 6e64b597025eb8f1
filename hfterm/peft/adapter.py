"""One way to read an adapter: its settings, its weights' headers, its numbers; and to refuse one that is not whole."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from hfterm import extras, refs
from hfterm.errors import AccessError, CheckFailedError, NotFoundError, UsageError
from hfterm.hub.inspect import groups, source, torchfile
from hfterm.hub.inspect.look import Weights
from hfterm.hub.inspect.source import Place
from hfterm.hub.inspect.tensors import Tensor
from hfterm.hub.inspect.window import Damaged
from hfterm.inference.folder import NO_PICKLE
from hfterm.peft import checks, contents, fits, keys

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
# What torch calls the kinds of numbers in safetensors' headers; float8's names are the same but for case.
_TORCH = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
    "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2",
}  # fmt: skip
PICKLED = ("adapter_model.bin", "adapter_model.pt", "adapter_model.pth")


@dataclass(frozen=True)
class Half:
    """A module that LoRA changes, by the names of its tensors; ``scaling`` is what B A is multiplied with.

    ``a`` is (rank, in), ``b`` (out, rank), of a convolution with the kernel's sides after them. Of an ``embedding``
    the change is (B A) turned.
    """

    module: str
    a: str
    b: str
    rank: int
    scaling: float
    embedding: bool = False
    magnitude: str | None = None


@dataclass(frozen=True)
class Adapter:
    """An adapter in a folder, whose headers were read: ``config`` is adapter_config.json's object.

    ``tensors`` are by name as PEFT wrote them (without an adapter's name in them).
    """

    name: str
    path: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, Tensor]
    place: Place
    weights: Weights

    @property
    def method(self) -> str:
        """The PEFT method in small letters."""
        return str(self.config.get("peft_type") or "unknown").lower()

    @property
    def base(self) -> str | None:
        """The base model, as the settings name it."""
        name = self.config.get("base_model_name_or_path")
        return name if isinstance(name, str) and name else None

    @cached_property
    def located(self) -> dict[str, contents.Located]:
        """Where each tensor lies (see :mod:`hfterm.peft.contents`)."""
        return contents.located(self.place, self.weights)

    def problems(self, base: Mapping[str, Tensor] | None = None, *, numbers: bool = True) -> list[str]:
        """What is wrong with it, in words; empty: nothing was found.

        ``base`` is the base model's tensors by name (headers: :func:`base_tensors`): shapes and missing keys are
        held against it. ``numbers``: all are read once, piece by piece, for NaN and infinite ones.

        Raises:
            MissingExtraError: no numpy (only with ``numbers``).
        """
        problems = checks.settings(self.config)
        problems += checks.headers(self.config, list(self.tensors.values()))
        if base is not None:
            head = self.place.json(fits.HEAD)
            problems += fits.misfits(self.config, list(self.tensors.values()), base, head) or []
        if numbers:
            problems += checks.numbers(self.located)
        return problems

    def check(self, base: Mapping[str, Tensor] | None = None, *, numbers: bool = True) -> None:
        """Fail if there are :meth:`problems`.

        Raises:
            CheckFailedError: names the first, and how many more there are. MissingExtraError: no numpy.
        """
        refuse(self.name, self.problems(base, numbers=numbers))

    def halves(self) -> list[Half]:
        """The modules that LoRA changes, each with its two matrices; those that lack one are left out.

        Raises:
            UsageError: it is of another method.
        """
        if self.method != "lora":
            raise UsageError(f"{self.name} is no LoRA but {self.method}")
        parts: dict[str, dict[str, str]] = {}
        for name in self.tensors:
            module, part = keys.module_of(name)
            parts.setdefault(module, {})[part.split(".")[0] if not part.endswith(".bias") else part] = name
        found = []
        for module, names in parts.items():
            for way, embedding in (("lora_", False), ("lora_embedding_", True)):
                a, b = names.get(f"{way}A"), names.get(f"{way}B")
                if a is None or b is None or not self.tensors[a].shape:
                    continue
                rank = self.tensors[a].shape[0]
                scaling = keys.scaling_of(self.config, module, rank)
                if scaling is not None:
                    magnitude = names.get("lora_magnitude_vector")
                    found.append(Half(module, a, b, rank, scaling, embedding, magnitude))
        return found

    def array(self, name: str) -> Any:
        """A tensor's numbers as numpy's, BF16 as float32.

        Raises:
            NotFoundError: there is none of this name. CheckFailedError: numpy has no such kind of number.
        """
        import numpy as np

        where = self._where(name)
        pieces = list(contents.pieces(*where))
        if not pieces and where[0].elements:
            raise CheckFailedError(
                f"{self.name}: {name} holds numbers of a kind that is not read here: {where[0].dtype}"
            )
        flat = np.concatenate(pieces) if pieces else np.zeros(0, "f4")
        return flat.reshape(where[0].shape)

    def tensor(self, name: str) -> Any:
        """A tensor of torch, of the kind that is stored, in memory of its own.

        Raises:
            NotFoundError: there is none of this name. CheckFailedError: torch has no such kind of number.
            MissingExtraError: no torch.
        """
        return load(*self._where(name), f"{self.name}: ")

    def state(self) -> Iterator[tuple[str, Any]]:
        """All tensors of torch, one after the other: name, tensor."""
        for name in self.tensors:
            yield name, self.tensor(name)

    def _where(self, name: str) -> contents.Located:
        if name not in self.tensors:
            raise NotFoundError(f"{self.name} has no tensor {name!r}")
        return self.located[name]


def load(found: Tensor, file: source.File, start: int, whose: str = "") -> Any:
    """A tensor of torch from where it lies, of the kind that is stored, in memory of its own.

    Raises:
        CheckFailedError: torch has no such kind of number; the message begins with ``whose``. MissingExtraError.
    """
    extras.check("peft", "torch")
    import torch

    kind = getattr(torch, _TORCH.get(found.dtype, found.dtype.lower()), None)
    if not isinstance(kind, torch.dtype):
        raise CheckFailedError(f"{whose}{found.name} holds numbers that are not read here: {found.dtype}")
    if not found.elements:
        return torch.empty(found.shape, dtype=kind)
    return torch.frombuffer(bytearray(file.fetch(start, found.bytes)), dtype=kind).reshape(found.shape)


def refuse(name: str, problems: list[str]) -> None:
    """Fail if there are problems.

    Raises:
        CheckFailedError: names the first, and how many more there are.
    """
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        other = "base model" in problems[0] or "its keys are missing" in problems[0]
        hint = "name the model that it was tuned on with --base" if other else "get or train the adapter again"
        raise CheckFailedError(f"{name}: {problems[0]}{more}", hint)


def read(text: str, *, note: Callable[[str], None] | None = None, allow_pickle: bool = False) -> Adapter:
    """The adapter that a reference names; of the Hub it is got whole. Only headers are read (:meth:`Adapter.check`).

    ``allow_pickle``: weights of ``torch.save`` are taken too, through torch's reader that runs no code.

    Raises:
        UsageError: it is a whole model. NotFoundError: it is none, or has no weights. AccessError: pickled weights.
        CheckFailedError: a file is torn or lies. NetworkError.
    """
    path = refs.resolve(text, "any" if Path(text).exists() else "model", note=note)
    name = text if text != "-" else str(path)
    place = source.place(str(path.absolute()))._replace(name=name)
    config = settings(place)
    place, weights = open_weights(place, allow_pickle=allow_pickle)
    tensors = {t.name: t for t in weights.tensors()}
    return Adapter(name, path, config, tensors, place, weights)


def settings(place: Place) -> dict[str, Any]:
    """The object in adapter_config.json.

    Raises:
        UsageError: the place is a whole model. NotFoundError: it is no adapter. CheckFailedError: the file is torn.
    """
    config = place.json(CONFIG)
    if not config and CONFIG in place.files:
        raise CheckFailedError(f"{place.name}: its {CONFIG} is empty", "get or train the adapter again")
    if not config:
        if "config.json" in place.files:
            raise UsageError(f"{place.name} is a whole model, not an adapter", f"see: hfterm hub inspect {place.name}")
        inner = [path.removesuffix(f"/{CONFIG}") for path in place.files if path.endswith(f"/{CONFIG}")]
        more = f" and {len(inner) - 4} more" if len(inner) > 4 else ""
        hint = f"name one of those that it holds: {', '.join(sorted(inner)[:4])}{more}" if inner else None
        raise NotFoundError(f"{place.name} is no adapter: it has no {CONFIG}", hint)
    return config


def open_weights(place: Place, *, allow_pickle: bool = False) -> tuple[Place, Weights]:
    """The headers of an adapter's weights, and the place where they lie: pickled ones as safetensors in memory.

    Raises:
        NotFoundError: it has none. AccessError: it has pickled ones, and they are not allowed, or would run code.
        CheckFailedError: a file is torn or lies.
    """
    stem = WEIGHTS.partition(".")[0]
    mine = {p: f for p, f in place.files.items() if "/" not in p and p.startswith(stem) and p.endswith(".safetensors")}
    if not mine:
        pickled = next((path for path in PICKLED if path in place.files), None)
        if pickled is None:
            raise NotFoundError(f"{place.name} has no {WEIGHTS}", "it is half-written, or still in training")
        if not allow_pickle:
            raise AccessError(
                f"{place.name} has pickled weights only ({pickled}), which can run code when they are loaded", NO_PICKLE
            )
        data = unpickle(place, pickled)
        mine = {WEIGHTS: source.File(WEIGHTS, len(data), None, lambda start, length: data[start : start + length])}
        place = place._replace(files={**place.files, **mine})
    group = groups.groups(place._replace(files=mine))[0]
    parsed, told = groups.load(place, group)
    for path, found in parsed:
        if found.format != "safetensors":
            raise Damaged(path, "no safetensors file, whatever its name says")
    return place, Weights(group, parsed, told, {})


def unpickle(place: Place, path: str) -> bytes:
    """What ``torch.save`` wrote into a file, as the bytes of a safetensors file.

    It is looked through for what it would import first, then loaded by torch with ``weights_only``.

    Raises:
        AccessError: it would import more than tensors need. CheckFailedError: it is damaged, or holds no tensors
        by name. MissingExtraError: no torch.
    """
    extras.check("peft", "torch", "safetensors")
    foreign = torchfile.parse(place.window(path)).facts.get("imports")
    if foreign:
        raise AccessError(f"{path} would run code: it imports {', '.join(map(str, foreign[:3]))}", "do not trust it")
    import torch
    from safetensors.torch import save

    file = place.files[path]
    with tempfile.TemporaryFile() as stream:
        for at in range(0, file.size, contents.PIECE):
            stream.write(file.fetch(at, min(contents.PIECE, file.size - at)))
        stream.seek(0)
        try:
            held = torch.load(stream, map_location="cpu", weights_only=True)
        except Exception as exc:  # whatever a damaged pickle makes of torch's reader
            raise Damaged(path, f"torch cannot load it ({type(exc).__name__})") from exc
    named = isinstance(held, dict) and all(isinstance(k, str) and isinstance(v, torch.Tensor) for k, v in held.items())
    if not named:
        raise Damaged(path, "it holds no tensors by name")
    return bytes(save({k: v.detach().clone().contiguous() for k, v in held.items()}))


def base_tensors(text: str, revision: str | None = None, *, need: bool = False) -> fits.Base | None:
    """A model's tensors by name, from its headers, when it lies here or in the Hub's cache; None when it does not.

    ``need``: of the Hub by requests for the headers alone.

    Raises:
        CheckFailedError: a file of it is damaged. With ``need`` also NotFoundError, UsageError, AccessError,
        NetworkError.
    """
    from hfterm import naming
    from hfterm.hub import cached
    from hfterm.hub.client import Repo
    from hfterm.hub.inspect import look

    if need:
        found = look.look(text)
        if any(w.group.format == "gguf" for w in found.weights) or not found.weights:
            raise UsageError(f"{text} is no model whose names an adapter's can be held against")
        tensors = (t for weights in found.weights for t in weights.tensors())
        # Of a pipeline of several models none is told apart.
        return fits.Base(tensors, found.weights[0].config if len(found.weights) == 1 else None)
    try:
        ref = naming.parse(text, "model")
        where = text if ref.where == "run" else ref.name
        if ref.where == "hub":
            repo = Repo(ref.name, "model", ref.revision or revision)
            sha = cached.commit(repo)
            if sha is None:
                return None
            where = str(cached.folder(repo) / "snapshots" / sha)
        return base_tensors(where, need=True)
    except (NotFoundError, UsageError):
        return None
