"""What the terminal can do, found out before Textual is imported, and what to use where it can do nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import IO, Any, Literal

Colors = Literal["none", "16", "256", "truecolor"]
Glyphs = Literal["ascii", "blocks", "braille"]

_TRUECOLOR_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour", "rio")
_TRUECOLOR_PROGRAMS = ("iTerm.app", "vscode", "WezTerm", "ghostty", "WarpTerminal", "Hyper", "Tabby", "rio")
# Terminals that only print lines.
_DUMB = ("dumb", "unknown", "emacs", "network", "dialup")
_PLAIN_COMMANDS = (
    "hfterm gpu --watch",
    "hfterm train ls",
    "hfterm train logs -F RUN",
    "hfterm train plot RUN",
    "hfterm chat MODEL -p TEXT",
)


@dataclass(frozen=True)
class Terminal:
    """What was found. ``why_not`` says in a few words why the terminal is not ``usable``.

    ``glyphs``: what can be drawn with: ``ascii``, half blocks and lines (``blocks``), or also eighths and braille.
    ``tmux``, ``screen``: the multiplexer right in front of us. ``background``: dark, light, or None when unknown.
    """

    usable: bool
    why_not: str
    name: str
    colors: Colors
    glyphs: str
    tmux: bool
    screen: bool
    ssh: bool
    size: tuple[int, int]
    background: Literal["dark", "light"] | None

    @property
    def ascii_only(self) -> bool:
        """Whether nothing but ASCII can be shown."""
        return self.glyphs == "ascii"

    @property
    def dark(self) -> bool:
        """Whether the background is dark, as far as is known."""
        return self.background != "light"

    @property
    def multiplexed(self) -> bool:
        """Whether tmux or screen stands somewhere between us and the terminal."""
        return self.tmux or self.screen or self.name.startswith(("tmux", "screen"))


def probe(
    environ: Mapping[str, str], stdin: IO[Any] | None, stdout: IO[Any] | None, stderr: IO[Any] | None = None
) -> Terminal:
    """Look at the streams and the environment. Nothing is written, nothing is waited for.

    The dashboard paints to stdout, or to ``stderr`` (default: this process's) where stdout is not a terminal.
    """
    import sys

    name = environ.get("TERM", "")
    painted = next((stream for stream in (stdout, stderr or sys.__stderr__) if _is_terminal(stream)), None)
    why_not = ""
    if not _is_terminal(stdin):
        why_not = "stdin is not a terminal"
    elif painted is None:
        why_not = "neither stdout nor stderr is a terminal"
    elif not name:
        why_not = "TERM is not set"
    elif name in _DUMB:
        why_not = f"TERM={name} can only print lines"
    tmux = bool(environ.get("TMUX"))
    return Terminal(
        usable=not why_not,
        why_not=why_not,
        name=name,
        colors=_colors(environ),
        glyphs=_glyphs(environ, painted),
        tmux=tmux,
        screen=bool(environ.get("STY")) and not tmux,
        ssh=any(environ.get(variable) for variable in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")),
        size=_size(painted),
        background=_background(environ.get("COLORFGBG", "")),
    )


def apply(terminal: Terminal, environ: MutableMapping[str, str] = os.environ) -> None:
    """Set what Textual reads when it is imported; what the user has set stays. :func:`unapply` takes it out again."""
    far = terminal.ssh or terminal.multiplexed
    wanted = {
        "TEXTUAL_ANIMATIONS": "none",
        "TEXTUAL_SMOOTH_SCROLL": "0",
        "TEXTUAL_COLOR_SYSTEM": {"256": "256", "truecolor": "truecolor"}.get(terminal.colors, "standard"),
        "TEXTUAL_DRIVER": "hfterm.dashboard.driver.driver:CellDriver",
        "TEXTUAL_FPS": "30" if terminal.ssh else "60",
        # Terminals send a key's sequence in one piece; only a line that tears it needs longer.
        "ESCDELAY": "40" if far else "20",
    }
    for variable, value in wanted.items():
        if variable not in environ:
            environ[variable] = _applied[variable] = value


_applied: dict[str, str] = {}


def unapply(environ: MutableMapping[str, str] = os.environ) -> None:
    """Take out of the environment what :func:`apply` put there: it is not for the programs that we start."""
    for variable, value in _applied.items():
        if environ.get(variable) == value:
            del environ[variable]
    _applied.clear()


def plain_commands() -> str:
    """The commands that show the same without a terminal, as the hint of an error: one line."""
    quoted = [f"'{command}'" for command in _PLAIN_COMMANDS]
    return f"use {', '.join(quoted[:-1])} or {quoted[-1]}"


def ask_background(stdin: int, stdout: int, timeout: float = 0.2) -> Literal["dark", "light"] | None:
    """Ask the terminal for its background (OSC 11) and wait at most ``timeout`` seconds for the answer.

    A question that every terminal answers (DA1) goes along, so that one without OSC 11 costs no waiting. None: not
    told. The terminal of the file descriptors is in raw mode meanwhile.
    """
    import select
    import termios
    import time
    import tty

    try:
        before = termios.tcgetattr(stdin)
    except termios.error:
        return None
    answer = ""
    try:
        tty.setcbreak(stdin, termios.TCSANOW)
        os.write(stdout, b"\x1b]11;?\x1b\\\x1b[c")
        end = time.monotonic() + timeout
        while not re.search(r"\x1b\[\?[\d;]*c", answer) and (left := end - time.monotonic()) > 0:
            if not select.select([stdin], [], [], left)[0]:
                break
            data = os.read(stdin, 1024)
            if not data:
                break
            answer += data.decode("latin-1")
    except OSError:
        return None
    finally:
        termios.tcsetattr(stdin, termios.TCSANOW, before)
    found = re.search(r"\x1b\]11;rgba?:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)", answer)
    if not found:
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in found.groups())
    # Rec. 709 luma.
    return "light" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 else "dark"


def _is_terminal(stream: IO[Any] | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except (ValueError, OSError):
        return False


def _size(stream: IO[Any] | None) -> tuple[int, int]:
    try:
        columns, rows = os.get_terminal_size(stream.fileno()) if stream is not None else (0, 0)
    except (OSError, ValueError):
        columns = rows = 0
    return columns or 80, rows or 24


def _colors(environ: Mapping[str, str]) -> Colors:
    name, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if environ.get("NO_COLOR") or not name or name in _DUMB or re.match(r"vt\d", name) or name.endswith("-m"):
        return "none"
    if environ.get("STY") and not environ.get("TMUX") and name.startswith("screen"):
        return "256" if "256" in name else "16"  # screen 4 garbles the rest, whatever the terminal around it can do
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit") or name.endswith("-direct"):
        return "truecolor"
    if name.startswith(_TRUECOLOR_TERMS) or program in _TRUECOLOR_PROGRAMS or environ.get("WT_SESSION"):
        return "256" if environ.get("TMUX") else "truecolor"
    if "256" in name or program == "Apple_Terminal":
        return "256"
    return "16"


def _glyphs(environ: Mapping[str, str], stream: IO[Any] | None) -> Glyphs:
    name = environ.get("TERM", "")
    locale = next((value for key in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environ.get(key))), "")
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "")
    if encoding not in ("utf8", "cp65001") or (locale and not re.search(r"utf-?8", locale, re.IGNORECASE)):
        return "ascii"
    if re.match(r"vt\d|cons25|sun|ansi", name):
        return "ascii"
    # The kernel's console has 256 or 512 glyphs, PuTTY's usual fonts no braille.
    return "blocks" if name.startswith(("linux", "putty", "fbterm", "bterm")) else "braille"


def _background(colorfgbg: str) -> Literal["dark", "light"] | None:
    """From rxvt's variable, ``ink;background`` as indices of the 16 colours."""
    last = colorfgbg.rpartition(";")[2]
    if not last.isdigit():
        return None
    return "light" if int(last) == 7 or int(last) > 8 else "dark"
