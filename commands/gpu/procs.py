"""``hfterm gpu procs``: who uses the GPUs."""

from hfterm.output import Output
from hfterm.text import human_bytes

from ..options import command


@command()
def cli(out: Output) -> None:
    """List the processes on the GPUs.

    Secrets in command lines are blanked out. "run" is the training run of hfterm that a process belongs to.
    """
    from hfterm.monitor.procs import processes, warnings

    rows = processes()
    out.records(
        rows,
        columns=("gpu", "pid", "user", "memory", "since", "run", "command"),
        key="pid",
        show={"memory": human_bytes},
        empty="no process on a GPU (or no GPU: see 'hfterm gpu')",
    )
    for warning in warnings(rows):
        out.note(warning)
