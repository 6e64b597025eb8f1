"""The one writer of stdout and stderr: it decides table or JSON Lines, colour and width, once.

stdout carries results only; everything said goes to stderr through :meth:`Output.note` and its
neighbours. ``FORMATS`` lists what ``-f/--format`` takes.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import TextIOWrapper
from itertools import chain, islice
from typing import IO, Any

from hfterm.errors import HftermError, UsageError
from hfterm.text import cell, readable, redact, sanitize, to_json

FORMATS = ("table", "jsonl", "json", "csv", "tsv", "yaml", "quiet")
# Rows read ahead to size the columns of a table; later rows reuse the widths.
TABLE_LOOKAHEAD = 200

Record = Mapping[str, Any]
# How a value is shown in a table, by column name; machine formats always carry the raw value.
Show = Mapping[str, Callable[[Any], str]]


def is_terminal(stream: IO[Any]) -> bool:
    """Whether a stream is an open terminal."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError, OSError):
        return False


def colour_for(stream: IO[Any], setting: str = "auto") -> bool:
    """Whether to colour a stream: the setting, then ``NO_COLOR``, ``FORCE_COLOR``, ``TERM=dumb``, the terminal."""
    if setting != "auto":
        return setting == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "") not in ("", "0"):
        return True
    return os.environ.get("TERM") != "dumb" and is_terminal(stream)


