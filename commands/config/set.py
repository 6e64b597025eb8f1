"""hfterm config set."""

import click

from hfterm import config
from hfterm.errors import UsageError
from hfterm.output import Output

from ..options import command


@command()
@click.argument("key", help="The setting, as 'hfterm config ls --all' names it.")
@click.argument("value", required=False, help="Its new value.")
@click.option("--unset", is_flag=True, help="Clear the setting.")
@click.option("--project", is_flag=True, help="In ./hfterm.toml instead of the user's file.")
def cli(out: Output, key: str, value: str | None, unset: bool, project: bool) -> None:
    """Change or clear a setting.

    Prints the path of the file that was changed.
    """
    if (value is None) != unset:
        raise UsageError("give a value or --unset" if value is None else "a value and --unset exclude each other")
    out.artifact(config.write(key, value, project=project))
