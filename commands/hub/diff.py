"""hfterm hub diff."""

import click

from hfterm.output import Output
from hfterm.text import human_bytes

from ..options import command
from ._repo import type_option
from ._writing import lazily


@command(progress=True)
@click.argument("a", metavar="REPO|DIR", help="org/name[@rev], or a folder here.")
@click.argument("b", metavar="[REPO|DIR|@REV]", required=False, help="The same, or @rev of the first. [default: @main]")
@type_option
@click.option("-p", "--text", "patch", is_flag=True, help="Show small text files line by line, as a unified diff.")
@click.option("--include", metavar="PATTERN", multiple=True, help="Only files like this: '*.json'. Repeat.")
@click.option("--exclude", metavar="PATTERN", multiple=True, help="No files like this. Repeat.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs.")
@click.pass_context
def cli(
    ctx: click.Context,
    out: Output,
    a: str,
    b: str | None,
    repo_type: str | None,
    patch: bool,
    include: tuple[str, ...],
    exclude: tuple[str, ...],
    exit_code: bool,
) -> None:
    """Show what differs between two revisions, or a folder and a repository.

    By hashes: no large file is downloaded. org/name alone shows what its last commit changed.

    \b
    Examples:
      hfterm hub diff org/name@v1 @v2
      hfterm hub diff org/name ./out -p
      hfterm hub diff org/name@v1 --exit-code
    """
    from hfterm.hub import diff
    from hfterm.hub.push.local import LeftOut, shown
    from hfterm.progress import Progress

    def left_out(one: LeftOut) -> None:
        out.note(f"left out: {shown(one.where)}: {one.why}")

    old, new = diff.sides(a, b, repo_type, left_out)
    with lazily(Progress(out), "compare", diff.to_read(old, new)) as read:
        rows = list(diff.diff(old, new, include=include, exclude=exclude, read=read, say=left_out))
    if patch:
        for row in rows:
            for line in diff.patch(old, new, row):
                _write(out, line)
    else:
        out.records(
            rows, key="path", columns=("change", "path", "old_size", "size"),
            show={"size": human_bytes, "old_size": human_bytes}, empty=f"{old.name} and {new.name} do not differ",
        )  # fmt: skip
    if exit_code and rows:
        ctx.exit(1)


COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def _write(out: Output, line: str) -> None:
    from hfterm.output import is_terminal

    if not is_terminal(out.stdout):
        out.text(line)
        return
    from rich.text import Text

    from hfterm.text import sanitize

    style = "bold" if line.startswith(("diff ", "+++", "---")) else COLOURS.get(line[:1], "")
    out.console(out.stdout).print(Text(sanitize(line), style=style), soft_wrap=True)
