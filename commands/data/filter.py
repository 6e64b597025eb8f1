"""hfterm data filter."""

from typing import Any

import click

from hfterm.output import Output

from ..options import command
from ._engine import Where, runs_on_ray, spread
from ._py import Py, takes_function
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.argument("condition", required=False, help="SQL, as behind WHERE.")
@takes_function(makes=False)
@runs_on_ray
def cli(out: Output, io: Io, py: Py, condition: str | None, where: Where) -> None:
    """Keep the rows that a condition is true of.

    A JSON record that is kept is written byte for byte as it was read. row->>'x' reads a field that the first
    rows lack. With --py a Python function gets each record as a dict and says whether to keep it.

    \b
    Examples:
      hfterm data filter train.jsonl 'len(text) > 200' > long.jsonl
      zcat big.jsonl.gz | hfterm data filter "lang IN ('en', 'de')" | wc -l
      hfterm data filter train.jsonl --py rules.py:is_clean -o clean.jsonl
      hfterm data filter 'logs/*.jsonl' "lang = 'en'" --engine ray > en.jsonl
    """
    io = py.sources(io, condition, "a condition")
    with where.cluster(out, prints=py.py is not None) as cluster:
        if condition is None or py.py is not None:
            py.run(out, io, "filter", cluster)
            return
        from hfterm.data import rows

        text = condition

        def make(con: Any, sources: Any, **how: Any) -> Any:
            return spread(cluster, rows.filtered(con, sources, text, **how), text)

        io.run(out, make, streams=True)
