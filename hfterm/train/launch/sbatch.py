"""A batch script for Slurm that trains on one or more nodes, and is queued again when its time runs out.

Slurm tells the script so many seconds before the limit (USR1); it tells the processes to stop (TERM), which
save a checkpoint, and puts the job back into the queue. Begun again, a run of ours goes on where it was.
"""

import re
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from hfterm.errors import UsageError
from hfterm.processes import redact_words
from hfterm.train.recipes import RECIPES

_SCRIPT = """\
#!/bin/bash
{options}

{setup}again=0
# Slurm sends USR1 {before} s before the time is up: the processes save a checkpoint and end.
stop() {{
  again=1
  scancel --signal=TERM "$SLURM_JOB_ID"
}}
trap stop USR1

srun --ntasks-per-node=1 --kill-on-bad-exit=1 \\
  {command} &
step=$!
wait "$step"
code=$?
while kill -0 "$step" 2>/dev/null; do  # the signal ended the wait, not the step
  wait "$step"
  code=$?
done
if [ "$again" = 1 ] && [ "$code" -ne 0 ]; then
  {requeue}
fi
exit "$code"
"""
_TIME = re.compile(r"\d+(-\d+(:\d+){0,2})?|\d+(:\d+){1,2}")


@dataclass(frozen=True)
class Job:
    """What a job asks Slurm for. ``gpus`` and ``cpus`` a node; ``before``: seconds to save in; ``more``: KEY=VALUE."""

    nodes: int = 1
    gpus: int | None = None
    cpus: int | None = None
    mem: str | None = None
    time: str | None = None
    partition: str | None = None
    account: str | None = None
    name: str | None = None
    before: int = 300
    requeue: bool = True
    more: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()


def script(job: Job, words: Sequence[str]) -> str:
    """The batch script for ``hfterm train WORDS``.

    Raises:
        UsageError: the words name nothing to train, or an option cannot be written.
    """
    words = resumable(words, job)
    name = job.name or _after(words, "--name") or words[0]
    if job.time is not None and not _TIME.fullmatch(job.time):
        raise UsageError(f"--time {job.time}: not a time as Slurm writes it", "such as 12:00:00 or 2-12 (days-hours)")
    options = {
        "job-name": name,
        "nodes": str(job.nodes),
        "ntasks-per-node": "1",
        "gpus-per-node": job.gpus,
        "cpus-per-task": job.cpus,
        "mem": job.mem,
        "time": job.time,
        "partition": job.partition,
        "account": job.account,
        "output": "%x-%j.log",
        "open-mode": "append",
        "signal": f"B:USR1@{job.before}",
    }
    lines = [f"--{key}={_plain(key, str(value))}" for key, value in options.items() if value is not None]
    lines += ["--requeue"] if job.requeue else []
    for pair in job.more:
        key, equals, value = pair.partition("=")
        lines.append(f"--{_plain('set', key.lstrip('-'))}{equals}{_plain(key, value) if equals else ''}")
    command = [sys.executable, "-P", "-m", "hfterm", "train", *words]
    return _SCRIPT.format(
        options="\n".join(f"#SBATCH {line}" for line in lines),
        setup="".join(f"{line}\n" for line in job.setup),
        before=job.before,
        command=shlex.join(command),
        requeue='scontrol requeue "$SLURM_JOB_ID"' if job.requeue else ":",
    )


def resumable(words: Sequence[str], job: Job) -> list[str]:
    """The words after ``hfterm train``, so that the same ones begin a run and go on with it.

    Raises:
        UsageError: they name no verb that trains, nodes of their own, or no run.
    """
    if not words:
        raise UsageError(
            "nothing to train named", "end with -- and a verb of 'hfterm train': -- sft MODEL DATA --name N"
        )
    verb = words[0]
    if verb == "launch":
        return list(words)
    if verb not in (*RECIPES, "run"):
        known = ", ".join(("launch", "run", *RECIPES))
        raise UsageError(f"{verb!r} is no verb of 'hfterm train' that a job can run", f"choose from {known}")
    if (named := _after(words, "--nodes")) is not None:
        raise UsageError(f"{verb} --nodes {named} would not train on the nodes of the job", "give --nodes N before --")
    if _after(words, "--name") is None:
        raise UsageError("a run that is to go on after a stop needs a name", f"give --name NAME after {verb}")
    return [*words, *([] if "--resume" in words else ["--resume"])]


def secret(words: Sequence[str]) -> str | None:
    """A word that holds a secret, blanked out; None where none does."""
    return next((shown for word, shown in zip(words, redact_words(words), strict=True) if word != shown), None)


def _after(words: Sequence[str], option: str) -> str | None:
    for at, word in enumerate(words):
        if word == option and at + 1 < len(words):
            return words[at + 1]
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
    return None


def _plain(key: str, value: str) -> str:
    """A value as a line of options can hold it."""
    if not value or not value.isprintable() or any(c.isspace() for c in value) or "#" in value:
        raise UsageError(f"--{key} {value!r}: Slurm's options hold no blanks and must not be empty")
    return value
