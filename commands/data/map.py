"""hfterm data map."""

from typing import Any

import click

from hfterm.output import Output

from ..options import command
from ._engine import Where, runs_on_ray, spread
from ._py import Py, takes_function
from ._rows import Io, reads_rows


@command()
@reads_rows()
@click.argument("expressions", required=False, help="SQL expressions, with commas between them.")
@takes_function(makes=True)
@runs_on_ray
def cli(out: Output, io: Io, py: Py, expressions: str | None, where: Where) -> None:
    """Add columns made by expressions, or make columns anew.

    An expression without AS replaces the one column in it. All other fields of a record stay as they are.
    With --py a Python function gets each record as a dict and returns the fields to set; several dicts are several
    rows, none (an empty list) leaves the record out.

    \b
    Images and sounds are changed and measured in expressions:
      resize(image, W, H)  thumbnail(image, W, H)
      crop(image, LEFT, TOP, RIGHT, BOTTOM)
      convert(image, 'RGB')  width(image)  height(image)
      resample(audio, HZ)  mono(audio)  duration(audio)

    What they make is PNG (TIFF for other modes) and WAV. Images are turned upright first, of several frames the first
    counts. -o FILE.parquet keeps them, as datasets reads them; records only describe them.

    \b
    Examples:
      hfterm data map train.jsonl 'len(text) AS length, lower(label)'
      hfterm data map photos/ 'resize(image, 100, 100)' -o small.parquet
      hfterm data map prices.csv 'price * 1.19 AS gross' -o gross.parquet
      hfterm data map train.jsonl --py clean.py:shout --num-proc 4 > loud.jsonl
    """
    io = py.sources(io, expressions, "an expression")
    with where.cluster(out, prints=py.py is not None) as cluster:
        if expressions is None or py.py is not None:
            py.run(out, io, "map", cluster)
            return
        from hfterm.data import rows

        text = expressions

        def make(con: Any, sources: Any, **how: Any) -> Any:
            return spread(cluster, rows.made(con, sources, text, add=True, **how), text)

        io.run(out, make, streams=True)
