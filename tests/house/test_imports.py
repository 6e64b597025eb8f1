"""What light commands import: nothing heavy, proven in real processes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.cli import Hfterm

HEAVY = ("torch", "transformers", "datasets", "textual", "huggingface_hub", "accelerate", "peft", "trl", "numpy", "tokenizers", "pyarrow")  # fmt: skip
SCRIPT = """
import os, sys
real, before = os._exit, set(sys.modules)  # an editable install has loaded a few already
def leave(code):
    names = {m.split(".")[0] for m in set(sys.modules) - before}
    with open(os.environ["IMPORTED"], "w") as f: f.write("\\n".join(sorted(names)))
    real(0)
os._exit = leave
sys.exit = leave
sys.argv = ["hfterm", *sys.argv[1:]]
from hfterm.entry import main
main()
"""


def imported(hfterm: Hfterm, *args: str) -> set[str]:
    """Top-level modules in the process of ``hfterm ARGS`` at its end."""
    listing = hfterm.home / "imported.txt"
    listing.unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, "-c", SCRIPT, *args], env=hfterm.env({"IMPORTED": str(listing)}), cwd=hfterm.home,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
    )  # fmt: skip
    return set(listing.read_text().split())


@pytest.mark.parametrize(
    "args",
    [(), ("--version",), ("--help",), ("train", "--help"), ("train", "sft", "--help"), ("gpu", "--help"), ("__complete", "models", "")],
)  # fmt: skip
def test_fast_answers_import_no_click(hfterm: Hfterm, args: tuple[str, ...]) -> None:
    assert not imported(hfterm, *args) & {*HEAVY, "click", "rich", "json", "re", "pathlib", "platformdirs"}


@pytest.mark.parametrize(
    "args",
    [
        ("help", "train", "sft"),
        ("help", "formats"),
        ("train",),
        ("nonsense",),
        ("completion", "bash"),
        ("config", "ls", "--all"),
        ("config", "set", "color", "never"),
        ("gpu", "-f", "json"),
        ("gpu", "procs"),
        ("train", "ls"),
        ("train", "show", "none"),
        ("train", "logs", "none"),
        ("train", "sft", "--nonsense"),
        ("train", "sft", "./none", "none.jsonl"),
        ("peft", "merge", "./none"),
        ("chat", "./none", "-p", "x"),
    ],
)
def test_light_commands_import_nothing_heavy(hfterm: Hfterm, args: tuple[str, ...]) -> None:
    assert not imported(hfterm, *args) & set(HEAVY)


def test_counting_tokens_needs_the_tokenizer_alone(hfterm: Hfterm) -> None:
    assert not imported(hfterm, "tok", "count", "-m", "./none") & (set(HEAVY) - {"tokenizers"})


def test_the_import_contracts_hold(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    # Side by side as they are installed.
    shutil.copytree(root / "hfterm", tmp_path / "hfterm")
    shutil.copytree(root / "commands", tmp_path / "hfterm" / "commands")
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--config", root / "pyproject.toml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
