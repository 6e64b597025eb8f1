"""The function that a user names: ``FILE:function`` or ``MODULE:function``."""

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from hfterm.data.expression import match
from hfterm.errors import HftermError, NotFoundError, UsageError, one_line

Function = Callable[[Any], Any]


class Named(NamedTuple):
    """Where a function is: its file (else its module) and its name there, perhaps with dots in it."""

    file: str | None
    module: str
    name: str

    @property
    def label(self) -> str:
        """The function in a few words."""
        return f"{os.path.basename(self.file) if self.file else self.module}:{self.name}"

    @property
    def folder(self) -> str:
        """The folder that its imports are looked for in first."""
        return str(Path(self.file).parent) if self.file else os.getcwd()


def parse(text: str) -> Named:
    """Take ``FILE:function`` or ``MODULE:function`` apart; nothing is imported.

    Raises:
        UsageError: it is neither. NotFoundError: there is no such file.
    """
    place, colon, name = text.rpartition(":")
    if not colon or not place or not all(part.isidentifier() for part in name.split(".")):
        near = f"{text}:function" if text.endswith(".py") else "clean.py:shout"
        raise UsageError(f"--py {text!r}: a file and a function in it are wanted", f"such as --py {near}")
    if place.endswith(".py") or os.sep in place or os.path.isfile(place):
        path = Path(place)
        if not path.is_file():
            raise NotFoundError(f"no such file: {place}")
        return Named(str(path.resolve()), path.stem, name)
    if not all(part.isidentifier() for part in place.split(".")):
        raise NotFoundError(f"no such file: {place}")
    return Named(None, place, name)


def load(named: Named) -> Function:
    """Import the function; its folder is on ``sys.path`` from now on.

    Raises:
        UsageError: there is no such function. NotFoundError: no such module. HftermError: its import fails.
    """
    if named.folder not in sys.path:
        sys.path.insert(0, named.folder)
    try:
        found: Any = _of_file(named.file, named.module) if named.file else importlib.import_module(named.module)
    except ModuleNotFoundError as exc:
        if named.file is None and exc.name is not None and f"{named.module}.".startswith(f"{exc.name}."):
            raise NotFoundError(f"no module {named.module!r} here or installed") from exc
        raise HftermError(f"cannot import {named.file or named.module}: {where(exc, named)}") from exc
    except (Exception, SystemExit) as exc:
        raise HftermError(f"cannot import {named.file or named.module}: {where(exc, named)}") from exc
    for part in named.name.split("."):
        if not hasattr(found, part):
            names = [name for name, value in vars(found).items() if callable(value) and not name.startswith("_")]
            raise UsageError(f"no function {part!r} in {named.file or named.module}", _near(part, names))
        found = getattr(found, part)
    if not callable(found):
        raise UsageError(f"{named.label} is no function, but {type(found).__name__}")
    function: Function = found
    return function


def _of_file(file: str, stem: str) -> Any:
    # A file's name may be that of a library, which must stay what it is.
    taken = stem in sys.stdlib_module_names or stem in sys.modules or not stem.isidentifier()
    name = f"hfterm_py_{stem}" if taken else stem
    spec = importlib.util.spec_from_loader(name, importlib.machinery.SourceFileLoader(name, file), origin=file)
    assert spec is not None and spec.loader is not None
    spec.has_location = True
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _near(name: str, names: list[str]) -> str | None:
    import difflib

    if (same := match(name, names)) is not None:
        return f"did you mean {same}?"
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(names[:12])}" if names else None


def where(exc: BaseException, named: Named) -> str:
    """An exception in one line, behind the line of the user's code that it comes from: ``clean.py:3: KeyError: 'x'``.

    The user's code is the function's file; else what lies in its folder; else the place where it was raised.
    """
    said = one_line(str(exc)) or "no message"
    text = f"{type(exc).__name__}: {said}"
    if isinstance(exc, SyntaxError) and exc.filename:
        return f"{os.path.basename(exc.filename)}:{exc.lineno}: {type(exc).__name__}: {exc.msg}"
    best, rank = None, 0
    trace = exc.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        own = 3 if file == named.file else 2 if _below(file, named.folder) else 1 if "hfterm" not in file else 0
        if own and own >= rank:
            best, rank = f"{os.path.basename(file)}:{trace.tb_lineno}", own
        trace = trace.tb_next
    return f"{best}: {text}" if best else text


def _below(file: str, folder: str) -> bool:
    return file.startswith(folder + os.sep) and "site-packages" not in file
