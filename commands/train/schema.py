"""hfterm train schema."""

from typing import Any

import click

from hfterm.errors import UsageError
from hfterm.output import Output
from hfterm.text import readable

from ..options import command
from ._recipes import MethodName


@command()
@click.argument(
    "method", required=False, type=MethodName(), metavar="[METHOD]", help="Left out, the methods are listed."
)
@click.argument("field", required=False, help="One field, explained.")
@click.option("-a", "--all", "everything", is_flag=True, help="Also the fields that every trainer has.")
@click.option("--search", metavar="WORDS", help="Only fields, of all, whose name or help has the words.")
def cli(out: Output, method: str | None, field: str | None, everything: bool, search: str | None) -> None:
    """List or explain the fields of a method: its recipe's and its library's.

    They are read from the installed libraries themselves, once for each set of versions. Every field is a key of a
    recipe file; on a command line those of the library are given with --set FIELD=VALUE.

    \b
    Examples:
      hfterm train schema
      hfterm train schema sft --search warmup
      hfterm train schema sft lr_scheduler_type
      hfterm train schema sft --all -f quiet
    """
    from hfterm.train.schema import listing

    if method is None:
        if everything or search:
            raise UsageError("name a METHOD", "see 'hfterm train schema'")
        out.records(listing.methods(), key="method", columns=("method", "about", "arguments"))
    elif field is not None:
        out.record(listing.field(method, field, out.note), key="field", show={"type": str, "choices": _choices})
    else:
        rows = listing.fields(method, everything=everything, search=search, say=out.note)
        count = out.records(
            rows, key="field", columns=("field", "type", "default", "help"),
            show={"help": _first, "default": _short}, empty="no such field",
        )  # fmt: skip
        if not everything and search is None and count and out.format in (None, "table"):
            out.detail(f"more: 'hfterm train schema {method} --all'")


def _first(text: str | None) -> str:
    """The first sentence of a help."""
    return (text or "").split(". ")[0].rstrip(".")


def _short(value: Any) -> str:
    text = readable(value)
    return text if len(text) <= 24 else text[:21] + "..."


def _choices(values: list[str]) -> str:
    return ", ".join(values) or "-"
