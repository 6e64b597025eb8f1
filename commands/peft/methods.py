"""hfterm peft methods."""

from collections.abc import Mapping
from typing import Any

import click

from hfterm.output import Output

from ..options import command


@command()
@click.argument("method", required=False, metavar="[METHOD]", help="One, with all its settings.")
def cli(out: Output, method: str | None) -> None:
    """List the methods of the installed PEFT, or one's settings.

    What each is, whether its adapters can be merged into the base model exactly, whether hfterm train takes it,
    its main settings with their defaults, and the paper. All of it comes from the library itself.

    \b
    Examples:
      hfterm peft methods
      hfterm peft methods lora
      hfterm peft methods -f json | jq -r '.[] | select(.merge).method'
    """
    from hfterm.peft import catalog

    if method is not None:
        out.records(catalog.settings(method), key="setting", columns=("setting", "type", "default", "help"))
        return
    columns = ("method", "about", "merge", "train", "settings", "paper")
    out.records(catalog.ls(), key="method", columns=columns, show={"settings": _pairs, "merge": _merge, "train": _yes})


def _pairs(settings: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in list(settings.items())[:4])


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _merge(value: bool | None) -> str:
    return "depends" if value is None else _yes(value)
