"""Plug-in commands from the entry-point group ``hfterm.commands``, found without importing anything.

``importlib.metadata`` costs some 20 ms; reading the ``entry_points.txt`` files that name the group
costs well under 2. The format is the packaging specification's "Entry points".
"""

import os
import sys
from typing import Any, NamedTuple

GROUP = "hfterm.commands"

_found: dict[str, "Plugin"] | None = None


class Plugin(NamedTuple):
    """One entry point: ``value`` is ``module:attribute``."""

    name: str
    value: str
    distribution: str

    def load(self) -> Any:
        """Import the module and return the attribute."""
        from importlib import import_module

        module, _, attribute = self.value.partition(":")
        target = import_module(module.strip())
        for part in attribute.split("[")[0].strip().split("."):
            target = getattr(target, part)
        return target


def found() -> dict[str, Plugin]:
    """Plug-ins by command name; the first on ``sys.path`` wins."""
    global _found
    if _found is None:
        _found = _scan(sys.path)
    return _found


def _scan(path: list[str]) -> dict[str, Plugin]:
    plugins: dict[str, Plugin] = {}
    for folder in path:
        try:
            names = [n for n in os.listdir(folder or ".") if n.endswith((".dist-info", ".egg-info"))]
        except OSError:
            continue
        for name in sorted(names):
            try:
                with open(os.path.join(folder, name, "entry_points.txt"), encoding="utf-8") as stream:
                    text = stream.read()
            except (OSError, UnicodeDecodeError):
                continue
            if GROUP in text:
                for plugin in _parse(text, name.split("-")[0]):
                    plugins.setdefault(plugin.name, plugin)
    return plugins


def _parse(text: str, distribution: str) -> list[Plugin]:
    rows, section = [], ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            section = line.strip("[]").strip()
        elif section == GROUP and "=" in line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            rows.append(Plugin(name.strip(), value.strip(), distribution))
    return rows
