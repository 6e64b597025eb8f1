"""Milliseconds of a Tab in bash, zsh and fish: hfterm's completion against that of ``hf``, interleaved in one run.

    python benchmarks/completion.py [ROUNDS]

Needs the three shells, and hfterm, ``hf``, pexpect and pytest in one environment. A Tab is timed in a real
interactive shell on a pseudo-terminal: from the key until the shell has put the completed word on the line
and answers the next key, less what that key alone takes. Prints a Markdown table of medians; the factor is
``hf``'s Tab over hfterm's in the same shell.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.cli import environment
from support.shells import SHELLS, Shell

BIN = Path(sys.executable).parent
SCRIPTS = Path(__file__).parents[1] / "completions"
NAMES = {"bash": "hfterm.bash", "zsh": "_hfterm", "fish": "hfterm.fish"}
# What is typed, and the line that the Tab must make of it.
CASES = {
    "a command": ("hfterm dem", "hfterm demo"),
    "an option among many": ("hfterm train sft m d --learn", "hfterm train sft m d --learning-rate"),
    "a fixed value": ("hfterm train sft m d --dtype=bf", "hfterm train sft m d --dtype=bfloat16"),
    "a run (of 50)": ("hfterm train show run-4", "hfterm train show run-4"),
    "a model (50 runs, 50 cached)": ("hfterm chat org/model-49", "hfterm chat org/model-49"),
    "`hf`: a command": ("hf downlo", "hf download"),
}
PEER = "`hf`: a command"


def start(name: str, home: Path) -> Shell:
    """A shell that completes both programs."""
    env = environment(home) | {"PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin"}
    folder = home / name
    folder.mkdir()
    (folder / NAMES[name]).write_bytes((SCRIPTS / NAMES[name]).read_bytes())
    peer = subprocess.run(
        [BIN / "hf"], env=env | {"_HF_COMPLETE": f"{name}_source"}, capture_output=True, text=True, check=True
    ).stdout
    (folder / f"hf.{name}").write_text(peer)
    shell = SHELLS[name](folder / NAMES[name], env, home / "here")
    shell.run(f"source {folder}/hf.{name}")
    return shell


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    taken: dict[tuple[str, str], list[float]] = {}
    with tempfile.TemporaryDirectory() as base:
        home = Path(base)
        for number in range(50):
            (home / f"hfterm/runs/run-{number}/output").mkdir(parents=True)
            (home / f"hf/hub/models--org--model-{number}/snapshots").mkdir(parents=True)
        shells = {name: start(name, home) for name in SHELLS}
        for number in range(-2, rounds):  # the first rounds load the scripts and warm the caches
            for case, (typed, wanted) in CASES.items():
                for name, shell in shells.items():
                    spent, line = shell.time_tab(typed)
                    if not line.startswith(wanted):
                        raise SystemExit(f"{name}: {typed!r} became {line!r}, not {wanted!r}")
                    if number >= 0:
                        taken.setdefault((case, name), []).append(spent)
        for shell in shells.values():
            shell.close()
    median = {key: 1e3 * statistics.median(values) for key, values in taken.items()}
    print(f"| a Tab for | {' | '.join(f'{n} ms | factor' for n in SHELLS)} |\n|---|{'---:|' * 2 * len(SHELLS)}")
    for case in CASES:
        cells = [f"{median[case, n]:.1f} | {median[PEER, n] / median[case, n]:.0f}" for n in SHELLS]
        print(f"| {case} | {' | '.join(cells)} |")


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    main()
