"""hfterm data split."""

import click

from hfterm.output import Output

from ..options import command, overwrite_option
from ._rows import MEDIA, Io, reads_rows

KINDS = ("jsonl", "json", "csv", "tsv", "parquet", "arrow")


@command()
@reads_rows(writes=False)
@click.option("-o", "--output", "folder", metavar="FOLDER", required=True, help="Where the parts go.")
@click.option("--test", metavar="SIZE", default="0.1", help="A share (0.1, 10%) or a count (500). [default: 0.1]")
@click.option("--validation", metavar="SIZE", help="A part of that name, too.")
@click.option("--stratify", metavar="COLUMN", help="Each part gets its share of every value of it.")
@click.option("--group-by", metavar="COLUMN", help="Rows with one value of it stay together.")
@click.option("--as", "kind", type=click.Choice(KINDS), help="The parts' format. [default: jsonl; of images: parquet]")
@click.option("--seed", type=int, default=0, help="Decides the result; the same seed gives the same. [default: 0]")
@overwrite_option
def cli(
    out: Output,
    io: Io,
    folder: str,
    test: str,
    validation: str | None,
    stratify: str | None,
    group_by: str | None,
    kind: str | None,
    seed: int,
) -> None:
    """Deal rows out at random to train, test and validation files.

    The folder appears whole or not at all, and the files' paths are printed. Rows keep their order in each part, and
    JSON Lines stay byte for byte as they were.

    \b
    Examples:
      hfterm data split all.jsonl -o parts --test 500 --seed 7
      hfterm data split all.parquet -o parts --validation 10% --stratify label
      hfterm data split chats.jsonl -o parts --group-by user
    """
    from hfterm.data import split

    sizes = {"test": test} | ({"validation": validation} if validation else {})
    with io.opened(out) as (con, sources, how):
        made = split.split(
            con,
            sources,
            folder,
            sizes,
            kind=kind or ("parquet" if any(one.format in MEDIA for one in sources) else "jsonl"),
            seed=seed,
            stratify=stratify,
            group_by=group_by,
            overwrite=io.overwrite,
            **how,
        )
    for part in made:
        out.artifact(part.pop("path"), **part)
