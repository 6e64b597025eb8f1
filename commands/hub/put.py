"""hfterm hub put."""

import sys
from functools import partial

import click

from hfterm.errors import UsageError
from hfterm.output import Output, is_terminal
from hfterm.text import human_bytes

from ..options import command, dry_run_option
from ._repo import one, revision_option, type_option
from ._writing import commit_options, lazily, show_commit


@command(progress=True)
@click.argument("repo", help="org/name, or hf://org/name/FOLDER.")
@click.argument(
    "paths", nargs=-1, metavar="[PATH]...", help="Files and folders; left out, a list of files on standard input."
)
@type_option
@revision_option
@click.option(
    "--to", metavar="PATH_IN_REPO", default="", help="Where to in the repository: a folder, or one file's new name."
)
@click.option("--include", metavar="PATTERN", multiple=True, help="Only files like this: '*.json'. Repeat.")
@click.option("--exclude", metavar="PATTERN", multiple=True, help="No files like this. Repeat.")
@click.option("--delete", metavar="PATTERN", multiple=True, help="Remove files like this that are not sent. Repeat.")
@click.option("--create", is_flag=True, help="Make the repository, or the branch, if there is none.")
@click.option("--private/--public", default=None, help="How to make it. [default: as the owner has set]")
@click.option("--sdk", type=click.Choice(("static", "gradio", "docker")), help="What a space made by --create runs on.")
@click.option("--secrets", is_flag=True, help="Send files that may hold secrets, too.")
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=4, show_default=True, help="Large files at once.")
@commit_options
@dry_run_option
def cli(
    out: Output, repo: str, paths: tuple[str, ...], repo_type: str | None, revision: str | None, to: str,
    include: tuple[str, ...], exclude: tuple[str, ...], delete: tuple[str, ...], create: bool, private: bool | None,
    sdk: str | None, secrets: bool, jobs: int, message: str | None, description: str, pr: bool, parent: str | None,
    dry_run: bool,
) -> None:  # fmt: skip
    """Send files and folders to a repository.

    A folder's content goes to the top of the repository, or below --to. What is there already is not
    sent; after a kill the same command goes on. Prints the commit's address. .git and .cache never go,
    files that may hold secrets only with --secrets.

    \b
    Examples:
      hfterm hub put org/name ./out --create --private
      hfterm hub put org/name model.bin --to weights/v2.bin -m "Second try"
      find . -name '*.json' | hfterm hub put org/name -n
    """
    from hfterm.hub.push import put
    from hfterm.hub.push.local import LeftOut, shown
    from hfterm.progress import Progress

    if private is not None and not create:
        raise UsageError(f"--{'private' if private else 'public'} is for --create")
    progress = Progress(out)

    def left_out(one: LeftOut) -> None:
        out.warn(f"left out: {shown(one.where)}: {one.why}")

    named = one(repo, repo_type, revision)
    sources, listed = _sources(paths, bool(delete))
    wish = put.Wish(
        named, sources, to, listed=listed, include=include, exclude=exclude, delete=delete, secrets=secrets,
        create=create, private=private, sdk=sdk, propose=pr, title=message, description=description, parent=parent,
        jobs=jobs,
    )  # fmt: skip
    if dry_run:
        plan = put.plan(wish, partial(lazily, progress), left_out)
        if plan.head is None:
            out.note(f"{named.type} {named.id}, or its branch, is not there yet and would be made")
        rows = [step.record() for step in plan.of("add", "change", "delete", "ignored")]
        same = len(plan.of("same"))
        out.records(
            rows, key="path", columns=("action", "path", "size", "old_size"),
            show={"size": human_bytes, "old_size": human_bytes},
        )  # fmt: skip
        sent = plan.of("add", "change")
        total = sum(step.size or 0 for step in sent)
        gone = f", {len(plan.of('delete'))} to delete" if delete else ""
        out.note(f"{human_bytes(total)} in {len(sent)} files to send{gone}; {same} are there already")
        return
    made = put.put(wish, partial(lazily, progress), out.note, left_out)
    if made["ignored"]:
        out.warn(f"{made['ignored']} files are ignored by the repository's .gitignore")
    if not made["commits"]:
        out.note(f"nothing to do: all {made['unchanged']} files are there already")
    else:
        out.note(
            f"{made['added']} added, {made['changed']} changed, {made['deleted']} deleted, "
            f"{made['unchanged']} there already; {human_bytes(made['sent_bytes'])} sent"
        )
    show_commit(out, made)


def _sources(paths: tuple[str, ...], alone: bool) -> tuple[tuple[str, ...], bool]:
    """Files and folders, and whether they are lines of a list; ``alone``: there need not be any."""
    if paths and paths != ("-",):
        if "-" in paths:
            raise UsageError("'-' stands alone: a list on standard input, or paths")
        return paths, False
    if is_terminal(sys.stdin):
        if alone and not paths:
            return (), False
        raise UsageError("no files named", "name a file or folder: hfterm hub put org/name ./out")
    listed = tuple(line.rstrip("\r\n") for line in sys.stdin if line.strip())
    if not listed and not alone:
        raise UsageError("standard input names no files", "pipe in one a line")
    return listed, True
