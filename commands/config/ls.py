"""hfterm config ls."""

import click

from hfterm import config
from hfterm.output import Output

from ..options import command


@command()
@click.option("-a", "--all", "everything", is_flag=True, help="Also every option of every command.")
def cli(out: Output, everything: bool) -> None:
    """List settings, their values and where they come from.

    An option of a command is a setting too: train.sft.learning_rate is the default of
    'hfterm train sft --learning-rate'.
    """
    rows = ({**row._asdict(), "help": config.known(row.key).help} for row in config.all_values(everything=everything))
    out.records(rows, columns=("key", "value", "origin", "help"), key="key")
