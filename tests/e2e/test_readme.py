"""The README is true: every command block runs, in order, on a fresh install, as a reader would."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.checkout import ROOT, copy

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"(?:<!-- (\w+) -->\n)?```sh\n(.*?)```", README, re.DOTALL)
TEST_COMMAND = next(block for name, block in BLOCKS if name == "test")


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    extract = re.search(r"command=\$\((sed .*)\)\n", script)
    assert extract
    assert subprocess.check_output(["bash", "-c", extract[1]], cwd=ROOT, text=True) == TEST_COMMAND
    assert 'bash -euo pipefail -c "$command"' in script


def test_every_other_fenced_block_is_generated() -> None:
    fences = re.findall(r"```(\w*)\n", README)
    assert set(filter(None, fences)) == {"sh", "text"} and fences.count("text") == 1


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_command_block(tmp_path: Path) -> None:
    home, here = tmp_path / "home", copy(tmp_path / "hfterm")
    home.mkdir()
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("HF", "PYTHON", "COLUMNS", "VIRTUAL_ENV"))}
    # The model that other tests have fetched may be there already; a reader's second try is no different.
    env |= {"HOME": str(home), "PATH": f"{tmp_path / 'venv' / 'bin'}:{os.environ['PATH']}", "SHELL": "/bin/bash"}
    said: dict[str, str] = {}
    for number, (name, block) in enumerate(BLOCKS):
        if name == "test":
            continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block], cwd=here, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{block}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        assert "Traceback" not in done.stderr
        said[name or block.split("\n")[0].split(":")[0].removeprefix("# ") or str(number)] = done.stdout
    assert (Path(said["demo"].splitlines()[-1]) / "model.safetensors").exists()
    trained, encoded, packed, counted = said["tok"].splitlines()
    assert (trained, packed, "[UNK]" in encoded) == ("tok", "packed", True)
    assert json.loads(counted)["tokens"] > 500
    assert "Capital of France?,3" in said["data"]
    assert "Paris" in said["peft"] and "Rome" in said["chat"]
    scored, measured = map(json.loads, said["eval"].splitlines()[-2:])
    assert scored["accuracy"] == 0.5 and measured["perplexity"] > 1
    assert "mine" in said["train"] and re.search(r"^2\t\d", said["train"], re.MULTILINE)
    assert int(said["gpu"].split()[0]) > 0
    assert "train.sft.learning_rate" in said["config"]
    assert (home / ".local/share/bash-completion/completions/hfterm").exists()
