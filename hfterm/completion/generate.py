"""Makes the scripts; ``python -P -m hfterm.completion.generate [FOLDER]`` writes those in ``completions/``.

``-P`` keeps the checkout from hiding the installed package. The committed scripts hold the built-in
commands; ``hfterm completion`` prints them with the plug-ins of the machine. A test fails when they are stale.
"""

import sys
from pathlib import Path

from hfterm import cli, config, plugins
from hfterm.completion import bash, fish, tree, zsh
from hfterm.topics import TOPICS

SHELLS = {"bash": bash.script, "zsh": zsh.script, "fish": fish.script}
# As each shell wants the file named.
NAMES = {"bash": "hfterm.bash", "zsh": "_hfterm", "fish": "hfterm.fish"}


def commands(*, with_plugins: bool = False, on_error: tree.OnError | None = None) -> tree.Tree:
    """The command tree with the settings' names filled in."""
    return tree.walk(
        cli.root(),
        keys=[*config.SETTINGS, *(key for key in config.option_settings() if key not in config.SETTINGS)],
        topics=list(TOPICS),
        skip=() if with_plugins else plugins.found(),
        on_error=on_error,
    )


def script(shell: str, *, with_plugins: bool = True, on_error: tree.OnError | None = None) -> str:
    """The script for ``bash``, ``zsh`` or ``fish``; ``on_error`` hears of a command that cannot be loaded."""
    return SHELLS[shell](commands(with_plugins=with_plugins, on_error=on_error))


def write(folder: Path) -> list[str]:
    """Write the scripts of the built-in commands that changed; return the names of those files."""
    from hfterm.files import write_text

    changed = []
    everything = commands()
    for shell, name in NAMES.items():
        text = SHELLS[shell](everything)
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            write_text(path, text)
            changed.append(name)
    return changed


if __name__ == "__main__":
    sys.stdout.write("".join(f"{name}\n" for name in write(Path(*sys.argv[1:2] or ["completions"]))))
