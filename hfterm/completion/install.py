"""Puts a completion script where its shell looks for it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from hfterm.errors import UsageError
from hfterm.files import write_text

SHELLS = ("bash", "zsh", "fish")
# Any of these loads what lies in the user's completions folder, on the first Tab.
_BASH_COMPLETION = (
    "/usr/share/bash-completion/bash_completion",
    "/etc/bash_completion",
    "/usr/local/share/bash-completion/bash_completion",
    "/opt/homebrew/etc/profile.d/bash_completion.sh",
    "/usr/local/etc/profile.d/bash_completion.sh",
)


class Place(NamedTuple):
    """Where a script goes, and what the user must still do (None: nothing but a new shell)."""

    path: Path
    todo: str | None


def shell_of(env: Mapping[str, str]) -> str:
    """The user's shell, by ``$SHELL``.

    Raises:
        UsageError: it is unset or another one.
    """
    name = os.path.basename(env.get("SHELL", ""))
    if name not in SHELLS:
        what = f"no completion for the shell {name!r}" if name else "SHELL is not set"
        raise UsageError(what, f"name one: {', '.join(SHELLS)}")
    return name


def place(shell: str, env: Mapping[str, str]) -> Place:
    """Where the script of ``shell`` belongs for this user."""
    home = Path(env.get("HOME") or "~").expanduser()
    if shell == "bash":
        data = Path(env.get("XDG_DATA_HOME") or home / ".local/share")
        path = Path(env.get("BASH_COMPLETION_USER_DIR") or data / "bash-completion") / "completions" / "hfterm"
        if any(map(os.path.exists, _BASH_COMPLETION)):
            return Place(path, None)
        return Place(path, _missing_line(home / ".bashrc", f"source {_shell_path(path, home)}"))
    if shell == "fish":
        return Place(Path(env.get("XDG_CONFIG_HOME") or home / ".config") / "fish/completions/hfterm.fish", None)
    # An exported FPATH tells which of the user's own folders zsh already reads.
    for folder in map(Path, filter(None, env.get("FPATH", "").split(":"))):
        if home in folder.parents and os.access(folder, os.W_OK):
            return Place(folder / "_hfterm", None)
    dots = Path(env.get("ZDOTDIR") or home)
    folder = dots / ".zfunc"
    line = f"fpath=({_shell_path(folder, home)} $fpath); autoload -Uz compinit && compinit"
    return Place(folder / "_hfterm", _missing_line(dots / ".zshrc", line, sign=".zfunc"))


def _shell_path(path: Path, home: Path) -> str:
    from shlex import quote

    return f"~/{quote(str(path.relative_to(home)))}" if home in path.parents else quote(str(path))


def _missing_line(file: Path, line: str, sign: str | None = None) -> str | None:
    """What to add to ``file``, or None when it (or ``sign``) stands there already."""
    try:
        if (sign or line) in file.read_text("utf-8", "replace"):
            return None
    except OSError:
        pass
    return f"add to {file}: {line}"


def install(shell: str, text: str, env: Mapping[str, str]) -> Place:
    """Write the script atomically; return where, and what is left to do."""
    found = place(shell, env)
    write_text(found.path, text)
    return found
