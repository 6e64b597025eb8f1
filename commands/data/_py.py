"""Options of the commands that take rows through a Python function, and how they do."""

import functools
import os
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import click

from hfterm.errors import UsageError
from hfterm.output import Output

from ._rows import Io, bad_rows

# What can name a source: a path, a pattern, a repository, an address. Expressions mostly cannot.
_SOURCE = re.compile(r"[\w./:@\\*?\[\]{}+,~ -]+")


class Py(NamedTuple):
    """The function that a command was given, and how it is called."""

    py: str | None = None
    batched: bool = False
    batch_size: int | None = None
    num_proc: int | None = None
    replace: bool = False

    def sources(self, io: Io, text: str | None, what: str) -> Io:
        """The sources, when the last of the words that follow the command may be one of them or ``what``.

        Raises:
            UsageError: a function and ``what`` are given, or neither.
        """
        if self.py is None:
            given = self._replace(batched=False) != Py() or self.batched
            if given:
                raise UsageError("--batched, --batch-size, --num-proc and --replace are for --py FILE:function")
            if text is None:
                raise UsageError(f"{what} is missing", "give one behind the sources, or --py FILE:function")
            if not io.sources and os.path.exists(text):
                raise UsageError(f"{what} is missing behind {text!r}", "give one, or --py FILE:function")
            return io
        if self.batch_size is not None and not self.batched:
            raise UsageError("--batch-size is for --batched")
        if text is None:
            return io
        if not (_SOURCE.fullmatch(text) and " " not in text.strip()) and not os.path.exists(text):
            raise UsageError(f"{what} {text!r} and --py are given", "take one of them")
        return io._replace(sources=(*io.sources, text))

    def run(self, out: Output, io: Io, kind: Any, cluster: Any = None) -> None:
        """Take all rows through the function, here or on a cluster, and hand out what comes of it.

        Raises:
            HftermError.
        """
        from hfterm.data import engine, source
        from hfterm.data.media.skipping import skip_bad
        from hfterm.data.python import named
        from hfterm.data.python.calls import Job
        from hfterm.data.python.pool import Workers
        from hfterm.data.python.run import Called

        assert self.py is not None
        function = named.parse(self.py)
        io.ready()
        found = source.sources(io.sources, io.input_format, note=out.note, config=io.config, split=io.split)
        with bad_rows(out, io.skip_bad, io.bad_file) as on_bad:
            if on_bad is not None and any(one.format != "jsonl" for one in found):
                on_bad.unit = "row"

            @functools.cache
            def con() -> Any:
                made = engine.connect()
                if on_bad is not None:
                    skip_bad(made, on_bad)
                return made

            job = Job(function, kind, self.batched, self.batch_size or 1000, self.replace, on_bad is not None)

            def pool() -> Any:
                if cluster is None:
                    return Workers(job, self.num_proc or 1)
                from hfterm.data.ray.run import Callers

                return Callers(cluster, job, self.num_proc)

            io.hand(out, Called(con, found, job, pool, all_text=io.all_text, on_bad=on_bad))


def takes_function(*, makes: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command ``--py`` and the options about it, as one :class:`Py`; ``makes``: also ``--replace``."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def run(out: Output, io: Io, **given: Any) -> Any:
            py = Py(**{name: given.pop(name) for name in Py._fields if name in given})
            return function(out, io, py, **given)

        options = [
            click.option("--py", metavar="FILE:FUNC", help="A Python function instead, of a FILE or a MODULE."),
            click.option("--batched", is_flag=True, help="The function takes rows as a dict of lists."),
            click.option("--batch-size", metavar="N", type=click.IntRange(1), help="Rows of a batch. [default: 1000]"),
            click.option(
                "--num-proc",
                metavar="N",
                type=click.IntRange(1, 1024),
                help="Worker processes. [default: 1; on Ray: all CPUs]",
            ),
        ]
        if makes:
            options.append(
                click.option("--replace", is_flag=True, help="Rows hold what the function returns, and nothing else.")
            )
        decorated: Callable[..., Any] = run
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate
