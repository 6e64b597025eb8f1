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
@click.option("--max-shard-size", metavar="SIZE", default="5GB", help="Largest weight file. [default: 5GB]")
@click.option(
    "--verify",
    type=click.Choice(["full", "layers", "none"]),
    default="full",
    help="Run the whole model before and after, or only each layer. [default: full]",
)
@click.option("--allow-pickle", is_flag=True, help="Take weights of torch.save too; tensors alone are loaded.")
@device_option
@overwrite_option
def cli(
    out: Output,
    adapter: str | None,
    output: str | None,
    base: str | None,
    dtype: str | None,
    max_shard_size: str,
    verify: str,
    allow_pickle: bool,
    device: str | None,
    overwrite: bool,
) -> None:
    """Merge an adapter into its base model.

    ADAPTER is a folder, a Hub id or run:NAME; left out, it is read from standard input. The base is read and
    written tensor by tensor, in the memory of one layer and the adapter. Base with adapter and merged model are
    run on inputs that fit the task and compared, and layers are held against float64, before the folder appears;
    a merge that is killed leaves nothing. Prints the folder.

    An adapter trained on a quantized model is merged into the unquantized one: --base. Kinds that are no change
    of weights, such as prompts and X-LoRA, are refused: see hfterm peft methods.

    \b
    Examples:
      hfterm peft merge run:demo
      hfterm chat "$(hfterm peft merge run:demo@best)" -p 'Who keeps it?'
      hfterm peft merge ./adapter --base ./model -o merged -f json
      hfterm peft merge ./adapter --dtype bfloat16 --max-shard-size 2GB
    """
    from hfterm import config
    from hfterm.peft.merge import merge
    from hfterm.peft.merging.shards import amount

    merged = merge(
        adapter or "-",
        out,
        output=output,
        base=base,
        dtype=dtype,
        device=device or config.value("device"),
        max_shard_size=amount(max_shard_size),
        verify=verify,
        allow_pickle=allow_pickle,
        overwrite=overwrite,
    )
    out.artifact(merged.path, **merged.facts())
