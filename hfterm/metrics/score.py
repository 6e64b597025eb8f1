"""Metrics over records: the pairs in them, checked, and the values."""

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import zip_longest
from typing import Any

from hfterm.errors import CheckFailedError, UsageError, one_line
from hfterm.metrics import values
from hfterm.metrics.columns import Columns
from hfterm.metrics.options import Options
from hfterm.metrics.read import Item
from hfterm.metrics.table import Asked
from hfterm.metrics.values import BadValue, Row, Turn

# So many records that cannot be used are named in an error, and so many in warnings.
NAMED = 3
WARNED = 10

OnBad = Callable[[str], None]


class Pairs:
    """What records hold for each kind of metric; ``records`` and ``bad`` count."""

    def __init__(self, metrics: Iterable[Asked], columns: Columns | None = None, on_bad: OnBad | None = None) -> None:
        kinds = dict.fromkeys(one.metric.takes for one in metrics)
        self.rows: dict[str, list[Row]] = {kind: [] for kind in kinds}
        self._turns: dict[str, Turn] = {kind: values.KINDS[kind]() for kind in kinds if kind != "loss"}
        self._columns, self._on_bad = columns or Columns(), on_bad
        self._found: dict[str, tuple[str, str]] | None = None
        self._lacking: UsageError | None = None
        self.records = self.bad = 0
        self._named: list[str] = []

    def add(self, one: Item, other: Item | None = None) -> None:
        """Take a record; ``other`` holds its reference, where that is not in the same one.

        Raises:
            UsageError: it has no columns as are needed (one that may be left out is).
        """
        for item in (one, other):
            if item is not None and item.why is not None:
                self._leave_out(item.where, item.why)
                return
        record, beside = one.value, (other or one).value
        try:
            if self._found is None:
                self._found = {kind: self._columns.find(kind, record, beside) for kind in self._turns}
            rows = {kind: self._row(kind, record, beside) for kind in self.rows}
        except UsageError as exc:
            self._lacking = self._lacking or exc
            if self._on_bad is None:
                raise UsageError(f"{one.where}: {exc.message}", exc.hint) from None
            self._leave_out(one.where, f"cannot be scored: {exc.message}")
        except BadValue as exc:
            self._leave_out(one.where, str(exc))
        else:
            self.records += 1
            for kind, row in rows.items():
                self.rows[kind].append(row)

    def _row(self, kind: str, record: dict[str, Any], beside: dict[str, Any]) -> Row:
        if kind == "loss":
            return values.loss(record)
        assert self._found is not None
        mine, its = self._found[kind]
        return self._turns[kind](record.get(mine), beside.get(its))

    def _leave_out(self, where: str, why: str) -> None:
        self.bad += 1
        if self._on_bad is not None:
            if self.bad <= WARNED:
                self._on_bad(f"left out {where}: it {why}")
        elif len(self._named) < NAMED:
            self._named.append(f"{where} {why}")

    def check(self) -> None:
        """See that there is something to score, and nothing that cannot be.

        Raises:
            CheckFailedError: there is not. UsageError: no record has the columns.
        """
        if self._on_bad is not None and self.bad > WARNED:
            self._on_bad(f"left out {self.bad} records in all")
        if self._found is None and self._lacking is not None and not self.records:
            raise self._lacking
        if self._named:
            more = f"; and {self.bad - len(self._named)} more" if self.bad > len(self._named) else ""
            many = f"{self.bad} of {self.records + self.bad} records cannot be scored"
            raise CheckFailedError(
                f"{many}: {'; '.join(self._named)}{more}", "--skip-bad leaves such records out, with a warning"
            )
        if not self.records:
            raise CheckFailedError("there are no records to score" + (" but bad ones" if self.bad else ""))


def paired(items: Iterable[Item], others: Iterable[Item]) -> Iterator[tuple[Item, Item]]:
    """Records of two sources by their order.

    Raises:
        CheckFailedError: one of them has more.
    """
    for number, (one, other) in enumerate(zip_longest(items, others)):
        if one is None or other is None:
            short, long = ("predictions", "references") if one is None else ("references", "predictions")
            raise CheckFailedError(f"there are {number} {short}, but more {long}: {(one or other).where} has no other")
        yield one, other


def computed(metrics: Sequence[Asked], pairs: Pairs, options: Options) -> dict[str, Any]:
    """The value of each metric by its name, and the number of records.

    Raises:
        CheckFailedError: a metric has no value for these records. UsageError, MissingExtraError.
    """
    found: dict[str, float] = {}
    for where in dict.fromkeys(one.metric.where for one in metrics):
        names = [one for one in metrics if one.metric.where == where]
        module = import_module(f"hfterm.metrics.{where}")
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            for takes in dict.fromkeys(one.metric.takes for one in names):
                some = [one for one in names if one.metric.takes == takes]
                try:
                    found |= module.compute(some, pairs.rows[takes], options)
                except ValueError as exc:
                    names_said = ", ".join(one.name for one in some)
                    raise CheckFailedError(f"{names_said} cannot be computed: {one_line(exc)}") from exc
        whys = list(
            dict.fromkeys(
                one_line(one.message) for one in said if issubclass(one.category, UserWarning | RuntimeWarning)
            )
        )
        for name, value in found.items():
            if not math.isfinite(value):
                raise CheckFailedError(f"{name} has no value for these records" + (f": {whys[0]}" if whys else ""))
        for why in whys:
            options.note(f"warning: {why}")
    # In the order that they were asked for; seqeval gives several.
    ordered = [name for one in metrics for name in found if name == one.name or name.startswith(f"{one.name}_")]
    return {**{name: found[name] for name in ordered}, "records": pairs.records}
