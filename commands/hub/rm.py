"""hfterm hub rm."""

import click

from hfterm.errors import UsageError
from hfterm.output import Output
from hfterm.text import human_bytes

from ..options import command, dry_run_option, yes_option
from ._repo import one, revision_option, type_option
from ._writing import commit_options, confirmed, show_commit


@command()
@click.argument("repo", help="org/name, or hf://org/name/FILE.")
@click.argument("patterns", nargs=-1, metavar="[PATHS_IN_REPO]...", help="Files, folders, or '*.bin'.")
@click.option("--repo", "whole", is_flag=True, help="The whole repository, with its history.")
@type_option
@revision_option
@commit_options
@yes_option
@dry_run_option
def cli(
    out: Output, repo: str, patterns: tuple[str, ...], whole: bool, repo_type: str | None, revision: str | None,
    message: str | None, description: str, pr: bool, parent: str | None, yes: bool, dry_run: bool,
) -> None:  # fmt: skip
    """Remove files of a repository, or all of it.

    Asks first. Files go in one commit, whose address is printed; their old versions stay in the history.
    With --repo nothing stays, and the id is printed.

    \b
    Examples:
      hfterm hub rm org/name 'checkpoint-*' -n
      hfterm hub rm --repo org/name -y
    """
    from hfterm.hub import remove, repos
    from hfterm.hub.writes import check_parent

    named = one(repo, repo_type, revision)
    if whole:
        if patterns or message or description or pr or parent:
            raise UsageError("--repo removes all of it", "leave out patterns and the options of a commit")
        facts = repos.facts(named)
        if dry_run:
            out.record(facts, key="id", show={"size": human_bytes})
            return
        size = f"{facts['files']} files, {human_bytes(facts['size'])}"
        if confirmed(out, f"Remove {named.type} {facts['id']} ({size}) for ever?", "removing a repository", yes):
            repos.remove(named)
            if out.asked in (None, "table", "quiet"):
                out.text(facts["id"])
            else:
                out.record(facts, key="id")
        return
    if named.path:
        patterns = (named.path, *patterns)
        named = named._replace(path="")
    if not patterns:
        raise UsageError("no files named", "name files or patterns; --repo removes the repository itself")
    if pr and named.revision not in (None, "main"):
        raise UsageError("--pr proposes a change to the main branch, --revision names another")
    check_parent(parent)
    rows = remove.find(named, patterns)
    if dry_run:
        out.records(rows, key="path", show={"size": human_bytes})
        return
    shown = ", ".join(row["path"] for row in rows[:5]) + (f" and {len(rows) - 5} more" if len(rows) > 5 else "")
    if pr or confirmed(out, f"Remove {shown} from {str(named).removeprefix('hf://')}?", "removing files", yes):
        paths = [row["path"] for row in rows]
        made = remove.remove(named, paths, message=message, description=description, propose=pr, parent=parent)
        show_commit(out, made)
