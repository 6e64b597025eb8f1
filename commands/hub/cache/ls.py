"""hfterm hub cache ls."""

import click

from hfterm.output import Output

from ...options import command
from ._words import SHOW, say_of_use, type_option, words_argument

COLUMNS = ("ref", "type", "size", "files", "used", "modified", "refs", "incomplete")
REVISIONS = ("ref", "refs", "size", "files", "used", "modified")


@command()
@words_argument
@type_option
@click.option("--revisions", is_flag=True, help="A row a revision; those without a reference can be pruned.")
@click.option(
    "--sort", "by", type=click.Choice(("name", "size", "used", "modified", "files", "incomplete")), default="name",
    show_default=True, help="Largest, or latest, first.",
)  # fmt: skip
@click.option("--reverse", is_flag=True, help="The other way round.")
@click.option("-n", "--limit", type=click.IntRange(min=1), help="So many at most.")
def cli(
    out: Output, words: tuple[str, ...], kind: str | None, revisions: bool, by: str, reverse: bool, limit: int | None
) -> None:
    """List what is in the caches: size, files, last use.

    The Hub's cache, prepared data sets (prepared:NAME), Xet's chunks (xet:NAME) and assets (assets:NAME).

    \b
    Filters, quoted, all must hold:
      size>1GB incomplete>0 files<10 revisions>1 detached>0
      unused>30d modified<12h          ages: s m h d w mo y
      type=dataset cache=hub refs=v1.0 id~llama   ~: holds it, or fits it; != !~

    \b
    Examples:
      hfterm hub cache ls 'size>1GB' 'unused>30d' --sort size
      hfterm hub cache ls 'org/*' --revisions
      hfterm hub cache ls -t dataset -f quiet | hfterm hub cache rm -n
    """
    from hfterm.hub.cache import layout, rows, scan
    from hfterm.hub.cache.choose import Words

    asked = Words(words, kind)
    say_of_use(out, asked)
    found = asked.choose()
    for one in found:
        for problem in one.entry.problems:
            out.warn(f"cannot look at {problem}")
    if revisions:
        listed = [
            row for one in found if isinstance(one.entry, scan.CachedRepo) for row in rows.revisions(one.entry)
            if one.revisions is None or row["revision"] in {r.sha for r in one.revisions}
        ]  # fmt: skip
    else:
        listed = [rows.record(one.entry) for one in found]
    show = SHOW | {"used": rows.ago, "modified": rows.ago}
    out.records(
        rows.ordered(listed, by, reverse)[:limit], columns=REVISIONS if revisions else COLUMNS, key="ref", show=show,
        empty=f"nothing like it is cached in {layout.root('hub')}" if words or kind else "nothing is cached",
    )  # fmt: skip