class Output:
    """Writes results to stdout and everything else to stderr.

    Args:
        format: one of ``FORMATS``, or None to decide by the terminal.
        asked: the format that a flag asked for; only that turns a path or a text into an object.
        quiet: say only errors. verbose: say details. debug: say everything.
        color: ``auto``, ``always`` or ``never``.
        progress: ``auto``, ``bar``, ``plain``, ``jsonl`` or ``none`` (see :mod:`hfterm.progress`).
    """

    def __init__(
        self,
        format: str | None = None,
        *,
        asked: str | None = None,
        quiet: bool = False,
        verbose: bool = False,
        debug: bool = False,
        color: str = "auto",
        progress: str = "auto",
        stdout: IO[str] | None = None,
        stderr: IO[str] | None = None,
    ) -> None:
        if format is not None and format not in FORMATS:
            raise UsageError(f"no such format {format!r}", f"choose from {', '.join(FORMATS)}")
        self.stdout = stdout or sys.stdout
        if isinstance(self.stdout, TextIOWrapper) and not is_terminal(self.stdout):
            self.stdout.reconfigure(encoding="utf-8")  # records are UTF-8, whatever the locale
        self.stderr = stderr or sys.stderr
        self.format, self.asked = format, asked
        self.quiet, self.verbose, self.debug = quiet, verbose or debug, debug
        self.color, self.progress = color, progress
        # While a progress bar is drawn: writes a line above it.
        self.above_bar: Callable[[str], None] | None = None
        self._warned: set[str] = set()
        self._eager = True

    # --- results, to stdout ---------------------------------------------------------------

    def records(
        self,
        rows: Iterable[Record],
        *,
        columns: Sequence[str] = (),
        key: str | None = None,
        show: Show | None = None,
        empty: str | None = None,
        eager: bool = True,
    ) -> int:
        """Write records as they come; return how many.

        ``columns`` fixes a table's and a CSV's columns (default: those of the first record); machine
        formats carry every field. ``key`` names the identifying field for ``quiet``. ``empty`` is
        said on stderr when there was none, on a terminal. Not ``eager``: JSON Lines may wait for the buffer to fill,
        for rows that come of files faster than they are read.
        """
        self._eager = eager
        kind = self.format or ("table" if is_terminal(self.stdout) else "jsonl")
        count = 0

        def counted() -> Iterator[Record]:
            nonlocal count
            for row in rows:
                count += 1
                yield row

        getattr(self, f"_{kind}")(counted(), columns, key, show or {})
        self.stdout.flush()
        if not count and empty and kind == "table":
            self.note(empty)
        return count

    def record(self, row: Record, *, key: str | None = None, show: Show | None = None) -> None:
        """Write one object: a two-column table on a terminal, one object in ``json``, a row in the rest."""
        kind = self.format or ("table" if is_terminal(self.stdout) else "jsonl")
        if kind == "table":
            pairs = [{"name": k, "value": (show or {}).get(k, readable)(v)} for k, v in row.items()]
            self._table(iter(pairs), ("name", "value"), None, {}, header=False)
        elif kind == "json":
            self._write(to_json(row, indent=2) + "\n")
        else:
            self.records([row], key=key)
        self.stdout.flush()

    def artifact(self, path: str | os.PathLike[str], **facts: Any) -> None:
        """Print the path of what was made, alone; an object when a flag asked for a machine format."""
        if self.asked in (None, "table", "quiet"):
            self._write(f"{os.fspath(path)}\n")
            self.stdout.flush()
        else:
            self.record({"path": os.fspath(path), **facts})

    def text(self, text: str, *, end: str = "\n") -> None:
        """Write plain text as a result, neutralised on a terminal, flushed at once."""
        self._write((sanitize(text) if is_terminal(self.stdout) else text) + end)
        self.stdout.flush()

    def _write(self, text: str) -> None:
        try:
            self.stdout.write(text)
        except UnicodeEncodeError:
            encoding = getattr(self.stdout, "encoding", None) or "ascii"
            self.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))

    def _jsonl(self, rows: Iterator[Record], columns: Sequence[str], key: str | None, show: Show) -> None:
        for row in rows:
            self._write(to_json(row) + "\n")
            if self._eager:
                self.stdout.flush()

    def _json(self, rows: Iterator[Record], columns: Sequence[str], key: str | None, show: Show) -> None:
        opening = "["
        for row in rows:
            self._write(f"{opening}\n  {to_json(row)}")
            opening = ","
        self._write("[]\n" if opening == "[" else "\n]\n")

    def _yaml(self, rows: Iterator[Record], columns: Sequence[str], key: str | None, show: Show) -> None:
        import yaml

        class Dumper(yaml.SafeDumper):
            pass

        def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
            # Left to itself PyYAML folds the Unicode line breaks of a plain scalar into spaces.
            style = '"' if any(c in value for c in "\x85\u2028\u2029\ufeff") else None
            return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

        Dumper.add_representer(str, text)
        any_row = False
        for row in rows:
            any_row = True
            plain = [json.loads(to_json(row))]
            self._write(yaml.dump(plain, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=10**9))
            self.stdout.flush()
        if not any_row:
            self._write("[]\n")

    def _quiet(self, rows: Iterator[Record], columns: Sequence[str], key: str | None, show: Show) -> None:
        for row in rows:
            name = key if key is not None else next(iter(row), None)
            if name is not None:
                self._write(sanitize(cell(row.get(name)), cell=True) + "\n")
                self.stdout.flush()

    def _csv(
        self, rows: Iterator[Record], columns: Sequence[str], key: str | None, show: Show, dialect: str = "unix"
    ) -> None:
        import csv

        first = next(rows, None)
        if first is None and not columns:
            return
        names = list(dict.fromkeys([*columns, *(first or {})]))
        writer = csv.writer(_Raw(self._write), dialect, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
        writer.writerow(names)
        known = set(names)
        for row in chain([] if first is None else [first], rows):
            for name in row.keys() - known:
                self.warn_once(
                    f"field {name!r} first appears after the header and is left out; use -f jsonl to keep it"
                )
            writer.writerow([cell(row.get(name)) for name in names])
            self.stdout.flush()

    def _tsv(self, rows: Iterator[Record], columns: Sequence[str], key: str | None, show: Show) -> None:
        self._csv(rows, columns, key, show, dialect="excel-tab")

    def _table(
        self, rows: Iterator[Record], columns: Sequence[str], key: str | None, show: Show, *, header: bool = True
    ) -> None:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        head = list(islice(rows, TABLE_LOOKAHEAD))
        if not head:
            return
        names = list(columns) or list(dict.fromkeys(chain.from_iterable(head)))
        console = self.console(self.stdout)
        numeric = {n for n in names if n not in show and all(isinstance(r.get(n), int | float | None) for r in head)}
        numeric |= {n for n in names if n in show and all(isinstance(r.get(n), int | float | None) for r in head)}
        widths: list[int] = []
        while head:
            table = Table(box=box.SIMPLE_HEAD if header else None, show_header=header, pad_edge=False, show_edge=False)
            for i, name in enumerate(names):
                table.add_column(
                    Text(name),
                    justify="right" if name in numeric and header else "left",
                    overflow="fold",
                    style="bold" if not header and i == 0 else "",
                    width=widths[i] if widths else None,
                )
            for row in head:
                table.add_row(*(Text(sanitize(show.get(n, readable)(row.get(n)), cell=True)) for n in names))
            console.print(table)
            if not widths:
                # rich sizes by what it saw; keep that for the rows still to come.
                widths = table._calculate_column_widths(console, console.options)
                widths = [max(1, w - (1 if i == 0 or i == len(names) - 1 else 2)) for i, w in enumerate(widths)]
            header = False
            head = list(islice(rows, 1))

    # --- everything said, to stderr -------------------------------------------------------

    def note(self, text: str) -> None:
        """Say something useful, unless quiet."""
        if not self.quiet:
            self.say(text)

    def detail(self, text: str) -> None:
        """Say something only a verbose user wants."""
        if self.verbose and not self.quiet:
            self.say(text)

    def warn(self, text: str) -> None:
        """Say that something may be wrong."""
        if not self.quiet:
            self.say(f"hfterm: warning: {text}")

    def warn_once(self, text: str) -> None:
        """Like :meth:`warn`, the first time only."""
        if text not in self._warned:
            self._warned.add(text)
            self.warn(text)

    def error(self, error: HftermError) -> None:
        """Say what went wrong, in one line."""
        self.say(f"hfterm: {sanitize(redact(str(error)), cell=True)}")

    def say(self, text: str) -> None:
        """Write one line to stderr: no secrets, no control characters; never fails."""
        line = sanitize(redact(text))
        try:
            if self.above_bar is not None:
                self.above_bar(line)
            else:
                print(line, file=self.stderr, flush=True)
        except UnicodeEncodeError:
            print(line.encode("ascii", "backslashreplace").decode(), file=self.stderr, flush=True)
        except (OSError, ValueError):
            pass

    def console(self, stream: IO[str] | None = None) -> Any:
        """A rich console on a stream (default stderr), with this output's idea of colour."""
        from rich.console import Console

        stream = stream or self.stderr
        colour = colour_for(stream, self.color)
        return Console(
            file=stream,
            color_system="auto" if colour else None,
            force_terminal=True if colour else None,
            highlight=False,
            markup=False,
            emoji=False,
            width=None if is_terminal(stream) or os.environ.get("COLUMNS") else 10_000,
        )


class _Raw:
    """The least a csv writer needs of a file."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.write = write
