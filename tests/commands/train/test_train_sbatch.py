"""``hfterm train sbatch``: the script is run by a real shell, with stand-ins for Slurm's own commands."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from support.cli import Hfterm

# Slurm's commands as far as the script uses them; the step's process writes its number down.
SRUN = '#!/bin/sh\nwhile [ "${1#--}" != "$1" ]; do shift; done\necho $$ > "$STEP"\nexec "$@"\n'
SCANCEL = '#!/bin/sh\nkill -TERM "$(cat "$STEP")"\n'
SCONTROL = '#!/bin/sh\necho "$@" > "$REQUEUED"\n'
TRAINING = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda number, frame: (print("saved", flush=True), sys.exit(0)))
open("ready", "w").close()
time.sleep(600)
"""


def test_a_job_that_runs_out_of_time_saves_and_is_queued_again(hfterm: Hfterm, tmp_path: Path) -> None:
    (hfterm.home / "t.py").write_text(TRAINING)
    text = hfterm("train", "sbatch", "--time", "1:00:00", "--before", "60", "--", "launch", "t.py", check=0).stdout
    assert "#SBATCH --time=1:00:00\n" in text and "#SBATCH --signal=B:USR1@60\n" in text
    bin = tmp_path / "bin"
    bin.mkdir()
    for name, script in (("srun", SRUN), ("scancel", SCANCEL), ("scontrol", SCONTROL)):
        (bin / name).write_text(script)
        (bin / name).chmod(0o755)
    job = tmp_path / "job.sh"
    job.write_text(text)
    extra = {"STEP": str(tmp_path / "step"), "REQUEUED": str(tmp_path / "again"), "SLURM_JOB_ID": "42"}
    env = hfterm.env({**extra, "PATH": f"{bin}:{os.environ['PATH']}"})
    child = subprocess.Popen(["bash", job], env=env, cwd=hfterm.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until = time.monotonic() + 200
    while not (hfterm.home / "ready").exists():
        assert child.poll() is None and time.monotonic() < until, child.communicate()
        time.sleep(0.05)
    child.send_signal(signal.SIGUSR1)
    stdout, stderr = child.communicate(timeout=200)
    assert (child.returncode, stdout) == (143, b"saved\n"), stderr
    assert (tmp_path / "again").read_text() == "requeue 42\n"


def test_what_is_asked_of_slurm(hfterm: Hfterm) -> None:
    job = hfterm.home / "job.sh"
    made = hfterm(
        *("train", "sbatch", "--gpus", "8", "--mem", "200G", "--set", "qos=long", "--setup", "module load cuda"),
        *("--no-requeue", "-o", job, "--", "sft", "./model", "my data.jsonl", "--name", "demo"),
        check=0,
    )
    assert made.stdout == f"{job}\n"
    lines = job.read_text().splitlines()
    for line in ("--job-name=demo", "--nodes=1", "--gpus-per-node=8", "--mem=200G", "--qos=long"):
        assert f"#SBATCH {line}" in lines
    assert "module load cuda" in lines and "#SBATCH --requeue" not in lines
    assert lines[lines.index("trap stop USR1") + 3].endswith(
        " -P -m hfterm train sft ./model 'my data.jsonl' --name demo --resume &"
    )
    subprocess.run(["bash", "-n", job], check=True)
    many = hfterm("train", "sbatch", "--nodes", "2", "--", "run", "recipe.yaml", "--name", "demo", check=0).stdout
    assert "#SBATCH --nodes=2\n" in many and "srun --ntasks-per-node=1 --kill-on-bad-exit=1" in many
    assert many.count(" -P -m hfterm train run recipe.yaml --name demo --resume &\n") == 1
    again = hfterm("train", "sbatch", "-o", job, "--", "launch", "t.py")
    assert again.code == 2 and "add --overwrite" in again.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--", "sft", "m", "d"], "give --name NAME after sft"),
        (["--", "sft", "m", "d", "--name", "x", "--nodes", "h"], "--nodes h would not train on the nodes of the job"),
        (["--", "ls"], "'ls' is no verb of 'hfterm train' that a job can run"),
        ([], "nothing to train named"),
        (["--time", "soon", "--", "launch", "t.py"], "--time soon: not a time as Slurm writes it"),
        (["--partition", "a b", "--", "launch", "t.py"], "Slurm's options hold no blanks"),
    ],
)
def test_a_job_that_could_not_run_is_refused(hfterm: Hfterm, args: list[str], said: str) -> None:
    result = hfterm("train", "sbatch", *args)
    assert (result.code, result.stdout) == (2, "") and said in result.stderr
