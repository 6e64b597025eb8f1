"""Rows made in Python, one of one: handed out and saved as those that the engine makes."""

import json
import os
import tempfile
from collections.abc import Callable, Generator, Sequence
from typing import Any

from hfterm.data import forms
from hfterm.data.lines import OnBad
from hfterm.data.records import Record, batches
from hfterm.data.rows import Rows, whole
from hfterm.data.saving import saved_format
from hfterm.data.source import Source
from hfterm.errors import HftermError
from hfterm.records import BadRecord

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class Spooled(Rows):
    """Rows whose :meth:`lines` do not come out of one query; a file of another format is made of them in the end."""

    def __init__(self, con: Any, sources: Sequence[Source], **how: Any) -> None:
        super().__init__(con, sources, lambda rows: rows, **how)

    def save(self, path: str | os.PathLike[str]) -> None:
        """As :meth:`hfterm.data.rows.Rows.save`."""
        if saved_format(path) == ".jsonl":
            super().save(path)
            return
        with tempfile.NamedTemporaryFile(prefix="hfterm-", suffix=".jsonl") as spool:
            for part in self.lines():
                spool.write(part)
            spool.flush()
            whole(self.con, [self.sources[0]._replace(format="jsonl", paths=(spool.name,))]).save(path)


class Turned(Spooled):
    """Each record turned into one of :data:`hfterm.data.forms.FORMS`."""

    def __init__(
        self, con: Any, sources: Sequence[Source], to: str, *, render: Any = None, keep: bool = False, **how: Any
    ) -> None:
        super().__init__(con, sources, **how)
        self.turn: Callable[[dict[str, Any]], dict[str, Any]] = lambda value: forms.turned(
            value, to, render=render, keep=keep
        )
        self.to = to

    def lines(self) -> Generator[bytes]:
        """The records as JSON Lines; one that cannot be turned is told of and left out, or an error.

        Raises:
            HftermError: a record cannot be read or turned; it names the record.
        """
        for batch in batches(self.con, self.sources, all_text=self.all_text):
            made = []
            for record in batch:
                try:
                    made.append(self._made(record))
                except HftermError as exc:
                    if self.on_bad is None:
                        raise
                    why = record.why or f"cannot be turned into {self.to}: {getattr(exc.__cause__, 'message', exc)}"
                    self.on_bad(record.source, record.number, why, record.text)
            if made:
                yield b"".join(made)

    def _made(self, record: Record) -> bytes:
        if record.why is not None:
            raise BadRecord(record.source, record.number, record.why)
        try:
            return _line(self.turn(record.value))
        except HftermError as exc:
            where = f"{record.source}: row {record.number} cannot be turned into {self.to}"
            raise HftermError(f"{where}: {exc.message}", exc.hint) from exc


def _line(value: dict[str, Any]) -> bytes:
    try:
        return _encode(value).encode() + b"\n"
    except ValueError as exc:
        raise HftermError("it holds NaN or an infinite number, which JSON has not") from exc


def turned(
    con: Any,
    sources: Sequence[Source],
    to: str,
    *,
    render: Any = None,
    keep: bool = False,
    on_bad: OnBad | None = None,
    all_text: bool = False,
) -> Rows:
    """Records of the usual shapes as one of :data:`hfterm.data.forms.FORMS`."""
    return Turned(con, sources, to, render=render, keep=keep, on_bad=on_bad, all_text=all_text)
