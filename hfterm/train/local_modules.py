"""The modules that a file of the user's imports from its own folder, without running any of it."""

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path


def local_modules(file: Path) -> list[Path]:
    """The files below the folder of ``file`` that it imports, and those that these import, in the order they are met.

    Imports anywhere in the code count, also within functions; names that are made as the code runs do not.
    """
    folder, found = file.parent, dict[Path, None]()
    waiting = [file]
    while waiting:
        path = waiting.pop(0)
        for module in _imported(path, folder):
            if module != file and module not in found and module.is_relative_to(folder):
                found[module] = None
                waiting.append(module)
    return [*found]


def _imported(path: Path, folder: Path) -> Iterator[Path]:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):  # whoever imports it will say so
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(folder, alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = path.parents[node.level - 1 :][:1] if node.level else [folder]
            for base in above:
                # What stands behind "import" may be a module too, or a name in the one before it.
                for alias in node.names:
                    yield from _files(base, ".".join(filter(None, (node.module, alias.name))))


def _files(base: Path, dotted: str) -> Iterator[Path]:
    """The files that importing ``dotted`` from ``base`` runs: those of all packages on the way, and the last one."""
    place = base
    for part in dotted.split("."):
        place /= part
        found = (path for path in (place / "__init__.py", place.with_name(f"{part}.py")) if path.is_file())
        yield from itertools.islice(found, 1)
