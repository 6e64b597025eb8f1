"""Options of the commands that read rows, and how rows are handed out."""

import contextlib
import functools
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click

from hfterm.output import Output, is_terminal

from ..options import overwrite_option

MEDIA = ("images", "audio", "webdataset")
FORMATS = ("jsonl", "json", "csv", "tsv", "text", "parquet", "arrow", *MEDIA)


class Io(NamedTuple):
    """What a command reads, how, and where the rows go."""

    sources: tuple[str, ...]
    input_format: Any
    all_text: bool
    skip_bad: bool
    bad_file: str | None
    output: str | None = None
    overwrite: bool = False
    config: str | None = None
    split: str | None = None

    def run(
        self, out: Output, make: Callable[..., Any], *, streams: bool = False, partly: Collection[str] = ()
    ) -> None:
        """Make rows of the sources and hand them out.

        ``make`` gets the engine, the sources and keywords for :class:`hfterm.data.rows.Rows`. ``streams``: the rows
        go through block by block where they are JSON Lines and stay so. ``partly``: formats that are read on the Hub.

        Raises:
            HftermError.
        """
        suffix = self.ready()
        with self.opened(out, streams and suffix in (None, ".jsonl"), partly) as (con, found, how):
            self.hand(out, make(con, found, **how))

    def ready(self) -> str | None:
        """Look whether the output can be written; the format that its name says, None for standard output.

        Raises:
            UsageError: it exists, or its name says no format.
        """
        if self.output is None:
            return None
        from hfterm.data import saving
        from hfterm.errors import UsageError

        suffix = saving.saved_format(self.output)
        if Path(self.output).exists() and not self.overwrite:
            raise UsageError(f"{self.output!r} exists", "choose another name or add --overwrite")
        return suffix

    def hand(self, out: Output, made: Any) -> None:
        """Write rows to standard output, or to the file and print its path."""
        if self.output is None:
            with contextlib.closing(made.lines()) as lines:
                write(out, lines)
        else:
            made.save(self.output)
            read = getattr(made, "sources", ())
            if any(one.format in MEDIA for one in read) and not self.output.endswith((".parquet", ".arrow")):
                out.note("images and sounds are described in it, not kept; .parquet and .arrow keep them")
            out.artifact(self.output)

    @contextlib.contextmanager
    def opened(
        self, out: Output, streams: bool = False, partly: Collection[str] = ()
    ) -> Iterator[tuple[Any, list[Any], dict[str, Any]]]:
        """The engine, the sources (without their bad rows, unless these are left out while they stream), keywords.

        Raises:
            HftermError.
        """
        from hfterm.data import engine, shape, source

        con = engine.connect()
        if not streams and (self.skip_bad or self.bad_file):
            partly = ()  # all rows are looked at
        found = source.sources(
            self.sources, self.input_format, note=out.note, config=self.config, split=self.split, partly=partly
        )
        streams = streams and all(one.format == "jsonl" for one in found)
        with bad_rows(out, self.skip_bad, self.bad_file) as on_bad:
            if on_bad is not None and not any(one.format in ("jsonl", "csv", "tsv", "text") for one in found):
                on_bad.unit = "row"
            if streams:
                yield con, found, {"on_bad": on_bad}
            else:
                with shape.cleaned(con, found, on_bad) as clean:
                    yield con, clean, {"all_text": self.all_text}


def reads_rows(*, writes: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command its sources and the options about them, as one :class:`Io`; ``writes``: also ``--output``."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def run(out: Output, **given: Any) -> Any:
            io = Io(**{name: given.pop(name) for name in Io._fields if name in given})
            return function(out, io, **given)

        options = [
            click.option(
                "--input-format",
                type=click.Choice(FORMATS),
                metavar="FORMAT",
                help=f"What is read: {' '.join(FORMATS)}. [default: by name, else by content]",
            ),
            click.option("--config", metavar="NAME", help="The data set's configuration. [default: its default]"),
            click.option(
                "--split", metavar="NAME", help="The data set's split, several (a+b), or all. [default: train]"
            ),
            click.option(
                "--all-text", is_flag=True, help="Take every CSV value as text. [default: numbers as numbers]"
            ),
            click.option("--skip-bad", is_flag=True, help="Leave out rows that cannot be read, with a warning."),
            click.option("--bad", "bad_file", metavar="FILE", help="Keep the rows left out here; implies --skip-bad."),
        ]
        if writes:
            options += [
                click.option(
                    "-o",
                    "--output",
                    metavar="FILE",
                    help="Write .jsonl .json .csv .tsv .txt .parquet .arrow, also .jsonl.gz .csv.zst; print its path.",
                ),
                overwrite_option,
            ]
        decorated: Callable[..., Any] = run
        for option in reversed(options):
            decorated = option(decorated)
        return click.argument(
            "sources",
            nargs=-1,
            metavar="[SOURCE]...",
            help="Files, patterns, folders, data sets of the Hub, hf:// paths; none: standard input.",
        )(decorated)

    return decorate


class Bad:
    """Rows left out: counted, the first ones told of, all of them kept where the user wants that."""

    MOST = 10

    def __init__(self, out: Output, stream: Any = None) -> None:
        self.out, self.stream, self.count = out, stream, 0
        self.unit = "line"  # what their numbers count

    def __call__(self, source: str, number: int, why: str, line: bytes) -> None:
        """Take a note of one."""
        self.count += 1
        if self.count <= self.MOST:
            self.out.warn(f"left out {self.unit} {number} of {source}: it {why}")
        if self.stream is not None:
            self.stream.write(line + b"\n")


@contextlib.contextmanager
def bad_rows(out: Output, skip: bool, keep: str | None) -> Iterator[Bad | None]:
    """What is told of rows left out (None: none may be); their number is said at the end."""
    if not skip and keep is None:
        yield None
        return
    from hfterm.files import atomic_file

    with atomic_file(keep, "wb") if keep else contextlib.nullcontext() as stream:
        bad = Bad(out, stream)
        yield bad
    if bad.count > bad.MOST:
        out.warn(f"left out {bad.count} {bad.unit}s in all")


def write(out: Output, lines: Iterable[bytes]) -> None:
    """Write blocks of JSON lines to standard output: as they are, or as the records in them."""
    if (out.format or ("table" if is_terminal(out.stdout) else "jsonl")) == "jsonl" and hasattr(out.stdout, "buffer"):
        out.stdout.flush()
        for block in lines:
            out.stdout.buffer.write(block)
            out.stdout.buffer.flush()
        return
    out.records(json.loads(line) for block in lines for line in block.splitlines() if line.strip())
