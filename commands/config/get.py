"""hfterm config get."""

import click

from hfterm import config
from hfterm.output import Output

from ..options import command


@command()
@click.argument("key", help="The setting, as 'hfterm config ls --all' names it.")
def cli(out: Output, key: str) -> None:
    """Print one setting's value."""
    row = config.lookup(key)
    if out.asked in (None, "quiet"):
        out.text("" if row.value is None else str(row.value))
    else:
        out.record(row._asdict())
