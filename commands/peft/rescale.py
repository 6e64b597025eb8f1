"""hfterm peft rescale."""

import click

from hfterm.output import Output

from ..options import command, dry_run_option, overwrite_option
from ._made import output_option, share, tell


@command()
@click.argument("adapter", required=False, help="A folder, a Hub id or run:NAME; left out, from standard input.")
@output_option
@click.option("--scale", type=float, metavar="FACTOR", help="Multiply what it changes by this.")
@click.option("--alpha", type=float, help="Set alpha, which means alpha / rank times.")
@click.option("--rank", type=click.IntRange(1), help="Keep the best part of this lower rank (LoRA).")
@dry_run_option
@overwrite_option
def cli(
    out: Output,
    adapter: str | None,
    output: str,
    scale: float | None,
    alpha: float | None,
    rank: int | None,
    dry_run: bool,
    overwrite: bool,
) -> None:
    """Change an adapter's strength, or compress its rank.

    Strength: LoRA, AdaLoRA, LoHa, LoKr, VeRA, FourierFT and (IA)3. Rank: LoRA, by SVD; the share of the energy that
    is kept is told, with -v of each module. No base model is loaded.

    \b
    Examples:
      hfterm peft rescale run:demo --scale 0.5 -o half
      hfterm peft rescale ./adapter --rank 4 -o small -f json
      hfterm peft rescale ./adapter --rank 4 -o x -n
    """
    from hfterm.peft.arith.rescale import rescale

    made = rescale(
        adapter or "-", output, alpha=alpha, scale=scale, rank=rank, overwrite=overwrite, dry_run=dry_run, note=out.note
    )
    for layer in made.layers:
        out.detail(f"{layer['module']}: rank {layer['rank']}, {share(layer['kept'])} of the energy kept")
    said = made.method
    if made.scale != 1:
        said += f", {made.scale:g} times as strong"
    if rank is not None:
        said += f", rank {made.rank}: {share(made.kept)} of the energy kept"
    tell(out, made.path, made.facts(), said, dry_run=dry_run)
