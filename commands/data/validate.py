"""hfterm data validate."""

from itertools import islice

import click

from hfterm.output import Output

from ..options import command
from ._rows import Io, reads_rows

KINDS = ("sft", "dpo", "reward", "kto", "grpo", "rloo", "distill", "clm", "mlm", "seq2seq", "classify", "tag")
FOR = f"The training that rows are meant for: {', '.join(KINDS)}."


@command()
@reads_rows(writes=False)
@click.option("--for", "kind", required=True, type=click.Choice(KINDS), metavar="METHOD", help=FOR)
@click.option("--max-errors", type=click.IntRange(0), default=100, help="Stop after so many; 0: never. [default: 100]")
def cli(out: Output, io: Io, kind: str, max_errors: int) -> None:
    """Check that rows can be trained on; exit 6 when some cannot.

    Writes one finding for each row that cannot be used, with its number, and says in the end how many there are.

    \b
    Examples:
      hfterm data validate train.jsonl --for sft
      hfterm data validate pairs.parquet --for dpo --max-errors 0 -f csv > bad.csv
    """
    from hfterm.data import checks, rows
    from hfterm.errors import CheckFailedError

    with io.opened(out, streams=True) as (con, sources, how):
        look = checks.Checked(con, sources, kind, **how)
        found = look.findings()
        records = (one._asdict() for one in (islice(found, max_errors) if max_errors else found))
        out.records(records, key="row", columns=("source", "row", "problem"))
        label = rows.label(sources)
    many = f"{look.rows} row{'s' if look.rows != 1 else ''}"
    if look.found:
        stopped = f" (stopped there: --max-errors {max_errors})" if max_errors and look.found >= max_errors else ""
        raise CheckFailedError(f"{label}: {look.found} of {many} cannot be used for {kind}{stopped}")
    if not look.rows:
        raise CheckFailedError(f"{label}: it holds no rows")
    out.note(f"{label}: {many} can be used for {kind}")
