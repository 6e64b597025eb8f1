"""A run of ours on several nodes: over ssh to the hosts of a file, or with the members of a Slurm job.

All processes begin and end together. When one fails, or a node is lost, all are ended, and begin anew as often as
asked: torchrun's own restarts would give the first place, which writes the run's files, to any node.
"""

import itertools
import time
from dataclasses import replace
from pathlib import Path

from hfterm.errors import CheckFailedError, HftermError, NetworkError
from hfterm.output import Output
from hfterm.processes import this_process
from hfterm.text import to_json
from hfterm.train.launch import failures, hosts, members, nodes
from hfterm.train.launch.agent import Failed
from hfterm.train.launch.child import LEADER, LIFE
from hfterm.train.launch.plan import Asked
from hfterm.train.launch.shape import Shape

# Exit codes that beginning anew cannot change: usage, not found, login, a missing extra, a check, out of memory.
_FINAL = (2, 3, 4, 5, 6, 7, 8)
# A node that is lost may come back.
_PAUSE_SECONDS, _MOST_PAUSE_SECONDS = 5.0, 120.0


def run(asked: Asked, shape: Shape, out: Output) -> None:
    """Train on all nodes of ``shape`` as ``asked``, and again up to its number of restarts if that fails.

    Raises:
        Failed: a process failed. NetworkError: a node is not reached, or lost. Others: as :func:`nodes.start` and
        :func:`members.start`.
    """
    most = shape.max_restarts
    leader = to_json({key: value for key, value in this_process().items() if key != "heartbeat"})
    for life in itertools.count():
        share = replace(asked, max_restarts=0, env={**asked.env, LIFE: str(life), LEADER: leader})
        try:
            _once(share, shape, out)
            return
        except (Failed, HftermError) as exc:
            if life >= most or not may_begin_anew(exc, shape):
                raise
            told = failures.sentence(exc.first, exc.world) if isinstance(exc, Failed) else exc.message
            out.warn(f"{told}; all start again (restart {life + 1} of {most})")
            if not isinstance(exc, Failed):
                time.sleep(min(_MOST_PAUSE_SECONDS, _PAUSE_SECONDS * 2**life))


def _once(asked: Asked, shape: Shape, out: Output) -> None:
    if shape.hosts is None:
        members.start(asked, shape, out)
        return
    found = hosts.read(Path(shape.hosts))
    if len(found) != shape.nodes:
        raise CheckFailedError(f"{shape.hosts} names {len(found)} hosts now, and named {shape.nodes} when it began")
    nodes.start(found, asked, out, announce=False, without_gpus=shape.device == "cpu" and not shape.on_cpu)


def may_begin_anew(exc: Exception, shape: Shape) -> bool:
    """Whether the same may go well the next time."""
    if isinstance(exc, Failed):
        return exc.first.exit_code not in _FINAL and not exc.first.oom
    # A member of a Slurm job that is gone does not come back by itself; a host may.
    return isinstance(exc, NetworkError) and shape.hosts is not None
