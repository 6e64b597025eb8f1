"""CPU seconds of starting: hfterm's light commands against bare Python and the peers, interleaved in one run.

    python benchmarks/startup.py [RUNS]

Needs an ordinary (not editable) install of hfterm beside the peers ``hf`` and ``transformers`` in one
environment. Prints a Markdown table: median CPU milliseconds (user + system) of the whole process, the
difference from bare Python, and the ratio to it.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from hfterm.cli import COMMANDS

BIN = Path(sys.executable).parent


def cases() -> dict[str, list[str]]:
    """What is timed, by name; the slow peers last."""
    python, hfterm = sys.executable, str(BIN / "hfterm")
    rows = {
        "python -c pass": [python, "-c", "pass"],
        'python -c "import click"': [python, "-c", "import click"],
        "hfterm --version": [hfterm, "--version"],
        "hfterm --help": [hfterm, "--help"],
    }
    for name, entry in COMMANDS.items():
        if entry.verbs:
            rows[f"hfterm {name} --help"] = [hfterm, name, "--help"]
    rows |= {
        "hfterm train sft --help": [hfterm, "train", "sft", "--help"],
        "a dynamic completion (runs and models)": [hfterm, "__complete", "models", ""],
        "hfterm config path": [hfterm, "config", "path"],
        "hfterm train ls": [hfterm, "train", "ls"],
        "hf --help": [str(BIN / "hf"), "--help"],
        "transformers --help": [str(BIN / "transformers"), "--help"],
    }
    return rows


def cpu(argv: list[str], env: dict[str, str], cwd: str) -> float:
    """CPU milliseconds of one process with its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run(argv, env=env, cwd=cwd, stdin=-3, stdout=-3, stderr=-3, check=False).returncode
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code:
        raise SystemExit(f"{' '.join(argv)} ended with {code}")
    return 1e3 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    taken: dict[str, list[float]] = {name: [] for name in cases()}
    with tempfile.TemporaryDirectory() as home:
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HF", "PYTHON"))}
        env |= {"HOME": home, "HFTERM_HOME": f"{home}/hfterm", "HF_HOME": f"{home}/hf"}
        for number in range(-1, runs):  # the first round warms the caches
            for name, argv in cases().items():
                slow = name.startswith("transformers") and number % 5
                if not slow:
                    taken[name] += [cpu(argv, env, home)] * (number >= 0)
    bare = statistics.median(taken["python -c pass"])
    print("| command | CPU ms | over bare Python | ratio |\n|---|---:|---:|---:|")
    for name, values in taken.items():
        median = statistics.median(values)
        print(f"| `{name}` | {median:.1f} | {median - bare:+.1f} | {median / bare:.2f} |")


if __name__ == "__main__":
    main()
