"""A pickle, read as what it is: a list of instructions. Nothing that it names is imported, and nothing is called.

Where a pickle would call a function, a :class:`Call` stands; where it would import something, a :class:`Named`.
Instructions: CPython's ``Lib/pickletools.py``, whose reader of instructions is used; it runs none of them.
"""

import io
import pickletools
import struct
from typing import Any, NamedTuple

from hfterm.hub.inspect.window import Damaged

# 100,000 tensors take about three million; an instruction costs 100 bytes of memory at most.
MOST_INSTRUCTIONS = 5_000_000


class Named(NamedTuple):
    """Something that a pickle would import: ``module`` and ``name``."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


class Call:
    """Something that a pickle would call: ``function`` (whatever is called) with ``args``; ``items`` set on it."""

    __slots__ = ("args", "function", "items")

    def __init__(self, function: Any, args: Any) -> None:
        self.function, self.args = function, args
        self.items: dict[Any, Any] = {}


class Stored(NamedTuple):
    """What a pickle keeps outside itself, by the tuple that names it."""

    key: Any


class Opaque:
    """A value that is of no interest: a set, what ``BUILD`` changed ..."""


_MARK = object()
# How pickletools says that the bytes ended.
_CUT_OFF = ("pickle exhausted", "not enough data", "expected ", "no newline")


class Machine:
    """Runs the harmless instructions of one pickle; ``named`` are the things that it would import."""

    def __init__(self, file: str) -> None:
        self.file, self.named = file, dict[Named, None]()
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self, data: bytes, start: int = 0) -> tuple[Any, int]:
        """The value of the pickle at ``start``, and the byte after its end.

        Raises:
            EOFError: it goes on after the end of ``data``. Damaged: it is no pickle.
        """
        stream = io.BytesIO(data)
        stream.seek(start)
        try:
            for number, (instruction, arg, _) in enumerate(pickletools.genops(stream)):
                if number > MOST_INSTRUCTIONS:
                    raise Damaged(self.file, "its pickle is endless")
                if instruction.name == "STOP":
                    return self.stack.pop(), stream.tell()
                self._step(instruction.name, arg)
        except (ValueError, IndexError, KeyError, TypeError, OverflowError, struct.error) as exc:
            if str(exc).startswith(_CUT_OFF):
                raise EOFError from None
            raise Damaged(self.file, "it is no pickle, or a damaged one") from None
        raise EOFError

    def _since_mark(self) -> list[Any]:
        for at in range(len(self.stack) - 1, -1, -1):
            if self.stack[at] is _MARK:
                found = self.stack[at + 1 :]
                del self.stack[at:]
                return found
        raise IndexError("no mark")

    def _global(self, module: Any, name: Any) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise TypeError("no name")
        found = Named(module[:200], name[:200])
        self.named[found] = None
        self.stack.append(found)

    def _set(self, target: Any, pairs: list[Any]) -> None:
        items = target.items if isinstance(target, Call) else target
        if not isinstance(items, dict):
            raise TypeError("no mapping")
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            # Any other key would have to be hashed, which can take for ever.
            if isinstance(key, str | int):
                items[key] = value

    def _step(self, name: str, arg: Any) -> None:
        stack = self.stack
        if name in _PUSHES_ARG:
            stack.append(arg)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in ("EMPTY_LIST", "EMPTY_DICT"):
            stack.append([] if name == "EMPTY_LIST" else {})
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self.memo[arg] = stack[-1]
        elif name == "MEMOIZE":
            self.memo[len(self.memo)] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(self.memo[arg])
        elif name == "MARK":
            stack.append(_MARK)
        elif name in _TUPLES:
            found = stack[len(stack) - _TUPLES[name] :]
            if len(found) < _TUPLES[name]:
                raise IndexError("empty stack")
            del stack[len(stack) - _TUPLES[name] :]
            stack.append(tuple(found))
        elif name in ("TUPLE", "LIST"):
            items = self._since_mark()
            stack.append(tuple(items) if name == "TUPLE" else items)
        elif name == "DICT":
            items, target = self._since_mark(), dict[Any, Any]()
            self._set(target, items)
            stack.append(target)
        elif name in ("SETITEM", "SETITEMS"):
            pairs = [stack.pop(), stack.pop()][::-1] if name == "SETITEM" else self._since_mark()
            self._set(stack[-1], pairs)
        elif name in ("APPEND", "APPENDS"):
            values = [stack.pop()] if name == "APPEND" else self._since_mark()
            if isinstance(stack[-1], list):
                stack[-1].extend(values)
        elif name in ("POP", "BUILD", "POP_MARK", "ADDITEMS"):
            self._since_mark() if name in ("POP_MARK", "ADDITEMS") else stack.pop()
        elif name == "DUP":
            stack.append(stack[-1])
        else:
            self._object(name, arg)

    def _object(self, name: str, arg: Any) -> None:
        stack = self.stack
        if name == "GLOBAL":
            self._global(*arg.split(" ", 1))
        elif name == "STACK_GLOBAL":
            attribute, module = stack.pop(), stack.pop()
            self._global(module, attribute)
        elif name in ("REDUCE", "NEWOBJ"):
            args, function = stack.pop(), stack.pop()
            stack.append(Call(function, args))
        elif name == "NEWOBJ_EX":
            _, args, function = stack.pop(), stack.pop(), stack.pop()
            stack.append(Call(function, args))
        elif name in ("INST", "OBJ"):
            items = self._since_mark()
            if name == "INST":
                self._global(*arg.split(" ", 1))
                stack.append(Call(stack.pop(), tuple(items)))
            else:
                stack.append(Call(items[0], tuple(items[1:])))
        elif name == "BINPERSID":
            stack.append(Stored(stack.pop()))
        elif name == "PERSID":
            stack.append(Stored(arg))
        elif name == "FROZENSET":
            self._since_mark()
            stack.append(Opaque())
        elif name in ("EMPTY_SET", "NEXT_BUFFER", "EXT1", "EXT2", "EXT4"):
            stack.append(Opaque())
        elif name not in ("PROTO", "FRAME", "READONLY_BUFFER"):
            raise ValueError(f"instruction {name}")


_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_CONSTANTS: dict[str, Any] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
_PUSHES_ARG = {
    "INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "STRING", "BINSTRING", "SHORT_BINSTRING",
    "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE",
    "BINUNICODE8", "FLOAT", "BINFLOAT",
}  # fmt: skip
