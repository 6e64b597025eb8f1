"""What ``hfterm train launch`` does with its options."""

from pathlib import Path
from typing import Any

from hfterm.errors import NotFoundError, UsageError
from hfterm.output import Output
from hfterm.train.launch import agent, hosts, nodes, settings
from hfterm.train.launch import start as here
from hfterm.train.launch.plan import Asked, plan


def asked(
    script: str,
    args: tuple[str, ...],
    hostfile: Path | None,
    *,
    mixed_precision: str | None,
    zero: int | None,
    offload: str | None,
    fsdp: bool,
    config: Path | None,
    log_dir: Path | None,
    **options: Any,
) -> Asked:
    """A launch from the options of the command.

    Raises:
        UsageError: they contradict each other. NotFoundError: no such file.
    """
    if hostfile is not None and (options.get("nnodes") or options.get("node_rank") is not None):
        raise UsageError("--nodes names all hosts; --nnodes and --node-rank are for starting each by hand")
    for path in (hostfile, config):
        if path is not None and not path.is_file():
            raise NotFoundError(f"no such file: '{path}'")
    how = settings.Settings(mixed_precision, zero, settings.parse_offload(offload), fsdp)
    how.check()
    return Asked(
        script,
        args,
        settings=how,
        config=config.absolute() if config else None,
        log_dir=log_dir.absolute() if log_dir else None,
        **options,
    )


def show(asked: Asked, hostfile: Path | None, out: Output) -> None:
    """Print what would be run: one object, or one a host.

    Raises:
        As :func:`start`, as far as it can be known without starting.
    """
    if hostfile is None:
        out.record(plan(asked).facts(), key="shell")
        return
    found = hosts.read(hostfile)
    rows = (
        {"host": host.name, "ssh": nodes.words(host), **plan(share, environ={}).facts()}
        for host, share in zip(found, nodes.shares(found, asked), strict=True)
    )
    out.records(rows, columns=("host", "per_node", "device", "shell"), key="shell")


def start(asked: Asked, hostfile: Path | None, out: Output) -> None:
    """Launch, here or on the hosts of a file, and wait.

    Raises:
        HftermError: a process failed; the error has its exit code. Others: as :func:`hfterm.train.launch.plan.plan`,
        :func:`hfterm.train.launch.agent.run` and :func:`hfterm.train.launch.nodes.start`.
    """
    try:
        if hostfile is None:
            here.start(asked, out)
        else:
            nodes.start(hosts.read(hostfile), asked, out)
    except agent.Failed as failed:
        raise failed.error() from failed
