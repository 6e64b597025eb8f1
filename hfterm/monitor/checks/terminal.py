"""What the terminal can show, and whether the shell completes."""

import os
import shutil
import sys
from pathlib import Path

from hfterm.monitor.checks import Check
from hfterm.output import colour_for, is_terminal

GROUP = "Terminal"


def checks() -> list[Check]:
    """Rows of this subject."""
    terminal = next((s for s in (sys.stdout, sys.stderr) if is_terminal(s)), None)
    rows = [_term(), _encoding(), _colours(), *_size(terminal is not None), *_inside(), _completion()]
    if terminal is None:
        rows.insert(0, Check(GROUP, "terminal", "info", "none", "the output goes to a pipe or file"))
    return rows


def _term() -> Check:
    term = os.environ.get("TERM", "")
    if not term or term == "dumb":
        detail = "no live tables, progress bars or dashboard"
        return Check(
            GROUP,
            "TERM",
            "warn" if is_terminal(sys.stdout) else "info",
            term or "not set",
            detail,
            "export TERM=xterm-256color",
        )
    return Check(GROUP, "TERM", "ok", term)


def _encoding() -> Check:
    name = next((n for n in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(n)), None)
    value = os.environ.get(name, "") if name else ""
    plain = ("", "C", "POSIX")
    # Python puts LC_CTYPE=C.UTF-8 into a C locale (PEP 538), or reads and writes UTF-8 there all the same (PEP 540).
    mended = value in plain or (name == "LC_CTYPE" and value == "C.UTF-8" and os.environ.get("LANG", "") in plain)
    remedy = "export LANG=C.UTF-8"
    writes = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    if writes != "utf8":
        return Check(GROUP, "locale", "warn", value or "not set", f"output is written as {writes}", remedy)
    if mended:
        shown = os.environ.get("LANG", "") if name == "LC_CTYPE" else value
        return Check(GROUP, "locale", "info", shown or "not set", "output is UTF-8 all the same", remedy)
    if "utf8" not in value.lower().replace("-", ""):
        return Check(GROUP, "locale", "warn", value, "not UTF-8, but the output is", remedy)
    return Check(GROUP, "locale", "ok", value)


def _colours() -> Check:
    reason = next((f"{n} is set" for n in ("NO_COLOR", "FORCE_COLOR") if os.environ.get(n)), None)
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        depth = "16 million"
    else:
        depth = "256" if "256" in os.environ.get("TERM", "") else "16"
    used = colour_for(sys.stdout)
    return Check(GROUP, "colours", "info" if reason or not used else "ok", depth if used else "off", reason)


def _size(shown: bool) -> list[Check]:
    if not shown:
        return []
    columns, lines = shutil.get_terminal_size()
    size = f"{columns} x {lines}"
    if columns < 80 or lines < 24:
        return [Check(GROUP, "size", "info", size, "tables are cut below 80 x 24", "make the window larger")]
    return [Check(GROUP, "size", "ok", size)]


def _inside() -> list[Check]:
    rows = []
    if os.environ.get("TMUX"):
        rows.append(Check(GROUP, "multiplexer", "info", "tmux"))
    elif os.environ.get("STY"):
        rows.append(Check(GROUP, "multiplexer", "info", "screen"))
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        rows.append(
            Check(GROUP, "ssh", "info", "yes", "servers here listen on this machine's loopback: forward the port")
        )
    return rows


def _completion() -> Check:
    shell = Path(os.environ.get("SHELL", "")).name
    if shell not in ("bash", "zsh", "fish"):
        return Check(
            GROUP, "completion", "info", "unknown", f"shell {shell or 'not known'}; bash, zsh and fish can complete"
        )
    found = next((p for p in completion_files(shell) if p.exists()), None)
    if found:
        return Check(GROUP, "completion", "ok", shell, str(found))
    return Check(
        GROUP, "completion", "info", f"not installed for {shell}", None, f"hfterm completion {shell} --install"
    )


def completion_files(shell: str) -> list[Path]:
    """Where the completion of ``hfterm`` may be: where it installs for this user, then the system's places."""
    from hfterm.completion.install import place

    name = {"bash": "bash-completion/completions/hfterm", "zsh": "zsh/site-functions/_hfterm"}.get(
        shell, "fish/vendor_completions.d/hfterm.fish"
    )
    shared = (Path(sys.prefix) / "share", Path("/usr/local/share"), Path("/usr/share"))
    return [place(shell, os.environ).path, *(folder / name for folder in shared)]
