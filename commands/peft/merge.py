"""hfterm peft merge."""

import click

from hfterm.output import Output

from ..options import command, device_option, overwrite_option


@command(progress=True)
@click.argument("adapter", required=False, help="A folder, a Hub id or run:NAME; left out, read from standard input.")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    help="Folder to write. [default: merged in the run's folder, else ./ADAPTER-merged]",
)
@click.option("--base", metavar="MODEL", help="Base model. [default: the one the adapter names]")
@click.option(
    "--dtype",
    type=click.Choice(["float32", "bfloat16", "float16"]),
    help="Of the merged weights. [default: the base model's]",
)
@device_option
@overwrite_option
def cli(
    out: Output,
    adapter: str | None,
    output: str | None,
    base: str | None,
    dtype: str | None,
    device: str | None,
    overwrite: bool,
) -> None:
    """Merge an adapter into its base model.

    ADAPTER is a folder, a Hub id or run:NAME; left out, it is read from standard input. The merged model is
    loaded again and compared with base and adapter before it appears. Prints its folder.

    \b
    Examples:
      hfterm peft merge run:demo
      hfterm chat "$(hfterm peft merge run:demo@best)" -p 'Who keeps it?'
      hfterm peft merge ./adapter --base ./model -o merged -f json
    """
    from hfterm import config
    from hfterm.peft.merge import merge

    merged = merge(
        adapter or "-",
        out,
        output=output,
        base=base,
        dtype=dtype,
        device=device or config.value("device"),
        overwrite=overwrite,
    )
    out.artifact(merged.path, **merged.facts())
