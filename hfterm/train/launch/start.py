"""A launch on this machine, from what was asked for to its end."""

import contextlib
import sys
from pathlib import Path

from hfterm.errors import Terminated
from hfterm.output import Output
from hfterm.train.launch import agent, folder
from hfterm.train.launch.plan import Asked, plan


def start(asked: Asked, out: Output, *, announce: bool = True, heed: type[agent.Signals] | None = None) -> None:
    """Plan, start the processes, and wait until all have ended well. What a failed launch left is kept.

    ``announce`` and ``heed``: as for :func:`agent.run`.

    Raises:
        agent.Failed: a process failed. Others: as :func:`hfterm.train.launch.plan.plan` and :func:`agent.run`.
    """
    made = plan(asked)
    if made.nproc > 1 or made.nodes > 1:
        out.detail(f"{made.nproc} processes on each of {made.nodes} nodes, {made.device}, {made.backend}")
    where = folder.create(Path(asked.script).stem)
    for stream in (sys.stdout, sys.stderr):  # what we wrote ourselves comes before what they write
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    try:
        agent.run(made, where, out, announce=announce, heed=heed)
    except (KeyboardInterrupt, Terminated):
        folder.remove(where)
        raise
    folder.remove(where)
