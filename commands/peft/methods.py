"""hfterm peft methods."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from hfterm.output import Output

from ..options import command


@command()
@click.argument("method", required=False, metavar="[METHOD]", help="One, with all its settings.")
@click.option("--try", "again", is_flag=True, help="Try them all here first, where this PEFT was not tried yet.")
def cli(out: Output, method: str | None, again: bool) -> None:
    """List the methods of the installed PEFT, or one's settings.

    What each is, the tasks it can train, whether its adapters become part of the base model exactly, whether hfterm
    train runs it here, its main settings with their defaults, and the paper. All of it comes from the library itself;
    tasks and merging were tried, each method on each task, with the version of PEFT that hfterm is tested with.

    \b
    Examples:
      hfterm peft methods
      hfterm peft methods lora
      hfterm peft methods -f json | jq -r '.[] | select(.merge).method'
    """
    from hfterm.peft import catalog, matrix

    if again and not matrix.known():
        out.note("trying every method of the installed PEFT, which takes a minute or two")
        matrix.again()
    if method is not None:
        if why := catalog.of(method, out.note)["why"]:
            out.note(f"hfterm train does not run it here: {why}")
        out.records(catalog.settings(method, out.note), key="setting", columns=("setting", "type", "default", "help"))
        return
    rows = list(catalog.ls(out.note))
    columns = ("method", "about", "tasks", "merge", "runs", "settings", "paper")
    out.records(rows, key="method", columns=columns, show=_SHOW)
    if not matrix.known():
        out.note("tasks and merging are not known for this version of PEFT: --try finds out")


def _tasks(tasks: list[str] | None) -> str:
    from hfterm.peft.trial import TASKS

    return "unknown" if tasks is None else "all" if len(tasks) == len(TASKS) else " ".join(tasks) or "none"


def _merge(value: bool | None) -> str:
    return "depends" if value is None else _yes(value)


def _pairs(settings: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in list(settings.items())[:4])


def _yes(value: bool) -> str:
    return "yes" if value else "no"


_SHOW: dict[str, Callable[[Any], str]] = {"tasks": _tasks, "merge": _merge, "runs": _yes, "settings": _pairs}
