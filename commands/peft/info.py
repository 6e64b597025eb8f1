"""hfterm peft info."""

from typing import Any

import click

from hfterm.output import Output, Show

from ..options import command


@command()
@click.argument("adapter", help="A folder, a Hub id or run:NAME.")
@click.option("--each", is_flag=True, help="A row a module: rank, parameters, norms.")
def cli(out: Output, adapter: str, each: bool) -> None:
    """Show what an adapter is, and check that it is whole.

    Method, rank, targets, size, the base model and whether it is here. Halves that are missing, ranks that are not
    the configuration's, modules that do not fit the base model, NaN: each is named, and the exit code is 6. 'update'
    is the norm of what LoRA adds to a weight. Pickled weights are refused; of the Hub's only headers are read, but
    with --each all.

    \b
    Examples:
      hfterm peft info run:demo
      hfterm peft info ./adapter --each -f csv
      hfterm peft info org/adapter -f json | jq .problems
    """
    from hfterm.peft.info import info
    from hfterm.text import human_bytes

    found = info(adapter, each=each, note=out.note)
    show: Show = {"bytes": human_bytes, "parameters": "{:,}".format, "norm": _norm, "update": _norm}
    if each:
        columns = ("module", "layer", "rank", "tensors", "parameters", "norm", "update")
        out.records((m._asdict() for m in found.modules), key="module", columns=columns, show=show)
    else:
        out.record(found.record, key="id", show=show)
    found.check()


def _norm(value: Any) -> str:
    return "-" if value is None else f"{value:.4g}"
