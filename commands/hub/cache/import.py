"""hfterm hub cache import."""

import click

from hfterm.output import Output
from hfterm.progress import Progress

from ...options import command, dry_run_option, overwrite_option
from ._words import SHOW


@command(progress=True)
@click.argument("source", metavar="SOURCE", help="A cache, a tar archive of one (-: standard input), or a folder.")
@click.argument("words", nargs=-1, metavar="[REPO|FILTER]...", help="Only these of another cache.")
@click.option("--as", "name", metavar="REPO", help="Take a folder of files as this repository.")
@click.option(
    "-t", "--type", "kind", type=click.Choice(("model", "dataset", "space")), help="Its kind. [default: model]"
)
@click.option("-r", "--revision", metavar="REV", help="With --as: the branch or tag to name it. [default: main]")
@click.option("--link/--copy", default=None, help="By hard links, or not. [default: link, but copy with --as]")
@overwrite_option
@dry_run_option
def cli(
    out: Output,
    source: str,
    words: tuple[str, ...],
    name: str | None,
    kind: str | None,
    revision: str | None,
    link: bool | None,
    overwrite: bool,
    dry_run: bool,
) -> None:
    """Import repositories from a cache, an archive or a folder.

    For machines without internet. Every content is checked against its hash and appears whole or not at all;
    what is there already is skipped. A branch that is newer here stays, unless --overwrite.

    \b
    Examples:
      hfterm hub cache import /mnt/usb/hub 'id~llama'
      tar -c -C ~/.cache/huggingface hub | ssh node hfterm hub cache import -
      hfterm hub cache import ./model --as org/name
    """
    from hfterm.hub.cache import importing

    columns = ("ref", "files", "bytes", "there", "refs", "path")
    with Progress(out, "none" if dry_run else None).task("importing", None, "B") as task:
        taken = importing.run(
            source, words, name=name, kind=kind, revision=revision, link=link, overwrite=overwrite, dry=dry_run,
            advance=task.advance, note=out.warn,
        )  # fmt: skip
        out.records((one.record() for one in taken), key="ref", columns=columns, show=SHOW)
