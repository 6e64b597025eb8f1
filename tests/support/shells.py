"""Real shells on a pseudo-terminal: type a line, press Tab, see what is offered."""

import os
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pexpect
import pytest

_ESCAPES = re.compile(r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78MNOH]")
_END = "=END="
# Prints _END; the echo of the typed line does not hold it.
_SAY = "echo '=E''ND='"


class Tab(NamedTuple):
    """The line after a Tab, and the candidates that were listed (none when there was one or no match)."""

    line: str
    offered: list[str]
    raw: str


def require(shell: str) -> str:
    """The path of a shell; without one the test is skipped, or fails in CI."""
    path = shutil.which(shell)
    if path is None:
        message = f"{shell} is not installed: apt-get install {shell}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


class Shell:
    """An interactive shell that has loaded one completion script."""

    name: str
    prompt = "ready> "
    arguments: tuple[str, ...] = ()

    def __init__(self, script: Path, env: Mapping[str, str], cwd: Path) -> None:
        cwd.mkdir(parents=True, exist_ok=True)
        env = {**env, "TERM": "xterm", "PS1": self.prompt, "INPUTRC": "/dev/null", "HISTFILE": "/dev/null"}
        self.child: Any = pexpect.spawn(
            require(self.name),
            list(self.arguments),
            env=env,
            cwd=str(cwd),
            encoding="utf-8",
            codec_errors="replace",
            timeout=30,
            dimensions=(500, 200),
        )
        self.child.delaybeforesend = None
        for line in (*self.setup(script), _SAY):
            self.child.sendline(line)
        self.child.expect_exact(_END)
        self.child.expect_exact(self.prompt)

    def setup(self, script: Path) -> tuple[str, ...]:
        """Lines that make the shell ready; Ctrl-X l must print ``LINE=<`` the line ``>=END=``."""
        raise NotImplementedError

    def tab(self, line: str, *, left: int = 0) -> Tab:
        """Type ``line``, go ``left`` so many characters, press Tab, and look."""
        self.child.send(line + "\x02" * left + "\t\x18l")
        self.child.expect(r"LINE=<([^\r\n]*?)>" + _END)
        after, raw = self.child.match[1], _ESCAPES.sub("", self.child.before)
        self.child.send("\x05" + self.clear)
        self.run("")
        return Tab(after, self.parse(raw), raw)

    def run(self, line: str) -> str:
        """Run a line; return the last line that it said."""
        self.child.sendline(f"{line}; {_SAY}" if line else _SAY)
        self.child.expect_exact("\n")
        self.child.expect_exact(_END)
        said = _ESCAPES.sub("", self.child.before).replace("\r", "").split("\n")
        self.child.expect_exact(self.prompt)
        return said[-2] if len(said) > 1 else ""

    def time_tab(self, line: str) -> tuple[float, str]:
        """Seconds from the Tab to the completed line, the look at the line taken off; and that line."""
        spent, found = [], ""
        for keys in ("\x18l", "\t\x18l"):
            self.child.send(line + " " * (keys[0] == "\x18"))
            time.sleep(0.05)  # let the shell echo it
            began = time.perf_counter()
            self.child.send(keys)
            self.child.expect(r"LINE=<([^\r\n]*?)>" + _END)
            spent.append(time.perf_counter() - began)
            found = self.child.match[1]
            self.child.send(self.clear)
            self.run("")
        return spent[1] - spent[0], found

    clear = "\x15"

    def parse(self, raw: str) -> list[str]:
        """The candidates in what the shell printed between the Tab and ``LINE=``."""
        rows = [row.split(" -- ")[0] for row in raw.replace("\r", "\n").split("\n")[1:]]
        listed = [row.strip() for row in rows if not row.startswith(self.prompt)]
        return [word for row in listed for word in re.split(r"\s{2,}", row) if word]

    def close(self) -> None:
        """End the shell."""
        self.child.close(force=True)


class Bash(Shell):
    """bash with readline."""

    name = "bash"
    arguments = ("--norc", "--noprofile", "-i")

    def setup(self, script: Path) -> tuple[str, ...]:
        """See :meth:`Shell.setup`."""
        options = (
            "show-all-if-ambiguous on",
            "bell-style none",
            "completion-query-items 0",
            "page-completions off",
            "completion-display-width 0",
            "enable-bracketed-paste off",
            "colored-stats off",
        )
        return (
            *(f"bind 'set {o}'" for o in options),
            """bind -x '"\\C-xl": printf "LINE=<%s>=E""ND=\\n" "$READLINE_LINE"'""",
            f"source '{script}'",
        )


class Zsh(Shell):
    """zsh with compinit."""

    name = "zsh"
    arguments = ("-f", "-i")

    def setup(self, script: Path) -> tuple[str, ...]:
        """See :meth:`Shell.setup`."""
        return (
            f"PROMPT='{self.prompt}' RPROMPT='' PROMPT_EOL_MARK='' LISTMAX=10000",
            "unsetopt beep zle_bracketed_paste list_ambiguous prompt_sp; setopt no_always_last_prompt list_packed",
            "unset zle_bracketed_paste; bindkey -e",
            f"fpath=('{script.parent}' $fpath); autoload -Uz compinit; compinit -u -d \"$HOME/.zcompdump\"",
            "zstyle ':completion:*' list-separator '--'",
            'look() { print -r -- "LINE=<$BUFFER>=E""ND=" }; zle -N look; bindkey "^Xl" look',
        )


class Fish(Shell):
    """fish."""

    name = "fish"
    arguments = ("--no-config", "-i")

    def setup(self, script: Path) -> tuple[str, ...]:
        """See :meth:`Shell.setup`."""
        return (
            f"function fish_prompt; echo -n '{self.prompt}'; end; function fish_title; end",
            "set -g fish_greeting; set -g fish_autosuggestion_enabled 0",
            """bind \\cxl 'echo LINE=\\<(commandline)\\>=E""ND='""",
            f"source '{script}'",
        )

    def parse(self, raw: str) -> list[str]:
        """Nothing: fish repaints too freely to be read; :meth:`complete` tells."""
        return []

    def complete(self, line: str) -> dict[str, str]:
        """What fish offers for ``line``, with its descriptions."""
        import base64

        coded = base64.b64encode(line.encode()).decode()
        self.child.sendline(f"complete -C(echo {coded} | base64 -d); {_SAY}")
        self.child.expect_exact("\n")
        self.child.expect_exact(_END)
        rows = _ESCAPES.sub("", self.child.before).replace("\r", "").split("\n")
        self.child.expect_exact(self.prompt)
        return dict((row + "\t").split("\t")[:2] for row in rows if row)


SHELLS: dict[str, type[Shell]] = {"bash": Bash, "zsh": Zsh, "fish": Fish}
