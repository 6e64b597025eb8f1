"""How the verbs that write an adapter tell what they wrote, or would write."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from hfterm.output import Output
from hfterm.text import human_bytes


def tell(out: Output, path: Path, facts: Mapping[str, Any], said: str, *, dry_run: bool) -> None:
    """Print the folder's path (with ``-f json`` an object); of a dry run only what would be, in words or an object."""
    if not dry_run:
        out.note(said)
        out.artifact(path, **facts)
        return
    out.note(f"would write {path}, {human_bytes(facts['bytes'])}: {said}")
    if out.asked not in (None, "table", "quiet"):
        out.record({"path": str(path), **facts, "dry_run": True})


def share(value: float | None) -> str:
    """A share in percent, in few digits but never rounded up to all."""
    if value is None:
        return "-"
    return "100 %" if value == 1 else f"{min(100 * value, 99.9999):.6g} %"


output_option = click.option("-o", "--output", metavar="DIR", required=True, help="Folder to write.")
