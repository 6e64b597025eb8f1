"""The options of commands that can run on a cluster."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import click

from hfterm.output import Output


class Where(NamedTuple):
    """Where a command does its work: on this machine, or on a Ray cluster."""

    engine: str = "local"
    ray_address: str | None = None

    @contextlib.contextmanager
    def cluster(self, out: Output, *, prints: bool = False) -> Iterator[Any]:
        """What gives the cluster to work on, which it joins then; None: this machine.

        ``prints``: the user's functions may print.

        Raises:
            UsageError: an address and no cluster. MissingExtraError. What it gives: NetworkError.
        """
        if self.engine == "local":
            if self.ray_address is not None:
                from hfterm.errors import UsageError

                raise UsageError("--ray-address is for --engine ray")
            yield None
            return
        from hfterm import extras
        from hfterm.data.ray.cluster import cluster

        extras.check("ray", "ray")
        with contextlib.ExitStack() as stack:
            joining = functools.partial(cluster, self.ray_address, verbose=out.verbose, prints=prints)
            yield functools.cache(lambda: stack.enter_context(joining()))


def spread(cluster: Any, made: Any, text: str) -> Any:
    """Rows as they are made here, or (``cluster`` is not None) there; ``text`` is the user's expression."""
    if cluster is None:
        return made
    from hfterm.data.ray.run import Spread

    return Spread(made, cluster, text)


def writing(cluster: Any) -> Any:
    """How files are written there; None: here."""
    if cluster is None:
        return None
    from hfterm.data.ray.convert import Writing

    return Writing(cluster)


def runs_on_ray(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--engine`` and ``--ray-address``, as one :class:`Where`, the argument ``where``."""

    @functools.wraps(function)
    def run(*args: Any, engine: str, ray_address: str | None, **given: Any) -> Any:
        return function(*args, where=Where(engine, ray_address), **given)

    for option in (
        click.option(
            "--ray-address",
            metavar="HOST:PORT",
            help="A Ray cluster that runs, or auto. [default: RAY_ADDRESS, else one of this machine's own]",
        ),
        click.option(
            "--engine",
            type=click.Choice(("local", "ray")),
            default="local",
            help="Work here, or on a Ray cluster. [default: local]",
        ),
    ):
        run = option(run)
    return run
