"""Show the doctor's findings: records for programs, groups with marks for people."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from hfterm.errors import HftermError
from hfterm.monitor.checks import Check, libraries
from hfterm.monitor.display import wants_table, write
from hfterm.output import Output
from hfterm.text import sanitize

MARKS = {
    "ok": ("✓", "ok", "green"),
    "info": ("i", "i", "cyan"),
    "warn": ("!", "!", "yellow"),
    "fail": ("✗", "X", "red"),
}
NAME_CELLS = 19


def show(out: Output, findings: Iterable[Check]) -> None:
    """Write all findings.

    Raises:
        HftermError: a check failed (after everything is written).
    """
    seen: list[Check] = []

    def kept() -> Iterator[Check]:
        for check in findings:
            seen.append(check)
            yield check

    if wants_table(out):
        for group, checks in groupby(kept(), key=lambda check: check.group):
            _print_group(out, group, list(checks))
    else:
        out.records((check.record() for check in kept()), key="name")
    failed = [check.name for check in seen if check.status == "fail"]
    warned = sum(check.status == "warn" for check in seen)
    if failed:
        raise HftermError(f"{_count(len(failed), 'check')} failed: {', '.join(failed)}")
    if wants_table(out):
        out.note(f"{_count(warned, 'warning')}, nothing failed" if warned else "all is well")


def _folded(checks: list[Check]) -> list[Check]:
    """The libraries that are as tested in one row, the rest as it is."""
    fine = [c for c in checks if c.group == libraries.GROUP and c.status == "ok" and c.name != libraries.CONFLICTS]
    if len(fine) < 2:
        return checks
    row = replace(fine[0], name="as tested", value=", ".join(f"{c.name} {c.value}" for c in fine))
    return [row, *(c for c in checks if c not in fine)]


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _print_group(out: Output, group: str, checks: list[Check]) -> None:
    from rich.table import Table
    from rich.text import Text

    console = out.console(out.stdout)
    plain = console.options.ascii_only
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=2, no_wrap=True)
    grid.add_column(min_width=NAME_CELLS, max_width=NAME_CELLS, overflow="fold")
    grid.add_column(overflow="fold")
    for check in checks if out.verbose else _folded(checks):
        mark, ascii_mark, style = MARKS[check.status]
        says = Text(sanitize(check.value or "", cell=True))
        if check.detail:
            says.append(f"  {sanitize(check.detail, cell=True)}", style="" if check.status == "fail" else "dim")
        if check.remedy:
            says.append(f"\n{'->' if plain else '→'} {sanitize(check.remedy, cell=True)}", style=style)
        grid.add_row(Text(ascii_mark if plain else mark, style=style), Text(sanitize(check.name, cell=True)), says)
    write(out, console, Text(group, style="bold"), grid)
