"""Whether an adapter fits a base model, where the names in the checkpoint need not be those that it has in memory.

transformers renames the weights of many architectures when it loads them, and makes one tensor of all experts';
adapters are named after what is in memory. Where the names on disk do not settle it, transformers' own tables are
asked.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hfterm import extras
from hfterm.errors import MissingExtraError
from hfterm.hub.inspect.tensors import Tensor
from hfterm.inference.folder import ModelFolder
from hfterm.peft import checks, kept, outline

# Names in memory of this many models are kept.
MOST_KEPT = 16
# What hfterm writes beside an adapter: see hfterm.train.tasks.models.HEAD.
HEAD = "head.json"


class Base(dict[str, Tensor]):
    """A base model's tensors by their names on disk; ``config`` is its config.json's object."""

    config: Mapping[str, Any]

    def __init__(self, tensors: Iterable[Tensor] = (), config: Mapping[str, Any] | None = None) -> None:
        super().__init__((t.name, t) for t in tensors)
        self.config = config or {}


def misfits(
    config: Mapping[str, Any], tensors: list[Tensor], base: Mapping[str, Tensor], head: Mapping[str, Any] | None = None
) -> list[str] | None:
    """As :func:`hfterm.peft.checks.against_base`, under the names that the base's tensors have in memory.

    ``head`` is the object in the adapter's head.json, where it has one. Of a base that is no :class:`Base`, or that
    transformers cannot build, the names on disk count. Without torch and transformers nothing is said of modules
    that are not found, but of architectures whose names are known to be the same.
    """
    found = checks.against_base(config, tensors, base)
    told = base.config if isinstance(base, Base) else {}
    if found == [] or not told or outline.of(told) or not checks.has_sides(config, tensors):
        return found
    if told.get("quantization_config"):
        return checks.against_base(config, tensors, base, names="unsure")
    try:
        extras.check("peft", "torch", "transformers", "peft", "accelerate")
    except MissingExtraError:
        return checks.against_base(config, tensors, base, names="unsure")
    shapes = {t.name.removeprefix("base_model.model."): t.shape for t in tensors}
    renamed = in_memory(told, base, config, shapes, head or {})
    return found if renamed is None else checks.against_base(config, tensors, renamed, names="sure")


def in_memory(
    told: Mapping[str, Any],
    base: Mapping[str, Tensor],
    config: Mapping[str, Any],
    shapes: Mapping[str, Any],
    head: Mapping[str, Any],
) -> dict[str, Tensor] | None:
    """A model's tensors under the names that its parameters have in transformers, in the order of its modules.

    ``told`` is its config.json's object, ``base`` its tensors by their names on disk, ``shapes`` the adapter's. The
    class is the one that the adapter's settings name, or else the model's own. What is not on disk is left out.
    None: transformers cannot build it. The answer is kept: the libraries take seconds to import.
    """
    asked = [{name: config.get(name) for name in ("task_type", "auto_mapping")}, told, head]
    names = hashlib.sha256(json.dumps([[t.name, t.dtype, t.shape] for t in base.values()]).encode()).hexdigest()
    sizes = sorted([name, list(shape)] for name, shape in shapes.items() if ".lora_" not in name)
    rows = kept.get("names", asked, names, sizes)
    if rows is None:
        rows = next((rows for way in (config, {}) if (rows := _built(told, base, way, shapes, head)) is not None), None)
        if rows is None:
            return None
        kept.put(rows, "names", asked, names, sizes, keep=MOST_KEPT)
    return {name: Tensor(name, dtype, tuple(shape), 0) for name, dtype, shape in rows}


def _built(
    told: Mapping[str, Any], base: Mapping[str, Tensor], config: Mapping[str, Any], shapes: Mapping[str, Any],
    head: Mapping[str, Any],
) -> list[Any] | None:  # fmt: skip
    from hfterm.inference.quiet import hush
    from hfterm.peft.merging import bare, kinds
    from hfterm.peft.merging.source import Names

    hush()
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        (folder / "config.json").write_text(json.dumps(told), "utf-8")
        if head and config:
            (folder / HEAD).write_text(json.dumps(head), "utf-8")
        try:
            kind = kinds.of(ModelFolder(folder, dict(told), (), is_adapter=False), folder, config, shapes)
            headers: Any = SimpleNamespace(tensors=dict(base))  # all that is asked of a source when no weight is read
            names = Names(headers, bare.empty(kind.cls, kind.config))
        except Exception:  # whatever a model does when it is made of settings that are not its own
            return None
    return list(_rows(names))


def _rows(names: Any) -> Iterable[tuple[str, str, list[int]]]:
    missing = set(names.missing())
    for name, shape in names.shapes.items():
        if name in missing:
            continue
        same = next((group for group in names.tied if name in group), [name])
        keys: list[str] = next((found for other in [name, *same] if (found := names.keys(other))), [])
        first = names.source.tensors[keys[0]]
        # What is one tensor on disk has the shape that it has there, whatever the configuration says.
        yield name, first.dtype, list(first.shape if len(keys) == 1 and name in names.direct else shape)
