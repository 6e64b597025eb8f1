"""What the commands for branches and for tags share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from hfterm.errors import UsageError
from hfterm.hub.client import Repo
from hfterm.output import Output

from ..options import dry_run_option, yes_option
from ._writing import confirmed

F = TypeVar("F", bound=Callable[..., Any])


def change_options(function: F) -> F:
    """``-d/--delete``, ``--exist-ok``, ``--yes`` and ``--dry-run``."""
    for option in (
        dry_run_option,
        yes_option,
        click.option("--exist-ok", is_flag=True, help="Take one that exists as it is."),
        click.option("-d", "--delete", is_flag=True, help="Remove it instead; asks first."),
    ):
        function = option(function)
    return function


def show(out: Output, repo: Repo, kind: str) -> None:
    """List them."""
    from hfterm.hub import branches

    rows = branches.ls(repo, "branch" if kind == "branch" else "tag")
    out.records(rows, key="name", columns=("name", "commit"), empty=f"no {'branches' if kind == 'branch' else 'tags'}")


def change(
    out: Output,
    repo: Repo,
    kind: str,
    name: str | None,
    *,
    start: str | None = None,
    message: str | None = None,
    delete: bool = False,
    exist_ok: bool = False,
    yes: bool = False,
    dry_run: bool = False,
) -> None:
    """Make or remove one."""
    from hfterm.hub import branches

    which: branches.Kind = "branch" if kind == "branch" else "tag"
    if name is None:
        raise UsageError(f"no {kind} named", f"see: hfterm hub {kind} {repo.id}")
    if not delete:
        row = branches.add(repo, which, name, start=start, message=message, exist_ok=exist_ok, dry_run=dry_run)
    else:
        if start or message or exist_ok:
            raise UsageError("-d removes it", "leave out --from, --message and --exist-ok")
        row = branches.find(repo, which, name)
        question = f"Remove {kind} {name} of {repo.id} (at {str(row['commit'])[:12]})?"
        if not dry_run:
            if not confirmed(out, question, f"removing a {kind}", yes):
                return
            branches.remove(repo, which, name)
    if out.asked in (None, "table", "quiet"):
        out.text(row["name"])
    else:
        out.record(row, key="name")
