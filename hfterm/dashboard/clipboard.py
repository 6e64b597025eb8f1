"""Copy text to where the user can paste it, and say where that is.

Over SSH only the terminal can reach the clipboard: OSC 52 (xterm's control sequences). tmux takes it over with
``load-buffer -w`` (3.2 and later) and forwards it itself, with its usual settings; OSC 52 written inside tmux is
dropped unless ``set-clipboard`` is on. screen passes a sequence on in DCS strings of limited length.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping

from hfterm.dashboard.terminal import Terminal
from hfterm.errors import HftermError
from hfterm.text import human_bytes

# What terminals take in one OSC 52; xterm's own limit is higher, hterm's and some others' about this.
_MOST_BYTES = 74_994
# screen 4 cuts a DCS string at 256 bytes.
_SCREEN_PIECE = 240
_TIMEOUT = 5.0


def copy(text: str, terminal: Terminal, write: Callable[[str], None], environ: Mapping[str, str] = os.environ) -> str:
    """Copy ``text``; return a short sentence that says what was done.

    ``write`` takes a control sequence to the terminal (the driver's ``write``).

    Raises:
        HftermError: there is nothing to copy, nothing to copy it to, or too much of it.
    """
    if not text:
        raise HftermError("nothing to copy")
    what = f"{len(text):,} characters" if len(text) != 1 else "1 character"
    if terminal.tmux and (said := _to_tmux(text, what, environ)):
        return said
    if not terminal.ssh and (tool := _local_tool(environ)) and _run(tool, text, environ) is None:
        return f"copied {what}"
    if terminal.name.startswith("linux"):
        raise HftermError("the Linux console has no clipboard", "run hfterm in tmux, or save to a file")
    data = text.encode("utf-8", "replace")
    if len(data) > _MOST_BYTES:
        raise HftermError(
            f"{human_bytes(len(data))} are more than a terminal's clipboard takes ({human_bytes(_MOST_BYTES)})",
            "save to a file instead",
        )
    write(_osc52(data, screen=terminal.screen))
    if terminal.tmux or (terminal.multiplexed and not terminal.screen):
        return f"sent {what} to the terminal; tmux lets it through only with 'set -g set-clipboard on'"
    return f"sent {what} to the terminal's clipboard (if it allows that: OSC 52)"


def _to_tmux(text: str, what: str, environ: Mapping[str, str]) -> str:
    """Hand the text to tmux; what was done, or nothing when there is no tmux to talk to."""
    if _run(("tmux", "load-buffer", "-w", "-"), text, environ) is None:
        return f"copied {what} (tmux passes them on; its own paste key has them too)"
    if _run(("tmux", "load-buffer", "-"), text, environ) is None:  # tmux before 3.2
        return f"copied {what} to tmux alone: paste with its prefix and ]"
    return ""


def _local_tool(environ: Mapping[str, str]) -> tuple[str, ...] | None:
    """The desktop's own clipboard command, where one would work."""
    candidates: list[tuple[str, ...]] = [("pbcopy",)] if sys.platform == "darwin" else []
    if environ.get("WAYLAND_DISPLAY"):
        candidates.append(("wl-copy",))
    if environ.get("DISPLAY"):
        candidates += [("xclip", "-selection", "clipboard", "-in"), ("xsel", "--clipboard", "--input")]
    if environ.get("WSL_DISTRO_NAME"):
        candidates.append(("clip.exe",))
    return next((command for command in candidates if shutil.which(command[0], path=environ.get("PATH"))), None)


def _run(command: tuple[str, ...], text: str, environ: Mapping[str, str]) -> str | None:
    """Feed ``text`` to a command; None when it went well, else why not."""
    try:
        done = subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT,
            env=dict(environ),
            start_new_session=True,  # wl-copy and xclip stay to serve the text; our terminal's end must not end them
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else f"exit code {done.returncode}"


def _osc52(data: bytes, *, screen: bool) -> str:
    """The sequence that sets the clipboard; for screen in pieces that it hands to its terminal."""
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if not screen:
        return sequence
    pieces = [sequence[at : at + _SCREEN_PIECE] for at in range(0, len(sequence), _SCREEN_PIECE)]
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
