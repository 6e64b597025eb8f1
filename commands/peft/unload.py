"""hfterm peft unload."""

import click

from hfterm.output import Output

from ..options import command, overwrite_option


@command(progress=True)
@click.argument("model", required=False, help="A folder, a Hub id or run:NAME; left out, read from standard input.")
@click.option("--adapter", metavar="ADAPTER", help="The adapter that was merged.")
@click.option("--base", metavar="MODEL", help="The base itself, to hold the result against.")
@click.option("-o", "--output", metavar="DIR", help="Folder to write. [default: ./MODEL-base]")
@click.option("--max-shard-size", metavar="SIZE", default="5GB", help="Largest weight file. [default: 5GB]")
@overwrite_option
def cli(
    out: Output,
    model: str | None,
    adapter: str | None,
    base: str | None,
    output: str | None,
    max_shard_size: str,
    overwrite: bool,
) -> None:
    """Get the base model back out of a merged one.

    MODEL is a merged model, out of which --adapter is unmerged layer by layer, to within the rounding of its dtype;
    base with adapter are run against it before the folder appears. Or it is a checkpoint that was saved with PEFT's
    layers in it (names with base_layer): that is split into the base and, in DIR/adapter, the adapter.

    Where merging wrote over the base's weights (DoRA, saved heads, trained tokens), they are gone, and that is said.
    That another adapter had been merged shows only with --base. Prints the folder.

    \b
    Examples:
      hfterm peft unload ./merged --adapter run:demo -o base
      hfterm peft unload ./merged --adapter ./adapter --base org/model
      hfterm peft unload ./checkpoint-500 -o taken-apart -f json
    """
    from hfterm.peft.merging.shards import amount
    from hfterm.peft.unload import unload

    found = unload(
        model or "-",
        out,
        adapter=adapter,
        base=base,
        output=output,
        max_shard_size=amount(max_shard_size),
        overwrite=overwrite,
    )
    out.artifact(found.path, **found.facts())
