"""The merge itself: the base's tensors in their order, each copied, or merged and written, one module at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hfterm.errors import CheckFailedError, UsageError, one_line
from hfterm.peft.merging import shards
from hfterm.peft.merging.shards import Piece
from hfterm.peft.merging.source import DTYPES, FLOATS, Names
from hfterm.peft.merging.wrapped import Changed, Wrapped

# Told of each module once it is merged: its parameters as they are written, by name.
Told = Callable[[Changed, dict[str, Any]], None]


class Stream:
    """How the merged model's tensors come about; ``dtype`` None: each keeps its own, new ones get the base's.

    ``pieces`` are the tensors of the result in their order. ``untied`` tells whether parameters that were one
    tensor in the base are two now. ``same_class``: the result is of the class that the base's checkpoint is of, so
    that it keeps what its model does not use; else that is left out, and names get the class's prefix.
    """

    def __init__(self, wrapped: Wrapped, names: Names, dtype: str | None, *, same_class: bool) -> None:
        self.wrapped, self.names = wrapped, names
        self._dtype = shards.code(dtype) if dtype else None
        self._owner: dict[str, Changed] = {}
        self._shape: dict[str, tuple[int, ...]] = {}
        for one in wrapped.changed:
            for name, shape in wrapped.made_names(one).items():
                self._owner[name], self._shape[name] = one, shape
        for name, parameter in wrapped.replaced.items():
            self._shape.setdefault(name, tuple(parameter.shape))
        self._told: Told = lambda one, found: None
        self._pending: dict[str, Any] = {}
        self._ready: dict[str, Any] = {}
        # The parameters that a tensor on disk is made of, where it is not copied.
        self._unit: dict[str, list[str]] = {}
        self.untied = self._ties()
        self.pieces = self._plan(same_class)

    def _ties(self) -> bool:
        """Look at parameters that are one tensor in the base: those that stay one are written once."""
        untied = False
        for group in self.names.tied:
            made = [name for name in group if name in self._shape]
            if not made:
                continue
            if len(made) == len(group) and self._alike(group):
                kept = next((name for name in group if name in self.names), group[0])
                for name in group:
                    if name != kept:
                        del self._shape[name]
                continue
            untied = True
            for name in group:
                self._shape.setdefault(name, self.names.shapes[name])
        return untied

    def _alike(self, group: list[str]) -> bool:
        import torch

        first, *others = (self._final(name) for name in group)
        self._pending.clear()
        return all(torch.equal(first, other) for other in others)

    def _plan(self, same_class: bool) -> list[Piece]:
        source, names = self.names.source, self.names
        shapes: dict[str, tuple[int, ...]] = {}
        new = []
        for name, shape in self._shape.items():
            if name in names.groups:
                for key in names.keys(name):
                    self._unit[key] = names.groups[name].names
            elif name in names.direct:
                self._unit[names.direct[name]] = [name]
                shapes[names.direct[name]] = shape
            else:
                new.append(name)
        found = []
        unused = set() if same_class else set(names.unused)
        renamed = {} if same_class else {key: name for name, key in names.direct.items()}
        prefix = names.model.base_model_prefix
        for key, one in source.tensors.items():
            if key in unused:
                continue
            name = renamed.get(key, key)
            plain = name if name == f"{prefix}.{key}" else key
            found.append(Piece(plain, self._code(one.dtype), shapes.get(key, one.shape), key))
        for name in new:
            key = names.new_key(name)
            self._unit[key] = [name]
            found.append(Piece(key, self._dtype or shards.code(source.dtype()), self._shape[name]))
        return found

    def _code(self, own: str) -> str:
        return self._dtype if self._dtype and own in FLOATS else own

    def write(self, folder: Path, most: int, *, told: Told, advance: Callable[[int], None]) -> None:
        """Write the merged tensors in files of ``most`` bytes; ``advance`` is told of bytes written.

        Raises:
            CheckFailedError: a merged weight is not finite. UsageError: PEFT refuses to merge a layer.
        """
        self._told = told

        def put(piece: Piece, stream: Any) -> None:
            self._put(piece, stream)
            advance(piece.bytes)

        shards.write(folder, shards.split(self.pieces, most), put)

    def _put(self, piece: Piece, stream: Any) -> None:
        key = piece.origin or piece.key
        if key in self._unit:
            if key not in self._ready:
                finals = {name: self._final(name) for name in self._unit[key]}
                alone = len(finals) == 1 and key not in self.names.grouped
                self._ready.update({key: finals.popitem()[1]} if alone else self.names.on_disk(finals))
            shards.put_tensor(self._rounded(self._ready.pop(key), piece), stream)
            return
        one = self.names.source.tensors[key]
        if one.dtype == piece.dtype:
            shards.put_bytes(one.file, one.begin, one.bytes, stream)
        else:
            shards.put_tensor(self._rounded(self.names.source.tensor(key), piece), stream)

    def _rounded(self, tensor: Any, piece: Piece) -> Any:
        import torch

        rounded = tensor.to(getattr(torch, DTYPES[piece.dtype]))
        if rounded.is_floating_point() and not bool(torch.isfinite(rounded).all()):
            raise CheckFailedError(
                f"{piece.key} is not finite as {DTYPES[piece.dtype]}; nothing was written",
                "the adapter is broken" if piece.dtype == "F32" else "choose another --dtype, such as float32",
            )
        return rounded

    def as_written(self, name: str, tensor: Any) -> Any:
        """A merged parameter in the dtype that it is written in."""
        import torch

        keys = self.names.keys(name)
        own = self.names.source.tensors[keys[0]].dtype if keys else shards.code(self.names.source.dtype())
        return tensor.to(getattr(torch, DTYPES[self._code(own)]))

    def _final(self, name: str) -> Any:
        """A parameter of the merged model, in float32 (those that are not changed: as on disk)."""
        if name in self._pending:
            return self._pending.pop(name)
        one = self._owner.get(name)
        if one is None:
            return self.wrapped.value(name)
        try:
            found = self.wrapped.merged(one)
        except (ValueError, TypeError, AttributeError, NotImplementedError, KeyError, RuntimeError) as exc:
            if "NaN" in str(exc):
                raise CheckFailedError(
                    f"{one.name} would hold NaN or infinite numbers; nothing was written", "the adapter is broken"
                ) from exc
            if isinstance(exc, RuntimeError) and "Impossible" not in str(exc):
                raise
            raise UsageError(f"PEFT refuses to merge {one.name} ({one_line(exc)[:200]})") from exc
        self._told(one, found)
        self._pending.update({key: tensor for key, tensor in found.items() if key in self._shape and key != name})
        return found[name]
